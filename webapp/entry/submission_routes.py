"""Submitting an entry, reading it afterwards, and returning it to its coder."""

from __future__ import annotations

from flask import abort, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from forms.cases import ReturnForm
from schema.problem import Refused, refuse
from webapp import messages
from webapp.access.guard import current_actor, permit
from webapp.access.subjects import CaseSubject
from webapp.entry import operations
from webapp.entry.desk import Desk, desk_of
from webapp.entry.frame import CASE, ENTRY, case_address, frame, own_desk, room, trail
from webapp.entry.notes import flagged_lines
from webapp.entry.reading import frozen, read_sections
from webapp.entry.review import Review, review
from webapp.entry.views import address
from webapp.unit_of_work import fresh, reading, writing


@room.get(f"{ENTRY}/submit")
@permit("entry.work")
def submit_page(subject: CaseSubject) -> ResponseReturnValue:
    """What stands between the entry and its submission; where nothing does, the statement to confirm."""
    desk = own_desk(subject)
    if desk.entry.state == "submitted":
        return redirect(address(subject, "read_page"), code=303)
    return _draw_review(subject, desk, review(subject, desk), 200)


@room.post(f"{ENTRY}/submit")
@permit("entry.work")
def submit_now(subject: CaseSubject) -> ResponseReturnValue:
    """Submit. Twice is the same as once; what is answered says nothing about the other coder."""
    desk = own_desk(subject)
    confirmed = frozenset(request.form.getlist("confirmed"))
    stated = request.form.get("statement") == "yes"
    try:
        if not stated and desk.entry.state != "submitted":
            raise _statement_missing()
        with writing() as session:
            entry = fresh(session, desk.entry)
            operations.submit(session, current_actor(), entry, desk.template, confirmed)
    except Refused as refused:
        desk = own_desk(subject)
        if desk.entry.state != "submitted":
            again = review(subject, desk, confirmed, refused.problems, stated=stated)
            return _draw_review(subject, desk, again, refused.status)
    messages.say("Your entry is submitted.")
    if desk.entry.repeats:
        return redirect(address(subject, "again_page"), code=303)
    return redirect(address(subject, "read_page"), code=303)


@room.get(f"{ENTRY}/read")
@permit("entry.read")
def read_page(subject: CaseSubject) -> ResponseReturnValue:
    """The coder's own entry, as submitted or as it stands."""
    desk = own_desk(subject)
    shown = frozen(reading(), desk)
    return render_template("entry/read.html", **frame(subject, desk), sections=read_sections(shown))


@room.get(f"{CASE}/entries/<entry_id>")
@permit("entry.read")
def read_other_page(subject: CaseSubject) -> ResponseReturnValue:
    """An entry for those who oversee or settle the case."""
    desk = _named_desk(subject)
    return render_template(
        "entry/read-other.html",
        subject=subject,
        entry=desk.entry,
        sections=read_sections(frozen(reading(), desk)),
        trail=[*trail(subject)[:2], (subject.case.reference, case_address(subject))],
        return_address=address(subject, "return_page", entry_id=desk.entry.id),
    )


@room.get(f"{CASE}/entries/<entry_id>/return")
@permit("entry.return")
def return_page(subject: CaseSubject) -> ResponseReturnValue:
    """Ask for the reason why an entry is returned."""
    return _draw_return(subject, _named_desk(subject), ReturnForm())


@room.post(f"{CASE}/entries/<entry_id>/return")
@permit("entry.return")
def return_now(subject: CaseSubject) -> ResponseReturnValue:
    """Return a submitted entry to its coder."""
    desk = _named_desk(subject)
    form = ReturnForm(request.form)
    try:
        with writing() as session:
            entry = fresh(session, desk.entry)
            operations.hand_back(session, current_actor(), entry, form.reason.data or "")
    except Refused as refused:
        return _draw_return(subject, _named_desk(subject), form, refused)
    messages.say("The entry is returned to its coder.")
    return redirect(case_address(subject), code=303)


def _named_desk(subject: CaseSubject) -> Desk:
    if subject.entry is None or subject.entry.ended_at is not None:
        abort(404)
    return desk_of(reading(), subject.entry)


def _draw_review(subject: CaseSubject, desk: Desk, model: Review, status: int) -> ResponseReturnValue:
    flagged = flagged_lines(subject, desk)
    page = render_template("entry/submit.html", **frame(subject, desk), model=model, flagged=flagged)
    return make_response(page, status)


def _draw_return(
    subject: CaseSubject, desk: Desk, form: ReturnForm, refused: Refused | None = None
) -> ResponseReturnValue:
    page = render_template(
        "entry/return.html",
        subject=subject,
        entry=desk.entry,
        trail=[*trail(subject)[:2], (subject.case.reference, case_address(subject))],
        form=form,
        problems=messages.refusal_problems(form, refused) if refused else (),
    )
    return make_response(page, refused.status if refused else 200)


def _statement_missing() -> Refused:
    return refuse(
        "ENTRY-021",
        "The statement is not confirmed.",
        "Tick it to submit your entry.",
        where="statement",
    )
