"""What a field becomes in a file: its columns, and its cells for one value. A new kind is one module beside this one.

Names: ``section.key`` for the value itself, with an ending after a second dot (``.label``, ``.missing``,
``.missing_label``, ``.page``, ``.quote``) or after a colon (one 0/1 column for each option). Keys hold neither, so names
never meet.
"""

from __future__ import annotations

from collections.abc import Sequence

from exports.book import Column
from exports.cells import Cell
from schema.template.kinds import kind_of
from schema.template.model import CodeList, Field
from schema.template.value import Invalid, Missing, Value


class FieldColumns:
    """Behaviour shared by all kinds: one column for the value, and two that say why there is none."""

    column_kind = "text"
    width = 0.0

    def columns(self, field: Field, *, may_be_missing: bool) -> tuple[Column, ...]:
        """The columns of a field; ``may_be_missing`` adds those for missing codes."""
        own = Column(field.path, field.label, self.column_kind, self.width, field.unit)
        if not may_be_missing:
            return (own,)
        return (
            own,
            Column(f"{field.path}.missing", f"{field.label}: missing code", "whole"),
            Column(f"{field.path}.missing_label", f"{field.label}: why there is no answer", "label", 24.0),
        )

    def cells(self, field: Field, value: Value, missing: CodeList, *, may_be_missing: bool) -> Sequence[Cell]:
        """The cells of a value, one for each column. Blank and missing leave the value's own cell empty."""
        own = None if isinstance(value, Missing) else self.cell(field, value)
        if not may_be_missing:
            return (own,)
        return (own, *missing_cells(value, missing))

    def cell(self, field: Field, value: Value) -> Cell:
        """The cell of an answer; text that could not be read is written as it was typed."""
        if isinstance(value, Invalid):
            return value.text
        return "; ".join(value) if isinstance(value, tuple) else plain(value)


class CodedColumns(FieldColumns):
    """One code: its number and its label. A missing code stands in the same two columns (negative number, label)."""

    column_kind = "whole"

    def columns(self, field: Field, *, may_be_missing: bool) -> tuple[Column, ...]:
        """Number and label."""
        return (
            Column(field.path, field.label, "whole"),
            Column(f"{field.path}.label", f"{field.label}: label", "label", 26.0),
        )

    def cells(self, field: Field, value: Value, missing: CodeList, *, may_be_missing: bool) -> Sequence[Cell]:
        """Both cells, empty where the field is blank."""
        if isinstance(value, Missing):
            return missing_cells(value, missing)
        if value is None:
            return (None, None)
        if isinstance(value, Invalid):
            return (None, value.text)
        option = field.codelist.by_value.get(str(value)) if field.codelist else None
        return (option.code, option.label) if option else (None, str(value))


def missing_cells(value: Value, missing: CodeList) -> tuple[Cell, Cell]:
    """Number and label of a missing code; two empty cells for anything else."""
    if not isinstance(value, Missing):
        return (None, None)
    option = missing.by_value.get(value.code)
    return (option.code, option.label) if option else (None, value.code)


def plain(value: Value) -> Cell:
    """A value that is one text or number, as it is."""
    return value if isinstance(value, str | int | float) else None


def readable(field: Field, value: Value, missing: CodeList) -> str:
    """A value in words: labels for codes, the label of a missing code, nothing for blank."""
    if value is None:
        return ""
    if isinstance(value, Missing):
        option = missing.by_value.get(value.code)
        return option.label if option else value.code
    return value.text if isinstance(value, Invalid) else kind_of(field).show(field, value)
