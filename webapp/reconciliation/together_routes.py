"""The page on which differences of one kind are settled together, and batches taken back."""

from __future__ import annotations

from flask import redirect, request

from forms.reconciliation import BatchForm, RevisionForm
from schema.problem import Refused
from schema.store import comparisons
from schema.store.batches import settle_alike
from webapp.access.guard import current_actor, permit
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
from webapp.reconciliation.together import together
from webapp.unit_of_work import writing


@room.get(f"{BASE}/together")
@permit("comparison.view")
def together_page(subject: CaseSubject) -> Answer:
    """The kinds of difference, a preview of the one chosen, and the batches that stand."""
    return _page(subject, request.args.get("kind", ""), BatchForm())


@room.post(f"{BASE}/together")
@permit("comparison.work")
def settle_together_now(subject: CaseSubject) -> Answer:
    """Settle what is ticked, as one batch."""
    form, kind = BatchForm(request.form), request.form.get("kind", "")
    paths = request.form.getlist("path")
    if not form.validate():
        return _page(subject, kind, form, form_problems(form), 422)
    try:
        with writing() as session:
            settle_alike(
                session,
                current_actor(),
                comparison_id(subject),
                kind,
                paths,
                revision=form.revision.data,
                reason=form.reason.data,
                cause=form.cause.data or "",
            )
    except Refused as refused:
        return _page(subject, kind, form, refusal_problems(form, refused), refused.status)
    say(f"Settled together: {len(paths)}.")
    return redirect(address(subject, "together_page"), 303)


@room.post(f"{BASE}/together/<batch_id>/undo")
@permit("comparison.work")
def undo_together_now(subject: CaseSubject, batch_id: str) -> Answer:
    """Take back what still stands of a batch."""
    form = RevisionForm(request.form)
    revision = form.revision.data if form.validate() else -1
    try:
        with writing() as session:
            undone = comparisons.undo_batch(
                session, current_actor(), comparison_id(subject), batch_id, revision=revision
            )
    except Refused as refused:
        return _page(subject, "", BatchForm(), refused.problems, refused.status)
    say(f"Undone: {undone}. They are open again.")
    return redirect(address(subject, "together_page"), 303)


def _page(
    subject: CaseSubject, kind: str, form: BatchForm, problems: Problems = (), status: int = 200
) -> Answer:
    table = table_of(subject)
    ticked = request.form.getlist("path") if request.method == "POST" else None
    view = together(table, kind)
    return page(
        "together", subject, status, problems=problems, table=table, view=view, form=form, ticked=ticked
    )
