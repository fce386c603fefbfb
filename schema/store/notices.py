"""Notices: that something happened to a case of somebody's. They name the case by its reference, and nothing that was entered.

A notice is written in the transaction of the act itself. Nobody is told of what they did themselves. Of a project that asks a second step of
somebody who has none, they are told no more than that something waits (:func:`waiting_behind_step`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, func, insert, select, union, update
from sqlalchemy.orm import Session

from schema.actor import Actor
from schema.store.database import now
from schema.store.deadlines import NEAR_DAYS, due_column
from schema.store.models import Assignment, Case, Comparison, Entry, Membership, Notice, Project, is_current
from schema.store.second_steps import closed_to

ASSIGNED, RETURNED, QUESTION, ANSWERED, READY, DEADLINE, FINAL, REPEAT, REPEAT_ENDED, HANDED_BACK = (
    "assigned",
    "returned",
    "question",
    "answered",
    "ready",
    "deadline",
    "final",
    "repeat",
    "repeat_ended",
    "handed_back",
)
KINDS = (ASSIGNED, RETURNED, QUESTION, ANSWERED, READY, DEADLINE, FINAL, REPEAT, REPEAT_ENDED, HANDED_BACK)
MOST_LINES = 100


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """A notice with the case and project that it is about."""

    id: int
    kind: str
    project_key: str
    project_title: str
    case_id: str
    reference: str
    due: date | None
    at: datetime
    read_at: datetime | None


def notify(
    session: Session, actor: Actor, user_id: str, kind: str, case_id: str, *, due: date | None = None
) -> None:
    """Tell somebody; nothing happens where it is what the actor did to themselves."""
    if user_id != actor.id:
        session.add(Notice(user_id=user_id, case_id=case_id, kind=kind, due=due, at=now(session)))
        session.flush()


def notify_many(session: Session, actor: Actor, kind: str, told: Iterable[tuple[str, str]]) -> None:
    """Tell many, each of one case (user id, case id), in one statement; the cases are stored."""
    at = now(session)
    rows = [
        {"user_id": user_id, "case_id": case_id, "kind": kind, "at": at}
        for user_id, case_id in told
        if user_id != actor.id
    ]
    if rows:
        session.execute(insert(Notice), rows)


def notify_reconciler(session: Session, actor: Actor, case_id: str, kind: str = READY) -> None:
    """Tell a case's reconciler, where it has one, that both entries are in, or something else of the case."""
    query = select(Assignment.user_id).where(
        Assignment.case_id == case_id, Assignment.part == "reconciler", Assignment.ended_at.is_(None)
    )
    for user_id in session.scalars(query).all():
        notify(session, actor, user_id, kind, case_id)


def notify_managers(session: Session, actor: Actor, project_id: str, case_id: str, kind: str) -> None:
    """Tell the managers of a project something of a case; nobody who codes it, or has coded it, for it would tell of the other."""
    coders = union(
        select(Assignment.user_id).where(
            Assignment.case_id == case_id, Assignment.part.in_(("coder_1", "coder_2"))
        ),
        select(Entry.coder_id).where(Entry.case_id == case_id),
    )
    query = select(Membership.user_id).where(
        Membership.project_id == project_id,
        Membership.role == "manager",
        Membership.ended_at.is_(None),
        Membership.user_id.not_in(coders),
    )
    for user_id in session.scalars(query).all():
        notify(session, actor, user_id, kind, case_id)


def notify_coders(session: Session, actor: Actor, case_id: str) -> None:
    """Tell both coders of a case that it is signed off, so that they can see theirs beside the final."""
    query = select(Entry.coder_id).where(Entry.case_id == case_id, is_current())
    for user_id in session.scalars(query).all():
        notify(session, actor, user_id, FINAL, case_id)


def notices_of(
    session: Session, user_id: str, *, unread: bool = False, after: int = 0, limit: int = MOST_LINES
) -> list[NoticeLine]:
    """A person's notices, the latest first: all, or those not read, or those after a number.

    Cases that were withdrawn are left out, and projects in which the person has no role any more, or none until they have a second step.
    """
    query = (
        select(
            Notice.id,
            Notice.kind,
            Project.key,
            Project.title,
            Case.id,
            Case.reference,
            Notice.due,
            Notice.at,
            Notice.read_at,
        )
        .join(Case, Case.id == Notice.case_id)
        .join(Project, Project.id == Case.project_id)
        .where(_told(user_id, after), _open(session, user_id))
        .order_by(Notice.id.desc())
        .limit(limit)
    )
    if unread:
        query = query.where(Notice.read_at.is_(None))
    return [NoticeLine(*row) for row in session.execute(query)]


