"""The pages of agreement: all figures of a project, one question, and the figures as a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from flask import Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forms.agreement import PlanSent, read_plan
from schema.coding.agreement.plan import plannable
from schema.problem import Problem, Refused
from schema.store.agreement_plan import coding_began, plan_versions
from schema.store.agreement_read import StudyAgreement, study_agreement
from schema.store.templates import compiled
from webapp.access.guard import current_actor, permit
from webapp.access.share import takes_long
from webapp.access.subjects import ProjectSubject
from webapp.agreement import (
    counting,
    drift_routes,
    figures,
    operations,
    pilot_routes,
    repeat_routes,
    schedule_routes,
    views,
)
from webapp.agreement.plan_views import plan_id, plan_page
from webapp.agreement.room import room
from webapp.messages import say
from webapp.unit_of_work import fresh, reading, writing

__all__ = ["drift_routes", "pilot_routes", "repeat_routes", "room", "schedule_routes"]

#: More are not counted while a page waits, but by a job.
MOST_CASES = 100


@room.get("/projects/<project_key>/agreement")
@permit("agreement.view")
def report_page(subject: ProjectSubject) -> ResponseReturnValue:
    """All figures, by question, section, pair of coders or month."""
    asked = request.args
    wanted = views.Wanted.of(asked.get("by", ""), asked.get("sort", ""), asked.get("order", ""))
    running = operations.unfinished_count(reading(), current_actor(), subject.project)
    try:
        found = _found(subject)
    except Refused as refused:
        return render_template(
            "agreement/uncounted.html", subject=subject, problem=refused.problems[0], running=running
        )
    page = views.agreement_page(found, wanted)
    return render_template("agreement/report.html", subject=subject, view=page, running=running)


@room.get("/projects/<project_key>/agreement/questions/<path>")
@permit("agreement.view")
def field_page(subject: ProjectSubject, path: str) -> ResponseReturnValue:
    """One question: every measure, and who gave which code where the other gave which."""
    pair = request.args.get("pair", "")
    page = views.field_page(
        _found(subject).report, path, int(pair) if pair.isdecimal() and pair.isascii() else 0
    )
    return render_template("agreement/field.html", subject=subject, view=page or abort(404))


@room.get("/projects/<project_key>/agreement/figures.csv")
@permit("agreement.view")
@takes_long
def figures_file(subject: ProjectSubject) -> ResponseReturnValue:
    """All figures as CSV; every fetch is logged."""
    found = _found(subject)
    with writing() as session:
        operations.log_fetched(session, current_actor(), subject.project, found.report.cases)
    name = f"{subject.project.key}-agreement.csv"
    answer = Response(figures.as_csv(found), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


@room.post("/projects/<project_key>/agreement/count")
@permit("agreement.view")
def count_now(subject: ProjectSubject) -> ResponseReturnValue:
    """Have the figures counted, by a job."""
    with writing() as session:
        operations.ask_for_count(session, current_actor(), fresh(session, subject.project))
    return redirect(url_for("agreement.report_page", project_key=subject.project.key), code=303)


@room.get("/projects/<project_key>/agreement/count/<job_id>")
@permit("agreement.view")
def count_progress(subject: ProjectSubject, job_id: str) -> ResponseReturnValue:
    """How far a count is, for the page's script."""
    found = operations.find_count_job(reading(), current_actor(), subject.project, job_id)
    return counting.progress_of(found or abort(404))


@room.get("/projects/<project_key>/agreement/plan", endpoint="plan_page")
@permit("agreement.plan")
def show_plan(subject: ProjectSubject) -> ResponseReturnValue:
    """The form of the agreement plan, and its versions."""
    return _draw_plan(subject)


@room.post("/projects/<project_key>/agreement/plan")
@permit("agreement.plan")
def record_plan_now(subject: ProjectSubject) -> ResponseReturnValue:
    """Record a version of the plan."""
    template = compiled(reading(), subject.project.template_version_id)
    sent = read_plan(plannable(template), request.form)
    try:
        if sent.problems:
            raise Refused(sent.problems)
        with writing() as session:
            project = fresh(session, subject.project)
            operations.record_plan(session, current_actor(), project, sent.fields, sent.share, sent.reason)
    except Refused as refused:
        return _draw_plan(subject, sent, refused.problems, refused.status)
    say("The plan is recorded.")
    return redirect(url_for("agreement.report_page", project_key=subject.project.key), code=303)


def _draw_plan(
    subject: ProjectSubject, sent: PlanSent | None = None, problems: Sequence[Problem] = (), status: int = 200
) -> ResponseReturnValue:
    session, project = reading(), subject.project
    view = plan_page(
        compiled(session, project.template_version_id),
        plan_versions(session, project),
        began=coding_began(session, project),
        typed=sent.typed if sent else None,
        problems=problems,
    )
    shown = [replace(problem, where=plan_id(problem.where)) for problem in problems]
    return render_template("agreement/plan.html", subject=subject, view=view, problems=shown), status


def _found(subject: ProjectSubject) -> StudyAgreement:
    return study_agreement(reading(), current_actor(), subject.project, most=MOST_CASES)
