"""Asking coders about a position, and the page on which the coder answers."""

from __future__ import annotations

from collections.abc import Callable

from flask import abort, redirect, request, url_for
from sqlalchemy.orm import Session

from forms.reconciliation import AnswerForm
from schema.problem import Refused
from schema.store import asking
from schema.store.decisions import DECIDING
from schema.store.loaded import load
from webapp.access.guard import current_actor, permit
from webapp.access.subjects import CaseSubject
from webapp.messages import form_problems, refusal_problems, say
from webapp.reconciliation.asking import asked_page
from webapp.reconciliation.resolving_routes import draw_position
from webapp.reconciliation.room import BASE, Answer, Problems, address, comparison_id, page, room
from webapp.unit_of_work import reading, writing

QUESTION = "/projects/<project_key>/cases/<case_id>/questions/<question_id>"
LONGEST_PATH = 400


@room.post(f"{BASE}/resolve/ask")
@permit("comparison.work")
def ask_now(subject: CaseSubject) -> Answer:
    """Ask one coder or both about a position."""
    path, whom = request.form.get("path", "")[:LONGEST_PATH], request.form.getlist("whom")
    text = request.form.get("text", "")

    def ask(session: Session) -> None:
        asking.ask(session, current_actor(), comparison_id(subject), path, whom, text)

    return _act(subject, path, ask, "Asked.")


@room.post(f"{BASE}/resolve/ask/<question_id>/close")
@permit("comparison.work")
def close_now(subject: CaseSubject, question_id: str) -> Answer:
    """End a thread."""
    path = request.form.get("path", "")[:LONGEST_PATH]

    def close(session: Session) -> None:
        asking.close(session, current_actor(), comparison_id(subject), question_id)

    return _act(subject, path, close, "The question is closed.")


@room.get(QUESTION)
@permit("question.answer")
def question_page(subject: CaseSubject, question_id: str) -> Answer:
    """The question, the coder's own answer, and the thread."""
    return _question(subject, question_id, AnswerForm())


@room.post(QUESTION)
@permit("question.answer")
def answer_now(subject: CaseSubject, question_id: str) -> Answer:
    """Answer; the entry stays as it is."""
    form = AnswerForm(request.form)
    if not form.validate():
        return _question(subject, question_id, form, form_problems(form), 422)
    try:
        with writing() as session:
            asking.answer(
                session, current_actor(), question_id, form.text.data, concedes=bool(form.concedes.data)
            )
    except Refused as refused:
        return _question(subject, question_id, form, refusal_problems(form, refused), refused.status)
    say("Your answer is with the reconciler.")
    return redirect(url_for("projects.home_page"), 303)


def _act(subject: CaseSubject, path: str, act: Callable[[Session], None], said: str) -> Answer:
    try:
        with writing() as session:
            act(session)
    except Refused as refused:
        return draw_position(subject, path, refused)
    say(said)
    return redirect(address(subject, "resolve_page", at=path, _anchor="position"), 303)


def _question(
    subject: CaseSubject, question_id: str, form: AnswerForm, problems: Problems = (), status: int = 200
) -> Answer:
    if subject.comparison is None:
        abort(404)
    thread = asking.find_own(reading(), current_actor(), subject.comparison.id, question_id)
    if thread is None:
        abort(404)
    view = asked_page(load(reading(), subject.comparison), thread)
    closed = thread.state == "closed" or subject.comparison.state not in DECIDING
    return page("asked", subject, status, problems=problems, view=view, form=form, closed=closed)
