"""One line of text, written as text: 10.1.1.2 stays what it is."""

from __future__ import annotations

from exports.columns.base import FieldColumns


class TextColumns(FieldColumns):
    """The text itself."""

    width = 20.0


COLUMNS = TextColumns()
