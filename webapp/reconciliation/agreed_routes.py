"""The page of what agrees: looked through, and accepted as one batch that can be undone."""

from __future__ import annotations

from collections.abc import Callable

from flask import redirect, request
from sqlalchemy.orm import Session

from forms.reconciliation import RevisionForm
from schema.problem import Refused, refuse
from webapp.access.guard import current_actor, permit
from webapp.access.subjects import CaseSubject
from webapp.messages import say
from webapp.reconciliation import operations
from webapp.reconciliation.agreed import agreed_places
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

Act = Callable[[Session, str, int], None]


@room.get(f"{BASE}/agreed")
@permit("comparison.view")
def agreed_page(subject: CaseSubject) -> Answer:
    """Every value on which the coders agree."""
    return _page(subject)


@room.post(f"{BASE}/agreed/accept")
@permit("comparison.work")
def accept_now(subject: CaseSubject) -> Answer:
    """Accept them all, as one logged batch."""

    def accept(session: Session, comparison: str, revision: int) -> None:
        operations.accept_agreed(session, current_actor(), comparison, revision=revision)

    return _act(subject, accept, "The agreed values are accepted.")


@room.post(f"{BASE}/agreed/withdraw")
@permit("comparison.work")
def withdraw_now(subject: CaseSubject) -> Answer:
    """Undo the acceptance."""

    def withdraw(session: Session, comparison: str, revision: int) -> None:
        operations.withdraw_agreed(session, current_actor(), comparison, revision=revision)

    return _act(subject, withdraw, "The acceptance is undone.")


def _act(subject: CaseSubject, act: Act, said: str) -> Answer:
    form = RevisionForm(request.form)
    try:
        if not form.validate():
            raise refuse(
                "RESOLVE-046", "The page was out of date.", "Look at it as it is now, and do it again."
            )
        with writing() as session:
            act(session, comparison_id(subject), form.revision.data)
    except Refused as refused:
        return _page(subject, refused.problems, refused.status)
    say(said)
    return redirect(address(subject, "agreed_page"), 303)


def _page(subject: CaseSubject, problems: Problems = (), status: int = 200) -> Answer:
    table = table_of(subject)
    return page("agreed", subject, status, problems=problems, table=table, places=agreed_places(table))
