"""One CSV file, written row by row: RFC 4180, UTF-8, and no text that a spreadsheet would run as a formula.

A text that begins with a sign that spreadsheets act on is written with an apostrophe before it; so is a text that begins
with an apostrophe. To have the original back, take one apostrophe away from every text that begins with one.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

from exports.book import Column
from exports.cells import Cell, clean_text, safe
from exports.digest import RowsHash

GUARD = "'"
LIVE = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", GUARD)


@dataclass
class Delimited:
    """A CSV file under construction; ``folder`` is the bundle's. Close it to have its size and hash."""

    folder: Path
    name: str
    title: str
    columns: Sequence[Column]
    bom: bool = False
    rows: int = 0
    size: int = field(default=0, init=False)
    sha256: str = field(default="", init=False)

    def __post_init__(self) -> None:
        """Write the header."""
        self.path = self.folder / self.name
        self.path.parent.mkdir(parents=True, exist_ok=True)
        encoding = "utf-8-sig" if self.bom else "utf-8"
        self._file = self.path.open("w", encoding=encoding, newline="")
        self._writer = csv.writer(self._file)
        self._writer.writerow([column.name for column in self.columns])
        self.hash = RowsHash(self.columns, [column.name for column in self.columns])

    def append(self, row: Sequence[Cell]) -> None:
        """Write one row."""
        self.hash.add(row)
        self.rows += 1
        self._writer.writerow([written(value) for value in row])

    def close(self) -> None:
        """End the file, and take its size in bytes and its SHA-256."""
        self._file.close()
        held = self.path.read_bytes()
        self.size, self.sha256 = len(held), sha256(held).hexdigest()


def written(value: Cell) -> str:
    """The text of a cell: empty for none, ISO days, moments in UTC with a Z, a point in decimals, texts guarded."""
    match value:
        case None:
            return ""
        case str():
            return guarded(clean_text(value))
        case datetime():
            return f"{safe(value)}Z".replace(" ", "T")
        case date():
            return value.isoformat()
        case Decimal():
            return f"{value:f}"
        case bool():
            raise TypeError("true and false are not exported; write a code")
        case int() | float():
            return repr(value)
    raise TypeError(f"a cell cannot hold {type(value).__name__}")


def guarded(text: str) -> str:
    """Put an apostrophe before a text that a spreadsheet would act on, or that begins with one."""
    return GUARD + text if text.startswith(LIVE) else text


def unguarded(text: str) -> str:
    """The original of a guarded text."""
    return text.removeprefix(GUARD)


def file_stem(wanted: str, taken: set[str]) -> str:
    """A name for a file that no other file of the bundle has."""
    stem, number = wanted, 2
    while stem in taken:
        stem, number = f"{wanted}-{number}", number + 1
    taken.add(stem)
    return stem
