"""Evaluates a framework over cases, a chunk of cases at a time, so that a study of any size streams through.

One evaluation feeds the findings page, the workbook and every other export.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from schema.answers.document import Document, Row
from schema.framework.blocks import BLOCKS, Tally
from schema.framework.figures import CaseIndicators, Evaluation, Source, TableResult
from schema.framework.model import CASE, Framework, Indicator
from schema.framework.units import Reading, Units
from schema.template.model import Template
from schema.template.value import Value

CHUNK = 100
"""Cases that are judged together: enough that a condition is walked seldom, few enough that they need little memory."""


@dataclass(frozen=True)
class CaseExtract:
    """One case as the framework reads it: ``document`` holds the derived values too.

    ``template``: the version the document was extracted with; groups that it lacks, or that its routing hides,
    are unknown rather than empty.
    """

    reference: str
    document: Document
    template: Template

    def was_asked(self, group: str) -> bool:
        """Whether the repeating group was part of this case's form."""
        return group in self._asked

    @cached_property
    def _asked(self) -> frozenset[str]:
        return frozenset(
            section.key
            for section in self.template.groups()
            if section.visible_when is None or section.visible_when.holds(self.document.get)
        )


@dataclass(frozen=True, slots=True)
class CountedRows:
    """The rows that a unit stands for: each with its group and the number of its case in the chunk."""

    cases: list[int] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)


@dataclass
class Chunk:
    """Cases that are judged together. ``indicators``: for each indicator so far its value in each case."""

    framework: Framework
    cases: Sequence[CaseExtract]
    indicators: dict[str, Sequence[int | None]] = field(default_factory=dict)
    _units: dict[tuple[str, bool], Units] = field(default_factory=dict)
    _asked: dict[str, list[bool]] = field(default_factory=dict)

    def judge(self) -> None:
        """Work out all indicators, each from those before it: 1, 0, a count, or ``None`` where it cannot be known."""
        for indicator in self.framework.indicators:
            self.indicators[indicator.key] = self._judged(indicator)

    def _judged(self, indicator: Indicator) -> Sequence[int | None]:
        units, asked = self.units(indicator.group), self.asked(indicator.group)
        held = units.held(indicator.where)
        values = held.count_in(units.of_case) if indicator.counts else held.any_in(units.of_case)
        return [value if one else None for value, one in zip(values, asked, strict=True)]

    def left_out(self) -> list[str]:
        """For each case why the framework does not count it; empty where it does."""
        rules = [(rule.label, self.units(CASE).known(rule.where)) for rule in self.framework.leave_out]
        return [
            next((label for label, cases in rules if cases & own), "") for own in self.units(CASE).of_case
        ]

    def columns(self, left_out: Sequence[str]) -> Iterator[CaseIndicators]:
        """The indicator columns of each case; one that is left out has none."""
        values = list(zip(*self.indicators.values(), strict=True)) or [()] * len(self.cases)
        for case, held, reason in zip(self.cases, values, left_out, strict=True):
            yield CaseIndicators.of(case.reference, (None,) * len(held) if reason else held, reason)

    def without(self, left_out: Sequence[str]) -> Chunk:
        """The cases that are counted; the same chunk where none is left out."""
        if not any(left_out):
            return self
        kept = [number for number, reason in enumerate(left_out) if not reason]
        values: dict[str, Sequence[int | None]] = {
            key: [held[number] for number in kept] for key, held in self.indicators.items()
        }
        return Chunk(self.framework, [self.cases[number] for number in kept], values)

    def units(self, unit: str, *, first: bool = False) -> Units:
        """The cases, or the rows of the groups that the unit stands for (with ``first`` row 1 of each group alone)."""
        key = unit or CASE, first
        if key not in self._units:
            self._units[key] = (
                self._case_units() if key[0] == CASE else self._row_units(self.rows(unit, first=first))
            )
        return self._units[key]

    def asked(self, unit: str) -> list[bool]:
        """For each case whether its form had all groups of the unit."""
        if unit not in self._asked:
            groups = self.framework.groups_of(unit)
            self._asked[unit] = [all(map(case.was_asked, groups)) for case in self.cases]
        return self._asked[unit]

    def rows(self, unit: str, *, first: bool = False) -> CountedRows:
        """The rows that a unit stands for, case by case and group by group."""
        found, most = CountedRows(), 1 if first else None
        groups = self.framework.groups_of(unit)
        for number, case in enumerate(self.cases):
            for group in groups:
                rows = case.document.rows(group)[:most]
                found.rows.extend(rows)
                found.groups.extend([group] * len(rows))
                found.cases.extend([number] * len(rows))
        return found

    def _case_units(self) -> Units:
        sources = [Source(case.reference) for case in self.cases]
        return Units(
            sources, [1 << number for number in range(len(sources))], self._of_cases, self.framework.none
        )

    def _row_units(self, rows: CountedRows) -> Units:
        """A row is named by its id alone, which no other row of a consensus has, in whichever group it stands."""
        references = [case.reference for case in self.cases]
        sources = [Source(references[case], row.id) for case, row in zip(rows.cases, rows.rows, strict=True)]
        of_case = [0] * len(references)
        for number, case in enumerate(rows.cases):
            of_case[case] |= 1 << number
        return Units(sources, of_case, self._of_rows(rows), self.framework.none)

    def _of_cases(self, name: str) -> Sequence[Value]:
        if name.startswith("@"):
            return self.indicators.get(name[1:], (None,) * len(self.cases))
        return [case.document.get(name) for case in self.cases]

    def _of_rows(self, rows: CountedRows) -> Reading:
        def read(name: str) -> Sequence[Value]:
            if "." not in name and not name.startswith("@"):
                return [row.values.get(name) for row in rows.rows]
            outer = self.units(CASE).column(name).values
            return [outer[case] for case in rows.cases]

        return read


