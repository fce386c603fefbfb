"""A passage of text, in a wide column."""

from __future__ import annotations

from exports.columns.base import FieldColumns


class LongTextColumns(FieldColumns):
    """The passage itself."""

    width = 60.0


COLUMNS = LongTextColumns()
