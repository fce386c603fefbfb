"""How each kind of block counts: one tally for each, fed unit by unit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from typing import Protocol

from schema.framework.bands import Between, number_of
from schema.framework.figures import Line, Source
from schema.framework.model import Block, Category, Framework, Table
from schema.framework.percent import half_up
from schema.framework.truth import Truth, all_of, truth
from schema.template.conditions import Lookup
from schema.template.value import Missing, Value, is_answer

MEAN_PLACES = 1
NO_ANSWER = "No answer (left out of the total)"
NO_ANSWER_COUNTED = "No answer (in the total)"


@dataclass(frozen=True, slots=True)
class Unit:
    """One thing that is counted: where it stands, and how its answers are read."""

    source: Source
    lookup: Lookup


class Tally(Protocol):
    """Counts units for one block and writes its lines."""

    def add(self, unit: Unit) -> None:
        """Count one unit."""

    def lines(self, table: Table) -> Iterator[Line]:
        """Write the lines of the block."""


@dataclass
class Counter:
    """Sources that passed, those that the total holds, and those that were left out for want of an answer."""

    passed: list[Source] = field(default_factory=list)
    total: list[Source] = field(default_factory=list)
    missing: list[Source] = field(default_factory=list)

    @property
    def base(self) -> int:
        """How many units the total holds."""
        return len(self.total)

    def add(self, source: Source, held: Truth, *, all_units: bool) -> None:
        """Count one unit: it passed, it did not, or it cannot be known (then the base holds it only if ``all_units``)."""
        if held is not None or all_units:
            self.total.append(source)
        if held:
            self.passed.append(source)
        elif held is None and not all_units:
            self.missing.append(source)


@dataclass
class Base:
    """What all tallies share: the block, the framework, and the narrowing by ``within``."""

    block: Block
    framework: Framework

    def counts(self, unit: Unit) -> bool:
        """Whether the unit belongs to the population of the block."""
        return truth(self.block.within, unit.lookup, self.framework.none) is True

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

    def add(self, unit: Unit) -> None:
        """Count the unit in the total unless its answer is missing and the total is of valid answers."""
        if not self.counts(unit):
            return
        held = truth(self.block.where, unit.lookup, self.framework.none)
        self.counter.add(unit.source, held, all_units=self.all_units)

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
            sources=tuple(counter.passed),
            all_units=self.all_units,
            missing_sources=tuple(counter.missing),
            base_sources=tuple(counter.total),
        )


@dataclass
class Distribution(Base):
    """Units by category of one field. Where several codes may be ticked a unit counts in each of its categories.

    With ``precedence`` it counts in the first of them alone.
    """

    by_category: dict[str, list[Source]] = field(default_factory=dict)
    missing: list[Source] = field(default_factory=list)
    answered: list[Source] = field(default_factory=list)
    total: list[Source] = field(default_factory=list)

    def add(self, unit: Unit) -> None:
        """Count the unit in its categories, or among the missing."""
        if not self.counts(unit) or not truth(self.block.where, unit.lookup, self.framework.none):
            return
        value = unit.lookup(self.block.field)
        self.total.append(unit.source)
        if not is_answer(value) and not self._says_none(value):
            self.missing.append(unit.source)
            return
        self.answered.append(unit.source)
        held = [category for category in self.block.categories if _holds(value, category)]
        for category in held[:1] if self.block.precedence else held:
            self.by_category.setdefault(category.key, []).append(unit.source)

    def _says_none(self, value: Value) -> bool:
        return isinstance(value, Missing) and value.code in self.framework.none

    def lines(self, table: Table) -> Iterator[Line]:
        """One line for each category, and one for the missing."""
        total = tuple(self.total)
        base, missing = (total, ()) if self.all_units else (tuple(self.answered), tuple(self.missing))
        for category in self.block.categories:
            if category.recoded and category.key not in self.by_category:
                continue
            line = self._line(table, category, tuple(self.by_category.get(category.key, ())), base)
            yield (
                replace(line, missing=len(missing), missing_sources=missing) if self._states_missing else line
            )
        if self.block.of != "none" and self.block.missing_line:
            label = NO_ANSWER_COUNTED if self.all_units else NO_ANSWER
            without = Category("missing", label, frozenset())
            yield self._line(table, without, tuple(self.missing), total)

    @property
    def _states_missing(self) -> bool:
        return self.block.of == "valid"

    def _line(
        self, table: Table, category: Category, sources: tuple[Source, ...], base: tuple[Source, ...]
    ) -> Line:
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

    def add(self, unit: Unit) -> None:
        """Count the case for every indicator."""
        if not self.counts(unit):
            return
        earlier: list[Truth] = []
        for key, counter in self.counters.items():
            held = _truth_of(unit.lookup(f"@{key}"))
            if self.block.precedence:
                held, earlier = all_of([held, *earlier]), [*earlier, None if held is None else not held]
            counter.add(unit.source, held, all_units=self.all_units)
            within = self.framework.by_key[key].within
            if within and unit.lookup(f"@{within}"):
                self.inside[key].add(unit.source, held, all_units=self.all_units)

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
                sources=tuple(counter.passed),
                all_units=self.all_units,
                missing_sources=tuple(counter.missing),
                within_sources=tuple(inside.passed),
                base_sources=tuple(counter.total),
                within_base_sources=tuple(inside.total),
            )


@dataclass
class Statistics(Base):
    """Least, most and mean of a number, over the units that have one (or are treated as having one)."""

    numbers: list[Fraction] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    missing: list[Source] = field(default_factory=list)

    def add(self, unit: Unit) -> None:
        """Take the unit's number, if it has one."""
        if not self.counts(unit) or not truth(self.block.where, unit.lookup, self.framework.none):
            return
        number = self._number(unit)
        if number is None:
            self.missing.append(unit.source)
            return
        self.numbers.append(number)
        self.sources.append(unit.source)

    def _number(self, unit: Unit) -> Fraction | None:
        value = unit.lookup(self.block.field)
        if isinstance(value, int | float):
            return Fraction(Decimal(repr(value)))
        for condition, stands_for in self.block.treated:
            if truth(condition, unit.lookup, self.framework.none):
                return Fraction(Decimal(repr(stands_for)))
        return None

    def lines(self, table: Table) -> Iterator[Line]:
        """Three lines: least, most, mean (to one decimal, half up)."""
        numbers = self.numbers
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
                missing=len(self.missing),
                value=value,
                note=self.block.note,
                sources=tuple(self.sources),
                missing_sources=tuple(self.missing),
                base_sources=tuple(self.sources),
                numbers=tuple(float(number) for number in numbers),
            )


def _truth_of(value: Value) -> Truth:
    return None if value is None else bool(value)


def _plain(number: Fraction) -> Decimal:
    return half_up(number, 0) if number.denominator == 1 else half_up(number, 2)


def _holds(value: Value, category: Category) -> bool:
    if category.is_band:
        number = number_of(value)
        return number is not None and Between(category.least, category.most).holds(number)
    if isinstance(value, tuple):
        return not category.values.isdisjoint(value)
    return value in category.values


BLOCKS: Mapping[str, Callable[[Block, Framework], Tally]] = {
    "count": Count,
    "distribution": Distribution,
    "indicators": Indicators,
    "statistics": Statistics,
}
