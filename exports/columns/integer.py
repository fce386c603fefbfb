"""A whole number; why there is none stands beside it, never in it."""

from __future__ import annotations

from exports.columns.base import FieldColumns


class IntegerColumns(FieldColumns):
    """The number itself."""

    column_kind = "whole"


COLUMNS = IntegerColumns()
