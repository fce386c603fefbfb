"""Read one uploaded spreadsheet, alone in a process of its own: ``python -m webapp.sheet_reader KIND < FILE``.

KIND ``xlsx`` or ``csv``: a list, printed as one JSON array of texts per row. KIND ``book``: all sheets of a workbook, printed as one
JSON object ``{"sheet", "row", "cells"}`` per row that holds something. Ends with ``TOO_MUCH`` where that would be more than anybody needs.
Hostile workbooks stall or swell whatever reads them, so this process keeps to limits, and the caller kills it when it does not; nothing else runs here.
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from io import BytesIO, StringIO
from typing import IO

from python_calamine import CalamineWorkbook

from webapp.children import keep_to
from webapp.spreadsheets import COLUMNS, ROWS, TOO_MUCH

CELL = 4_000
BOOK_SHEETS, BOOK_ROWS, BOOK_COLUMNS, BOOK_CELL = 80, 1_000, 600, 33_000
SAID = 40_000_000  # characters at most, which the process that asked holds at once: 4,000 for each row of the longest list
MEMORY = 300 * 2**20
#: Of processor time: a bomb is refused within two. The longest list that is taken needs 0.8 (10,000 rows of 40 columns), a workbook of 600,000 cells 0.95; whoever waits for
#: more waits for a bomb.
SECONDS = 1.5


def cell_text(value: object) -> str:
    """Write a cell as text: whole numbers without a point, dates as ISO."""
    if value is None or value == "":
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime) and value.hour == value.minute == value.second == 0:
        return value.date().isoformat()
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value)


def workbook_rows(file: IO[bytes]) -> Iterator[list[str]]:
    """Rows of the first visible sheet."""
    book = CalamineWorkbook.from_filelike(file)
    visible = [sheet.name for sheet in book.sheets_metadata if str(sheet.visible).endswith("Visible")]
    sheet = book.get_sheet_by_name((visible or book.sheet_names)[0])
    for row in sheet.to_python(skip_empty_area=False, nrows=ROWS):
        yield [cell_text(value) for value in row]


def book_lines(file: IO[bytes]) -> Iterator[str]:
    """Every row of every sheet that holds something, with the number that a spreadsheet gives it."""
    book = CalamineWorkbook.from_filelike(file)
    for title in book.sheet_names[:BOOK_SHEETS]:
        rows = book.get_sheet_by_name(title).to_python(skip_empty_area=False, nrows=BOOK_ROWS)
        for number, row in enumerate(rows, 1):
            cells = [cell_text(value)[:BOOK_CELL] for value in row[:BOOK_COLUMNS]]
            if any(cells):
                yield json.dumps({"sheet": title, "row": number, "cells": cells})


def csv_rows(file: IO[bytes]) -> Iterator[list[str]]:
    """Rows of a CSV in UTF-8 (with or without mark) or Windows-1252; comma, semicolon or tab."""
    raw = file.read()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", errors="replace")
    head = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=head.count)
    csv.field_size_limit(1_000_000)
    yield from csv.reader(StringIO(text, newline=""), delimiter=delimiter)


def bounded(rows: Iterable[list[str]]) -> Iterator[list[str]]:
    """Give at most the rows, columns and characters that a list may have, and one row more to show an excess."""
    for number, row in enumerate(rows):
        if number >= ROWS:
            return
        kept = row
        while kept and not kept[-1].strip():
            kept = kept[:-1]
        yield [text[:CELL] for text in kept[: COLUMNS + 1]]


def main() -> int:
    """Read the file that comes in and print its rows."""
    keep_to(MEMORY, SECONDS)
    kind = sys.argv[1]
    file = BytesIO(sys.stdin.buffer.read())
    if kind == "book":
        lines = book_lines(file)
    else:
        lines = map(json.dumps, bounded(workbook_rows(file) if kind == "xlsx" else csv_rows(file)))
    said, length = [], 0
    for line in lines:
        said.append(line + "\n")
        length += len(line)
        if length > SAID:
            return TOO_MUCH
    sys.stdout.writelines(said)
    return 0


if __name__ == "__main__":
    sys.exit(main())
