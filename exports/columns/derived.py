"""A value that follows from others: number and label, as for a choice."""

from __future__ import annotations

from exports.columns.base import CodedColumns

COLUMNS = CodedColumns()
