"""How far two coders agree, measured on what they submitted: decisions and consensus never change a figure.

Every result is an estimate, or *undefined, because …*: where nothing varies or nothing was compared there is no number.
Comparisons are read one at a time and only counted, so that a study of any size fits.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from schema.coding.model import AGREEING, Comparison, Position, Verdict
from schema.template.kinds import kind_of
from schema.template.model import Field, Section
from schema.template.value import Missing, Value

Ratings = Sequence[tuple[Hashable, Hashable]]
RowCounts = tuple[int, int, int, int]
"""Rows of A, rows of B, linked rows of A, linked rows of B."""

NOTHING_COMPARED = "nothing was compared"
NO_VARIATION = "both coders used one and the same code throughout"
NUMBERS = "kappa is for codes; this is a number"
NO_OPTION_VARIES = "no option was ticked by some and left by others"
BY_EYE_ONLY = "texts are compared by eye, by the reconciler"


@dataclass(frozen=True, slots=True)
class Estimate:
    """A measure and the number of positions (or rows) it rests on."""

    value: float
    n: int


@dataclass(frozen=True, slots=True)
class Undefined:
    """No number can be given; ``reason`` completes the sentence "undefined, because …"."""

    reason: str
    n: int = 0


Measure = Estimate | Undefined


@dataclass(frozen=True, slots=True)
class OptionAgreement:
    """One option of a multiple choice: positions where A and where B ticked it, and kappa of ticked or not."""

    value: str
    ticked_a: int
    ticked_b: int
    kappa: Measure


@dataclass(frozen=True)
class FieldAgreement:
    """Agreement on one field over all comparisons.

    ``n`` positions were compared, ``agreed`` of them agree (within the field's tolerance). ``kappa`` is Cohen's for codes and the
    mean over ``options`` for sets. ``excluded`` counts what is left out, by verdict: questions that one coder was not
    asked, that the routing hid from one, and rows that stand alone.
    """

    section: str
    field: Field
    n: int
    agreed: int
    percent: Measure
    kappa: Measure
    excluded: Mapping[str, int]
    options: tuple[OptionAgreement, ...] = ()


@dataclass(frozen=True, slots=True)
class RowAgreement:
    """Whether both coders found the same rows of a repeating group: rows of each, those linked, and F1."""

    section: str
    rows_a: int
    rows_b: int
    linked_a: int
    linked_b: int
    f1: Measure


def percent(ratings: Ratings) -> Measure:
    """Share of pairs whose two ratings are the same, from 0 to 1."""
    if not ratings:
        return Undefined(NOTHING_COMPARED)
    return Estimate(sum(a == b for a, b in ratings) / len(ratings), len(ratings))


def kappa(ratings: Ratings) -> Measure:
    """Cohen's kappa for two coders and unordered codes: (po - pe) / (1 - pe).

    po is the share of agreement, pe the agreement expected from each coder's own frequencies. Cohen, J. (1960). A
    coefficient of agreement for nominal scales. Educational and Psychological Measurement 20, 37-46. Undefined where
    pe is 1: both coders gave everything the same code.
    """
    return kappa_of(Counter(ratings))


def kappa_of(table: Mapping[tuple[Hashable, Hashable], int]) -> Measure:
    """:func:`kappa` from a table of how often each pair of ratings occurs."""
    n = sum(table.values())
    if not n:
        return Undefined(NOTHING_COMPARED)
    of_a: Counter[Hashable] = Counter()
    of_b: Counter[Hashable] = Counter()
    for (a, b), times in table.items():
        of_a[a] += times
        of_b[b] += times
    same = sum(times for (a, b), times in table.items() if a == b)
    # In whole numbers, so that no rounding decides whether there is variation.
    expected = sum(times * of_b[code] for code, times in of_a.items())
    if expected == n * n:
        return Undefined(NO_VARIATION, n)
    return Estimate((same * n - expected) / (n * n - expected), n)


def field_agreement(comparisons: Iterable[Comparison]) -> tuple[FieldAgreement, ...]:
    """Agreement for every measured field, in the order of the newest version among the comparisons.

    Reads the verdicts and values of the comparisons, which come from the frozen entries. Missing codes are codes of their
    own; an answer against a blank is a disagreement; blank on both sides is no position.
    """
    return tally(comparisons).fields()


def row_agreement(comparisons: Iterable[Comparison]) -> tuple[RowAgreement, ...]:
    """Row detection for every repeating group: F1 = 2 x linked rows / all rows of both coders.

    With precision and recall exchanged when the coders are, F1 does not depend on who is A. A row that is linked with two
    counts once. Rows of a group that one coder was not asked for are left out.
    """
    return tally(comparisons).rows()


def tally(comparisons: Iterable[Comparison]) -> AgreementTally:
    """Count all comparisons in one pass: the tally gives both tables."""
    counted = AgreementTally()
    for comparison in comparisons:
        counted.add(comparison)
    return counted


def is_measured(held: Field) -> bool:
    """Whether agreement is reported on the field: the template names a measure and compares it."""
    return held.measure != "none" and held.compare.rule != "ignore"


@dataclass
class _FieldCount:
    """What has been counted of one field: pairs of codes, or pairs of ticks for each option of a set."""

    n: int = 0
    agreed: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    codes: Counter[tuple[Hashable, Hashable]] = field(default_factory=Counter)
    ticked: dict[str, Counter[tuple[Hashable, Hashable]]] = field(default_factory=dict)

    def add(self, held: Field, position: Position) -> None:
        if position.verdict in (Verdict.NOT_ASKED, Verdict.APPLICABILITY_DIFFERS):
            self.left_out[str(position.verdict)] += 1
            return
        self.n += 1
        self.agreed += position.verdict in AGREEING
        if kind_of(held).many:
            a, b = _ticks(position.a), _ticks(position.b)
            for option in a | b:
                self.ticked.setdefault(option, Counter())[(option in a, option in b)] += 1
        else:
            self.codes[(_code(held, position.a), _code(held, position.b))] += 1

    def result(self, held: Field, lone: int) -> FieldAgreement:
        share: Measure = Estimate(self.agreed / self.n, self.n) if self.n else Undefined(NOTHING_COMPARED)
        excluded = dict(self.left_out) | ({"row_alone": lone} if lone else {})
        options = self._options(held)
        found = _mean(options, self.n) if kind_of(held).many else self._kappa(held)
        return FieldAgreement(held.section, held, self.n, self.agreed, share, found, excluded, options)

    def _kappa(self, held: Field) -> Measure:
        if held.measure == "interval":
            return Undefined(NUMBERS, self.n)
        if held.compare.rule == "by_eye":
            return Undefined(BY_EYE_ONLY, self.n)
        return kappa_of(self.codes)

    def _options(self, held: Field) -> tuple[OptionAgreement, ...]:
        """Every option that somebody ticked, in code-list order, missing codes last."""
        order = list(held.codelist.order) if held.codelist else []
        listed = [code for code in order if code in self.ticked]
        return tuple(self._option(code) for code in [*listed, *sorted(self.ticked.keys() - set(order))])

    def _option(self, code: str) -> OptionAgreement:
        ticks = self.ticked[code]
        both, only_a, only_b = ticks[(True, True)], ticks[(True, False)], ticks[(False, True)]
        table: dict[tuple[Hashable, Hashable], int] = {
            **ticks,
            (False, False): self.n - both - only_a - only_b,
        }
        return OptionAgreement(code, both + only_a, both + only_b, kappa_of(table))


class AgreementTally:
    """Counts comparisons one at a time; holds frequencies only, never the comparisons."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._version = 0
        self._fields: dict[str, Field] = {}
        self._counts: dict[str, _FieldCount] = {}
        self._lone: Counter[str] = Counter()
        self._rows: dict[str, RowCounts] = {}

    def add(self, comparison: Comparison) -> None:
        """Count one comparison."""
        self._learn(comparison)
        for position in comparison.positions:
            if position.field is None:
                self._lone[position.section] += 1
            elif is_measured(position.field):
                self._counts[position.field.path].add(position.field, position)
        for section in comparison.template.groups():
            counts, before = _row_counts(comparison, section), self._rows.get(section.key, (0, 0, 0, 0))
            self._rows[section.key] = (
                before[0] + counts[0], before[1] + counts[1], before[2] + counts[2], before[3] + counts[3],
            )  # fmt: skip

    def fields(self) -> tuple[FieldAgreement, ...]:
        """See :func:`field_agreement`."""
        return tuple(
            self._counts[path].result(held, self._lone[held.section]) for path, held in self._fields.items()
        )

    def rows(self) -> tuple[RowAgreement, ...]:
        """See :func:`row_agreement`."""
        return tuple(_rows(section, counts) for section, counts in self._rows.items())

    def _learn(self, comparison: Comparison) -> None:
        """Keep the fields in the newest version's order; those that only older versions measured come last."""
        own = {held.path: held for held in comparison.template.fields() if is_measured(held)}
        newer = comparison.template.version >= self._version
        first, second = (own, self._fields) if newer else (self._fields, own)
        self._fields = first | {path: held for path, held in second.items() if path not in first}
        self._version = max(self._version, comparison.template.version)
        for path in own:
            self._counts.setdefault(path, _FieldCount())


def _mean(options: Iterable[OptionAgreement], n: int) -> Measure:
    """Mean of the options' kappas; options without variation are left out."""
    known = [option.kappa.value for option in options if isinstance(option.kappa, Estimate)]
    if not n:
        return Undefined(NOTHING_COMPARED)
    return Estimate(sum(known) / len(known), n) if known else Undefined(NO_OPTION_VARIES, n)


def _code(held: Field, value: Value) -> Hashable:
    """A category: an answer in its normal form, a missing code or a blank as categories of their own."""
    if value is None or isinstance(value, Missing):
        return ("missing", value.code if value else "")
    return (
        "answer",
        kind_of(held).normal(held, value) if isinstance(value, str | int | float | tuple) else value,
    )


def _ticks(value: Value) -> frozenset[str]:
    """What is ticked; a missing code counts as an option of its own."""
    if isinstance(value, Missing):
        return frozenset({f"missing:{value.code}"})
    return frozenset(value) if isinstance(value, tuple) else frozenset()


def _row_counts(comparison: Comparison, section: Section) -> RowCounts:
    unasked = {
        position.pair.id
        for position in comparison.positions
        if position.field is None and position.pair and position.verdict is Verdict.NOT_ASKED
    }
    pairs = [pair for pair in comparison.pairs if pair.group == section.key and pair.id not in unasked]
    links = [pair for pair in pairs if pair.row_a and pair.row_b]
    sides = (
        {p.row_a for p in pairs},
        {p.row_b for p in pairs},
        {p.row_a for p in links},
        {p.row_b for p in links},
    )
    all_a, all_b, linked_a, linked_b = (len(side - {""}) for side in sides)
    return all_a, all_b, linked_a, linked_b


def _rows(section: str, counts: RowCounts) -> RowAgreement:
    rows_a, rows_b, linked_a, linked_b = counts
    rows = rows_a + rows_b
    f1: Measure = (
        Estimate((linked_a + linked_b) / rows, rows) if rows else Undefined("neither coder has a row")
    )
    return RowAgreement(section, rows_a, rows_b, linked_a, linked_b, f1)
