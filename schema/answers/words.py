"""A value in full, as people read it on a page."""

from __future__ import annotations

from schema.template.kinds import kind_of
from schema.template.kinds.base import label_of
from schema.template.model import Field, Template
from schema.template.value import Invalid, Missing, Value


def value_words(template: Template, field: Field, value: Value) -> str:
    """Labels for codes, the label of a missing code, the unit after a number; nothing for a blank."""
    if value is None:
        return ""
    if isinstance(value, Missing):
        return template.missing_label(value.code)
    if isinstance(value, Invalid):
        return value.text
    if isinstance(value, tuple):
        return "; ".join(label_of(field, code) for code in value)
    text = kind_of(field).show(field, value)
    return f"{text} {field.unit}" if field.unit and isinstance(value, int | float) else text
