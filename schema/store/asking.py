"""Questions that a reconciler asks coders about a position. Each coder has a thread of their own; no entry changes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from schema.actor import Actor
from schema.coding.reconcile import locate
from schema.problem import refuse
from schema.store.audit import record
from schema.store.database import new_id, now
from schema.store.decisions import DECIDING
from schema.store.loaded import claim, coders_of, project_of
from schema.store.models import (
    Assignment,
    Case,
    CoderMessage,
    CoderQuestion,
    Comparison,
    User,
)
from schema.store.notices import ANSWERED, QUESTION, notify, notify_reconciler
from schema.store.repeats import being_repeated
from schema.template.kinds import clean

LONGEST = 5_000


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a thread, with the name of who wrote it."""

    author: str
    by_coder: bool
    text: str
    concedes: bool
    written_at: datetime


@dataclass(frozen=True, slots=True)
class Thread:
    """A thread with one coder. ``side``: a or b."""

    id: str
    path: str
    side: str
    state: str
    messages: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class AskedLine:
    """A question that waits for a coder."""

    question_id: str
    project_id: str
    case_id: str
    reference: str
    asked_at: datetime


def ask(
    session: Session, actor: Actor, comparison_id: str, path: str, sides: Collection[str], text: str
) -> None:
    """Ask the coders of the sides (a, b) about a position; an open thread goes on, else one begins.

    Raises ``Refused``: 409 where the comparison is not being resolved or the position is gone, 422 without a text or
    anybody to ask.
    """
    loaded = claim(session, actor, comparison_id, *DECIDING)
    if locate(loaded.result, path) is None:
        raise refuse("RESOLVE-060", "This position is no longer there.", "Look at the list.", status=409)
    asked = [side for side in ("a", "b") if side in sides]
    if not asked:
        raise refuse("RESOLVE-061", "Nobody is asked.", "Tick whom to ask.", where="whom")
    words = _words(text)
    coders = coders_of(session, loaded.row)
    for side in asked:
        _write(session, actor, _thread_with(session, loaded.row, path, coders[side]), words, "asked")
        notify(session, actor, coders[side], QUESTION, loaded.row.case_id)
    _audit(session, actor, loaded.row, "question.ask", {"path": path, "sides": asked})


def answer(session: Session, actor: Actor, question_id: str, text: str, *, concedes: bool = False) -> None:
    """Answer as the coder who was asked; ``concedes`` says that they would change their answer.

    Raises ``Refused``: 404 for somebody else's thread, 409 where it is closed or the case is no longer being resolved,
    422 without a text.
    """
    query = select(CoderQuestion).where(CoderQuestion.id == question_id).with_for_update()
    question = session.scalar(query.execution_options(populate_existing=True))
    if question is None or question.coder_id != actor.id:
        raise refuse("RESOLVE-062", "There is no such question.", status=404)
    row = session.get_one(Comparison, question.comparison_id)
    if question.closed_at or row.superseded_at or row.state not in DECIDING:
        raise refuse("RESOLVE-063", "This question is closed: no answer is needed any more.", status=409)
    _write(session, actor, question, _words(text), "answered", concedes=concedes)
    notify_reconciler(session, actor, row.case_id, ANSWERED)
    _audit(
        session,
        actor,
        row,
        "question.answer",
        {"question": question.id, "path": question.path, "concedes": concedes},
    )


def close(session: Session, actor: Actor, comparison_id: str, question_id: str) -> None:
    """End a thread. Raises ``Refused`` (404) for another comparison's, (409) where it is closed already."""
    loaded = claim(session, actor, comparison_id, *DECIDING)
    question = session.get(CoderQuestion, question_id)
    if question is None or question.comparison_id != loaded.row.id:
        raise refuse("RESOLVE-062", "There is no such question.", status=404)
    if question.closed_at:
        raise refuse("RESOLVE-063", "This question is closed already.", status=409)
    question.state, question.closed_at = "closed", now(session)
    session.flush()
    _audit(session, actor, loaded.row, "question.close", {"question": question.id, "path": question.path})


def find_own(session: Session, actor: Actor, comparison_id: str, question_id: str) -> Thread | None:
    """The actor's own thread in a comparison; nothing where there is none, or it is another coder's."""
    question = session.get(CoderQuestion, question_id)
    if question is None or (question.comparison_id, question.coder_id) != (comparison_id, actor.id):
        return None
    return _thread(session, question)


