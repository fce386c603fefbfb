"""Which columns each kind of field fills: look the kind up, do not switch on it."""

from __future__ import annotations

from collections.abc import Mapping

from exports.book import Column
from exports.cells import Cell
from exports.columns import (
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
from exports.columns.base import FieldColumns, readable
from schema.answers.document import Evidence
from schema.template.model import CodeList, Field, Section
from schema.template.value import Value

COLUMNS: Mapping[str, FieldColumns] = {
    "text": text.COLUMNS,
    "long_text": long_text.COLUMNS,
    "integer": integer.COLUMNS,
    "decimal": decimal.COLUMNS,
    "date": date.COLUMNS,
    "partial_date": partial_date.COLUMNS,
    "yes_no": yes_no.COLUMNS,
    "choice": choice.COLUMNS,
    "choices": choices.COLUMNS,
    "derived": derived.COLUMNS,
}
EMPTY = Evidence()


def may_be_missing(field: Field, section: Section) -> bool:
    """Whether the field can have a missing code: its own, or "not applicable" by the routing of the form."""
    return bool(field.missing or field.visible_when or section.visible_when)


def columns_of(field: Field, section: Section) -> tuple[Column, ...]:
    """All columns of a field, those of its evidence last."""
    own = COLUMNS[field.kind].columns(field, may_be_missing=may_be_missing(field, section))
    if not field.evidence:
        return own
    return (
        *own,
        Column(f"{field.path}.page", f"{field.label}: page", width=10),
        Column(f"{field.path}.quote", f"{field.label}: verbatim quote", width=40),
    )


def cells_of(
    field: Field, section: Section, value: Value, evidence: Evidence | None, missing: CodeList
) -> tuple[Cell, ...]:
    """All cells of a value, in the order of :func:`columns_of`."""
    own = COLUMNS[field.kind].cells(field, value, missing, may_be_missing=may_be_missing(field, section))
    if not field.evidence:
        return tuple(own)
    held = evidence or EMPTY
    return (*own, held.page or None, held.quote or None)


__all__ = ["COLUMNS", "cells_of", "columns_of", "may_be_missing", "readable"]
