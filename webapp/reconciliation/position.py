"""The page model of one position: both coders' values with their evidence, and what can be chosen."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property

from forms.fields import Shown
from schema.answers.summary import row_summary
from schema.coding.choices import asks_reason
from schema.coding.model import CAUSES, Position, Verdict
from schema.coding.questions import locate
from schema.store.models import Decision
from schema.template.kinds import kind_of
from schema.template.model import Field, Section
from schema.template.value import from_plain
from webapp.reconciliation.choosing import Button, Control, buttons, control, may_be_blank
from webapp.reconciliation.operations import broken_rules
from webapp.reconciliation.queue import Wanted, address_of, label_of, place_of
from webapp.reconciliation.room import Table
from webapp.reconciliation.sides import Side, sides
from webapp.reconciliation.wording import (
    VERDICTS,
    check_words,
    decision_words,
    in_full,
    option_words,
    or_blank,
    percent,
    why_shown,
)


@dataclass(frozen=True, slots=True)
class Tick:
    """One code of a multiple choice, and who ticked it."""

    label: str
    a: bool
    b: bool


@dataclass(frozen=True, slots=True)
class Made:
    """A decision as it is told: what, why, by whom and when."""

    words: str
    cause: str
    reason: str
    who: str
    decision: Decision


@dataclass(frozen=True, slots=True)
class ContextLine:
    """Another value of the same row, on both sides."""

    label: str
    a: str
    b: str
    differs: bool
    current: bool


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """The row or section that has just been settled, and the rules that it breaks."""

    place: str
    rules: tuple[str, ...]
    address: str


@dataclass(frozen=True)
class PositionPage:
    """A position to be settled. Each part is worked out when a page first shows it: one that shows sixty positions shows less of each.

    ``history``: all decisions ever made on it; ``typed``: what was entered as another value and not taken.
    """

    table: Table
    position: Position
    history: tuple[Decision, ...] = ()
    typed: Shown | None = None

    @property
    def path(self) -> str:
        """The position's path."""
        return self.position.path

    @property
    def field(self) -> Field | None:
        """The question; none for a row that stands alone."""
        return self.position.field

    @property
    def agreed(self) -> bool:
        """Whether nobody had to look: to decide otherwise is to overrule both coders."""
        return not self.position.needs_person and self.position.verdict is not Verdict.NOT_ASKED

    @property
    def reason_asked(self) -> bool:
        """Whether the template asks for a reason with every decision on this question."""
        return asks_reason(self.position)

    @property
    def section(self) -> Section:
        """The section that it stands in."""
        return self.table.loaded.template.by_key[self.position.section]

    @cached_property
    def place(self) -> str:
        """Its section or row in words."""
        return place_of(self.table, self.position)

    @property
    def label(self) -> str:
        """What it asks."""
        return label_of(self.position, self.section)

    @property
    def verdict(self) -> str:
        """What the comparison found."""
        return VERDICTS[self.position.verdict][0]

    @property
    def why(self) -> str:
        """Why a person has to look."""
        return why_shown(self.position)

    @property
    def checked(self) -> str:
        """What became of it where coder 2 checked instead of coding; empty elsewhere."""
        return check_words(self.position)

    @cached_property
    def sides(self) -> tuple[Side, Side]:
        """What the two coders gave."""
        return sides(self.table, self.position)

    @property
    def a(self) -> Side:
        """Coder A's side."""
        return self.sides[0]

    @property
    def b(self) -> Side:
        """Coder B's side."""
        return self.sides[1]

    @cached_property
    def ticks(self) -> tuple[Tick, ...]:
        """The codes of a multiple choice that either ticked."""
        return _ticks(self.position)

    @cached_property
    def values(self) -> tuple[tuple[str, str], ...]:
        """A lone row's answers, each with its label."""
        return _row_values(self.table, self.position)

    @cached_property
    def nearest(self) -> str:
        """The nearest row of the other entry, for a lone row."""
        return _nearest(self.table, self.position)

    @cached_property
    def buttons(self) -> tuple[Button, ...]:
        """What can be chosen with one press."""
        return tuple(buttons(self.table, self.position))

    @cached_property
    def control(self) -> Control | None:
        """The control for another value; none for a row."""
        return control(self.table, self.position, self.typed)

    @cached_property
    def may_be_blank(self) -> bool:
        """Whether the question may be left blank against what both coders said."""
        return may_be_blank(self.table, self.position)

    @property
    def settled_elsewhere(self) -> bool:
        """Whether its value follows from other answers."""
        return bool(self.field and not kind_of(self.field).stores)

    @cached_property
    def made(self) -> Made | None:
        """The decision that stands."""
        live = self.table.loaded.live_decision(self.path)
        return _made(self.table, self.field, live) if live else None

    @cached_property
    def earlier(self) -> tuple[Made, ...]:
        """The decisions that later ones took the place of."""
        return tuple(_made(self.table, self.field, one) for one in self.history if one.superseded_at)

    @cached_property
    def context(self) -> tuple[ContextLine, ...]:
        """All values of the row, or of the section, as both coders gave them."""
        return _context(self.table, self.position)

    @cached_property
    def broken_rules(self) -> tuple[str, ...]:
        """The rules that its row or section breaks as settled."""
        return broken_rules(self.table.loaded, self.position)


