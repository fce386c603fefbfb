"""The agreement plan: which fields, by which measure, from which value on, and what share of the cases is coded twice.

It is written before coding begins, so that nobody chooses the measure that flatters once the figures are known.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from schema.coding.agreement.by_field import FieldAgreement, is_coded, is_measured
from schema.coding.agreement.estimate import Estimate, Interval, Measure, NoInterval, Undefined
from schema.coding.agreement.report import AgreementReport
from schema.problem import Problem
from schema.template.kinds import kind_of
from schema.template.model import DOUBLE, Field, Template

PERCENT, KAPPA, WEIGHTED, AC1, ALPHA = "percent", "kappa", "weighted", "ac1", "alpha"
MEASURES: dict[str, str] = {
    ALPHA: "Krippendorff's alpha",
    AC1: "Gwet's AC1",
    KAPPA: "Cohen's kappa",
    WEIGHTED: "Weighted kappa (linear)",
    PERCENT: "Share of agreement",
}
NOT_COMPARED = "the question has not been compared yet"


@dataclass(frozen=True, slots=True)
class PlannedField:
    """One field of a plan: ``measure`` is a key of ``MEASURES``, ``threshold`` the least value that is enough (0 to 1)."""

    path: str
    measure: str
    threshold: float


@dataclass(frozen=True)
class AgreementPlan:
    """One version of a project's plan.

    ``share``: what part of the cases is to be coded twice, in per cent. ``after_coding``: whether an entry had been submitted
    before it was recorded; ``reason`` then says why it was changed. ``recorded_by`` is a name.
    """

    version: int
    fields: tuple[PlannedField, ...]
    share: int
    reason: str
    after_coding: bool
    recorded_at: datetime
    recorded_by: str


@dataclass(frozen=True, slots=True)
class PlanResult:
    """A planned field beside what came of it. ``met`` is ``None`` while the figure is undefined."""

    planned: PlannedField
    label: str
    figure: Measure
    interval: Interval | NoInterval | None
    met: bool | None


def plannable(template: Template) -> tuple[Field, ...]:
    """The fields that a plan can name: measured, asked, and coded twice."""
    return tuple(
        field
        for section in template.sections
        if section.mode == DOUBLE and not section.retired
        for field in section.fields
        if is_measured(field) and not field.retired
    )


def measures_of(field: Field) -> tuple[str, ...]:
    """The measures that a field has, in the order in which they are offered."""
    coded = is_coded(field) or kind_of(field).many
    fits = {ALPHA: True, AC1: coded, KAPPA: coded, WEIGHTED: field.measure == "ordinal", PERCENT: True}
    return tuple(name for name in MEASURES if fits[name])


def plan_faults(template: Template, fields: Sequence[PlannedField], share: int) -> Iterator[Problem]:
    """What is wrong with a plan: PLAN-001 nothing planned, PLAN-003 a field or measure that does not fit, PLAN-004 a
    threshold or share out of reach. ``where`` is the path, or ``share``.
    """
    if not 1 <= share <= 100:
        message = "The share of the cases is not one of 1 to 100%."
        yield Problem("PLAN-004", message, "Enter a whole number from 1 to 100.", where="share")
    if not fields:
        yield Problem("PLAN-001", "The plan names no question.", "Choose a measure for at least one.")
    known = {field.path: field for field in plannable(template)}
    for one in fields:
        field = known.get(one.path)
        if field is None or one.measure not in measures_of(field):
            message = f"{field.label if field else one.path}: this measure does not fit."
            yield Problem("PLAN-003", message, "Choose one of those offered.", where=one.path)
        elif not 0 < one.threshold <= 1:
            message = f"{field.label}: {one.threshold:g} is no threshold."
            yield Problem(
                "PLAN-004", message, "Enter a number above 0, at most 1: 0.8, for instance.", one.path
            )


def results(plan: AgreementPlan, report: AgreementReport) -> tuple[PlanResult, ...]:
    """The planned fields beside their figures, in the order of the plan. A threshold is met by the estimate itself."""
    return results_of(plan, report.fields, report.template)


def results_of(
    plan: AgreementPlan, fields: Iterable[FieldAgreement], template: Template | None
) -> tuple[PlanResult, ...]:
    """The same from the figures of fields alone; without their intervals where these were not worked out."""
    held = {field.field.path: field for field in fields}
    labels = {field.path: field.label for field in template.fields()} if template else {}
    return tuple(_result(one, held.get(one.path), labels.get(one.path, one.path)) for one in plan.fields)


def share_coded(compared: int, cases: int) -> Measure:
    """What part of the cases (withdrawn ones left out) has been coded twice and compared."""
    return Estimate(compared / cases, cases) if cases else Undefined("the project has no case")


def _result(planned: PlannedField, held: FieldAgreement | None, label: str) -> PlanResult:
    if held is None:
        return PlanResult(planned, label, Undefined(NOT_COMPARED), None, None)
    figure: Measure = getattr(held, planned.measure)
    met = figure.value >= planned.threshold if isinstance(figure, Estimate) else None
    return PlanResult(planned, held.field.label, figure, held.intervals.get(planned.measure), met)
