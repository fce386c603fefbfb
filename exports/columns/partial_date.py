"""A year, a month or a day, written as ISO text: a workbook has no dates without a day."""

from __future__ import annotations

from exports.columns.base import FieldColumns


class PartialDateColumns(FieldColumns):
    """The ISO text: 2018, 2018-05 or 2018-05-03."""

    width = 12.0


COLUMNS = PartialDateColumns()
