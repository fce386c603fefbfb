"""Yes or no: 1 and 0, with the label beside."""

from __future__ import annotations

from exports.columns.base import CodedColumns

COLUMNS = CodedColumns()
