"""An uploaded list of cases as rows of text, however hostile the file.

The file is looked at from outside first (size, kind by content, what a zip declares), then read in a process with limits
of its own (:mod:`webapp.spreadsheets`).
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from schema.limits import LIST_BYTES, megabytes
from schema.problem import Refused, refuse
from webapp.children import TooSlow
from webapp.spreadsheets import (
    COLUMNS,
    ROWS,
    SIGNATURE,
    Swelling,
    Unreadable,
    Wanted,
    look_at,
    read_apart,
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """Header and rows as texts; ``number`` is the row as a spreadsheet counts it, from 1."""

    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]


def read_list(content: bytes) -> Sheet:
    """Read an .xlsx or .csv file. Raises ``Refused`` (LIST-00n) with what is wrong and what to do."""
    kind = _kind_of(content)
    lines = _read_apart(content, kind)
    rows = [tuple(" ".join(text.split()) for text in json.loads(line)) for line in lines]
    if len(rows) >= ROWS:
        raise refuse("LIST-004", f"The list has more than {ROWS - 1:,} rows.", "Split it into several files.")
    if any(len(row) > COLUMNS for row in rows):
        raise refuse(
            "LIST-005", f"The list has more than {COLUMNS} columns.", "Keep the columns that are needed."
        )
    filled = [(number, row) for number, row in enumerate(rows, 1) if any(row)]
    if len(filled) < 2:
        raise refuse("LIST-006", "The list has no rows.", "It needs a header row and at least one case.")
    return Sheet(filled[0][1], tuple(filled[1:]))


def _kind_of(content: bytes) -> Wanted:
    if not content:
        raise refuse(
            "LIST-001", "The file is empty.", "Choose an .xlsx or .csv file with your list of cases."
        )
    if len(content) > LIST_BYTES:
        raise refuse("LIST-002", f"The file is larger than {megabytes(LIST_BYTES)}.", "Split the list.")
    if content[:4] == SIGNATURE:
        _check_workbook(content)
        return "xlsx"
    if b"\x00" in content[:4096] or content[:5] in (b"%PDF-", b"{\\rtf") or content.lstrip()[:1] == b"<":
        raise _not_a_list()
    return "csv"


def _not_a_list() -> Refused:
    return refuse(
        "LIST-003",
        "This is not a list that can be read.",
        "Save it as an Excel workbook (.xlsx, without macros and password) or as CSV, and choose that file.",
    )


def _check_workbook(content: bytes) -> None:
    try:
        look_at(content)
    except Unreadable as error:
        raise _not_a_list() from error
    except Swelling as error:
        raise _too_much() from error


def _too_much() -> Refused:
    return refuse(
        "LIST-007",
        "The file holds far more than a list of cases needs.",
        "Copy the columns of the list into an empty workbook, save it as CSV, and choose that file.",
    )


def _read_apart(content: bytes, kind: Wanted) -> list[str]:
    try:
        return read_apart(content, kind)
    except TooSlow as error:
        raise refuse(
            "LIST-008", "Reading the file took too long.", "Save the list as CSV and try again."
        ) from error
    except Swelling as error:
        raise _too_much() from error
    except Unreadable as error:
        raise _not_a_list() from error
