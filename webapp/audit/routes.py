"""The audit page of a project, and its file."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from forms.audit import AuditFilterForm
from schema.store.audit import head
from schema.store.audit_read import people_in
from webapp.access.guard import current_actor, permit
from webapp.access.share import takes_long
from webapp.access.subjects import ProjectSubject
from webapp.audit import operations, views
from webapp.audit.wording import choices
from webapp.unit_of_work import reading, writing

room = Blueprint("audit", __name__)


@room.get("/projects/<project_key>/audit")
@permit("audit.view")
def trail_page(subject: ProjectSubject) -> ResponseReturnValue:
    """Who did what and when, the latest first. Looking is on record too."""
    form = _form(subject)
    wanted = views.wanted_of(form)
    view = views.trail_view(
        reading(), current_actor(), subject.project, wanted, request.args.get("before", "")[:64]
    )
    last = head(reading())
    with writing() as session:
        operations.note_viewed(session, current_actor(), subject.project, wanted)
    asked = {name: value for name, value in request.args.items() if name in form and value}
    return render_template("audit/trail.html", subject=subject, form=form, view=view, head=last, asked=asked)


@room.get("/projects/<project_key>/audit/file")
@permit("audit.view")
@takes_long
def trail_file(subject: ProjectSubject) -> ResponseReturnValue:
    """The same as a CSV file, all pages of it. Taking it away is on record."""
    wanted = views.wanted_of(_form(subject))
    lines = "".join(views.csv_lines(reading(), current_actor(), subject.project, wanted))
    with writing() as session:
        operations.note_exported(session, current_actor(), subject.project, wanted)
    answer = Response(lines, mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{subject.project.key}-audit.csv"'
    return answer


def _form(subject: ProjectSubject) -> AuditFilterForm:
    form = AuditFilterForm(request.args)
    form.person.choices = [("", "Anybody"), *people_in(reading(), subject.project_id).items()]
    form.action.choices = choices()
    return form
