"""Evaluates a framework over cases, one case at a time, so that a study of any size streams through.

One evaluation feeds the findings page, the workbook and every other export.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from schema.answers.document import Document, Row
from schema.framework.blocks import BLOCKS, Tally, Unit
from schema.framework.figures import CaseIndicators, Evaluation, Source, TableResult
from schema.framework.model import CASE, Framework, Indicator, Table
from schema.framework.truth import Truth, any_of, truth
from schema.template.conditions import Lookup
from schema.template.model import Template
from schema.template.value import Value


@dataclass(frozen=True)
class CaseExtract:
    """One case as the framework reads it: ``document`` holds the derived values too.

    ``template``: the version the document was extracted with; groups that it lacks, or that its routing hides,
    are unknown rather than empty.
    """

    reference: str
    document: Document
    template: Template

    def lookup(self, indicators: Mapping[str, int | None]) -> Lookup:
        """Read plain sections by ``section.key`` and indicators by ``@name``."""

        def value(name: str) -> Value:
            return indicators.get(name[1:]) if name.startswith("@") else self.document.get(name)

        return value

    def row_lookup(self, row: Row, indicators: Mapping[str, int | None]) -> Lookup:
        """Read the row's fields by bare names, and all else as :meth:`lookup` does."""
        outer = self.lookup(indicators)

        def value(name: str) -> Value:
            return outer(name) if "." in name or name.startswith("@") else row.values.get(name)

        return value

    def was_asked(self, group: str) -> bool:
        """Whether the repeating group was part of this case's form."""
        return group in self._asked

    @cached_property
    def _asked(self) -> frozenset[str]:
        lookup = self.lookup({})
        return frozenset(
            section.key
            for section in self.template.groups()
            if section.visible_when is None or section.visible_when.holds(lookup)
        )


@dataclass
class Evaluator:
    """Takes cases one by one (:meth:`add`) and gives the whole (:meth:`result`)."""

    framework: Framework
    cases: list[CaseIndicators] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Open one tally for each block."""
        self.tallies: list[list[Tally]] = [
            [BLOCKS[block.kind](block, self.framework) for block in table.blocks]
            for table in self.framework.tables
        ]

    def add(self, case: CaseExtract) -> CaseIndicators:
        """Count one case and give its indicator columns; a case that is left out has none."""
        values = indicators_of(self.framework, case)
        if reason := self._left_out(case, values):
            made = CaseIndicators(case.reference, (None,) * len(values), reason)
            self.cases.append(made)
            return made
        for table, tallies in zip(self.framework.tables, self.tallies, strict=True):
            for block, tally in zip(table.blocks, tallies, strict=True):
                for unit in units(self.framework, table, block.unit, case, values):
                    tally.add(unit)
        made = CaseIndicators(case.reference, tuple(values.values()))
        self.cases.append(made)
        return made

    def _left_out(self, case: CaseExtract, values: Mapping[str, int | None]) -> str:
        lookup, none = case.lookup(values), self.framework.none
        reasons = (rule.label for rule in self.framework.leave_out if truth(rule.where, lookup, none) is True)
        return next(reasons, "")

    def result(self) -> Evaluation:
        """All columns and all tables of the cases so far."""
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


def indicators_of(framework: Framework, case: CaseExtract) -> dict[str, int | None]:
    """The indicator columns of one case by key, in order: 1, 0, a count, or ``None`` where it cannot be known."""
    values: dict[str, int | None] = {}
    for indicator in framework.indicators:
        values[indicator.key] = _value(framework, indicator, case, values)
    return values


def _value(
    framework: Framework, indicator: Indicator, case: CaseExtract, known: Mapping[str, int | None]
) -> int | None:
    if not indicator.group:
        return _as_number(truth(indicator.where, case.lookup(known), framework.none))
    groups = framework.groups_of(indicator.group)
    if not all(case.was_asked(group) for group in groups):
        return None
    held = (
        truth(indicator.where, case.row_lookup(row, known), framework.none)
        for group in groups
        for row in case.document.rows(group)
    )
    return sum(part is True for part in held) if indicator.counts else _as_number(any_of(held))


def _as_number(held: Truth) -> int | None:
    return None if held is None else int(held)


def units(
    framework: Framework, table: Table, unit: str, case: CaseExtract, known: Mapping[str, int | None]
) -> Iterator[Unit]:
    """The units that a block counts in one case: the case itself, or rows of its groups (row 1 of each if ``first``).

    A row is named by its id alone, which no other row of a consensus has, in whichever group it stands.
    """
    narrowing = table.where if unit == table.unit else None
    if unit == CASE:
        lookups = [(Source(case.reference), case.lookup(known))]
    else:
        most = 1 if table.first and unit == table.unit else None
        rows = [row for group in framework.groups_of(unit) for row in case.document.rows(group)[:most]]
        lookups = [(Source(case.reference, row.id), case.row_lookup(row, known)) for row in rows]
    for source, lookup in lookups:
        if truth(narrowing, lookup, framework.none) is True:
            yield Unit(source, lookup)
