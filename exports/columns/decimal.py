"""A number with decimals; why there is none stands beside it, never in it."""

from __future__ import annotations

from exports.columns.base import FieldColumns


class DecimalColumns(FieldColumns):
    """The number itself."""

    column_kind = "number"


COLUMNS = DecimalColumns()
