"""The pages of agreement: all figures of a project, one question, and the figures as a file."""

from __future__ import annotations

from flask import Blueprint, Response, abort, render_template, request
from flask.typing import ResponseReturnValue

from schema.store.agreement_read import StudyAgreement, study_agreement
from webapp.access.guard import current_actor, permit
from webapp.access.subjects import ProjectSubject
from webapp.agreement import figures, operations, views
from webapp.unit_of_work import reading, writing

room = Blueprint("agreement", __name__)
#: More are not counted while a page waits.
MOST_CASES = 500


@room.get("/projects/<project_key>/agreement")
@permit("agreement.view")
def report_page(subject: ProjectSubject) -> ResponseReturnValue:
    """All figures, by question, section, pair of coders or month."""
    asked = request.args
    wanted = views.Wanted.of(asked.get("by", ""), asked.get("sort", ""), asked.get("order", ""))
    page = views.agreement_page(_found(subject), wanted)
    return render_template("agreement/report.html", subject=subject, view=page)


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


def _found(subject: ProjectSubject) -> StudyAgreement:
    return study_agreement(reading(), current_actor(), subject.project, most=MOST_CASES)
