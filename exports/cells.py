"""What a cell may hold, so that a workbook opens everywhere and shows what was stored.

Limits are those of Microsoft's "Excel specifications and limits"; ``_x0041_`` sequences are those of
ECMA-376 part 1, 22.9.2.19 (ST_Xstring).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from openpyxl.cell.cell import ERROR_CODES

from schema.template.kinds.base import FORBIDDEN, NEWLINES


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula of our own making; no text that anybody typed is ever part of one."""

    text: str

    def __str__(self) -> str:
        """The formula as a cell holds it."""
        return self.text


Cell = str | int | float | Decimal | date | datetime | Formula | None
Safe = str | int | float | date | datetime | None

LONGEST_TEXT = 32_767
LONGEST_NUMBER = 15
NUMBERS = 10**LONGEST_NUMBER
LONGEST_TITLE = 31
MOST_ROWS = 1_048_576
MOST_COLUMNS = 16_384
FIRST_DATE = date(1900, 3, 1)  # Excel believes that 29 February 1900 existed

ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\n", "＝", "＋", "－", "＠")
TITLE_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")


@dataclass(frozen=True, slots=True)
class SafeText:
    """A text as it is written: ``quoted`` asks the spreadsheet to keep it as text when somebody edits it."""

    text: str
    quoted: bool


def clean_text(text: str) -> str:
    """Make line ends ``\\n`` and leave out characters that no workbook can hold (control codes, lone surrogates)."""
    if text.isprintable():  # nearly all: none of those signs prints
        return text
    return FORBIDDEN.sub("", NEWLINES.sub("\n", text))


def looks_live(text: str) -> bool:
    """Whether a spreadsheet might take the text for a formula, an error or a command when it is edited."""
    return text.startswith(FORMULA_STARTS) or text in ERROR_CODES


def escaped(text: str) -> str:
    """Protect ``_x0041_``, which readers would turn into the letter A."""
    return ESCAPED.sub("_x005F_", text) if "_x" in text else text


def length(text: str) -> int:
    """Length as a workbook counts it: UTF-16 units, so an emoji is two."""
    return len(text) + sum(character > "\uffff" for character in text)


def pieces(text: str, most: int) -> Iterator[str]:
    """Cut a text into pieces of at most ``most`` UTF-16 units, never inside a character."""
    start, used = 0, 0
    for index, character in enumerate(text):
        width = 2 if character > "\uffff" else 1
        if used + width > most:
            yield text[start:index]
            start, used = index, 0
        used += width
    yield text[start:]


def safe(value: Cell) -> Safe:
    """Make a value that is neither text nor formula safe to write.

    Moments become UTC without a zone; integers of more than 15 digits, and days before March 1900, become text;
    whole decimals become integers. Raises ``ValueError`` for NaN and infinities, ``TypeError`` for anything else.
    """
    match value:
        case None | str():
            return value
        case bool():
            raise TypeError("true and false are not exported; write a code")
        case int():
            return str(value) if abs(value) >= NUMBERS else value
        case Decimal() | float():
            return _safe_number(float(value))
        case datetime():
            return _safe_moment(value)
        case date():
            return value if value >= FIRST_DATE else value.isoformat()
    raise TypeError(f"a cell cannot hold {type(value).__name__}")


def _safe_number(number: float) -> int | float:
    if not math.isfinite(number):
        raise ValueError("a cell cannot hold NaN or infinity")
    return int(number) if number.is_integer() and abs(number) < NUMBERS else number


def _safe_moment(moment: datetime) -> datetime | str:
    plain = moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
    return plain.replace(microsecond=0) if plain.date() >= FIRST_DATE else plain.isoformat()


def sheet_title(wanted: str, taken: set[str]) -> str:
    """Give a sheet title that is legal and new: at most 31 characters, none of ``[]:*?/\\``, unique without case."""
    base = TITLE_FORBIDDEN.sub(" ", clean_text(wanted)).strip().strip("'").strip() or "sheet"
    if base.casefold() == "history":
        base = "history of cases"
    title, number = next(pieces(base, LONGEST_TITLE)), 2
    while title.casefold() in taken:
        ending = f" {number}"
        title, number = next(pieces(base, LONGEST_TITLE - len(ending))) + ending, number + 1
    taken.add(title.casefold())
    return title
