"""How each kind of block counts: one tally for each, fed with the units of a chunk of cases."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Protocol

from schema.framework.bands import Between, number_of
from schema.framework.column import Column, union
from schema.framework.figures import Line
from schema.framework.model import Block, Category, Framework, Table
from schema.framework.percent import half_up
from schema.framework.sources import Sources
from schema.framework.truth import Held, all_of, opposite
from schema.framework.units import Units, single
from schema.template.value import Value

MEAN_PLACES = 1
NO_ANSWER = "No answer (left out of the total)"
NO_ANSWER_COUNTED = "No answer (in the total)"


class Tally(Protocol):
    """Counts units for one block and writes its lines."""

    def add(self, units: Units, among: int) -> None:
        """Count those of the units that are ``among`` the population of the block."""

    def lines(self, table: Table) -> Iterator[Line]:
        """Write the lines of the block."""


@dataclass
class Counter:
    """Sources that passed, those that the total holds, and those that were left out for want of an answer."""

    passed: Sources = field(default_factory=Sources)
    total: Sources = field(default_factory=Sources)
    missing: Sources = field(default_factory=Sources)

    @property
    def base(self) -> int:
        """How many units the total holds."""
        return len(self.total)

    def add(self, units: Units, among: int, held: Held, *, all_units: bool) -> None:
        """Count units: they passed, they did not, or it cannot be known (then the base holds them only if ``all_units``)."""
        unknown = 0 if all_units else among & held.unknown
        self.total.add(units.sources, among & ~unknown)
        self.passed.add(units.sources, among & held.known)
        self.missing.add(units.sources, unknown)


@dataclass
class Base:
    """What all tallies share: the block and the framework."""

    block: Block
    framework: Framework

    @property
    def all_units(self) -> bool:
        """Whether the base holds the units without an answer."""
        return self.block.of == "all"

    def base_of(self, number: int) -> int | None:
        """The base as printed: none for a bare count."""
        return None if self.block.of == "none" else number

    def unit_label(self, table: Table) -> str:
        """What a line counts: the table's word for its unit, or the block's own unit."""
        return table.unit_label if self.block.unit == table.unit else self.block.unit


@dataclass
class Count(Base):
    """Units that pass a condition."""

    counter: Counter = field(default_factory=Counter)

    def add(self, units: Units, among: int) -> None:
        """Count units in the total unless their answer is missing and the total is of valid answers."""
        self.counter.add(units, among, units.held(self.block.where), all_units=self.all_units)

    def lines(self, table: Table) -> Iterator[Line]:
        """One line."""
        counter = self.counter
        yield Line(
            self.block.key,
            heading="",
            label=self.block.label,
            unit=self.unit_label(table),
            count=len(counter.passed),
            base=self.base_of(counter.base),
            missing=len(counter.missing),
            note=self.block.note,
            sources=counter.passed.so_far(),
            all_units=self.all_units,
            missing_sources=counter.missing.so_far(),
            base_sources=counter.total.so_far(),
        )


@dataclass
class Distribution(Base):
    """Units by category of one field. Where several codes may be ticked a unit counts in each of its categories.

    With ``precedence`` it counts in the first of them alone.
    """

    by_category: dict[str, Sources] = field(default_factory=lambda: defaultdict(Sources))
    missing: Sources = field(default_factory=Sources)
    answered: Sources = field(default_factory=Sources)
    total: Sources = field(default_factory=Sources)

    def add(self, units: Units, among: int) -> None:
        """Count units in their categories, or among the missing."""
        among &= units.known(self.block.where)
        column = units.column(self.block.field)
        answered = among & (column.answers | column.missing(self.framework.none))
        self.total.add(units.sources, among)
        self.missing.add(units.sources, among & ~answered)
        self.answered.add(units.sources, answered)
        left = answered
        for category in self.block.categories:
            held = left & _holding(column, category)
            self.by_category[category.key].add(units.sources, held)
            if self.block.precedence:
                left &= ~held

    def lines(self, table: Table) -> Iterator[Line]:
        """One line for each category, and one for the missing."""
        total, without_answer = self.total.so_far(), self.missing.so_far()
        base, missing = (total, Sources()) if self.all_units else (self.answered.so_far(), without_answer)
        for category in self.block.categories:
            held = self.by_category[category.key]
            if category.recoded and not held:
                continue
            line = self._line(table, category, held.so_far(), base)
            yield (
                replace(line, missing=len(missing), missing_sources=missing) if self._states_missing else line
            )
        if self.block.of != "none" and self.block.missing_line:
            label = NO_ANSWER_COUNTED if self.all_units else NO_ANSWER
            without = Category("missing", label, frozenset())
            yield self._line(table, without, without_answer, total)

    @property
    def _states_missing(self) -> bool:
        return self.block.of == "valid"

    def _line(self, table: Table, category: Category, sources: Sources, base: Sources) -> Line:
        return Line(
            f"{self.block.key}.{category.key}",
            heading=self.block.label,
            label=category.label,
            unit=self.unit_label(table),
            count=len(sources),
            base=self.base_of(len(base)),
            note=self.block.note,
            sources=sources,
            all_units=self.all_units,
            base_sources=base,
        )


@dataclass
class Indicators(Base):
    """Cases by indicator; each line also says how many of the larger category it is, where it has one."""

    counters: dict[str, Counter] = field(default_factory=dict)
    inside: dict[str, Counter] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Open a counter for each indicator."""
        self.counters = {key: Counter() for key in self.block.indicators}
        self.inside = {key: Counter() for key in self.block.indicators}

    def add(self, units: Units, among: int) -> None:
        """Count the cases for every indicator."""
        earlier = Held(units.every, units.every)
        for key, counter in self.counters.items():
            own = held = _passing(units, key)
            if self.block.precedence:
                held = all_of((own, earlier), units.every)
                earlier = all_of((earlier, opposite(own, units.every)), units.every)
            counter.add(units, among, held, all_units=self.all_units)
            if within := self.framework.by_key[key].within:
                larger = among & _passing(units, within).known
                self.inside[key].add(units, larger, held, all_units=self.all_units)

    def lines(self, table: Table) -> Iterator[Line]:
        """One line for each indicator."""
        for key, counter in self.counters.items():
            indicator = self.framework.by_key[key]
            if indicator.recoded and not counter.passed:
                continue
            inside = self.inside[key]
            larger = self.framework.by_key.get(indicator.within)
            yield Line(
                key,
                heading=self.block.label,
                label=indicator.label,
                unit=self.unit_label(table),
                count=len(counter.passed),
                base=self.base_of(counter.base),
                missing=len(counter.missing),
                within=(len(inside.passed), inside.base) if larger else None,
                within_label=larger.label if larger else "",
                note=self.block.note,
                sources=counter.passed.so_far(),
                all_units=self.all_units,
                missing_sources=counter.missing.so_far(),
                within_sources=inside.passed.so_far(),
                base_sources=counter.total.so_far(),
                within_base_sources=inside.total.so_far(),
            )