def threads(session: Session, comparison_id: str, path: str) -> tuple[Thread, ...]:
    """All threads on a position, closed ones included, in the order they were begun."""
    query = select(CoderQuestion).where(
        CoderQuestion.comparison_id == comparison_id, CoderQuestion.path == path
    )
    found = session.scalars(query.order_by(CoderQuestion.asked_at, CoderQuestion.id))
    return tuple(_thread(session, question) for question in found.all())


def asked_paths(session: Session, comparison_id: str) -> frozenset[str]:
    """The positions of a comparison on which a thread is open, answered or not."""
    query = select(CoderQuestion.path).where(
        CoderQuestion.comparison_id == comparison_id, CoderQuestion.closed_at.is_(None)
    )
    return frozenset(session.scalars(query))


def waiting_for_coder(session: Session, user_id: str, project_id: str) -> list[AskedLine]:
    """The questions of a project that wait for this coder, the oldest first; none of a case that they are coding again."""
    query = (
        select(CoderQuestion.id, Case.project_id, Case.id, Case.reference, CoderQuestion.asked_at)
        .join(Comparison, Comparison.id == CoderQuestion.comparison_id)
        .join(Case, Case.id == Comparison.case_id)
        .where(
            CoderQuestion.coder_id == user_id,
            CoderQuestion.state == "asked",
            Comparison.superseded_at.is_(None),
            Comparison.state.in_(DECIDING),
            Case.project_id == project_id,
            Case.withdrawn_at.is_(None),
            Case.id.not_in(being_repeated(user_id)),
        )
        .order_by(CoderQuestion.asked_at, CoderQuestion.id)
    )
    return [AskedLine(*row) for row in session.execute(query)]


def answers_to_read(session: Session, user_id: str, project_id: str) -> int:
    """How many answered threads wait for this reconciler in the cases of a project that are theirs."""
    query = (
        select(func.count(CoderQuestion.id))
        .join(Comparison, Comparison.id == CoderQuestion.comparison_id)
        .join(Case, Case.id == Comparison.case_id)
        .join(Assignment, Assignment.case_id == Case.id)
        .where(
            CoderQuestion.state == "answered",
            Comparison.superseded_at.is_(None),
            Comparison.state.in_(DECIDING),
            Case.project_id == project_id,
            Case.withdrawn_at.is_(None),
            Assignment.user_id == user_id,
            Assignment.part == "reconciler",
            Assignment.ended_at.is_(None),
        )
    )
    return session.scalar(query) or 0


def _words(text: str) -> str:
    words = clean(text).strip()
    if not words:
        raise refuse("RESOLVE-064", "Nothing is written.", "Write your question or answer.", where="text")
    if len(words) > LONGEST:
        raise refuse("RESOLVE-065", "That is too long.", "Use 5,000 characters at most.", where="text")
    return words


def _thread_with(session: Session, row: Comparison, path: str, coder_id: str) -> CoderQuestion:
    query = select(CoderQuestion).where(
        CoderQuestion.comparison_id == row.id,
        CoderQuestion.path == path,
        CoderQuestion.coder_id == coder_id,
        CoderQuestion.closed_at.is_(None),
    )
    found = session.scalar(query)
    if found is None:
        found = CoderQuestion(
            id=new_id(session),
            comparison_id=row.id,
            path=path,
            coder_id=coder_id,
            state="asked",
            asked_at=now(session),
        )
        session.add(found)
        session.flush()
    return found


def _write(
    session: Session, actor: Actor, question: CoderQuestion, text: str, state: str, *, concedes: bool = False
) -> None:
    question.state = state
    session.add(
        CoderMessage(
            question_id=question.id,
            author_id=actor.id,
            text=text,
            concedes=concedes,
            written_at=now(session),
        )
    )
    session.flush()


def _thread(session: Session, question: CoderQuestion) -> Thread:
    query = (
        select(CoderMessage, User.display_name)
        .join(User, User.id == CoderMessage.author_id)
        .where(CoderMessage.question_id == question.id)
        .order_by(CoderMessage.id)
    )
    messages = tuple(
        Message(name, one.author_id == question.coder_id, one.text, one.concedes, one.written_at)
        for one, name in session.execute(query)
    )
    coders = coders_of(session, session.get_one(Comparison, question.comparison_id))
    side = "a" if coders["a"] == question.coder_id else "b"
    return Thread(question.id, question.path, side, question.state, messages)


def _audit(session: Session, actor: Actor, row: Comparison, action: str, detail: dict[str, object]) -> None:
    project = project_of(session, row)
    record(session, actor, action, project_id=project, case_id=row.case_id, object_id=row.id, detail=detail)
