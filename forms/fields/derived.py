"""A value that follows from other answers: shown, never sent."""

from __future__ import annotations

from typing import Any

from forms.fields.base import KindField, Shown
from schema.problem import refuse
from schema.template.model import Field
from schema.template.value import Value


class DerivedField(KindField):
    """An output. Sending a value is refused."""

    kind = "derived"

    @classmethod
    def control(cls, question: Field) -> str:
        """An output."""
        return "output"

    @classmethod
    def shown(cls, question: Field, value: Value) -> Shown:
        """The label of the value that follows; nothing where nothing follows yet."""
        held = super().shown(question, value)
        option = question.codelist.by_value.get(held.text) if question.codelist else None
        return Shown(text=option.label if option else held.text, missing=held.missing)

    def texts(self, formdata: Any) -> list[str]:
        """Refuse a value that was sent all the same (FORM-006)."""
        if formdata.getlist(self.name):
            raise refuse(
                "FORM-006",
                f"{self.question.label} is worked out from other answers.",
                "Change those instead.",
                where=self.name,
            )
        return []


FIELD = DerivedField
