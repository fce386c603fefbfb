"""Agreement on one field: what is counted of it, position by position, and the measures that follow."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as member
from typing import NamedTuple

from schema.answers.document import Row
from schema.coding.agreement.alpha import alpha_of
from schema.coding.agreement.distance import Level
from schema.coding.agreement.estimate import (
    BY_EYE_ONLY,
    NO_ANSWERS,
    NO_OPTION_VARIES,
    NO_ORDER,
    NOTHING_COMPARED,
    NUMBERS,
    SETS,
    Estimate,
    Interval,
    Measure,
    NoInterval,
    Table,
    Undefined,
)
from schema.coding.agreement.nominal import ac1_of, kappa_of
from schema.coding.agreement.numbers import appended, no_numbers
from schema.coding.agreement.weighted import weighted_kappa_of
from schema.coding.model import AGREEING, Position, Verdict
from schema.template.kinds import kind_of
from schema.template.model import Field
from schema.template.value import Missing, Value

LEFT_OUT = (Verdict.NOT_ASKED, Verdict.APPLICABILITY_DIFFERS)
ANSWER, MISSING, ABSENT = "answer", "missing", ("absent", "")
"""Categories are pairs: ("answer", its normal form), ("missing", its code, empty for a blank), or the absent row."""


class Cell(NamedTuple):
    """What two coders gave at a position, and whether that counts as agreement (within the field's tolerance)."""

    a: Hashable
    b: Hashable
    agreed: bool

    def swapped(self) -> Cell:
        """The same with the coders exchanged."""
        return Cell(self.b, self.a, self.agreed)


@dataclass(frozen=True, slots=True)
class OptionAgreement:
    """One option of a multiple choice: positions where A and where B ticked it, and agreement on ticked or not."""

    value: str
    ticked_a: int
    ticked_b: int
    kappa: Measure
    ac1: Measure


@dataclass(frozen=True, slots=True)
class WithLoneRows:
    """The same agreement with every lone row counted as a disagreement on the answer it holds.

    ``n`` positions and lone rows. ``kappa`` takes the absent row for a code of its own.
    """

    n: int
    percent: Measure
    kappa: Measure


@dataclass(frozen=True, slots=True)
class Caution:
    """What a reader should know before trusting a figure: in two or three words, and as a sentence."""

    name: str
    sentence: str


@dataclass(frozen=True)
class FieldAgreement:
    """Agreement on one field over all comparisons.

    ``n`` positions were compared, ``agreed`` of them agree (within the field's tolerance). ``kappa`` is Cohen's and ``ac1``
    Gwet's for codes, and their means over ``options`` for sets. ``weighted`` is the linearly weighted kappa of an ordinal
    field. ``alpha`` is Krippendorff's at ``level``: that of the field's measurement, masi for sets. Missing codes are codes of
    their own, except where codes have an order or answers are numbers: ``weighted`` and such an ``alpha`` rest on the
    positions where both coders gave an answer. ``excluded`` counts what is left out, by verdict: questions that one coder was
    not asked, that the routing hid from one, and rows that stand alone. ``intervals`` holds bootstrap intervals by the name
    of the measure, where they were asked for. ``table`` counts pairs of categories. ``without_pairing``: the same for a field
    that helps to pair rows, where rows are paired without it.
    """

    section: str
    field: Field
    n: int
    agreed: int
    percent: Measure
    kappa: Measure
    ac1: Measure
    weighted: Measure
    alpha: Measure
    level: Level
    excluded: Mapping[str, int]
    options: tuple[OptionAgreement, ...] = ()
    with_lone_rows: WithLoneRows | None = None
    intervals: Mapping[str, Interval | NoInterval] = member(default_factory=dict)
    cautions: tuple[Caution, ...] = ()
    table: Table = member(default_factory=dict, repr=False)
    without_pairing: FieldAgreement | None = None


def is_measured(held: Field) -> bool:
    """Whether agreement is reported on the field: the template names a measure and compares it."""
    return held.measure != "none" and held.compare.rule != "ignore"


def is_coded(held: Field) -> bool:
    """Whether answers are single codes, so that kappa and AC1 apply."""
    return not kind_of(held).many and held.measure != "interval" and held.compare.rule != "by_eye"


def level_of(held: Field) -> Level:
    """The distance of alpha that fits the field."""
    if kind_of(held).many:
        return "masi"
    levels: dict[str, Level] = {"ordinal": "ordinal", "interval": "interval"}
    return levels.get(held.measure, "nominal")


def order_of(held: Field) -> tuple[Hashable, ...]:
    """The categories of an ordinal field's answers, lowest first."""
    return tuple((ANSWER, code) for code in held.codelist.order) if held.codelist else ()


def category(held: Field, value: Value) -> Hashable:
    """The category of a value: an answer in its normal form, a missing code or a blank as categories of their own.

    For sets it is the frozenset of what is ticked; a missing code counts as an option of its own.
    """
    if kind_of(held).many:
        return ticks(value)
    if value is None or isinstance(value, Missing):
        return (MISSING, value.code if value else "")
    if isinstance(value, str | int | float | tuple):
        return (ANSWER, kind_of(held).normal(held, value))
    return (ANSWER, value)


def cell_of(held: Field, position: Position) -> Cell | None:
    """What the coders gave at a position; ``None`` where one of them was not asked."""
    if position.verdict in LEFT_OUT:
        return None
    return Cell(category(held, position.a), category(held, position.b), position.verdict in AGREEING)


def ticks(value: Value) -> frozenset[str]:
    """What is ticked; a missing code counts as an option of its own."""
    if isinstance(value, Missing):
        return frozenset({f"missing:{value.code}"})
    return frozenset(value) if isinstance(value, tuple) else frozenset()


@dataclass
class FieldCount:
    """What has been counted of one field, compactly enough for a study of any size.

    ``cells`` numbers the pairs of categories that occurred, and ``times`` says how often each did. Only where intervals are
    to be ``drawn`` each position is kept: ``case`` and ``cell`` hold one entry for it, the number of its case and that of its
    cell, in as few bytes as the numbers need. ``lone`` counts the answers of rows that stand alone.
    """

    drawn: bool = True
    cells: dict[Cell, int] = member(default_factory=dict)
    times: array[int] = member(default_factory=lambda: array("I"))
    case: array[int] = member(default_factory=no_numbers)
    cell: array[int] = member(default_factory=no_numbers)
    left_out: Counter[str] = member(default_factory=Counter)
    lone: Counter[tuple[Hashable, Hashable]] = member(default_factory=Counter)

    def add(self, held: Field, position: Position, case: int) -> None:
        """Count a position of the numbered case."""
        self.take(cell_of(held, position), position.verdict, case)

    def take(self, cell: Cell | None, verdict: Verdict, case: int) -> None:
        """Count what a position of the numbered case came to; ``None`` is left out for its verdict."""
        if cell is None:
            self.left_out[str(verdict)] += 1
        else:
            self.add_outcome(cell, case)

    def add_outcome(self, cell: Cell, case: int) -> None:
        """Count one position of the numbered case."""
        number = self.cells.setdefault(cell, len(self.times))
        if number == len(self.times):
            self.times.append(0)
        self.times[number] += 1
        if self.drawn:
            self.case = appended(self.case, case)
            self.cell = appended(self.cell, number)

    def add_lone(self, held: Field, row: Row, *, of_a: bool) -> None:
        """Count the answer of a row that stands alone, if it holds one."""
        value = row.values.get(held.key)
        if value is not None:
            found = category(held, value)
            self.lone[(found, ABSENT) if of_a else (ABSENT, found)] += 1

    def counted(self) -> Counter[Cell]:
        """How often each cell occurred."""
        return Counter(dict(zip(self.cells, self.times, strict=True)))

    def result(
        self, held: Field, lone: int, intervals: Mapping[str, Interval | NoInterval] | None = None
    ) -> FieldAgreement:
        """The measures of what was counted; ``lone`` rows of the group stand alone."""
        cells = self.counted()
        table: Counter[tuple[Hashable, Hashable]] = Counter()
        for cell, times in cells.items():
            table[cell.a, cell.b] += times
        n, agreed = sum(cells.values()), sum(times for cell, times in cells.items() if cell.agreed)
        options = options_of(held, table) if kind_of(held).many else ()
        return FieldAgreement(
            section=held.section,
            field=held,
            n=n,
            agreed=agreed,
            percent=_share(agreed, n),
            kappa=_kappa(held, table, options),
            excluded=dict(self.left_out) | ({"row_alone": lone} if lone else {}),
            options=options,
            ac1=_ac1(held, table, options),
            weighted=_weighted(held, table),
            alpha=_alpha(held, table),
            level=level_of(held),
            with_lone_rows=self._with_lone(held, table, agreed) if self.lone else None,
            intervals=intervals or {},
            table=table,
        )

    def _with_lone(self, held: Field, table: Table, agreed: int) -> WithLoneRows:
        whole: Counter[tuple[Hashable, Hashable]] = Counter(table) + self.lone
        n = sum(whole.values())
        return WithLoneRows(n, _share(agreed, n), kappa_of(whole) if is_coded(held) else _no_kappa(held, n))


def options_of(held: Field, table: Table) -> tuple[OptionAgreement, ...]:
    """Every option that somebody ticked, in code-list order, missing codes last."""
    order = list(held.codelist.order) if held.codelist else []
    found = option_values(order, table)
    return tuple(_option(value, table) for value in found)


def option_values(order: Sequence[str], table: Iterable[tuple[Hashable, Hashable]]) -> tuple[str, ...]:
    """The options that occur in the sets of a table, in ``order``; those outside it last."""
    used = {option for pair in table for side in pair for option in _set(side)}
    return (*(code for code in order if code in used), *sorted(used - set(order)))


def _option(value: str, table: Table) -> OptionAgreement:
    ticked: Counter[tuple[Hashable, Hashable]] = Counter()
    for (a, b), times in table.items():
        ticked[value in _set(a), value in _set(b)] += times
    both = ticked[True, True]
    return OptionAgreement(
        value, both + ticked[True, False], both + ticked[False, True], kappa_of(ticked), ac1_of(ticked)
    )


def answered(table: Table) -> Counter[tuple[Hashable, Hashable]]:
    """The part of a table in which both coders gave an answer."""
    return Counter({(a, b): times for (a, b), times in table.items() if is_answered(a) and is_answered(b)})


def is_answered(found: Hashable) -> bool:
    """Whether a category is that of an answer."""
    return isinstance(found, tuple) and found[0] == ANSWER


def _share(agreed: int, n: int) -> Measure:
    return Estimate(agreed / n, n) if n else Undefined(NOTHING_COMPARED)


def _kappa(held: Field, table: Table, options: Sequence[OptionAgreement]) -> Measure:
    n = sum(table.values())
    if kind_of(held).many:
        return _mean([option.kappa for option in options], n)
    return kappa_of(table) if is_coded(held) else _no_kappa(held, n)


def _ac1(held: Field, table: Table, options: Sequence[OptionAgreement]) -> Measure:
    n = sum(table.values())
    if kind_of(held).many:
        return _mean([option.ac1 for option in options], n)
    return ac1_of(table) if is_coded(held) else _no_kappa(held, n)


def _no_kappa(held: Field, n: int) -> Undefined:
    if held.measure == "interval":
        return Undefined(NUMBERS, n)
    return Undefined(BY_EYE_ONLY if held.compare.rule == "by_eye" else SETS, n)


def _weighted(held: Field, table: Table) -> Measure:
    if held.measure != "ordinal" or not is_coded(held):
        return Undefined(NO_ORDER, sum(table.values()))
    both = answered(table)
    return weighted_kappa_of(both, order_of(held)) if both else Undefined(NO_ANSWERS)


def _alpha(held: Field, table: Table) -> Measure:
    level = level_of(held)
    if held.compare.rule == "by_eye":
        return Undefined(BY_EYE_ONLY, sum(table.values()))
    if level in ("nominal", "masi"):
        return alpha_of(table, level)
    both = answered(table)
    if not both:
        return Undefined(NO_ANSWERS if table else NOTHING_COMPARED)
    if level == "ordinal":
        return alpha_of(both, level, order_of(held))
    return alpha_of(plain(both), level)


def plain(table: Table) -> Counter[tuple[Hashable, Hashable]]:
    """A table of answers with their bare values for categories."""
    return Counter({(_bare(a), _bare(b)): times for (a, b), times in table.items()})


def _bare(found: Hashable) -> Hashable:
    bare: Hashable = found[1] if isinstance(found, tuple) else found
    return bare


def _mean(measures: Iterable[Measure], n: int) -> Measure:
    """Mean of the options' figures; options without variation are left out."""
    known = [held.value for held in measures if isinstance(held, Estimate)]
    if not n:
        return Undefined(NOTHING_COMPARED)
    return Estimate(sum(known) / len(known), n) if known else Undefined(NO_OPTION_VARIES, n)


def _set(found: Hashable) -> frozenset[str]:
    return found if isinstance(found, frozenset) else frozenset()
