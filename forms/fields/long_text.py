"""Text of several paragraphs."""

from __future__ import annotations

from forms.fields.base import KindField
from schema.template.model import Field


class LongTextField(KindField):
    """A box that grows with its text."""

    kind = "long_text"

    @classmethod
    def control(cls, question: Field) -> str:
        """An area."""
        return "area"


FIELD = LongTextField
