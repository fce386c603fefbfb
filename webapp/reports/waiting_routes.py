"""Many reports at once: uploaded, matched to cases by the reference in their names, looked at, then attached."""

from __future__ import annotations

from dataclasses import dataclass

from flask import abort, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from forms.reports import ManyReportsForm
from schema.problem import Problem, Refused, refuse
from schema.store.models import Case, ReportFile
from schema.store.reports import LABEL_OF, discard_report
from schema.store.reports_read import kinds_held, waiting_reports
from webapp.access.guard import current_actor, permit
from webapp.access.share import takes_long
from webapp.access.subjects import ProjectSubject
from webapp.errors import wants_json
from webapp.filenames import LONGEST_NAME, plain_name
from webapp.messages import refusal_problems, say
from webapp.reports import operations
from webapp.reports.filing import guess_case, guess_kind
from webapp.reports.room import WAITING, documents, room, take_in
from webapp.unit_of_work import fresh, reading, writing
from webapp.wording import count


@dataclass(frozen=True, slots=True)
class Waiting:
    """A file that waits, with the case and kind that are chosen for it, and what it would replace."""

    report: ReportFile
    reference: str
    kind: str
    replaces: bool


@room.get(WAITING)
@permit("report.manage")
def waiting_page(subject: ProjectSubject) -> ResponseReturnValue:
    """Choose files; see which case each would go to."""
    return _draw(subject)


@room.post(WAITING)
@permit("report.manage")
@takes_long
def receive_now(subject: ProjectSubject) -> ResponseReturnValue:
    """Keep the files that were chosen, each by itself: one that is no good keeps none of the others out."""
    chosen = [one for one in request.files.getlist("files") if one.filename]
    uploads: list[FileStorage | None] = [*chosen] or [None]
    problems: list[Problem] = []
    for upload in uploads:
        try:
            take_in(subject, None, guess_kind(upload.filename or "") if upload else "overview", upload)
        except Refused as refused:
            if wants_json():
                raise
            name = plain_name(upload.filename or "")[:LONGEST_NAME] if upload else ""
            problems += [_of_file(name, one) for one in refused.problems]
    if problems:
        return _draw(subject, tuple(problems), 422)
    return redirect(url_for("reports.waiting_page", project_key=subject.project.key), code=303)


@room.post(f"{WAITING}/attach")
@permit("report.manage")
def attach_waiting(subject: ProjectSubject) -> ResponseReturnValue:
    """Attach the files to the cases that were chosen for them, all or none."""
    chosen = {
        one.id: (request.form.get(f"case-{one.id}", ""), request.form.get(f"kind-{one.id}", one.kind))
        for one in waiting_reports(reading(), subject.project.id)
    }
    try:
        if not any(reference for reference, _ in chosen.values()):
            raise refuse("RPT-016", "No case is chosen for any file.", "Choose at least one.")
        with writing() as session:
            project = fresh(session, subject.project)
            done = operations.file_waiting(session, current_actor(), project, chosen)
    except Refused as refused:
        return _draw(subject, refused.problems, refused.status, chosen)
    say(f"{count(done, 'document')} attached.")
    return redirect(url_for("reports.waiting_page", project_key=subject.project.key), code=303)


@room.post(f"{WAITING}/<report_id>/discard")
@permit("report.manage")
def discard_waiting(subject: ProjectSubject, report_id: str) -> ResponseReturnValue:
    """Throw away a file that has no case."""
    report = reading().get(ReportFile, report_id)
    if report is None or report.project_id != subject.project.id:
        abort(404)
    with writing() as session:
        name = discard_report(session, current_actor(), fresh(session, report))
    documents().let_go(name)
    say("The file is thrown away.")
    return redirect(url_for("reports.waiting_page", project_key=subject.project.key), code=303)


def _of_file(name: str, problem: Problem) -> Problem:
    return Problem(
        problem.code, f"{name}: {problem.message}" if name else problem.message, problem.remedy, "files"
    )


def _draw(
    subject: ProjectSubject,
    problems: tuple[Problem, ...] = (),
    status: int = 200,
    chosen: dict[str, tuple[str, str]] | None = None,
) -> ResponseReturnValue:
    cases = {
        one.reference: one
        for one in reading().scalars(
            select(Case).where(Case.project_id == subject.project.id).order_by(Case.reference)
        )
    }
    key = subject.project.key
    form = ManyReportsForm()
    held = kinds_held(reading(), subject.project.id)
    waiting = waiting_reports(reading(), subject.project.id)
    page = render_template(
        "reports/waiting.html",
        subject=subject,
        form=form,
        places=[*form, *({"id": f"case-{one.id}"} for one in waiting)],
        problems=refusal_problems(form, Refused(problems)),
        references=list(cases),
        kinds=LABEL_OF,
        waiting=[_line(one, cases, held, chosen or {}) for one in waiting],
        trail=[
            ("Your work", "/"),
            (subject.project.title, url_for("projects.project_page", project_key=key)),
            ("Cases", url_for("cases.list_page", project_key=key)),
        ],
    )
    return make_response(page, status)


def _line(
    report: ReportFile,
    cases: dict[str, Case],
    held: set[tuple[str, str]],
    chosen: dict[str, tuple[str, str]],
) -> Waiting:
    reference, kind = chosen.get(report.id, (guess_case(report.file_name, cases), report.kind))
    case = cases.get(reference)
    reference = case.reference if case else ""
    replaces = case is not None and (case.id, kind) in held and kind != "other"
    return Waiting(report, reference, kind, replaces)
