"""Forms of reconciling: what a page sends about one position, another value, and the signature."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from wtforms import BooleanField, Form, HiddenField, IntegerField, TextAreaField
from wtforms.form import BaseForm
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from forms.builder import FormMeta
from forms.choosing import SelectField
from forms.fields import FIELDS, Shown
from forms.reentry import PasswordAgain
from schema.coding.model import CAUSES
from schema.template.model import Field
from schema.template.value import Value

LONGEST_REASON = 5_000
OTHER = "value"
"""The name of the control for another value; its companions are ``value:missing`` and ``value:asked``."""


class RevisionForm(Form):
    """The revision of the comparison that the page showed; every act carries it."""

    revision = IntegerField(
        "Revision",
        [
            InputRequired("Load the page again."),
            NumberRange(min=0, max=2**31 - 1, message="Load the page again."),
        ],
    )


class LinkForm(RevisionForm):
    """Two rows to be linked. ``keep``: beside their present links instead of in their place."""

    row_a = SelectField("Row of A", [InputRequired("Choose a row of A.")], validate_choice=False)
    row_b = SelectField("Row of B", [InputRequired("Choose a row of B.")], validate_choice=False)
    keep = HiddenField()


class PairForm(RevisionForm):
    """The pair that an act is about."""

    pair = HiddenField(validators=[InputRequired("Load the page again.")])


class SwapForm(PairForm):
    """Two pairs that exchange their rows."""

    other = SelectField(
        "The other pair", [InputRequired("Choose the pair to swap with.")], validate_choice=False
    )


class DecisionForm(RevisionForm):
    """What is chosen on a position, with cause and reason."""

    path = HiddenField(validators=[InputRequired("Load the page again.")])
    choice = HiddenField(validators=[InputRequired("Choose what is right.")])
    cause = SelectField(
        "Cause",
        [Optional()],
        description="What the difference came from.",
    )
    reason = TextAreaField(
        "Comment or reason", [Optional(), Length(max=LONGEST_REASON, message="At most 5,000 characters.")]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the causes."""
        super().__init__(*args, **kwargs)
        self.cause.choices = [("", "No cause stated"), *CAUSES.items()]


class ItemForm(Form):
    """What is chosen on one of several positions of a page; told apart by a prefix. No choice leaves it open."""

    path = HiddenField(validators=[InputRequired("Load the page again.")])
    choice = HiddenField()
    cause = SelectField("Cause", [Optional()], choices={"": "No cause stated", **CAUSES})
    reason = TextAreaField(
        "Comment or reason", [Optional(), Length(max=LONGEST_REASON, message="At most 5,000 characters.")]
    )


def ask_for_reason(form: DecisionForm | ItemForm) -> None:
    """Name the reason as something that is wanted. It may still be left out: to put a question off needs none."""
    form.reason.label.text = "Reason"
    form.reason.flags.optional = False


class BatchForm(RevisionForm):
    """Several differences at once: one cause and one reason for all of them."""

    cause = SelectField("Cause", [Optional()], choices={"": "No cause stated", **CAUSES})
    reason = TextAreaField(
        "Reason",
        [InputRequired("Say why."), Length(max=LONGEST_REASON, message="At most 5,000 characters.")],
        description="Stands with every one of these decisions.",
    )


class AnswerForm(Form):
    """A coder's answer to the reconciler's question."""

    text = TextAreaField(
        "Your answer",
        [
            InputRequired("Write your answer."),
            Length(max=LONGEST_REASON, message="At most 5,000 characters."),
        ],
        description="Say what the report says, and on which page.",
    )
    concedes = BooleanField(
        "I would change my answer", description="Say above what to. The reconciler decides; your entry stays."
    )


class SignOffForm(PasswordAgain, RevisionForm):
    """The signature: the signed-in person's own password."""


class ReopenForm(SignOffForm):
    """Taking a sign-off back: why, and the signature."""

    ON_PAGE = ("reason", "password")

    reason = TextAreaField(
        "Reason",
        [InputRequired("Say why."), Length(max=LONGEST_REASON, message="At most 5,000 characters.")],
        description="The reconciler reads it, and it stays on record.",
    )


@dataclass(frozen=True, slots=True)
class OtherValue:
    """Another value as it was sent: the value, what to show again, and what is wrong with it."""

    value: Value
    shown: Shown
    problems: tuple[str, ...]


def other_value(field: Field, formdata: Any, name: str = OTHER) -> OtherValue:
    """Read another value with the question's own control, which has this name on the page.

    Raises ``Refused`` (400 or 422) for what no page of ours sends, as :mod:`forms.fields.base` does.
    """
    form = BaseForm({name: FIELDS[field.kind](field)}, meta=FormMeta())
    form.process(formdata)
    read = form[name]
    return OtherValue(read.value, read.typed.shown, tuple(read.process_errors))