def left_behind(table: Table, wanted: Wanted, path: str) -> LeftBehind | None:
    """Say what is wrong with the place that a decision on this path has just finished; nothing where all is well."""
    position = locate(table.loaded.result, path) if path else None
    rules = broken_rules(table.loaded, position) if position else ()
    if position is None or not rules:
        return None
    return LeftBehind(place_of(table, position), rules, address_of(table, wanted, position))


def _ticks(position: Position) -> tuple[Tick, ...]:
    a, b = position.a, position.b
    field = position.field
    if field is None or field.codelist is None or not (isinstance(a, tuple) or isinstance(b, tuple)):
        return ()
    ticked = [set(value) if isinstance(value, tuple) else set() for value in (a, b)]
    return tuple(
        Tick(option_words(option), option.value in ticked[0], option.value in ticked[1])
        for option in field.codelist.options
        if option.value in ticked[0] | ticked[1]
    )


def _row_values(table: Table, position: Position) -> tuple[tuple[str, str], ...]:
    if position.field is not None or position.row is None:
        return ()
    section = table.loaded.template.by_key[position.section]
    held = position.row.values
    return tuple(
        (field.label, in_full(table.loaded.template, field, held[field.key]))
        for field in section.fields
        if field.key in held
    )


def _nearest(table: Table, position: Position) -> str:
    pair = position.pair
    if position.field is not None or pair is None:
        return ""
    loaded = table.loaded
    miss = table.misses(position.section).get(pair.id)
    letter, document = ("B", loaded.b) if pair.row_a else ("A", loaded.a)
    row = document.row(position.section, miss.row) if miss else None
    if miss is None or row is None:
        return ""
    section = loaded.template.by_key[position.section]
    return f"{letter}: {row_summary(section, row)} ({percent(miss.score)} alike)"


def _made(table: Table, field: Field | None, decision: Decision) -> Made:
    value = from_plain(json.loads(decision.value))
    words = decision_words(table.loaded.template, field, decision, value)
    who = table.names.get(decision.decided_by, "")
    return Made(words, CAUSES.get(decision.cause, ""), decision.reason, who, decision)


def _context(table: Table, position: Position) -> tuple[ContextLine, ...]:
    if position.field is None:
        return ()
    template = table.loaded.template
    same = [
        p for p in table.loaded.result.positions if (p.section, p.pair) == (position.section, position.pair)
    ]
    return tuple(
        ContextLine(
            one.field.label,
            or_blank(template, one.field, one.a),
            or_blank(template, one.field, one.b),
            one.needs_person,
            one.path == position.path,
        )
        for one in same
        if one.field is not None
    )
