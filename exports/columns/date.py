"""A full date, written as a date."""

from __future__ import annotations

from datetime import date

from exports.cells import Cell
from exports.columns.base import FieldColumns
from schema.template.model import Field
from schema.template.value import Value


class DateColumns(FieldColumns):
    """The day itself; one before March 1900 is written as ISO text, because workbooks have no such days."""

    column_kind = "date"

    def cell(self, field: Field, value: Value) -> Cell:
        """Read the stored ISO date."""
        text = super().cell(field, value)
        try:
            return date.fromisoformat(str(text)) if text is not None else None
        except ValueError:
            return text


COLUMNS = DateColumns()
