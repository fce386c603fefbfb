"""One code from a code list: a row of buttons where the list is short, else a select."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from forms.fields.base import LONGEST_BUTTON_ROW, KindField, Shown
from schema.template.model import Field


class ChoiceField(KindField):
    """Buttons up to seven options; missing codes stand in the same row."""

    kind = "choice"

    @classmethod
    def control(cls, question: Field) -> str:
        """Buttons for a short list, a select for a long one."""
        options = question.codelist.options if question.codelist else ()
        return "buttons" if len(options) <= LONGEST_BUTTON_ROW else "select"

    @classmethod
    def shown(cls, question: Field, value: Any) -> Shown:
        """The chosen code."""
        held = super().shown(question, value)
        return Shown(text=held.text, chosen=frozenset({held.text} - {""}), missing=held.missing)

    def as_typed(self, texts: Sequence[str], missing: str) -> Shown:
        """The code as sent."""
        text = texts[0] if texts else ""
        return Shown(text=text, chosen=frozenset({text} - {""}), missing=missing)


FIELD = ChoiceField
