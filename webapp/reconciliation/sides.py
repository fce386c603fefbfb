"""The two sides of a position: each coder's value and evidence, with the words marked that only one of them has."""

from __future__ import annotations

from dataclasses import dataclass

from schema.answers.document import Document, Evidence
from schema.coding.model import Position
from schema.template.value import is_answer
from webapp.quoting import QuoteNote, note
from webapp.reconciliation.differences import Run, Runs, differing_words
from webapp.reconciliation.memos import Memo, memos, own_notes
from webapp.reconciliation.room import Table
from webapp.reconciliation.wording import in_full

NO_EVIDENCE = Evidence()
TEXTS = ("text", "long_text")


@dataclass(frozen=True, slots=True)
class Side:
    """One coder's side. ``missing``: the value is a missing code.

    ``row`` is the line of the row it stands in, ``texts`` what that row says: without it no theme can be judged. ``memos`` is
    what the coder wrote for themselves about the same row or section, and noted beside the question.
    """

    letter: str
    coder: str
    runs: Runs
    missing: bool
    page: str
    quote: Runs
    row: str
    texts: tuple[str, ...]
    note: QuoteNote | None = None
    memos: tuple[Memo, ...] = ()

    @property
    def blank(self) -> bool:
        """Whether the coder gave nothing."""
        return not self.runs


def sides(table: Table, position: Position) -> tuple[Side, Side]:
    """Both sides, with the words marked that only one of two texts has."""
    runs = value_runs(table, position)
    quotes = differing_words(*(_evidence(table, position, letter).quote for letter in ("A", "B")))
    a, b = (
        Side(
            letter,
            table.coder(letter),
            runs[index],
            value is not None and not is_answer(value),
            _evidence(table, position, letter).page,
            quotes[index],
            table.row_lines.get((letter, position.section, _own(table, position, letter)[1]), ""),
            _row_texts(table, position, letter),
            note(table.reports, _evidence(table, position, letter)),
            _memos(table, position, letter),
        )
        for index, (letter, value) in enumerate((("A", position.a), ("B", position.b)))
    )
    return a, b


def value_runs(table: Table, position: Position) -> tuple[Runs, Runs]:
    """Both values as runs of text; words are marked only inside texts."""
    field = position.field
    if field is None:
        return (), ()
    a, b = (in_full(table.loaded.template, field, value) for value in (position.a, position.b))
    if field.kind in TEXTS and is_answer(position.a) and is_answer(position.b):
        return differing_words(a, b)
    return tuple((Run(text),) if text else () for text in (a, b))  # type: ignore[return-value]


def _evidence(table: Table, position: Position, letter: str) -> Evidence:
    if position.field is None:
        return NO_EVIDENCE
    document, row_id = _own(table, position, letter)
    place = f"{position.section}.{row_id}" if position.pair else position.section
    return document.evidence.get(f"{place}.{position.field.key}", NO_EVIDENCE)


def _own(table: Table, position: Position, letter: str) -> tuple[Document, str]:
    """The coder's document, and the id of their row (empty in a plain section)."""
    pair = position.pair
    if letter == "A":
        return table.loaded.a, pair.row_a if pair else ""
    return table.loaded.b, pair.row_b if pair else ""


def _memos(table: Table, position: Position, letter: str) -> tuple[Memo, ...]:
    document, row_id = _own(table, position, letter)
    if position.pair and not row_id:
        return ()
    section = table.loaded.template.by_key[position.section]
    place = f"{position.section}.{row_id}" if row_id else position.section
    if position.field is None:
        return own_notes(section, table.notes[letter], place)
    noted = own_notes(section, table.notes[letter], place, position.field.key)
    return (*memos(section, document, row_id), *noted)


def _row_texts(table: Table, position: Position, letter: str) -> tuple[str, ...]:
    """The long texts by which the row is known, other than the value at hand."""
    document, row_id = _own(table, position, letter)
    row = document.row(position.section, row_id) if row_id and position.field else None
    if row is None:
        return ()
    fields = table.loaded.template.by_key[position.section].fields
    known = [f for f in fields if f.kind == "long_text" and f.match == "anchor" and f != position.field]
    texts = (in_full(table.loaded.template, f, row.values.get(f.key)) for f in known)
    return tuple(text for text in texts if text)