def ignore(_: CaseIndicators) -> None:
    """For those who want the tables alone."""


@dataclass
class Evaluator:
    """Takes cases one by one (:meth:`add`) and gives the whole (:meth:`result`).

    Cases wait until there are ``CHUNK`` of them or the result is asked for; then ``take`` gets the indicator columns of each, in order.
    """

    framework: Framework
    take: Callable[[CaseIndicators], object] = ignore
    cases: list[CaseIndicators] = field(default_factory=list)
    _waiting: list[CaseExtract] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Open one tally for each block."""
        self.tallies: list[list[Tally]] = [
            [BLOCKS[block.kind](block, self.framework) for block in table.blocks]
            for table in self.framework.tables
        ]

    def add(self, case: CaseExtract) -> None:
        """Count one case, now or together with those that come after it."""
        self._waiting.append(case)
        if len(self._waiting) == CHUNK:
            self._judge()

    def _judge(self) -> None:
        chunk, self._waiting = Chunk(self.framework, self._waiting), []
        chunk.judge()
        left_out = chunk.left_out()
        for made in chunk.columns(left_out):
            self.cases.append(made)
            self.take(made)
        self._tally(chunk.without(left_out))

    def _tally(self, chunk: Chunk) -> None:
        for table, tallies in zip(self.framework.tables, self.tallies, strict=True):
            for block, tally in zip(table.blocks, tallies, strict=True):
                own = block.unit == table.unit
                units = chunk.units(block.unit, first=own and table.first)
                among = units.known(table.where if own else None) & units.known(block.within)
                tally.add(units, among)

    def result(self) -> Evaluation:
        """All columns and all tables of the cases so far."""
        self._judge()
        tables = tuple(
            TableResult(
                table.key,
                table.title,
                table.unit_label,
                table.note,
                tuple(line for tally in tallies for line in tally.lines(table)),
            )
            for table, tallies in zip(self.framework.tables, self.tallies, strict=True)
        )
        return Evaluation(self.framework, tuple(self.cases), tables)


def evaluate(framework: Framework, cases: Iterable[CaseExtract]) -> Evaluation:
    """Evaluate a framework over all cases, in their order."""
    evaluator = Evaluator(framework)
    for case in cases:
        evaluator.add(case)
    return evaluator.result()
