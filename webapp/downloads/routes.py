"""The pages of exports: what is offered, how far one is, and the file itself."""

from __future__ import annotations

import json
from typing import IO

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forms.downloads import ExportForm, FetchForm, ShareForm
from schema.framework.disclosure.rule import checked_rule
from schema.problem import Problem, Refused
from schema.store.frames import ADOPTED, ORIGINAL
from schema.store.models import ExportFile, Job
from schema.store.readmodel import project_templates
from schema.template.codebook import codebook
from webapp.access.guard import current_actor, permit
from webapp.access.reentry import confirm_person
from webapp.access.share import fetching
from webapp.access.subjects import ProjectSubject
from webapp.downloads import making, operations, views
from webapp.downloads.formats import FORMATS, SHARED, Options, read_options
from webapp.downloads.sharing import sharing_page
from webapp.messages import form_problems, refusal_problems
from webapp.sending import send_opened
from webapp.shelves import EXPORTS, Lost, shelf_of
from webapp.unit_of_work import installed, reading, writing

room = Blueprint("downloads", __name__)
JOBS = (making.run,)  # importing the module registers what this room's jobs do


@room.get("/projects/<project_key>/exports")
@permit("export.make")
def list_page(subject: ProjectSubject) -> ResponseReturnValue:
    """What would be exported now, and the files made so far."""
    return _list(subject, _form())


@room.post("/projects/<project_key>/exports")
@permit("export.make")
def make_now(subject: ProjectSubject) -> ResponseReturnValue:
    """Ask for a file."""
    form = _form()
    if not form.validate():
        return _list(subject, form, form_problems(form), status=422)
    frame = ORIGINAL if form.original.data else ADOPTED
    options = Options(form.format.data, bool(form.bom.data), bool(form.entries.data), frame)
    try:
        if options.is_identifying:
            confirm_person(form.password.data or "")
        with writing() as session:
            job = operations.ask_for_export(session, current_actor(), subject.project, options)
    except Refused as refused:
        return _list(subject, form, refusal_problems(form, refused), status=refused.status)
    return redirect(url_for("downloads.job_page", project_key=subject.project.key, job_id=job.id), code=303)


@room.get("/projects/<project_key>/exports/shared")
@permit("export.make")
def share_page(subject: ProjectSubject) -> ResponseReturnValue:
    """By which rule figures would be shared, and what it would withhold."""
    asked = "preview" in request.args
    form = ShareForm(request.args if asked else None)
    if asked and not form.validate():
        return _share(subject, form, None, form_problems(form), status=422)
    return _share(subject, form, Options(mode=SHARED, **form.rule()) if asked else None)


@room.post("/projects/<project_key>/exports/shared")
@permit("export.make")
def share_now(subject: ProjectSubject) -> ResponseReturnValue:
    """Ask for a file of shared figures, and with it for a release."""
    form = ShareForm(request.form)
    if not form.validate():
        return _share(subject, form, None, form_problems(form), status=422)
    options = Options(form.format.data, mode=SHARED, **form.rule())
    try:
        checked_rule(options.threshold)
        with writing() as session:
            job = operations.ask_for_export(session, current_actor(), subject.project, options)
    except Refused as refused:
        return _share(subject, form, None, refusal_problems(form, refused), status=refused.status)
    return redirect(url_for("downloads.job_page", project_key=subject.project.key, job_id=job.id), code=303)


@room.get("/projects/<project_key>/exports/jobs/<job_id>")
@permit("export.make")
def job_page(subject: ProjectSubject, job_id: str) -> ResponseReturnValue:
    """How far a file is."""
    page = views.job_page(reading(), _job(subject, job_id))
    return render_template("downloads/job.html", subject=subject, view=page)


@room.get("/projects/<project_key>/exports/jobs/<job_id>/progress")
@permit("export.make")
def job_progress(subject: ProjectSubject, job_id: str) -> ResponseReturnValue:
    """How far a file is, for the page's script."""
    return views.job_page(reading(), _job(subject, job_id)).as_json()


@room.get("/projects/<project_key>/exports/<file_id>")
@permit("export.fetch")
def fetch_page(subject: ProjectSubject, file_id: str) -> ResponseReturnValue:
    """Send a file that says nothing about a single case; of any other, ask for the password and what it is for."""
    file = _file(subject, file_id)
    opened = _opened(file)
    if opened is None:
        return _gone(subject, file)
    if not _options(file).is_identifying:
        return _send(subject, file, opened)
    opened.close()
    return _fetch(subject, file, FetchForm(formdata=None))


