"""Forms of the coding frame: what is done to a code, to a row, and the adoption of the draft."""

from __future__ import annotations

from wtforms import BooleanField, Form, IntegerField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from forms.choosing import RadioField, SelectField, SelectMultipleField

LONGEST = 5_000
TOO_LONG = "At most 5,000 characters."
AGAIN = "Load the page again."


class ReasonForm(Form):
    """Why, and the number of the last act that the page showed."""

    ON_PAGE = (
        "codelist",
        "value",
        "label",
        "definition",
        "include",
        "exclude",
        "parent",
        "fields",
        "parts",
        "rows",
        "every",
        "into",
        "keep",
        "reason",
    )

    reason = TextAreaField(
        "Reason",
        [InputRequired("Say why."), Length(max=LONGEST, message=TOO_LONG)],
        description="It stays on record with the act.",
    )
    seen = IntegerField("Last act", [InputRequired(AGAIN), NumberRange(min=0, max=2**31 - 1, message=AGAIN)])


class WordsForm(ReasonForm):
    """The label of a code and its notes."""

    label = StringField("Label", [InputRequired("Write a few words.")])
    definition = TextAreaField(
        "Definition", [Optional(), Length(max=LONGEST, message=TOO_LONG)], description="What the code means."
    )
    include = TextAreaField("Include", [Optional(), Length(max=LONGEST, message=TOO_LONG)])
    exclude = TextAreaField("Exclude", [Optional(), Length(max=LONGEST, message=TOO_LONG)])


class AddForm(WordsForm):
    """A new code. ``parent`` and ``fields`` are offered where the list asks for them."""

    codelist = SelectField("List", [InputRequired("Choose a list.")])
    value = StringField(
        "Code",
        [InputRequired("Write the code.")],
        description="Short, for example T1.8. It is never used again.",
    )
    parent = SelectField("Belongs to", [Optional()], description="For a list whose codes belong to others.")
    fields = SelectMultipleField("Questions that it may answer", [Optional()])


class MergeForm(ReasonForm):
    """A code goes into another."""

    into = SelectField("Into", [InputRequired("Choose one.")])


class SplitForm(ReasonForm):
    """A code is taken apart: into codes that exist, and into new ones."""

    into = SelectMultipleField("And into these, which exist", [Optional()])
    parts = TextAreaField(
        "Into these new codes",
        [Optional(), Length(max=LONGEST, message=TOO_LONG)],
        description="One on each line: the code, a space, its label. For example: T1.8 Sharing with schools",
    )


class MoveForm(ReasonForm):
    """A code comes to belong to another."""

    parent = SelectField("Belongs to", [InputRequired("Choose one.")])


class RetireForm(ReasonForm):
    """A code is no longer used."""


class ExampleForm(ReasonForm):
    """The row at hand shows what a code means."""

    reason = TextAreaField(
        "Why it shows what the code means",
        [InputRequired("Say why."), Length(max=LONGEST, message=TOO_LONG)],
    )
    value = RadioField("Shows what this code means", [InputRequired("Choose a code.")])


class SeveralForm(ReasonForm):
    """Rows that carry a code are recoded together. ``every``: all that were found, on whichever page."""

    rows = SelectMultipleField("Rows", [Optional()])
    every = BooleanField("All of them, on every page")
    into = SelectMultipleField("Give them", [Optional()])
    keep = BooleanField("Leave them the code that they carry")


class FindForm(Form):
    """Words that rows must say."""

    find = StringField("Only rows that say", [Optional(), Length(max=200, message="At most 200 characters.")])


class UndoForm(ReasonForm):
    """Acts are taken back by further acts. ``last``: the last of those that were done together with ``act``."""

    act = IntegerField("Act", [InputRequired(AGAIN), NumberRange(min=1, max=2**31 - 1, message=AGAIN)])
    last = IntegerField("Last of them", [Optional(), NumberRange(min=1, max=2**31 - 1, message=AGAIN)])

    @property
    def span(self) -> tuple[int, int]:
        """The numbers of the first and the last act to be taken back; 0 where none can be read."""
        first: int = self.act.data or 0
        return first, max(first, self.last.data or 0)
