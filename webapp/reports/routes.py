"""The pages of the reports of a case: the list, one page of a report, its picture, the file itself."""

from __future__ import annotations

from flask import abort, make_response, redirect, render_template, request, send_file
from flask.typing import ResponseReturnValue

from forms.reports import ReportForm
from schema.problem import Problem, Refused
from schema.store.reports import LABEL_OF, end_report
from webapp.access.guard import current_actor, permit
from webapp.access.share import takes_long
from webapp.access.subjects import CaseSubject
from webapp.errors import wants_json
from webapp.messages import form_problems, refusal_problems, say
from webapp.reports import apart, files, operations, views, waiting_routes
from webapp.reports import reading as reading_job
from webapp.reports.room import CASE, ONE, documents, named, room, take_in
from webapp.security import SANDBOX
from webapp.sending import send_opened
from webapp.unit_of_work import fresh, installed, reading, writing

JOBS = (reading_job.run,)  # importing the module registers what this room's jobs do


@room.get(CASE)
@permit("report.view")
def list_page(subject: CaseSubject) -> ResponseReturnValue:
    """The reports of a case."""
    return _list(subject)


@room.post(CASE)
@permit("report.manage")
@takes_long
def add_now(subject: CaseSubject) -> ResponseReturnValue:
    """Attach a report to the case."""
    form = _form()
    try:
        if not form.validate():
            raise Refused(form_problems(form))
        take_in(subject, subject.case, form.kind.data, request.files.get("file"))
    except Refused as refused:
        if wants_json():
            raise
        return _list(subject, form, refusal_problems(form, refused), refused.status)
    say("The document is attached. Its text is being read.")
    return redirect(views.address(subject, "list_page"), code=303)


@room.get(ONE)
@permit("report.view")
def report_page(subject: CaseSubject, report_id: str) -> ResponseReturnValue:
    """One page of a report, with what is looked for in it. ``beside``: as it stands beside the form."""
    report = named(subject, report_id)
    beside = request.args.get("beside") == "1"
    view = views.viewer(
        reading(),
        subject,
        report,
        number=_whole(request.args.get("page", "")),
        printed=" ".join(request.args.get("printed", "").split())[:40],
        query=" ".join(request.args.get("find", "").split())[: views.LONGEST_QUERY],
        beside=beside,
    )
    trail = [*views.case_trail(subject), ("Reports", views.address(subject, "list_page"))]
    page = "reports/beside.html" if beside else "reports/report.html"
    return render_template(page, subject=subject, view=view, trail=trail)


@room.get(f"{ONE}/pages/<int:number>")
@permit("report.view")
def page_picture(subject: CaseSubject, report_id: str, number: int) -> ResponseReturnValue:
    """The picture of a page, drawn once and kept by the file's hash."""
    report = named(subject, report_id)
    if not 1 <= number <= report.pages:
        abort(404)
    settings = installed().settings
    picture = settings.pictures_dir / f"{report.sha256}-{number}.webp"
    if not picture.is_file():
        settings.pictures_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        with files.whole(documents(), report.stored_name, report.sha256) as path:
            apart.draw_page(path, number, picture)
        files.trim_pictures(settings.pictures_dir)
    return send_file(picture, mimetype="image/webp", max_age=0)


@room.get(f"{ONE}/file")
@permit("report.view")
def report_pdf(subject: CaseSubject, report_id: str) -> ResponseReturnValue:
    """The file itself, to keep; with ``inline=1`` for the browser's own viewer, which a sandbox would keep from working."""
    report = named(subject, report_id)
    inline = request.args.get("inline") == "1"
    answer = send_opened(
        files.opened(documents(), report.stored_name, report.sha256),
        "application/pdf",
        report.file_name,
        report.sha256,
        as_attachment=not inline,
    )
    if not inline:
        answer.headers["Content-Security-Policy"] = SANDBOX
    return answer


@room.post(f"{ONE}/remove")
@permit("report.manage")
def remove_now(subject: CaseSubject, report_id: str) -> ResponseReturnValue:
    """Take a document off the case; it is kept."""
    report = named(subject, report_id)
    with writing() as session:
        end_report(session, current_actor(), fresh(session, report))
    say("The document is taken off the case. It is kept among the earlier ones.")
    return redirect(views.address(subject, "list_page"), code=303)


@room.post(f"{ONE}/read")
@permit("report.manage")
def read_now(subject: CaseSubject, report_id: str) -> ResponseReturnValue:
    """Have the text read again, where that failed or was interrupted."""
    report = named(subject, report_id)
    with writing() as session:
        operations.ask_to_read(session, current_actor(), fresh(session, report))
    say("The text is being read.")
    return redirect(views.address(subject, "list_page"), code=303)


def _form() -> ReportForm:
    form = ReportForm(request.form)
    form.kind.choices = list(LABEL_OF.items())
    return form


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 1


def _list(
    subject: CaseSubject,
    form: ReportForm | None = None,
    problems: tuple[Problem, ...] = (),
    status: int = 200,
) -> ResponseReturnValue:
    page = render_template(
        "reports/list.html",
        subject=subject,
        form=form or _form(),
        problems=problems,
        lines=views.lines_of(reading(), subject),
        earlier=views.lines_of(reading(), subject, ended=True),
        trail=views.case_trail(subject),
    )
    return make_response(page, status)


__all__ = ["room", "waiting_routes"]
