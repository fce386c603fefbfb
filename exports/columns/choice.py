"""One code from a code list: number and label."""

from __future__ import annotations

from exports.columns.base import CodedColumns

COLUMNS = CodedColumns()
