"""Forms about cases that are coded again: whose, how old, how many and by which lot; which ones are given; and by which schedule."""

from __future__ import annotations

from wtforms import Form, HiddenField, StringField
from wtforms.validators import InputRequired, Optional, Regexp

from forms.choosing import SelectField, SelectMultipleField
from forms.planning import SEED, SEED_MESSAGE, DayField

_WHOLE = r"^[1-9][0-9]{0,3}$"
_DAYS = "Signed off at least so many days ago"
_DAYS_MESSAGE = "Enter a whole number of days, for example 90."
_DAYS_HINT = "The longer ago, the less of the case is remembered."
_NUMBER_MESSAGE = "Enter a whole number of cases, for example 5."


class DrawRepeatsForm(Form):
    """Whose cases, signed off how long ago, and how many of them by lot."""

    coder = SelectField("Coder", [InputRequired("Choose a coder.")], validate_choice=False)
    days = StringField(_DAYS, [Regexp(_WHOLE, message=_DAYS_MESSAGE)], description=_DAYS_HINT)
    number = StringField("How many cases", [Regexp(_WHOLE, message=_NUMBER_MESSAGE)])
    seed = StringField("Seed of the lot", [Regexp(SEED, message=SEED_MESSAGE)])


class GiveRepeatsForm(Form):
    """The cases that are given, and how they were drawn."""

    coder = HiddenField()
    days = HiddenField(validators=[Regexp(_WHOLE)])
    seed = HiddenField(validators=[Optional(), Regexp(SEED)])
    case = SelectMultipleField("Cases", validate_choice=False)


class RepeatScheduleForm(Form):
    """When old cases are given to whom by themselves, how many and how old. ``revision``: of the schedule that was looked at."""

    coder = SelectField("Coder", validate_choice=False)
    number = StringField(
        "How many cases each has to code again",
        [Regexp(_WHOLE, message=_NUMBER_MESSAGE)],
        description="Whoever has not finished those of an earlier round is given only what is missing.",
    )
    days = StringField(_DAYS, [Regexp(_WHOLE, message=_DAYS_MESSAGE)], description=_DAYS_HINT)
    next_day = DayField("Day of the next round", [InputRequired("Enter a day.")])
    every_weeks = StringField(
        "Weeks between two rounds",
        [Optional(), Regexp(_WHOLE, message="Enter a whole number of weeks, for example 8.")],
        description="Leave it empty for one round only.",
    )
    seed = StringField("Seed of the lot", [Regexp(SEED, message=SEED_MESSAGE)])
    revision = HiddenField(validators=[Optional(), Regexp(SEED)])
