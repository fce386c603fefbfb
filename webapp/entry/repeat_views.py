"""The page model of a case that its coder coded twice: what they gave the second time where it is not what they gave first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from schema.answers.document import Row
from schema.answers.summary import row_summary
from schema.coding.model import AGREEING, Position, Verdict
from schema.store.repeats_read import Repeated
from schema.template.model import Section
from webapp.entry.views import answer_in_full

NOTHING, BLANK = "not entered", "blank"
#: Not measured against each other: one coding did not ask the question at all, or it is never compared.
LEFT_OUT = (Verdict.NOT_ASKED, Verdict.IGNORED)


@dataclass(frozen=True, slots=True)
class AgainLine:
    """One answer, the first and the second time."""

    label: str
    first: str
    second: str


@dataclass(frozen=True, slots=True)
class AgainPlace:
    """The answers of a section or row that differ."""

    title: str
    lines: tuple[AgainLine, ...]


@dataclass(frozen=True, slots=True)
class Again:
    """How many answers were compared and are alike, and those that are not."""

    compared: int
    alike: int
    places: tuple[AgainPlace, ...]


def coded_again(held: Repeated) -> Again:
    """Put both codings beside each other."""
    compared = [one for one in held.result.positions if one.verdict not in LEFT_OUT]
    apart = [one for one in compared if one.verdict not in AGREEING]
    return Again(len(compared), len(compared) - len(apart), tuple(_places(held, apart)))


def _places(held: Repeated, positions: Sequence[Position]) -> Iterator[AgainPlace]:
    for title, found in groupby(positions, key=lambda one: _title(held, one)):
        yield AgainPlace(title, tuple(_line(held, one) for one in found))


def _title(held: Repeated, position: Position) -> str:
    section = held.result.template.by_key[position.section]
    rows = [row for row in _rows(held, position) if row is not None]
    return f"{section.label}: {row_summary(section, rows[0])}" if rows else section.label


def _line(held: Repeated, position: Position) -> AgainLine:
    template = held.result.template
    if position.field is None:
        section = template.by_key[position.section]
        first, second = (row_summary(section, row) if row else NOTHING for row in _rows(held, position))
        return AgainLine(f"The whole {_one(section)}", first, second)
    first, second = (
        answer_in_full(template, position.field, value) or BLANK for value in (position.a, position.b)
    )
    return AgainLine(position.field.label, first, second)


def _rows(held: Repeated, position: Position) -> tuple[Row | None, Row | None]:
    pair = position.pair
    if pair is None:
        return None, None
    first = held.first.document.row(position.section, pair.row_a) if pair.row_a else None
    second = held.second.document.row(position.section, pair.row_b) if pair.row_b else None
    return first, second


def _one(section: Section) -> str:
    return section.repeats.one if section.repeats else "section"
