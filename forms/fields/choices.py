"""Several codes from a code list: boxes to tick, grouped, with a filter where the list is long."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from forms.fields.base import KindField, Shown, single
from schema.problem import refuse
from schema.template.model import Field
from schema.template.value import Invalid


class ChoicesField(KindField):
    """``path:asked`` says that the boxes were on the page; without it nothing is blanked."""

    kind = "choices"

    @classmethod
    def control(cls, question: Field) -> str:
        """Boxes to tick."""
        return "ticks"

    @classmethod
    def shown(cls, question: Field, value: Any) -> Shown:
        """The ticked codes."""
        if isinstance(value, tuple):
            return Shown(chosen=frozenset(value))
        return Shown(text=value.text) if isinstance(value, Invalid) else super().shown(question, value)

    def texts(self, formdata: Any) -> list[str]:
        """Give the ticked codes. Raises ``Refused`` (FORM-002, 400) where one is sent twice."""
        ticked: list[str] = formdata.getlist(self.name)
        if len(set(ticked)) != len(ticked):
            raise refuse(
                "FORM-002", "The form sent one tick twice, so nothing was saved.", where=self.name, status=400
            )
        self.sent = bool(ticked) or bool(single(f"{self.name}:asked", formdata.getlist(f"{self.name}:asked")))
        return ticked

    def as_typed(self, texts: Sequence[str], missing: str) -> Shown:
        """The ticks as sent."""
        return Shown(chosen=frozenset(texts), missing=missing)


FIELD = ChoicesField
