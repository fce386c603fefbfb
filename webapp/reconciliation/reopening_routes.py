"""The page on which a manager takes a sign-off back."""

from __future__ import annotations

from flask import redirect, request

from forms.reconciliation import ReopenForm
from schema.problem import Refused
from schema.store import comparisons
from webapp.access.guard import current_actor, permit
from webapp.access.reentry import confirm_person
from webapp.access.subjects import CaseSubject
from webapp.messages import form_problems, refusal_problems, say
from webapp.reconciliation.room import (
    BASE,
    Answer,
    Problems,
    address,
    comparison_id,
    page,
    room,
    table_of,
)
from webapp.unit_of_work import writing


@room.get(f"{BASE}/reopen")
@permit("comparison.reopen")
def reopen_page(subject: CaseSubject) -> Answer:
    """What taking the sign-off back means, and the signature."""
    return _page(subject, ReopenForm())


@room.post(f"{BASE}/reopen")
@permit("comparison.reopen")
def reopen_now(subject: CaseSubject) -> Answer:
    """Take it back."""
    form = ReopenForm(request.form)
    if not form.validate():
        return _page(subject, form, form_problems(form), 422)
    try:
        confirm_person(form.password.data)
        with writing() as session:
            comparisons.reopen(
                session,
                current_actor(),
                comparison_id(subject),
                revision=form.revision.data,
                reason=form.reason.data,
            )
    except Refused as refused:
        return _page(subject, form, refusal_problems(form, refused), refused.status)
    say("The sign-off is taken back. The reconciler can go on.")
    return redirect(address(subject, "overview_page"), 303)


def _page(subject: CaseSubject, form: ReopenForm, problems: Problems = (), status: int = 200) -> Answer:
    return page("reopen", subject, status, problems=problems, table=table_of(subject), form=form)
