"""The registry of field kinds: look the kind up, do not switch on it."""

from __future__ import annotations

from collections.abc import Mapping

from schema.template.kinds import (
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
from schema.template.kinds.base import Fault, Kind, check_missing, clean
from schema.template.model import Field
from schema.template.value import Invalid, Missing, Value

KINDS: Mapping[str, Kind] = {
    module.KIND.name: module.KIND
    for module in (text, long_text, integer, decimal, date, partial_date, yes_no, choice, choices, derived)
}


def kind_of(field: Field) -> Kind:
    """The kind of a field."""
    return KINDS[field.kind]


def fault_in(field: Field, value: Value) -> Fault | None:
    """Say why a value is not acceptable for its field, whatever it is; blank is acceptable here."""
    if value is None:
        return None
    if isinstance(value, Missing):
        return check_missing(field, value)
    kind = kind_of(field)
    if isinstance(value, Invalid):
        return kind.check(field, value.text) or Fault("UNREADABLE", "This could not be read. Enter it again.")
    return kind.check(field, value)


__all__ = ["KINDS", "Fault", "Kind", "clean", "fault_in", "kind_of"]
