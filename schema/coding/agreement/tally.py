"""Count comparisons one at a time, so that a study of any size fits; frequencies are kept, never the comparisons."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import repeat

from schema.coding.agreement.bootstrap import Resampling, field_intervals
from schema.coding.agreement.by_field import Cell, FieldAgreement, FieldCount, cell_of, is_measured
from schema.coding.agreement.cautions import cautions_of
from schema.coding.agreement.estimate import (
    NOTHING_COMPARED,
    Estimate,
    Interval,
    Measure,
    NoInterval,
    Undefined,
)
from schema.coding.agreement.numbers import appended, no_numbers
from schema.coding.agreement.rows import RowAgreement, RowCounts, detection, row_counts
from schema.coding.agreement.verified import VerifiedCount, VerifiedTally
from schema.coding.model import Comparison, Position, Verdict
from schema.template.model import VERIFY, Field, Template

LONE = {Verdict.ROW_ONLY_A: True, Verdict.ROW_ONLY_B: False}


def field_agreement(
    comparisons: Iterable[Comparison], *, resampled: bool = False
) -> tuple[FieldAgreement, ...]:
    """Agreement for every measured field, in the order of the newest version among the comparisons.

    Reads the verdicts and values of the comparisons, which come from the frozen entries. Missing codes are codes of their
    own; an answer against a blank is a disagreement; blank on both sides is no position. ``resampled``: with intervals.
    """
    counted = tally(comparisons, drawn=resampled)
    return counted.fields(Resampling(counted.cases) if resampled else None)


def row_agreement(comparisons: Iterable[Comparison]) -> tuple[RowAgreement, ...]:
    """Row detection for every repeating group: F1 = 2 x linked rows / all rows of both coders.

    With precision and recall exchanged when the coders are, F1 does not depend on who is A. A row that is linked with two
    counts once. Rows of a group that one coder was not asked for are left out.
    """
    return tally(comparisons).rows()


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What one comparison adds to a tally: worked out once, however many tallies take it.

    ``cells``: for each measured position its field, what the coders gave (``None``: left out) and its verdict. ``positions``: of
    each section how many of them were not left out, and how many of these agree. ``alone``: positions of rows that only one coder
    has. ``rows``: the counts of each repeating group.
    """

    comparison: Comparison
    cells: tuple[tuple[Field, Cell | None, Verdict], ...]
    positions: Mapping[str, tuple[int, int]]
    alone: tuple[Position, ...]
    verified: tuple[Position, ...]
    rows: tuple[tuple[str, RowCounts], ...]


def outcomes_of(comparison: Comparison) -> Outcomes:
    """What a comparison adds to a tally."""
    verified = tuple(one for one in comparison.positions if one.mode == VERIFY)
    coded = [one for one in comparison.positions if one.mode != VERIFY]
    cells = tuple(
        (one.field, cell_of(one.field, one), one.verdict)
        for one in coded
        if one.field is not None and is_measured(one.field)
    )
    return Outcomes(
        comparison,
        cells,
        _by_section((held.section, cell) for held, cell, _ in cells if cell is not None),
        tuple(one for one in coded if one.field is None),
        verified,
        tuple((section.key, row_counts(comparison, section)) for section in comparison.template.groups()),
    )


def _by_section(cells: Iterable[tuple[str, Cell]]) -> Mapping[str, tuple[int, int]]:
    """How many cells each section has, and how many of them agree."""
    found: dict[str, tuple[int, int]] = {}
    for section, cell in cells:
        compared, agreed = found.get(section, (0, 0))
        found[section] = compared + 1, agreed + cell.agreed
    return found


def tally(comparisons: Iterable[Comparison], *, drawn: bool = False) -> AgreementTally:
    """Count all comparisons in one pass: the tally gives both tables."""
    counted = AgreementTally(drawn=drawn)
    for comparison in comparisons:
        counted.add(comparison)
    return counted


@dataclass(slots=True)
class PositionCount:
    """The positions of a section: how many were ``compared`` in each case, and how many of them ``agreed``."""

    compared: array[int] = field(default_factory=no_numbers)
    agreed: array[int] = field(default_factory=no_numbers)

    def add(self, case: int, compared: int, agreed: int) -> None:
        """Count the positions of the numbered case, which comes after all that were counted; of those between there are none."""
        for counts in (self.compared, self.agreed):
            counts.extend(repeat(0, case - len(counts)))
        self.compared, self.agreed = appended(self.compared, compared), appended(self.agreed, agreed)


