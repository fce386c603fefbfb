"""The pages on which a case is signed off, and the final extract that can be read from then on."""

from __future__ import annotations

from flask import abort, redirect, request

from forms.reconciliation import SignOffForm
from schema.problem import Problem, Refused
from schema.store import comparisons
from schema.store.reopening import Signing, signings
from schema.store.snapshots import thaw
from webapp.access.guard import current_actor, permit
from webapp.access.reentry import confirm_person
from webapp.access.subjects import CaseSubject
from webapp.messages import form_problems, refusal_problems, say
from webapp.reconciliation import operations
from webapp.reconciliation.final import final_sections, finding_lines
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
from webapp.reconciliation.yours import Side, yours
from webapp.unit_of_work import reading, writing


@room.get(f"{BASE}/sign-off")
@permit("comparison.view")
def sign_off_page(subject: CaseSubject) -> Answer:
    """What stands in the way, what has to be confirmed, and the signature."""
    return _page(subject, SignOffForm())


@room.post(f"{BASE}/sign-off")
@permit("comparison.work")
def sign_off_now(subject: CaseSubject) -> Answer:
    """Freeze the consensus under the reconciler's signature."""
    form = SignOffForm(request.form)
    if not form.validate():
        return _page(subject, form, form_problems(form), 422)
    try:
        confirm_person(form.password.data)
        with writing() as session:
            comparisons.sign_off(
                session,
                current_actor(),
                comparison_id(subject),
                revision=form.revision.data,
                confirmed=request.form.getlist("confirmed"),
            )
    except Refused as refused:
        return _page(subject, form, _once(refusal_problems(form, refused)), refused.status)
    say("The case is signed off.")
    return redirect(address(subject, "final_page"), 303)


@room.get(f"{BASE}/final")
@permit("comparison.final")
def final_page(subject: CaseSubject) -> Answer:
    """The consensus as it was frozen."""
    return _extract(subject, signings(reading(), comparison_id(subject))[0])


@room.get(f"{BASE}/signed/<snapshot_id>")
@permit("comparison.view")
def signed_page(subject: CaseSubject, snapshot_id: str) -> Answer:
    """The consensus as it stood at an earlier sign-off."""
    found = signings(reading(), comparison_id(subject))
    signed = next((one for one in found if one.id == snapshot_id), None)
    if signed is None:
        abort(404)
    return _extract(subject, signed, current=subject.signed_off and signed == found[0])


@room.get(f"{BASE}/yours")
@permit("comparison.yours")
def yours_page(subject: CaseSubject) -> Answer:
    """What the coder submitted beside what became final, with causes and reasons."""
    table = table_of(subject)
    side: Side = "a" if table.coders["a"] == current_actor().id else "b"
    final = thaw(reading(), operations.final_snapshot(reading(), table.loaded.row).id)
    show_all, show_other = request.args.get("show") == "all", subject.project.coders_see_each_other
    view = yours(table, final, side, show_all=show_all, show_other=show_other)
    return page("yours", subject, table=table, view=view, show_all=show_all, show_other=show_other)


def _extract(subject: CaseSubject, signed: Signing, *, current: bool = True) -> Answer:
    table = table_of(subject)
    sections = final_sections(table.loaded.template, thaw(reading(), signed.id))
    return page("final", subject, table=table, sections=sections, signed=signed, current=current)


def _once(problems: Problems) -> Problems:
    """Each message once: several rows may break the same rule, and the page lists them all below."""
    return tuple({problem.message: problem for problem in problems}.values())


def _page(
    subject: CaseSubject, form: SignOffForm, problems: tuple[Problem, ...] = (), status: int = 200
) -> Answer:
    table = table_of(subject)
    ready = operations.readiness(table.loaded)
    return page(
        "sign-off",
        subject,
        status,
        problems=problems,
        table=table,
        form=form,
        ready=ready,
        signings=signings(reading(), table.loaded.row.id),
        errors=finding_lines(table, ready.errors),
        confirmations=finding_lines(table, ready.confirmations),
        warnings=finding_lines(table, ready.warnings),
        ticked=request.form.getlist("confirmed"),
    )
