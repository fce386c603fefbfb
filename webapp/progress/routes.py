"""The page of progress, and a coder's page of feedback."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from forms.progress import StaleForm
from schema.store.database import now
from schema.store.feedback import settled_for
from schema.store.standing import project_standing
from webapp.access.guard import current_actor, permit
from webapp.access.subjects import ProjectSubject
from webapp.messages import form_problems
from webapp.progress import absence_routes, views
from webapp.progress.feedback import feedback_of
from webapp.progress.room import room
from webapp.unit_of_work import reading

__all__ = ["absence_routes", "room"]

STALE_DAYS = 14


@room.get("/projects/<project_key>/progress")
@permit("progress.view")
def progress_page(subject: ProjectSubject) -> ResponseReturnValue:
    """What waits for whom, and how fast the work goes."""
    session = reading()
    form = StaleForm(request.args) if "days" in request.args else StaleForm(days=STALE_DAYS)
    problems = form_problems(form) if "days" in request.args and not form.validate() else ()
    days = STALE_DAYS if problems else int(form.days.data)
    view = views.progress_view(
        project_standing(session, current_actor(), subject.project), now(session), days
    )
    page = render_template("progress/progress.html", subject=subject, view=view, form=form, problems=problems)
    return page, 422 if problems else 200


@room.get("/projects/<project_key>/feedback")
@permit("feedback.own")
def feedback_page(subject: ProjectSubject) -> ResponseReturnValue:
    """What was settled about one's own answers, in one's own signed-off cases."""
    found = settled_for(reading(), current_actor().id, subject.project)
    return render_template("progress/feedback.html", subject=subject, view=feedback_of(found))