@room.post("/projects/<project_key>/exports/<file_id>")
@permit("export.fetch")
def fetch_now(subject: ProjectSubject, file_id: str) -> ResponseReturnValue:
    """Send a file that was made; every fetch is logged with its reason."""
    file, form = _file(subject, file_id), FetchForm()
    if not form.validate():
        return _fetch(subject, file, form, form_problems(form), status=422)
    try:
        confirm_person(form.password.data or "")
    except Refused as refused:
        return _fetch(subject, file, form, refusal_problems(form, refused), status=refused.status)
    opened = _opened(file)
    return _send(subject, file, opened, (form.reason.data or "").strip()) if opened else _gone(subject, file)


@room.get("/projects/<project_key>/methods")
@permit("export.make")
def methods_page(subject: ProjectSubject) -> ResponseReturnValue:
    """How the data were collected, in words for a paper, as last written."""
    page = views.methods_page(reading(), subject.project, shelf_of(installed().settings, EXPORTS, fetching))
    return render_template("downloads/methods.html", subject=subject, view=page)


@room.get("/projects/<project_key>/codebook")
@permit("project.view")
def codebook_page(subject: ProjectSubject) -> ResponseReturnValue:
    """The codebook, to read or print."""
    view = codebook(project_templates(reading(), subject.project))
    return render_template("downloads/codebook.html", subject=subject, view=view)


def _form() -> ExportForm:
    form = ExportForm()
    form.format.choices = [(held.key, f"{held.label}: {held.sentence}") for held in FORMATS.values()]
    if request.method == "GET" and request.args.get("format") in FORMATS:
        form.format.data = request.args["format"]
    return form


def _list(
    subject: ProjectSubject, form: ExportForm, problems: tuple[Problem, ...] = (), *, status: int = 200
) -> ResponseReturnValue:
    page = views.exports_page(reading(), current_actor(), subject.project)
    shown = render_template(
        "downloads/exports.html", subject=subject, view=page, form=form, problems=problems
    )
    return shown, status


def _share(
    subject: ProjectSubject,
    form: ShareForm,
    options: Options | None,
    problems: tuple[Problem, ...] = (),
    *,
    status: int = 200,
) -> ResponseReturnValue:
    try:
        rule = checked_rule(options.threshold, zeros=options.zeros) if options else None
        page = sharing_page(reading(), subject.project, rule)
    except Refused as refused:
        return _share(subject, form, None, refusal_problems(form, refused), status=refused.status)
    shown = render_template("downloads/share.html", subject=subject, view=page, form=form, problems=problems)
    return shown, status


def _fetch(
    subject: ProjectSubject,
    file: ExportFile,
    form: FetchForm,
    problems: tuple[Problem, ...] = (),
    *,
    status: int = 200,
) -> ResponseReturnValue:
    shown = render_template("downloads/fetch.html", subject=subject, file=file, form=form, problems=problems)
    return shown, status


def _send(
    subject: ProjectSubject, file: ExportFile, opened: IO[bytes], reason: str = ""
) -> ResponseReturnValue:
    with writing() as session:
        operations.log_fetched(session, current_actor(), subject.project, file, reason)
    return send_opened(opened, _options(file).how.mimetype, file.file_name, file.sha256)


def _options(file: ExportFile) -> Options:
    return read_options(json.loads(file.options))


def _opened(file: ExportFile) -> IO[bytes] | None:
    """The file, found whole; nothing where it is gone or is not what was made."""
    try:
        return shelf_of(installed().settings, EXPORTS, fetching).opened(file.stored_name, file.sha256)
    except Lost:
        return None


def _gone(subject: ProjectSubject, file: ExportFile) -> ResponseReturnValue:
    return render_template("downloads/gone.html", subject=subject, file=file), 410


def _job(subject: ProjectSubject, job_id: str) -> Job:
    return operations.find_export_job(reading(), subject.project, job_id) or abort(404)


def _file(subject: ProjectSubject, file_id: str) -> ExportFile:
    return operations.find_file(reading(), subject.project, file_id) or abort(404)
