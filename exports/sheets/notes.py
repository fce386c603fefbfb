"""The comments on the headings of a sheet of answers: what the codebook says about each column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from exports.cells import Cell
from exports.sheets.answers import Layout
from exports.sheets.codebook import COLUMNS, codebook_rows
from schema.template.model import Template

NAMES = [column.name for column in COLUMNS]
PARTS = (("guidance", ""), ("codes", "Codes: "), ("missing_codes", "Missing codes: "), ("unit", "Unit: "))


def notes_of(layout: Layout, newest: Template) -> Mapping[str, str]:
    """By the name of each column of the sheet: what it holds, the guidance for coders, its codes."""
    rows = (dict(zip(NAMES, row, strict=True)) for row in codebook_rows((layout,), newest, None))
    return {str(row["column"]): "\n".join(_lines(row)) for row in rows}


def _lines(row: Mapping[str, Cell]) -> Iterator[str]:
    yield str(row["label"] or row["column"])
    for name, before in PARTS:
        if row[name]:
            yield f"{before}{row[name]}"
    if row["retired"]:
        yield "No longer asked in the newest version."
