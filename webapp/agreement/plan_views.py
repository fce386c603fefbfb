"""Page models of the agreement plan: the form, what was recorded before, and the plan beside the results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from schema.coding.agreement.plan import (
    MEASURES,
    AgreementPlan,
    measures_of,
    plannable,
    results,
    share_coded,
)
from schema.problem import Problem
from schema.store.agreement_read import StudyAgreement
from schema.template.model import Template
from webapp.agreement.figure_words import Figure, figure, percent_figure

USUAL_SHARE = "100"


@dataclass(frozen=True, slots=True)
class PlanLine:
    """A question that can be planned: the measures on offer, and what is chosen and typed."""

    path: str
    id: str
    label: str
    over: str
    measures: tuple[tuple[str, str], ...]
    measure: str
    threshold: str
    wrong: str


@dataclass(frozen=True, slots=True)
class Control:
    """A control of the form, by its element id."""

    id: str


@dataclass(frozen=True)
class PlanPage:
    """The form of the plan. ``began``: an entry has been submitted, so that a reason is needed; ``versions``: latest first."""

    lines: tuple[PlanLine, ...]
    share: str
    reason: str
    began: bool
    versions: tuple[AgreementPlan, ...]
    labels: Mapping[str, str]
    wrong: Mapping[str, str]

    @property
    def controls(self) -> tuple[Control, ...]:
        """Where the error summary can lead."""
        return tuple(Control(name) for name in ("share", "reason", *(line.id for line in self.lines)))

    @property
    def measures(self) -> Mapping[str, str]:
        """Measures in words."""
        return MEASURES


@dataclass(frozen=True, slots=True)
class ResultLine:
    """A planned question beside its figure; ``met`` in words."""

    label: str
    path: str
    measure: str
    threshold: str
    figure: Figure
    met: str


@dataclass(frozen=True)
class PlanBeside:
    """The plan as it stands beside what came of it: how many of the planned questions reach their threshold."""

    plan: AgreementPlan
    lines: tuple[ResultLine, ...]
    share: Figure

    @property
    def reached(self) -> int:
        """How many questions reach it."""
        return sum(line.met == "yes" for line in self.lines)


def plan_page(
    template: Template,
    versions: Sequence[AgreementPlan],
    *,
    began: bool,
    typed: Mapping[str, str] | None = None,
    problems: Sequence[Problem] = (),
) -> PlanPage:
    """Put the form together: what was typed and not kept, else the plan as it stands."""
    said = _as_typed(versions[0]) if typed is None and versions else dict(typed or {})
    wrong = {problem.where: f"{problem.message} {problem.remedy}".strip() for problem in problems}
    lines = tuple(
        PlanLine(
            path=field.path,
            id=plan_id(field.path),
            label=field.label,
            over=template.by_key[field.section].label,
            measures=tuple((name, MEASURES[name]) for name in measures_of(field)),
            measure=said.get(f"measure:{field.path}", ""),
            threshold=said.get(f"threshold:{field.path}", ""),
            wrong=wrong.get(field.path, ""),
        )
        for field in plannable(template)
    )
    labels = {field.path: field.label for field in template.fields()}
    share = said.get("share", USUAL_SHARE)
    return PlanPage(lines, share, said.get("reason", ""), began, tuple(versions), labels, wrong)


def plan_id(path: str) -> str:
    """The element id of a question's threshold, or of another control of the form."""
    return f"threshold-{path.replace('.', '-')}" if "." in path else path


def plan_beside(found: StudyAgreement) -> PlanBeside | None:
    """The plan beside the results; ``None`` where none was recorded."""
    if found.plan is None:
        return None
    compared = {held.field.path for held in found.report.fields}
    lines = tuple(
        ResultLine(
            one.label,
            one.planned.path if one.planned.path in compared else "",
            MEASURES[one.planned.measure],
            f"{one.planned.threshold:g}",
            figure(one.figure, one.interval),
            {True: "yes", False: "no", None: "not yet"}[one.met],
        )
        for one in results(found.plan, found.report)
    )
    share = share_coded(found.report.cases, found.to_code)
    return PlanBeside(found.plan, lines, percent_figure(found.report.cases, share.n))


def _as_typed(plan: AgreementPlan) -> dict[str, str]:
    """What the controls hold for a plan; the reason is asked anew."""
    said = {"share": str(plan.share)}
    for one in plan.fields:
        said[f"measure:{one.path}"] = one.measure
        said[f"threshold:{one.path}"] = f"{one.threshold:g}"
    return said
