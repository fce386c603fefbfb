"""Forms about cases that are coded again: whose, how old, how many and by which lot; and which ones are given."""

from __future__ import annotations

from wtforms import Form, HiddenField, SelectField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Optional, Regexp

from forms.planning import SEED, SEED_MESSAGE

_WHOLE = r"^[1-9][0-9]{0,3}$"


class DrawRepeatsForm(Form):
    """Whose cases, signed off how long ago, and how many of them by lot."""

    coder = SelectField("Coder", [InputRequired("Choose a coder.")], validate_choice=False)
    days = StringField(
        "Signed off at least so many days ago",
        [Regexp(_WHOLE, message="Enter a whole number of days, for example 90.")],
        description="The longer ago, the less of the case is remembered.",
    )
    number = StringField(
        "How many cases", [Regexp(_WHOLE, message="Enter a whole number of cases, for example 5.")]
    )
    seed = StringField("Seed of the lot", [Regexp(SEED, message=SEED_MESSAGE)])


class GiveRepeatsForm(Form):
    """The cases that are given, and how they were drawn."""

    coder = HiddenField()
    days = HiddenField(validators=[Regexp(_WHOLE)])
    seed = HiddenField(validators=[Optional(), Regexp(SEED)])
    case = SelectMultipleField("Cases", validate_choice=False)
