"""Using a version in a project, and lifting an entry to it."""

from __future__ import annotations

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forms.questionnaires import LiftForm, UseVersionForm
from schema.problem import Problem, Refused, refuse
from schema.store.models import Entry
from webapp.access.guard import current_actor, permit
from webapp.access.policy import is_member
from webapp.access.subjects import CaseSubject, ProjectSubject
from webapp.messages import say
from webapp.questionnaires import operations, views
from webapp.questionnaires.room import room
from webapp.unit_of_work import fresh, reading, writing

Problems = tuple[Problem, ...]


@room.get("/projects/<project_key>/questionnaire")
@permit("project.manage")
def project_page(subject: ProjectSubject) -> ResponseReturnValue:
    """The versions that the project can use; ``?version=N`` shows what using that one would change."""
    return _project(subject, request.args.get("version", 0, type=int))


@room.post("/projects/<project_key>/questionnaire")
@permit("project.manage")
def use_version_now(subject: ProjectSubject) -> ResponseReturnValue:
    """Let new entries use a version."""
    form = UseVersionForm(request.form)
    wanted = form.version.data if form.validate() else 0
    try:
        with writing() as session:
            project = fresh(session, subject.project)
            version = operations.use_version(session, current_actor(), project, wanted)
            number = version.version
    except Refused as refused:
        return _project(subject, wanted, refused.problems, refused.status)
    say(f"New entries use version {number} from now on. Entries that exist keep theirs.")
    return redirect(url_for("questionnaires.project_page", project_key=subject.project.key), code=303)


@room.get("/projects/<project_key>/cases/<case_id>/entry/lift")
@permit("entry.work")
def lift_page(subject: CaseSubject) -> ResponseReturnValue:
    """What lifting the coder's own entry to the project's version would change."""
    return _lift(subject)


@room.post("/projects/<project_key>/cases/<case_id>/entry/lift")
@permit("entry.work")
def lift_now(subject: CaseSubject) -> ResponseReturnValue:
    """Lift the entry, as it was shown."""
    form = LiftForm(request.form)
    try:
        if not form.validate():
            raise refuse("ENTRY-042", "This could not be read.", "Load the page again.")
        with writing() as session:
            entry, project = fresh(session, _own(subject)), fresh(session, subject.project)
            operations.lift_entry(
                session, current_actor(), entry, project, to=form.to.data, revision=form.revision.data
            )
    except Refused as refused:
        return _lift(subject, refused.problems, refused.status)
    say(f"Your entry uses version {form.to.data} of the questionnaire now.")
    return redirect(views.entry_address(subject), code=303)


def _own(subject: CaseSubject) -> Entry:
    return subject.own_entry(current_actor()) or abort(404)


def _project(
    subject: ProjectSubject, wanted: int, problems: Problems = (), status: int = 200
) -> ResponseReturnValue:
    actor = current_actor()
    page = render_template(
        "questionnaires/project.html",
        subject=subject,
        view=views.project_page(reading(), actor, subject, wanted),
        problems=problems,
        trail=views.project_trail(subject, member=is_member(actor, subject)),
    )
    return page, status


def _lift(subject: CaseSubject, problems: Problems = (), status: int = 200) -> ResponseReturnValue:
    entry = _own(subject)
    page = render_template(
        "questionnaires/lift.html",
        subject=subject,
        entry=entry,
        upgrade=operations.upgrade_of(reading(), entry, subject.project),
        problems=problems,
        back=views.entry_address(subject),
        trail=views.entry_trail(subject),
    )
    return page, status
