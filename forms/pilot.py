"""Forms of the pilot: how many cases, what is decided on them, and whether they are in the master."""

from __future__ import annotations

from wtforms import Form, HiddenField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Regexp

from forms.choosing import RadioField

LONGEST_REASON = 2_000
IN_MASTER = {"no": "Keep them out of the master", "yes": "Take them into the master"}
_REASON = (
    InputRequired("Enter a reason."),
    Length(max=LONGEST_REASON, message=f"At most {LONGEST_REASON:,} characters."),
)


class BeginPilotForm(Form):
    """How many of the first cases are marked."""

    size = StringField(
        "How many cases",
        [Regexp(r"^[1-9][0-9]{0,2}$", message="Enter a whole number of cases, for example 10.")],
        description="The first ones in the order of their references that are in no round yet.",
    )


class CancelPilotForm(Form):
    """Why a round is given up."""

    reason = TextAreaField("Why is the round cancelled?", list(_REASON))


class MasterChoiceForm(Form):
    """Whether the cases of a round are in the master, and why."""

    in_master = RadioField(
        "The signed-off cases of this round",
        [InputRequired("Choose where they belong.")],
        choices=IN_MASTER,
        description="Every file says which it is, and why.",
    )
    reason = TextAreaField("Why?", list(_REASON), description="Files that are exported say it too.")


class DecidePilotForm(MasterChoiceForm):
    """Go or revise, by the figures that are shown."""

    ON_PAGE = ("decision", "in_master", "reason")

    decision = RadioField(
        "Decision",
        [InputRequired("Choose whether to go on or to revise.")],
        choices={
            "go": "Go on: code the other cases with this questionnaire and guidance",
            "revise": "Revise: change questionnaire or guidance, then pilot again",
        },
    )
    shown = HiddenField()
