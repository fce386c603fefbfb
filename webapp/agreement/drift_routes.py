"""The page of drift: who has come to disagree on what, more than at first."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from schema.problem import Refused
from schema.store.drift_read import study_drift
from webapp.access.guard import current_actor, permit
from webapp.access.subjects import ProjectSubject
from webapp.agreement.drift_views import drift_page
from webapp.agreement.room import room
from webapp.unit_of_work import reading

#: More are not followed while a page waits, but by the command.
MOST_CASES = 500


@room.get("/projects/<project_key>/agreement/drift", endpoint="drift_page")
@permit("agreement.view")
def show_drift(subject: ProjectSubject) -> ResponseReturnValue:
    """Every question, followed for each pair of coders and each coder."""
    view, problem = None, None
    try:
        view = drift_page(study_drift(reading(), current_actor(), subject.project, most=MOST_CASES))
    except Refused as refused:
        problem = refused.problems[0]
    return render_template("agreement/drift.html", subject=subject, view=view, problem=problem)
