"""The page model of "yours and the final": what a coder submitted beside what the case was signed off with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from schema.answers.document import Document, Row
from schema.answers.summary import row_summary
from schema.coding.final import against_final, compared_with_final, same_as_final
from schema.coding.model import CAUSES, Position
from schema.coding.questions import locate
from schema.store.models import Decision
from schema.template.model import Section
from webapp.reconciliation.queue import label_of, place_of
from webapp.reconciliation.room import Table
from webapp.reconciliation.wording import or_blank

NOTHING = "not entered"
Side = Literal["a", "b"]


@dataclass(frozen=True, slots=True)
class YoursLine:
    """One answer. ``other`` is empty where the project does not let coders see each other's answers."""

    label: str
    own: str
    final: str
    other: str
    same: bool
    equivalent: bool
    cause: str
    reason: str


@dataclass(frozen=True, slots=True)
class YoursPlace:
    """The answers of a section or row."""

    title: str
    lines: tuple[YoursLine, ...]


@dataclass(frozen=True, slots=True)
class Yours:
    """The page: how many answers were compared, how many are the same, and those shown."""

    compared: int
    same: int
    places: tuple[YoursPlace, ...]


def yours(table: Table, final: Document, side: Side, *, show_all: bool, show_other: bool) -> Yours:
    """Put a coder's answers beside the final ones; only those that differ, unless all are asked for."""
    loaded = table.loaded
    own, version = (loaded.a, loaded.template_a) if side == "a" else (loaded.b, loaded.template_b)
    compared = against_final(loaded.template, own, final, loaded.pairs, side, own_template=version)
    positions = compared_with_final(compared)
    decided = {decision.path: decision for decision in loaded.decisions}
    shown = [one for one in positions if show_all or not same_as_final(one)]
    reader = _Reader(table, own, final, side, decided, show_other)
    return Yours(
        len(positions),
        sum(same_as_final(one) for one in positions),
        tuple(reader.places(shown)),
    )


@dataclass(frozen=True)
class _Reader:
    """Reads positions of own (A) against final (B) into lines."""

    table: Table
    own: Document
    final: Document
    side: Side
    decided: Mapping[str, Decision]
    show_other: bool

    def places(self, positions: Sequence[Position]) -> Iterator[YoursPlace]:
        """Group the lines by section and row."""
        for title, held in groupby(positions, key=lambda one: place_of(self.table, one)):
            yield YoursPlace(title, tuple(self._line(one) for one in held))

    def _line(self, position: Position) -> YoursLine:
        decision = self.decided.get(position.path)
        section = self.table.loaded.template.by_key[position.section]
        own, final = self._words(position)
        return YoursLine(
            label_of(position, section) if position.field else f"The whole {_one(section)}",
            own,
            final,
            self._other(position) if self.show_other else "",
            same_as_final(position),
            bool(decision and decision.choice == "equivalent"),
            CAUSES.get(decision.cause, "") if decision else "",
            decision.reason if decision else "",
        )

    def _words(self, position: Position) -> tuple[str, str]:
        template = self.table.loaded.template
        if position.field is not None:
            return or_blank(template, position.field, position.a), or_blank(
                template, position.field, position.b
            )
        pair = position.pair
        own = self.own.row(position.section, pair.row_a) if pair and pair.row_a else None
        final = self.final.row(position.section, pair.row_b) if pair and pair.row_b else None
        return self._row(position, own), self._row(position, final)

    def _other(self, position: Position) -> str:
        """What the other coder gave, by the case's own comparison."""
        loaded = self.table.loaded
        if position.field is not None:
            found = locate(loaded.result, position.path)
            value = None if found is None else found.b if self.side == "a" else found.a
            return or_blank(loaded.template, position.field, value)
        pair = next((one for one in loaded.pairs if position.pair and one.id == position.pair.id), None)
        document = loaded.b if self.side == "a" else loaded.a
        row_id = (pair.row_b if self.side == "a" else pair.row_a) if pair else ""
        return self._row(position, document.row(position.section, row_id) if row_id else None)

    def _row(self, position: Position, row: Row | None) -> str:
        section = self.table.loaded.template.by_key[position.section]
        return row_summary(section, row) if row else NOTHING


def _one(section: Section) -> str:
    return section.repeats.one if section.repeats else "row"
