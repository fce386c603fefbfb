"""Where a coder's answers led: which questions were put to them, and what follows from other answers.

A few answers steer the others: a "no" to children hides a dozen questions. What matters of such an answer is only which tests it
passes and what follows from it. That is kept for every answer met, and the routes for every combination of that; so over a study's
entries each is worked out once, by :mod:`schema.answers.visibility`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import NamedTuple

from schema.answers.document import NO_VALUES, Document, Row, Values
from schema.answers.follow import follows
from schema.answers.visibility import Visibility
from schema.coding.sides import BLANK, HIDDEN, NOT_ASKED, Side, side_of
from schema.template.conditions import Test
from schema.template.kinds import kind_of
from schema.template.model import Field, Section, Template
from schema.template.value import Value

#: How many answers of a question, or ways through a template, are kept; any more are worked out each time.
KEPT = 4096


class Route(NamedTuple):
    """How a coder came to one question. ``fixed``: their side of it whatever was typed; ``follows``: the value that other answers
    give it; ``shown``: whether it could be typed.
    """

    fixed: Side | None = None
    follows: Value = None
    shown: bool = True

    def side(self, typed: Value) -> Side:
        """The coder's side of the question."""
        if self.fixed is not None:
            return self.fixed
        if self.follows is None:
            return side_of(typed)
        return side_of(self.follows, derived=not (self.shown and typed == self.follows))


@dataclass(frozen=True, slots=True, eq=False)
class Routes:
    """The routes to all questions of a section or row, in its order; the same routes of a section are the same object."""

    each: tuple[Route, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Way:
    """Where the answers of the plain sections led: the sections and groups that apply, and the routes to their questions.

    ``rows``: by group and by what the answers of a row steer there.
    """

    applies: frozenset[str]
    plain: dict[str, Routes]
    rows: dict[tuple[str, tuple[int, ...]], Routes] = field(default_factory=dict)


class Bearing(dict[Value, int]):
    """What an answer of one question means for others, as a number: answers of one number lead the same way.

    Threads that meet an answer at once may give one meaning two numbers, which costs a little; never two meanings one number.
    """

    def __init__(self, template: Template, question: Field | None) -> None:
        """Begin with a question that nothing hangs on. What people wrote in one is looked at each time, and not kept."""
        super().__init__()
        self.template = template
        self._written = question is not None and kind_of(question).written
        self.tests: list[Test] = []
        self.following: list[Field] = []
        self._numbers: dict[tuple[Value, ...], int] = {}
        self._next = count()

    def __missing__(self, answer: Value) -> int:
        """Work it out: which tests hold, and what follows."""
        tested = [test.holds(lambda _: answer) for test in self.tests]
        followed = [follows(self.template, question, answer) for question in self.following]
        number = self._numbers.setdefault((*tested, *followed), next(self._next))
        if len(self) < KEPT and not (self._written and isinstance(answer, str)):
            self[answer] = number
        return number


class Routing:
    """All ways through a template as one coder had it (``own``), to the questions of another version of it."""

    def __init__(self, template: Template, own: Template) -> None:
        """Find the questions that steer others."""
        self.template, self.own = template, own
        steering = _steering(own)
        self._steering = [
            (*place, bearing) for place, bearing in steering.items() if place[0] not in _repeating(own)
        ]
        self._in_rows = {
            section.key: [
                (key, bearing) for (group, key), bearing in steering.items() if group == section.key
            ]
            for section in template.groups()
        }
        self._ways: dict[tuple[int, ...], Way] = {}
        self._routes: dict[tuple[str, tuple[Route, ...]], Routes] = {}

    def way(self, document: Document) -> Way:
        """The way through the plain sections of an entry."""
        held = document.sections
        met = tuple(
            [bearing[held.get(section, NO_VALUES).get(key)] for section, key, bearing in self._steering]
        )
        way = self._ways.get(met)
        if way is None:
            way = self._made(document)
            if len(self._ways) < KEPT:
                self._ways[met] = way
        return way

    def row(self, way: Way, section: Section, row: Row | None, document: Document) -> Routes:
        """The routes to the questions of a row."""
        values: Values = row.values if row else NO_VALUES
        met = section.key, tuple([bearing[values.get(key)] for key, bearing in self._in_rows[section.key]])
        routes = way.rows.get(met)
        if routes is None:
            routes = self._to(section, row, Visibility(self.own, document))
            if len(way.rows) < KEPT:
                way.rows[met] = routes
        return routes

    def _made(self, document: Document) -> Way:
        seen = Visibility(self.own, document)
        return Way(
            frozenset(section.key for section in self.own.sections if seen.section(section.key)),
            {section.key: self._to(section, None, seen) for section in self.template.plain_sections()},
        )

    def _to(self, section: Section, row: Row | None, seen: Visibility) -> Routes:
        each = tuple(self._route(question, row, seen) for question in section.fields)
        routes = self._routes.get((section.key, each))
        if routes is None:
            routes = Routes(each)
            if len(self._routes) < KEPT:
                self._routes[section.key, each] = routes
        return routes

    def _route(self, question: Field, row: Row | None, seen: Visibility) -> Route:
        own = self.own.by_path.get(question.path)
        if own is None or own.retired:
            return Route(NOT_ASKED)
        shown = seen.field(own.section, own.key, row)
        followed = seen.followed(own.section, own.key, row)
        if followed is not None:
            return Route(None, followed, shown)
        if not shown:
            return Route(HIDDEN)
        return Route() if kind_of(own).stores else Route(BLANK)


def _steering(template: Template) -> dict[tuple[str, str], Bearing]:
    """The questions that others hang on, by section and key; where they repeat, those of their own row."""
    found: dict[tuple[str, str], Bearing] = {}

    def bearing(section: str, key: str) -> Bearing:
        return found.setdefault((section, key), Bearing(template, template.by_path.get(f"{section}.{key}")))

    for section in template.sections:
        for test in _tests(section):
            named, _, key = test.field.rpartition(".")
            bearing(named or section.key, key).tests.append(test)
        for question in section.fields:
            if question.derive:
                bearing(section.key, question.derive.source).following.append(question)
    return found


def _tests(section: Section) -> Sequence[Test]:
    conditions = (section.visible_when, *(question.visible_when for question in section.fields))
    return [test for condition in conditions if condition for test in condition.tests()]


def _repeating(template: Template) -> frozenset[str]:
    return frozenset(section.key for section in template.groups())
