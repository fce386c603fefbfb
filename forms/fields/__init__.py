"""One form field for each kind of question; adding a kind adds a module here."""

from __future__ import annotations

from collections.abc import Mapping

from forms.fields import (
    choice,
    choices,
    date,
    decimal,
    derived,
    integer,
    long_text,
    partial_date,
    text,
    yes_no,
)
from forms.fields.base import KindField, Shown, Typed
from schema.template.model import Field
from schema.template.value import Value

FIELDS: Mapping[str, type[KindField]] = {
    module.FIELD.kind: module.FIELD
    for module in (text, long_text, integer, decimal, date, partial_date, yes_no, choice, choices, derived)
}


def shown(question: Field, value: Value) -> Shown:
    """Give what the controls of a question show for a stored value."""
    return FIELDS[question.kind].shown(question, value)


__all__ = ["FIELDS", "KindField", "Shown", "Typed", "shown"]