def unread_count(session: Session, user_id: str, *, after: int = 0) -> int:
    """How many of a person's notices they have not read, of those that :func:`notices_of` gives, after a number."""
    query = (
        select(func.count())
        .select_from(Notice)
        .join(Case, Case.id == Notice.case_id)
        .where(_told(user_id, after), _open(session, user_id), Notice.read_at.is_(None))
    )
    return session.scalar(query) or 0


def waiting_behind_step(session: Session, user_id: str, *, after: int = 0) -> tuple[int, datetime] | None:
    """The number and moment of the latest unread notice, after a number, that is not told before the person has a second step; None: there is none."""
    query = (
        select(Notice.id, Notice.at)
        .join(Case, Case.id == Notice.case_id)
        .where(_told(user_id, after), ~_open(session, user_id), Notice.read_at.is_(None))
        .order_by(Notice.id.desc())
        .limit(1)
    )
    found = session.execute(query).one_or_none()
    return (found.id, found.at) if found is not None else None


def _open(session: Session, user_id: str) -> ColumnElement[bool]:
    """Whether the case is in no project that is closed to the person until they have a second step."""
    return Case.project_id.not_in(closed_to(session, user_id))


def _told(user_id: str, after: int) -> ColumnElement[bool]:
    """Notices that a person is told of now: of cases that were not withdrawn, in projects in which they have a role."""
    projects = select(Membership.project_id).where(
        Membership.user_id == user_id, Membership.ended_at.is_(None)
    )
    return and_(
        Notice.user_id == user_id,
        Notice.id > after,
        Case.withdrawn_at.is_(None),
        Case.project_id.in_(projects),
    )


def mark_read(session: Session, user_id: str, up_to: int) -> None:
    """Note that a person has read their notices, up to the one with this number; not those that they were not shown."""
    closed = select(Case.id).where(~_open(session, user_id))
    session.execute(
        update(Notice)
        .where(Notice.user_id == user_id, Notice.id <= up_to, Notice.read_at.is_(None))
        .where(Notice.case_id.not_in(closed))
        .values(read_at=now(session))
    )


def notice_deadlines(session: Session, actor: Actor) -> int:
    """Tell everybody whose part of a case is due within a week, once for each day that it is due; gives how many were told.

    One worker at a time calls it. Whoever has done their part is not told.
    """
    last = now(session).date() + timedelta(days=NEAR_DAYS)
    query = select(Notice.user_id, Notice.case_id, Notice.due).where(Notice.kind == DEADLINE)
    known = {(row.user_id, row.case_id, row.due) for row in session.execute(query)}
    near = [one for one in _due_by(session, last) if one not in known]
    for user_id, case_id, due in near:
        notify(session, actor, user_id, DEADLINE, case_id, due=due)
    return len(near)


def _due_by(session: Session, last: date) -> Iterator[tuple[str, str, date]]:
    """Who still has to do what, where it is due by a day: person, case, day."""
    slot = case({1: "coder_1"}, value=Entry.slot, else_="coder_2")
    open_entries = (
        select(Entry.coder_id, Case.id, due_column(slot))
        .join(Case, Case.id == Entry.case_id)
        .where(Case.withdrawn_at.is_(None), is_current(), Entry.state != "submitted")
        .where(_by(due_column(slot), last))
    )
    open_comparisons = (
        select(Assignment.user_id, Case.id, due_column("reconciler"))
        .join(Case, Case.id == Assignment.case_id)
        .join(Comparison, Comparison.case_id == Case.id)
        .where(
            Case.withdrawn_at.is_(None),
            Assignment.part == "reconciler",
            Assignment.ended_at.is_(None),
            Comparison.superseded_at.is_(None),
            Comparison.state != "signed_off",
        )
        .where(_by(due_column("reconciler"), last))
    )
    for query in (open_entries, open_comparisons):
        for user_id, case_id, due in session.execute(query):
            if due is not None:
                yield user_id, case_id, due


def _by(due: ColumnElement[date | None], last: date) -> ColumnElement[bool]:
    return due <= last
