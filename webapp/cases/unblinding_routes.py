"""The page on which a manager opens a case to its coders."""

from __future__ import annotations

from flask import redirect, request

from forms.cases import UnblindForm
from schema.problem import Refused
from schema.store.unblinding import unblind
from webapp.access.guard import current_actor, permit
from webapp.access.reentry import confirm_person
from webapp.access.subjects import CaseSubject
from webapp.cases import views
from webapp.cases.room import Answer, Problems, page, room
from webapp.messages import form_problems, refusal_problems, say
from webapp.unit_of_work import fresh, writing

ADDRESS = "/projects/<project_key>/cases/<case_id>/unblind"


@room.get(ADDRESS)
@permit("case.unblind")
def unblind_page(subject: CaseSubject) -> Answer:
    """What unblinding means, the reason, and the signature."""
    return _page(subject, UnblindForm())


@room.post(ADDRESS)
@permit("case.unblind")
def unblind_now(subject: CaseSubject) -> Answer:
    """Open the case to its coders, once and for all."""
    form = UnblindForm(request.form)
    if not form.validate():
        return _page(subject, form, form_problems(form), 422)
    try:
        confirm_person(form.password.data)
        with writing() as session:
            unblind(session, current_actor(), fresh(session, subject.case), form.reason.data)
    except Refused as refused:
        return _page(subject, form, refusal_problems(form, refused), refused.status)
    say("The case is unblinded. Its coders can read both entries and the comparison.")
    return redirect(views.case_address(subject), 303)


def _page(subject: CaseSubject, form: UnblindForm, problems: Problems = (), status: int = 200) -> Answer:
    return page("unblind", subject, status, form=form, problems=problems, trail=views.case_trail(subject))
