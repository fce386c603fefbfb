"""Several codes from a code list: one readable column, and a 0/1 column for each option."""

from __future__ import annotations

from collections.abc import Sequence

from exports.book import Column
from exports.cells import Cell
from exports.columns.base import FieldColumns, missing_cells
from schema.template.kinds import kind_of
from schema.template.model import CodeList, Field, Option
from schema.template.value import Value


class ChoicesColumns(FieldColumns):
    """Where the answer is missing (or none is described) the 0/1 columns stay empty and the readable column says why.

    The number of a missing code is not written here: one of them is 0.
    """

    def columns(self, field: Field, *, may_be_missing: bool) -> tuple[Column, ...]:
        """The readable column, the reason where there is no answer, then one column for each option."""
        readable = Column(field.path, field.label, "label", 32.0)
        reason = Column(
            f"{field.path}.missing_label", f"{field.label}: why there is no answer", "label", 24.0
        )
        flags = tuple(self._flag(field, option) for option in options(field))
        return (readable, reason, *flags) if may_be_missing else (readable, *flags)

    def cells(self, field: Field, value: Value, missing: CodeList, *, may_be_missing: bool) -> Sequence[Cell]:
        """Labels joined by semicolons; 1 for each ticked option and 0 for each other one."""
        ticked = value if isinstance(value, tuple) else None
        shown = kind_of(field).show(field, ticked) if ticked else self._untold(field, value)
        flags = (None if ticked is None else int(option.value in ticked) for option in options(field))
        reason = missing_cells(value, missing)[1:] if may_be_missing else ()
        return (shown, *reason, *flags)

    def _untold(self, field: Field, value: Value) -> Cell:
        return None if value is None or isinstance(value, tuple) else self.cell(field, value)

    def _flag(self, field: Field, option: Option) -> Column:
        return Column(f"{field.path}:{option.value}", f"{field.label}: {option.label}", "whole", 8.0)


def options(field: Field) -> tuple[Option, ...]:
    """The options in code-list order, retired ones in their place."""
    return field.codelist.options if field.codelist else ()


COLUMNS = ChoicesColumns()
