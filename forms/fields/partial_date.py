"""A date of which only the year, or year and month, may be known."""

from __future__ import annotations

from typing import Any

from forms.fields.base import KindField
from schema.template.kinds import kind_of
from schema.template.model import Field


class PartialDateField(KindField):
    """A text control that says how the date was understood: May 2018."""

    kind = "partial_date"

    @classmethod
    def read_as(cls, question: Field, value: Any) -> str:
        """The date in words; nothing for a bare year."""
        words = kind_of(question).show(question, value)
        return words if words != value else ""


FIELD = PartialDateField
