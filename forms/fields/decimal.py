"""A number with decimals; ages such as "6 months" are shown as they were understood."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from forms.fields.base import KindField
from schema.template.model import Field


class DecimalField(KindField):
    """A text control that says what it understood: 0.5 years."""

    kind = "decimal"

    @classmethod
    def text_of(cls, question: Field, value: Any) -> str:
        """All digits, never an exponent; a whole number without ``.0``."""
        text = format(Decimal(repr(value)), "f")
        return text.rstrip("0").rstrip(".") if "." in text else text

    @classmethod
    def read_as(cls, question: Field, value: Any) -> str:
        """The number with its unit, where it has one."""
        return f"{cls.text_of(question, value)} {question.unit}" if question.unit else ""


FIELD = DecimalField