@dataclass
class Statistics(Base):
    """Least, most and mean of a number, over the units that have one (or are treated as having one)."""

    numbers: list[Fraction] = field(default_factory=list)
    sources: Sources = field(default_factory=Sources)
    missing: Sources = field(default_factory=Sources)

    def add(self, units: Units, among: int) -> None:
        """Take the numbers of those units that have one."""
        among &= units.known(self.block.where)
        treated = [(units.known(condition), _exact(number)) for condition, number in self.block.treated]
        counted = 0
        for unit, value in zip(single(among), units.values_of(among, self.block.field), strict=True):
            number = _number(value, [instead for held, instead in treated if held & unit])
            if number is not None:
                self.numbers.append(number)
                counted |= unit
        self.sources.add(units.sources, counted)
        self.missing.add(units.sources, among & ~counted)

    def lines(self, table: Table) -> Iterator[Line]:
        """Three lines: least, most, mean (to one decimal, half up)."""
        numbers, sources, missing = self.numbers, self.sources.so_far(), self.missing.so_far()
        mean = half_up(sum(numbers, Fraction(0)) / len(numbers), MEAN_PLACES) if numbers else None
        for key, label, value in (
            ("least", "least", _plain(min(numbers)) if numbers else None),
            ("most", "most", _plain(max(numbers)) if numbers else None),
            ("mean", "mean", mean),
        ):
            yield Line(
                f"{self.block.key}.{key}",
                heading=self.block.label,
                label=label.capitalize(),
                unit=self.unit_label(table),
                base=len(numbers),
                missing=len(missing),
                value=value,
                note=self.block.note,
                sources=sources,
                missing_sources=missing,
                base_sources=sources,
                numbers=tuple(float(number) for number in numbers),
            )


def _number(value: Value, instead: Sequence[Fraction]) -> Fraction | None:
    """The number itself, or the first of those that stand for it."""
    if isinstance(value, int | float):
        return _exact(value)
    return instead[0] if instead else None


# Years, ages and counts come again and again, and each is kept for as long as it is counted.
@lru_cache(maxsize=4096)
def _exact(number: float) -> Fraction:
    return Fraction(Decimal(repr(number)))


def _passing(units: Units, key: str) -> Held:
    """The units of which an indicator is not 0; unknown where it is blank."""
    column = units.column(f"@{key}")
    positive = units.every & ~column.saying((0,))
    return Held(column.answers & positive, positive)


def _plain(number: Fraction) -> Decimal:
    return half_up(number, 0) if number.denominator == 1 else half_up(number, 2)


def _holding(column: Column, category: Category) -> int:
    """The units that count in a category."""
    if category.is_band:
        between = Between(category.least, category.most)
        return union(units for value, units in column.by_value.items() if _lies(value, between))
    return column.saying(category.values) | union(map(column.ticking, category.values))


def _lies(value: Value, between: Between) -> bool:
    number = number_of(value)
    return number is not None and between.holds(number)


BLOCKS: Mapping[str, Callable[[Block, Framework], Tally]] = {
    "count": Count,
    "distribution": Distribution,
    "indicators": Indicators,
    "statistics": Statistics,
}
