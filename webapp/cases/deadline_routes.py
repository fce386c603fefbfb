"""The page on which a manager says by when a case and its parts are due."""

from __future__ import annotations

from flask import redirect, request

from forms.planning import DeadlinesForm
from schema.problem import Refused
from schema.store.deadlines import WHOLE, deadlines_of, set_deadlines
from schema.store.models import PARTS
from webapp.access.guard import current_actor, permit
from webapp.access.subjects import CaseSubject
from webapp.cases import views
from webapp.cases.room import Answer, Problems, page, room
from webapp.messages import form_problems, refusal_problems, say
from webapp.unit_of_work import fresh, reading, writing

ADDRESS = "/projects/<project_key>/cases/<case_id>/deadlines"
FIELDS = {"whole": WHOLE, **{part: part for part in PARTS}}


@room.get(ADDRESS)
@permit("case.assign")
def deadlines_page(subject: CaseSubject) -> Answer:
    """The days as they stand."""
    dues = deadlines_of(reading(), subject.case.id)
    return _page(subject, DeadlinesForm(data={name: dues.get(part) for name, part in FIELDS.items()}))


@room.post(ADDRESS)
@permit("case.assign")
def set_deadlines_now(subject: CaseSubject) -> Answer:
    """Set, move or take away the days."""
    form = DeadlinesForm(request.form)
    if not form.validate():
        return _page(subject, form, form_problems(form), 422)
    wanted = {part: form[name].data for name, part in FIELDS.items()}
    try:
        with writing() as session:
            project = fresh(session, subject.project)
            changed = set_deadlines(session, current_actor(), project, {subject.case.id}, wanted)
    except Refused as refused:
        return _page(subject, form, refusal_problems(form, refused), refused.status)
    say("The deadlines are set." if changed else "Nothing was changed.")
    return redirect(views.case_address(subject), 303)


def _page(subject: CaseSubject, form: DeadlinesForm, problems: Problems = (), status: int = 200) -> Answer:
    trail = views.case_trail(subject)
    return page("deadlines", subject, status, form=form, problems=problems, trail=trail)
