"""The table of agreement: how far the two coders agreed before anything was reconciled.

The workbook has it as a sheet, and a project's page of agreement as a CSV file with the same columns.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction

from exports.book import Book, Column, Sheet
from exports.cells import Cell
from exports.sheets.discrepancies import VERDICTS
from schema.coding.agreement import (
    AgreementReport,
    Estimate,
    FieldAgreement,
    Interval,
    Measure,
    NoInterval,
    OptionAgreement,
    ReportCount,
    RowAgreement,
    SliceAgreement,
    VerifiedCount,
)
from schema.coding.agreement.plan import AgreementPlan, PlanResult, results
from schema.framework.percent import half_up, percent
from schema.store.master import MasterCase

PLACES = 3
ALONE = "row_alone"
UNAIDED = "section_unaided"
COLUMNS = (
    Column(
        "of",
        "plan: the agreement plan in a sentence; planned: a field of it that was not compared; field: one question; option: one code of a multiple choice; rows: rows of a group; all, section, pair, month: "
        "all positions of a part of the study, with plain means over its fields for coefficients; section_unaided: a section without the rows that were made from "
        "suggestions; verified: one question that coder 2 checked instead of coding it again, which is in no other figure",
        width=10,
    ),
    Column("section", "Section or repeating group"),
    Column("field", "Field"),
    Column("option", "Code of the option"),
    Column("label", "The question, option, group or part of the study", width=44),
    Column("cases", "Compared cases", "whole"),
    Column("n", "Positions compared (rows of both coders, where rows are counted)", "whole"),
    Column("agreed", "Of these, alike (within the tolerance of the field)", "whole"),
    Column("percent_agreement", "Percentage alike, rounded half up to one decimal", "number"),
    Column("percent_low", "Lower end of the 95% bootstrap interval of the percentage, cases drawn", "number"),
    Column("percent_high", "Upper end of that interval", "number"),
    Column("kappa", "Cohen's kappa; for a multiple choice the mean over its options", "number"),
    Column("kappa_undefined", "Why there is no kappa", width=34),
    Column("kappa_low", "Lower end of the interval of kappa", "number"),
    Column("kappa_high", "Upper end of the interval of kappa", "number"),
    Column("ac1", "Gwet's AC1; for a multiple choice the mean over its options", "number"),
    Column("ac1_low", "Lower end of the interval of AC1", "number"),
    Column("ac1_high", "Upper end of the interval of AC1", "number"),
    Column("weighted_kappa", "Linearly weighted kappa of codes in an order", "number"),
    Column("alpha", "Krippendorff's alpha at the level in the next column", "number"),
    Column("alpha_level", "Distance of alpha: nominal, ordinal, interval, or masi for sets"),
    Column("alpha_undefined", "Why there is no alpha", width=34),
    Column("alpha_low", "Lower end of the interval of alpha", "number"),
    Column("alpha_high", "Upper end of the interval of alpha", "number"),
    Column("n_with_lone_rows", "Positions, and answers in rows that only one coder has", "whole"),
    Column(
        "percent_with_lone_rows", "Percentage alike where each such answer counts as a difference", "number"
    ),
    Column("kappa_with_lone_rows", "Kappa where the absent row is a code of its own", "number"),
    Column("ticked_a", "How often coder A ticked the option; rows of coder A", "whole"),
    Column("ticked_b", "How often coder B ticked the option; rows of coder B", "whole"),
    Column("rows_linked", "Rows of both coders that were linked", "whole"),
    Column("precision", "Of coder B's rows, the share that coder A has too", "number"),
    Column("recall", "Of coder A's rows, the share that coder B has too", "number"),
    Column("f1", "Row detection: 2 x linked rows / all rows of both", "number"),
    Column("verified_agreed", "Of the checked values (n), so many were agreed", "whole"),
    Column("verified_corrected", "So many were corrected", "whole"),
    Column("verified_not_found", "So many were not found in the report", "whole"),
    Column("planned_measure", "The measure that the agreement plan names for the field"),
    Column("planned_threshold", "The least value that the plan calls enough", "number"),
    Column("planned_met", "Whether the figure reaches it: yes, no, or undefined"),
    Column("left_out", "What was not compared, and how often", width=44),
    Column("cautions", "What to know before trusting the figures", width=44),
)
NAMES = frozenset(column.name for column in COLUMNS)


class AgreementSheet:
    """Counts the signed-off cases while they go by, and writes what they come to."""

    def __init__(self, book: Book, plan: AgreementPlan | None) -> None:
        """Open the sheet."""
        self.sheet: Sheet = book.sheet("agreement", COLUMNS)
        self._count, self._plan = ReportCount(), plan

    def add(self, case: MasterCase) -> None:
        """Count one case."""
        self._count.add(case.compared)

    def write(self) -> None:
        """Write the figures of all cases."""
        for row in report_rows(self._count.report(), self._plan):
            self.sheet.append(row)


def report_rows(report: AgreementReport, plan: AgreementPlan | None = None) -> Iterator[tuple[Cell, ...]]:
    """The plan, what it names first; then one row for each other measured field, each option that somebody ticked, each
    repeating group, and each part.
    """
    planned = {one.planned.path: one for one in results(plan, report)} if plan else {}
    yield _line(of="plan", label=plan_words(plan))
    yield from (
        _line(of="planned", label=one.label, **_planned(one))
        for one in planned.values()
        if one.planned.path not in {held.field.path for held in report.fields}
    )
    for held in sorted(report.fields, key=lambda held: held.field.path not in planned):
        one = planned.get(held.field.path)
        yield _line(**_field(held), **(_planned(one) if one else {}))
        yield from (_line(**_option(held, option)) for option in held.options)
    for rows in report.rows:
        yield _line(**_rows(report, rows))
    yield _line(of="all", **_part(report.overall))
    yield from _parts("section", report.sections)
    yield from _parts("pair", report.pairs)
    yield from _parts("month", report.months)
    yield from _parts(UNAIDED, report.unaided)
    yield from (_line(**_verified(held)) for held in report.verified)


def _line(**values: Cell) -> tuple[Cell, ...]:
    """A row from its filled cells."""
    assert values.keys() <= NAMES, values.keys() - NAMES
    return tuple(values.get(column.name) for column in COLUMNS)


def plan_words(plan: AgreementPlan | None) -> str:
    """Say in a sentence which plan there is and when it was made."""
    if plan is None:
        return "No agreement plan was recorded."
    made = f"{plan.recorded_at:%Y-%m-%d} by {plan.recorded_by}"
    when = f"after coding began, because: {plan.reason}" if plan.after_coding else "before coding began"
    share = f"{plan.share}% of the cases are to be coded twice"
    return f"Agreement plan, version {plan.version}, recorded {made}, {when}. {share}."


def _planned(one: PlanResult) -> dict[str, Cell]:
    return {
        "planned_measure": one.planned.measure,
        "planned_threshold": Decimal(repr(one.planned.threshold)),
        "planned_met": {True: "yes", False: "no", None: "undefined"}[one.met],
    }


def _field(held: FieldAgreement) -> dict[str, Cell]:
    left_out = "; ".join(f"{_reason(reason)}: {times}" for reason, times in held.excluded.items())
    return {
        "of": "field",
        "section": held.section,
        "field": held.field.key,
        "label": held.field.label,
        "n": held.n,
        "agreed": held.agreed,
        "percent_agreement": percent(held.agreed, held.n, 1),
        "kappa": _value(held.kappa),
        "kappa_undefined": _why(held.kappa),
        "ac1": _value(held.ac1),
        "weighted_kappa": _value(held.weighted),
        "alpha": _value(held.alpha),
        "alpha_level": held.level,
        "alpha_undefined": _why(held.alpha),
        **_bounds("percent", held.intervals.get("percent"), 100, 1),
        **_bounds("kappa", held.intervals.get("kappa")),
        **_bounds("ac1", held.intervals.get("ac1")),
        **_bounds("alpha", held.intervals.get("alpha")),
        **_with_lone_rows(held),
        "left_out": left_out,
        "cautions": " ".join(caution.sentence for caution in held.cautions),
    }


def _with_lone_rows(held: FieldAgreement) -> dict[str, Cell]:
    whole = held.with_lone_rows
    if whole is None:
        return {}
    return {
        "n_with_lone_rows": whole.n,
        "percent_with_lone_rows": percent(held.agreed, whole.n, 1),
        "kappa_with_lone_rows": _value(whole.kappa),
    }


def _option(held: FieldAgreement, option: OptionAgreement) -> dict[str, Cell]:
    labels = held.field.codelist.by_value if held.field.codelist else {}
    return {
        "of": "option",
        "section": held.section,
        "field": held.field.key,
        "option": option.value,
        "label": labels[option.value].label if option.value in labels else option.value,
        "n": option.kappa.n,
        "kappa": _value(option.kappa),
        "kappa_undefined": _why(option.kappa),
        "ac1": _value(option.ac1),
        "ticked_a": option.ticked_a,
        "ticked_b": option.ticked_b,
    }


def _rows(report: AgreementReport, held: RowAgreement) -> dict[str, Cell]:
    section = report.template.by_key.get(held.section) if report.template else None
    return {
        "of": "rows",
        "section": held.section,
        "label": section.label if section else held.section,
        "n": held.f1.n,
        "ticked_a": held.rows_a,
        "ticked_b": held.rows_b,
        "rows_linked": held.linked_a + held.linked_b,
        "precision": _value(held.precision),
        "recall": _value(held.recall),
        "f1": _value(held.f1),
    }


def _verified(held: VerifiedCount) -> dict[str, Cell]:
    return {
        "of": "verified",
        "section": held.field.section,
        "field": held.field.key,
        "label": held.field.label,
        "n": held.n,
        "verified_agreed": held.agreed,
        "verified_corrected": held.corrected,
        "verified_not_found": held.not_found,
    }


def _parts(of: str, slices: Sequence[SliceAgreement]) -> Iterator[tuple[Cell, ...]]:
    for held in slices:
        yield _line(of=of, section=held.key if of in ("section", UNAIDED) else None, **_part(held))


def _part(held: SliceAgreement) -> dict[str, Cell]:
    return {
        "label": held.label,
        "cases": held.cases,
        "n": held.percent.n,
        "agreed": held.agreed,
        "percent_agreement": percent(held.agreed, held.percent.n, 1),
        "kappa": _value(held.kappa),
        "ac1": _value(held.ac1),
        "alpha": _value(held.alpha),
        **_bounds("percent", held.interval, 100, 1),
    }


def _bounds(
    name: str, held: Interval | NoInterval | None, times: int = 1, places: int = PLACES
) -> dict[str, Cell]:
    if not isinstance(held, Interval):
        return {}
    return {
        f"{name}_low": _rounded(times * held.low, places),
        f"{name}_high": _rounded(times * held.high, places),
    }


def _value(held: Measure) -> Cell:
    return _rounded(held.value, PLACES) if isinstance(held, Estimate) else None


def _why(held: Measure) -> Cell:
    return None if isinstance(held, Estimate) else held.reason


def _rounded(number: float, places: int) -> Decimal:
    return half_up(Fraction(Decimal(repr(number))), places)


def _reason(reason: str) -> str:
    return "Row of one coder only" if reason == ALONE else VERDICTS.get(reason, reason)