class AgreementTally:
    """Counts comparisons one at a time.

    ``drawn``: whether the fields are to have intervals, for which every position of each case is kept.
    """

    def __init__(self, *, drawn: bool = False) -> None:
        """Begin with nothing."""
        self.cases = 0
        self._drawn = drawn
        self._version = 0
        self._learnt: Template | None = None
        self._checked: set[str] = set()
        self._order: tuple[str, ...] = ()
        self._fields: dict[str, Field] = {}
        self._counts: dict[str, FieldCount] = {}
        self._sections: dict[str, PositionCount] = {}
        self._lone: Counter[str] = Counter()
        self._rows: dict[str, RowCounts] = {}
        self._verified = VerifiedTally()

    def add(self, comparison: Comparison, *, swapped: bool = False) -> None:
        """Count one comparison, which is one case; ``swapped`` takes its coder B for A."""
        self.take(outcomes_of(comparison), swapped=swapped)

    def take(self, outcomes: Outcomes, *, swapped: bool = False) -> None:
        """Count what one comparison comes to, as :meth:`add`."""
        self._learn(outcomes.comparison.template)
        for held, cell, verdict in outcomes.cells:
            own = cell.swapped() if cell and swapped else cell
            self._counts[held.path].take(own, verdict, self.cases)
        for section, (compared, agreed) in outcomes.positions.items():
            self._sections.setdefault(section, PositionCount()).add(self.cases, compared, agreed)
        for position in outcomes.alone:
            self._add_lone(outcomes.comparison, position, swapped=swapped)
        for position in outcomes.verified:
            self._verified.add(position)
        for section, (rows_a, rows_b, linked_a, linked_b) in outcomes.rows:
            counts = (rows_b, rows_a, linked_b, linked_a) if swapped else (rows_a, rows_b, linked_a, linked_b)
            before = self._rows.get(section, (0, 0, 0, 0))
            self._rows[section] = (
                before[0] + counts[0], before[1] + counts[1], before[2] + counts[2], before[3] + counts[3],
            )  # fmt: skip
        self.cases += 1

    def fields(self, resampling: Resampling | None = None) -> tuple[FieldAgreement, ...]:
        """See :func:`field_agreement`; with intervals where ``resampling``, of as many cases, is given to a tally that is ``drawn``.

        Fields that were only ever checked, not coded twice, are not among them.
        """
        if resampling and not self._drawn:
            raise ValueError("no position was kept to draw from")
        return tuple(
            self._field(path, held, resampling)
            for path, held in self._fields.items()
            if held.section not in self._checked or self._counts[path].cells or self._counts[path].left_out
        )

    def verified(self) -> tuple[VerifiedCount, ...]:
        """What coder 2 found where they checked coder 1's values: apart from agreement, which needs two blind codings."""
        return self._verified.counts(self._order)

    def rows(self) -> tuple[RowAgreement, ...]:
        """See :func:`row_agreement`."""
        return tuple(detection(section, counts) for section, counts in self._rows.items())

    def positions(self, section: str = "") -> tuple[int, int]:
        """How many positions were compared, and how many of them agree: in one section or in all."""
        counted = self._among(section)
        return sum(sum(count.compared) for count in counted), sum(sum(count.agreed) for count in counted)

    def percent(self, section: str = "") -> Measure:
        """Share of compared positions that agree, whatever their field."""
        n, agreed = self.positions(section)
        return Estimate(agreed / n, n) if n else Undefined(NOTHING_COMPARED)

    def percent_interval(self, resampling: Resampling, section: str = "") -> Interval | NoInterval:
        """The bootstrap interval of :meth:`percent`."""
        counted = self._among(section)
        if not counted:
            return NoInterval(NOTHING_COMPARED)
        shares = resampling.share((count.agreed for count in counted), (count.compared for count in counted))
        return resampling.interval(shares)

    def _among(self, section: str) -> list[PositionCount]:
        """The counts of one section or of all."""
        return [count for key, count in self._sections.items() if section in ("", key)]

    def _field(self, path: str, held: Field, resampling: Resampling | None) -> FieldAgreement:
        count = self._counts[path]
        intervals = field_intervals(held, count, resampling) if resampling else {}
        found = count.result(held, self._lone[held.section], intervals)
        return replace(found, cautions=cautions_of(found))

    def _add_lone(self, comparison: Comparison, position: Position, *, swapped: bool) -> None:
        self._lone[position.section] += 1
        if position.verdict not in LONE or position.row is None:
            return
        section = comparison.template.by_key[position.section]
        for held in section.fields:
            if is_measured(held):
                of_a = LONE[position.verdict] is not swapped
                self._counts[held.path].add_lone(held, position.row, of_a=of_a)

    def _learn(self, template: Template) -> None:
        """Keep the fields in the newest version's order; those that only older versions measured come last."""
        if template is self._learnt:  # nearly always the same as that of the case before
            return
        self._learnt = template
        own = {held.path: held for held in template.fields() if is_measured(held)}
        newer = template.version >= self._version
        first, second = (own, self._fields) if newer else (self._fields, own)
        self._fields = first | {path: held for path, held in second.items() if path not in first}
        if newer:
            self._checked = {section.key for section in template.verified_sections()}
            self._order = tuple(held.path for held in template.fields())
        self._version = max(self._version, template.version)
        for path in own:
            self._counts.setdefault(path, FieldCount(self._drawn))
