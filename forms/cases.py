"""Forms about cases: describing, withdrawing, assigning, importing and drawing."""

from __future__ import annotations

from wtforms import FileField, Form, HiddenField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, Regexp

from forms.choosing import SelectField
from forms.reentry import PasswordAgain
from schema.limits import LIST_BYTES, megabytes


class CaseForm(Form):
    """What is written down about a case."""

    reference = StringField(
        "Reference",
        [InputRequired("Enter a reference."), Length(max=100, message="At most 100 characters.")],
        description="As in your study's list, for example DHR-001. It appears in every export.",
    )
    title = StringField(
        "Title",
        [Optional(), Length(max=300, message="At most 300 characters.")],
        description="As printed on the report. Leave out names that the report itself leaves out.",
    )
    source = StringField(
        "Where the report was found",
        [Optional(), Length(max=300, message="At most 300 characters.")],
        description="The partnership's page, or a reference in a library.",
    )
    note = TextAreaField("Note", [Optional(), Length(max=5_000, message="At most 5,000 characters.")])


class WithdrawForm(Form):
    """Why a case leaves the study."""

    reason = TextAreaField(
        "Why is the case withdrawn?",
        [InputRequired("Enter a reason."), Length(max=1_000, message="At most 1,000 characters.")],
        description="Exports list the case as excluded, with this reason. What was entered is kept.",
    )


class ReturnForm(Form):
    """Why an entry is given back to its coder."""

    reason = TextAreaField(
        "Reason", description="The coder reads it. Do not say anything about the other entry."
    )


class UnblindForm(PasswordAgain, Form):
    """Why a case is opened to its coders, and the manager's signature."""

    ON_PAGE = ("reason", "password")

    reason = TextAreaField(
        "Why is the case unblinded?",
        [InputRequired("Enter a reason."), Length(max=1_000, message="At most 1,000 characters.")],
        description="The coders and the reconciler read it, and it stays on record. Say nothing about what was entered.",
    )


class AssignForm(Form):
    """The three people of a case; an empty choice leaves a part as it is."""

    coder_1 = SelectField("Coder 1")
    coder_2 = SelectField("Coder 2")
    reconciler = SelectField("Reconciler")


class ListFileForm(Form):
    """The file with a list of cases."""

    file = FileField(
        "List of cases",
        description=f"An Excel workbook (.xlsx) or a CSV file of at most {megabytes(LIST_BYTES)}. Its first row names the columns.",
    )


class ImportConfirmForm(Form):
    """The rows of the preview, signed, so that what is applied is what was shown."""

    rows = HiddenField(validators=[InputRequired()])
    digest = HiddenField(validators=[InputRequired()])


class DrawForm(Form):
    """The seed of a draw."""

    seed = StringField(
        "Seed",
        [Regexp(r"^[0-9]{1,9}$", message="Enter a whole number of at most nine digits.")],
        description="Any whole number. The same seed, people and cases give the same draw; write it into your protocol.",
    )


class FilterForm(Form):
    """What the case list is narrowed to."""

    state = SelectField("State", validate_choice=False)
    person = SelectField("Person", validate_choice=False)
    text = StringField("Reference or title", [Length(max=100)])
