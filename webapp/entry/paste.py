"""Reads a pasted block of text or columns into rows, for the coder to look at before they are made.

A block of numbered items ("4.2 text", "R1: text", "Recommendation 3 – text") becomes one row for each number; lines
that follow belong to the item above. Text with tabs is a table: each line a row, each column a question. Otherwise
each paragraph is a row; without empty lines, each line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from schema.limits import PASTED_CHARACTERS, PASTED_ROWS
from schema.problem import Refused, refuse
from schema.template.kinds import clean, fault_in, kind_of
from schema.template.model import Field, Section
from schema.template.value import Invalid, Value

PLAIN = r"[0-9]{1,3}(?:\.[0-9]{1,3}){0,4}"
# A bare whole number opens an item only before a full stop, a bracket, a colon or a capital: "12 months" goes on.
NUMBERED = re.compile(
    r"^\s*(?:(?i:recommendation|rec\.?|action)\s+(?P<worded>[0-9A-Z]{1,4}(?:\.[0-9]{1,3}){0,4}[a-z]?)"
    r"|(?P<letter>[Rr]\.?\s?[0-9]{1,3}(?:\.[0-9]{1,3}){0,3})"
    rf"|\(?(?P<plain>{PLAIN})(?=[.):–—-]\s|\)|\s+[A-Z“\"‘'])"
    r"|(?P<dotted>[0-9]{1,3}(?:\.[0-9]{1,3}){1,4})(?=\s))"
    r"\s*[.):–—-]*\s*(?P<text>.*)$"
)
SKIP = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A block as read: ``columns`` names a question key for each column, empty where the column is left out."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    tabular: bool = False
    heading: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Proposed:
    """One row to be made: values by question key, and what could not be read."""

    values: tuple[tuple[Field, Value, str], ...]

    @property
    def unread(self) -> tuple[str, ...]:
        """The labels of questions whose text could not be read."""
        return tuple(field.label for field, value, _ in self.values if isinstance(value, Invalid))


def read_block(section: Section, text: str) -> Block:
    """Read a pasted text. Raises ``Refused``: PASTE-001 where it is blank, PASTE-002 too long, PASTE-003 too many rows."""
    if len(text) > PASTED_CHARACTERS:
        raise refuse(
            "PASTE-002",
            f"At most {PASTED_CHARACTERS:,} characters at once.",
            "Paste it in parts.",
            where="text",
        )
    lines = [clean(line) if "\t" not in line else line.rstrip("\r") for line in clean(text).split("\n")]
    if not any(lines):
        raise refuse(
            "PASTE-001", "There is nothing to paste yet.", "Paste the text into the box.", where="text"
        )
    block = _table(section, lines) if any("\t" in line for line in lines) else _list(section, lines)
    if len(block.rows) > PASTED_ROWS:
        raise refuse("PASTE-003", f"At most {PASTED_ROWS} rows at once.", "Paste it in parts.", where="text")
    return block


def pasteable(section: Section) -> tuple[Field, ...]:
    """The questions that a column can go to."""
    return tuple(field for field in section.fields if kind_of(field).stores and not field.retired)


def number_field(section: Section) -> Field | None:
    """The question that takes the printed number: the first anchor that is one line of text, if any."""
    return next((f for f in pasteable(section) if f.kind == "text" and f.match == "anchor"), None)


def text_field(section: Section) -> Field | None:
    """The question that takes the wording: the first long text, else the first text that takes no number."""
    fields = pasteable(section)
    number = number_field(section)
    texts = [f for f in fields if f.kind == "long_text"] or [
        f for f in fields if f.kind == "text" and f != number
    ]
    return texts[0] if texts else (fields[0] if fields else None)


def _list(section: Section, lines: Sequence[str]) -> Block:
    number, text = number_field(section), text_field(section)
    items = _numbered(lines)
    if number and items:
        return Block((number.key, text.key if text else SKIP), tuple(items))
    blank_lines = any(not line for line in lines)
    paragraphs = "\n".join(lines).split("\n\n") if blank_lines else list(lines)
    rows = tuple((" ".join(paragraph.split()),) for paragraph in paragraphs if paragraph.strip())
    return Block((text.key if text else SKIP,), rows)


def _numbered(lines: Sequence[str]) -> list[tuple[str, str]]:
    """Items with their numbers; nothing where the first line that has text is not numbered."""
    items: list[tuple[str, list[str]]] = []
    for line in lines:
        found = NUMBERED.match(line)
        if found:
            number = (
                found["worded"]
                or (found["letter"] or "").replace(" ", "")
                or found["plain"]
                or found["dotted"]
            )
            items.append((number, [found["text"]]))
        elif line and not items:
            return []
        elif items:
            items[-1][1].append(line)
    return [(number, clean("\n".join(texts))) for number, texts in items]


def _table(section: Section, lines: Sequence[str]) -> Block:
    cells = [[clean(cell).strip('"') for cell in line.split("\t")] for line in lines if line.strip()]
    width = max(len(row) for row in cells)
    rows = [tuple(row + [""] * (width - len(row))) for row in cells]
    named = {_plain(name): f.key for f in pasteable(section) for name in (f.key, f.label)}
    heading = tuple(named.get(_plain(cell), SKIP) for cell in rows[0])
    if sum(map(bool, heading)) >= max(1, width // 2):
        return Block(_once(heading), tuple(rows[1:]), tabular=True, heading=rows[0])
    return Block(_guess(section, rows, width), tuple(rows), tabular=True)


def _once(keys: Sequence[str]) -> tuple[str, ...]:
    return tuple(SKIP if key in keys[:at] else key for at, key in enumerate(keys))


def _guess(section: Section, rows: Sequence[Sequence[str]], width: int) -> tuple[str, ...]:
    """Numbers go to the number, the longest column to the wording; the rest is the coder's to say."""
    guess = [SKIP] * width
    text, number = text_field(section), number_field(section)
    longest = max(range(width), key=lambda at: sum(len(row[at]) for row in rows))
    if text:
        guess[longest] = text.key
    if number and longest != 0:
        guess[0] = number.key
    return tuple(guess)


