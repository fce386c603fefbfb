"""The page model of what a returned and resubmitted entry changed: rows, values, links and decisions."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from schema.answers.document import Document, Row
from schema.answers.summary import row_summary
from schema.coding.carry import Because, ChangedValue, Dropped, WhatChanged
from schema.coding.model import Decided, Pair
from schema.coding.questions import locate
from schema.store.loaded import LoadedComparison
from schema.store.models import Comparison
from schema.store.resubmitted import Resubmitted, resubmitted
from schema.template.model import Section
from schema.template.value import from_plain
from webapp.reconciliation.queue import label_of, place_of
from webapp.reconciliation.room import Table
from webapp.reconciliation.wording import decision_words, or_blank
from webapp.unit_of_work import reading
from webapp.wording import count

BECAUSE: dict[Because, str] = {
    Because.ROWS: "Its rows are gone, or are linked otherwise.",
    Because.VALUES: "A coder says something else now.",
    Because.QUESTION: "The question is no longer compared.",
}


@dataclass(frozen=True, slots=True)
class ValueLine:
    """A value that a coder has otherwise now."""

    letter: str
    place: str
    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class RowLine:
    """A row that came into an entry (``added``) or went out of it."""

    letter: str
    place: str
    summary: str
    added: bool


@dataclass(frozen=True, slots=True)
class LinkLine:
    """A link, or a row that stands alone (the other side empty), and what became of it. ``address``: where it is now."""

    group: str
    a: str
    b: str
    words: str
    address: str


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """A decision of before: carried over, or to be made anew, with ``why``. ``address`` leads to it; empty where it is gone."""

    place: str
    label: str
    words: str
    why: str
    address: str


@dataclass(frozen=True)
class Changes:
    """The page. ``before`` is the comparison that was set aside; ``kept`` counts the links that are as they were."""

    before: Comparison
    values: tuple[ValueLine, ...]
    rows: tuple[RowLine, ...]
    links: tuple[LinkLine, ...]
    kept: int
    carried: tuple[DecisionLine, ...]
    dropped: tuple[DecisionLine, ...]

    @property
    def summary(self) -> str:
        """One line: "2 values and 1 row changed; 12 decisions carried over, 3 to be made anew"."""
        changed = f"{count(len(self.values), 'value')} and {count(len(self.rows), 'row')} changed"
        carried = f"{count(len(self.carried), 'decision')} carried over"
        return f"{changed}; {carried}, {len(self.dropped)} to be made anew"


def changes(table: Table) -> Changes | None:
    """Put the page together; ``None`` where the case has not been compared before."""
    found = resubmitted(reading(), table.loaded)
    if found is None:
        return None
    drawing = _Drawing(table, found)
    what = found.changed
    return Changes(
        found.before.row,
        tuple(drawing.value_line(one) for one in what.values),
        tuple(drawing.row_lines()),
        tuple(drawing.link_lines(what)),
        sum(bool(pair.row_a and pair.row_b) for pair in what.kept),
        tuple(drawing.carried_line(old, new) for old, new in what.carried),
        tuple(drawing.dropped_line(one) for one in what.dropped),
    )


class _Drawing:
    """What the lines are made from: the comparison on the table and the one before it."""

    def __init__(self, table: Table, found: Resubmitted) -> None:
        self.table, self.new = table, table.loaded
        self.before, self.what = Table(table.subject, found.before), found.changed
        self.old = found.before

    def value_line(self, one: ChangedValue) -> ValueLine:
        section_key, *row, key = one.path.split(".")
        template = (
            self.new.template if f"{section_key}.{key}" in self.new.template.by_path else self.old.template
        )
        field = template.by_path[f"{section_key}.{key}"]
        place = self._row_place(self.new, one.side, section_key, row[0]) if row else ""
        return ValueLine(
            one.side.upper(),
            place or template.by_key[section_key].label,
            field.label,
            or_blank(template, field, one.before),
            or_blank(template, field, one.after),
        )

    def row_lines(self) -> Iterator[RowLine]:
        for one in self.what.rows:
            held = self.new if one.added else self.old
            section = held.template.by_key[one.group]
            row = _document(held, one.side).row(one.group, one.row)
            place = self._row_place(held, one.side, one.group, one.row)
            yield RowLine(one.side.upper(), place, row_summary(section, row) if row else "", one.added)

    def link_lines(self, what: WhatChanged) -> Iterator[LinkLine]:
        for pairs, held, made in ((what.gone, self.old, False), (what.made, self.new, True)):
            yield from (self._link_line(pair, held, made=made) for pair in pairs)

    def carried_line(self, old: Decided, new: Decided) -> DecisionLine:
        return self._decision_line(self.table, self.new, new.path, old.path, "")

    def dropped_line(self, one: Dropped) -> DecisionLine:
        line = self._decision_line(
            self.before, self.old, one.decided.path, one.decided.path, BECAUSE[one.because]
        )
        there = bool(one.path) and locate(self.new.result, one.path) is not None
        return DecisionLine(
            line.place, line.label, line.words, line.why, self._address(one.path) if there else ""
        )

    def _decision_line(
        self, table: Table, held: LoadedComparison, path: str, old_path: str, why: str
    ) -> DecisionLine:
        position = locate(held.result, path)
        decision = self.old.live_decision(old_path)
        if position is None or decision is None:
            return DecisionLine("", path, "", why, "")
        section = held.template.by_key[position.section]
        value = from_plain(json.loads(decision.value))
        words = decision_words(held.template, position.field, decision, value)
        return DecisionLine(
            place_of(table, position), label_of(position, section), words, why, self._address(path)
        )

    def _link_line(self, pair: Pair, held: LoadedComparison, *, made: bool) -> LinkLine:
        section = held.template.by_key[pair.group]
        a, b = (
            self._row_words(section, held, side, row) for side, row in (("a", pair.row_a), ("b", pair.row_b))
        )
        there = made and (self.new.a.rows(pair.group) or self.new.b.rows(pair.group))
        address = (
            self.table.address("group_page", group=pair.group, _anchor=f"pair-{pair.id}") if there else ""
        )
        return LinkLine(section.label, a, b, self._became(pair, made=made), address)

    def _became(self, pair: Pair, *, made: bool) -> str:
        linked = bool(pair.row_a and pair.row_b)
        if made:
            return "linked now" if linked else "stands alone now"
        sides = (("a", pair.row_a), ("b", pair.row_b))
        if any(row and _document(self.new, side).row(pair.group, row) is None for side, row in sides):
            return "a row was taken out"
        return "no longer linked" if linked else "no longer alone"

    def _row_words(self, section: Section, held: LoadedComparison, side: str, row_id: str) -> str:
        row = _document(held, side).row(section.key, row_id) if row_id else None
        return f"{_number(held, side, section.key, row_id)}: {row_summary(section, row)}" if row else ""

    def _row_place(self, held: LoadedComparison, side: str, group: str, row_id: str) -> str:
        section = held.template.by_key[group]
        one = section.repeats.one if section.repeats else "row"
        return f"{one[:1].upper()}{one[1:]} {_number(held, side, group, row_id)}"

    def _address(self, path: str) -> str:
        return self.table.address("resolve_page", at=path, _anchor="position") if self.table.matched else ""


def _document(held: LoadedComparison, side: str) -> Document:
    return held.a if side == "a" else held.b


def _number(held: LoadedComparison, side: str, group: str, row_id: str) -> int:
    """The row's number in its coder's entry, from 1."""
    rows: tuple[Row, ...] = _document(held, side).rows(group)
    return next((number for number, row in enumerate(rows, 1) if row.id == row_id), 0)
