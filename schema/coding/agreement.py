"""How far two coders agree, measured on what they submitted: decisions and consensus never change a figure.

Every result is an estimate, or *undefined, because …*: where nothing varies or nothing was compared there is no number.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

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
    n = len(ratings)
    if not n:
        return Undefined(NOTHING_COMPARED)
    of_a, of_b = Counter(a for a, _ in ratings), Counter(b for _, b in ratings)
    same = sum(a == b for a, b in ratings)
    # In whole numbers, so that no rounding decides whether there is variation.
    expected = sum(times * of_b[code] for code, times in of_a.items())
    if expected == n * n:
        return Undefined(NO_VARIATION, n)
    return Estimate((same * n - expected) / (n * n - expected), n)


def option_agreements(
    field: Field, sets: Sequence[tuple[frozenset[str], frozenset[str]]]
) -> tuple[OptionAgreement, ...]:
    """Kappa of ticked or not for every option that somebody ticked, in code-list order, missing codes last."""
    used = {code for a, b in sets for code in a | b}
    order = list(field.codelist.order) if field.codelist else []
    ordered = [code for code in order if code in used] + sorted(used.difference(order))
    return tuple(
        OptionAgreement(
            code,
            sum(code in a for a, _ in sets),
            sum(code in b for _, b in sets),
            kappa([(code in a, code in b) for a, b in sets]),
        )
        for code in ordered
    )


def mean_kappa(options: Iterable[OptionAgreement], n: int) -> Measure:
    """Mean of the options' kappas; options without variation are left out."""
    known = [option.kappa.value for option in options if isinstance(option.kappa, Estimate)]
    if not n:
        return Undefined(NOTHING_COMPARED)
    return Estimate(sum(known) / len(known), n) if known else Undefined(NO_OPTION_VARIES, n)


def field_agreement(comparisons: Iterable[Comparison]) -> tuple[FieldAgreement, ...]:
    """Agreement for every measured field, in template order (of the newest version among the comparisons).

    Reads the verdicts and values of the comparisons, which come from the frozen entries. Missing codes are codes of their
    own; an answer against a blank is a disagreement; blank on both sides is no position.
    """
    positions: dict[str, list[Position]] = {}
    lone: Counter[str] = Counter()
    fields: dict[str, Field] = {}
    for comparison in sorted(comparisons, key=lambda held: held.template.version):
        fields |= {held.path: held for held in comparison.template.fields() if is_measured(held)}
        for position in comparison.positions:
            if position.field is None:
                lone[position.section] += 1
            else:
                positions.setdefault(position.field.path, []).append(position)
    return tuple(
        _of_field(held, positions.get(path, []), lone[held.section]) for path, held in fields.items()
    )


def is_measured(held: Field) -> bool:
    """Whether agreement is reported on the field: the template names a measure and compares it."""
    return held.measure != "none" and held.compare.rule != "ignore"


def row_agreement(comparisons: Iterable[Comparison]) -> tuple[RowAgreement, ...]:
    """Row detection for every repeating group: F1 = 2 x linked rows / all rows of both coders.

    With precision and recall exchanged when the coders are, F1 does not depend on who is A. A row that is linked with two
    counts once. Rows of a group that one coder was not asked for are left out.
    """
    found: dict[str, RowCounts] = {}
    for comparison in comparisons:
        for section in comparison.template.groups():
            counts, before = _row_counts(comparison, section), found.get(section.key, (0, 0, 0, 0))
            found[section.key] = (
                before[0] + counts[0], before[1] + counts[1], before[2] + counts[2], before[3] + counts[3],
            )  # fmt: skip
    return tuple(_rows(section, counts) for section, counts in found.items())


def _of_field(held: Field, positions: Sequence[Position], lone: int) -> FieldAgreement:
    compared = [position for position in positions if _counts(position)]
    left_out: Counter[str] = Counter(str(position.verdict) for position in positions if not _counts(position))
    left_out["row_alone"] = lone
    agreed = sum(position.verdict in AGREEING for position in compared)
    share: Measure = (
        Estimate(agreed / len(compared), len(compared)) if compared else Undefined(NOTHING_COMPARED)
    )
    options = _options(held, compared)
    excluded = {reason: times for reason, times in left_out.items() if times}
    found = _kappa(held, compared, options)
    return FieldAgreement(held.section, held, len(compared), agreed, share, found, excluded, options)


def _counts(position: Position) -> bool:
    return position.verdict not in (Verdict.NOT_ASKED, Verdict.APPLICABILITY_DIFFERS)


def _options(held: Field, positions: Sequence[Position]) -> tuple[OptionAgreement, ...]:
    if not kind_of(held).many:
        return ()
    return option_agreements(held, [(_ticks(position.a), _ticks(position.b)) for position in positions])


def _kappa(held: Field, positions: Sequence[Position], options: Sequence[OptionAgreement]) -> Measure:
    if kind_of(held).many:
        return mean_kappa(options, len(positions))
    if held.measure == "interval":
        return Undefined(NUMBERS, len(positions))
    if held.compare.rule == "by_eye":
        return Undefined(BY_EYE_ONLY, len(positions))
    return kappa([(_code(held, position.a), _code(held, position.b)) for position in positions])


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