def _plain(name: str) -> str:
    return " ".join(name.lower().replace("_", " ").split())


def propose(section: Section, block: Block, columns: Sequence[str]) -> tuple[Proposed, ...]:
    """Read each row's texts as their questions' kinds do. Raises ``Refused`` (PASTE-004) for a column named twice."""
    keys = [key for key in columns if key]
    if len(set(keys)) != len(keys):
        raise refuse(
            "PASTE-004", "Two columns go to the same question.", "Choose one of them.", where="columns"
        )
    if strange := [key for key in keys if key not in section.by_key]:
        raise _no_column(strange[0])
    fields = {at: section.by_key[key] for at, key in enumerate(columns) if key}
    if not fields:
        raise refuse(
            "PASTE-005", "No column goes to a question yet.", "Choose at least one.", where="columns"
        )
    rows = (
        Proposed(
            tuple((field, _read(field, row[at]), row[at]) for at, field in fields.items() if at < len(row))
        )
        for row in block.rows
    )
    return tuple(row for row in rows if any(value is not None for _, value, _ in row.values))


def _no_column(key: str) -> Refused:
    return refuse("PASTE-006", "There is no such question.", "Load the page again.", where=key[:100])


def _read(field: Field, text: str) -> Value:
    if not text:
        return None
    if field.codelist is None:
        return kind_of(field).read(field, [text])
    values = {
        _plain(name): one.value
        for one in field.codelist.options
        for name in (one.value, one.label, str(one.code))
    }
    parts = [part for part in re.split(r"[;,\n]", text) if part.strip()] if kind_of(field).many else [text]
    codes = [values.get(_plain(part)) for part in parts]
    if not all(codes):
        whole = values.get(_plain(text))
        codes = [whole] if whole else []
    value = kind_of(field).read(field, [code for code in codes if code])
    return Invalid(text) if value is None or fault_in(field, value) else value
