"""Forms about questionnaires: a new version, and the version that a project uses."""

from __future__ import annotations

from wtforms import FileField, Form, HiddenField, IntegerField, MultipleFileField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange

LONGEST_REASON = 1_000


class NewVersionForm(Form):
    """The text of a version; a file, where one is chosen, takes the place of what stands in the text box."""

    source = TextAreaField(
        "Template",
        description="The whole template in YAML. Write the next number as its version.",
    )
    file = FileField(
        "Or read it from a file",
        description="A .yaml file. It takes the place of what stands in the box above.",
    )
    lists = MultipleFileField(
        "Code lists that are new or changed",
        description="One .yaml file for each. Those of the latest version are used for all others.",
    )
    reason = TextAreaField(
        "Why is this version published?",
        [Length(max=LONGEST_REASON, message=f"Use {LONGEST_REASON:,} characters at most.")],
        description="Kept with the version for good. Needed where answers that exist are touched.",
    )
    shown = HiddenField()


class UseVersionForm(Form):
    """The version that new entries use from now on."""

    version = IntegerField(validators=[InputRequired("Choose a version."), NumberRange(1, 99_999)])


class LiftForm(Form):
    """The version and the revision that were shown to the coder."""

    to = IntegerField(validators=[InputRequired(), NumberRange(1, 99_999)])
    revision = IntegerField(validators=[InputRequired(), NumberRange(0)])
