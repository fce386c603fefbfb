"""When people are away: recorded by themselves or by a manager of a project of theirs, as days and nothing else."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from schema.actor import Actor
from schema.days import in_words
from schema.problem import refuse
from schema.store.audit import record
from schema.store.database import new_id, now
from schema.store.models import Absence, Membership, Project, User

LONGEST = timedelta(days=366)
FARTHEST = timedelta(days=2 * 366)


@dataclass(frozen=True, slots=True)
class Away:
    """A person's days away, both ends among them."""

    id: str
    user_id: str
    name: str
    first_day: date
    last_day: date


def record_absence(session: Session, actor: Actor, user: User, first_day: date, last_day: date) -> Absence:
    """Record that a person is away.

    Raises ``Refused`` (422): AWAY-001 where the last day is before the first; AWAY-002 for more than a year, or further ahead than
    two; AWAY-003 for days that are past; AWAY-004 (409) where some of them are recorded already.
    """
    today = now(session).date()
    if last_day < first_day:
        raise refuse("AWAY-001", "The last day is before the first.", "Exchange them.", where="last_day")
    if last_day - first_day > LONGEST or first_day - today > FARTHEST:
        raise refuse(
            "AWAY-002",
            "An absence has at most a year, and begins within two.",
            "Check the years.",
            where="last_day",
        )
    if last_day < today:
        raise refuse("AWAY-003", "These days are past.", "Enter days from today on.", where="last_day")
    session.refresh(user, with_for_update=True)
    for one in absences_of(session, {user.id}, first_day):
        if one.first_day <= last_day:
            raise refuse(
                "AWAY-004",
                f"{_days(one)} is recorded already.",
                "Cancel that first, or enter other days.",
                where="first_day",
                status=409,
            )
    made = Absence(
        id=new_id(session),
        user_id=user.id,
        first_day=first_day,
        last_day=last_day,
        recorded_at=now(session),
        recorded_by=actor.id,
    )
    session.add(made)
    session.flush()
    detail = {"name": user.name, "first_day": first_day.isoformat(), "last_day": last_day.isoformat()}
    record(session, actor, "absence.record", object_id=made.id, detail=detail)
    return made


def cancel_absence(session: Session, actor: Actor, absence: Absence) -> None:
    """Take an absence back. One that was taken back already stays so."""
    if absence.cancelled_at is not None:
        return
    absence.cancelled_at = now(session)
    session.flush()
    detail = {"first_day": absence.first_day.isoformat(), "last_day": absence.last_day.isoformat()}
    record(session, actor, "absence.cancel", object_id=absence.id, detail=detail)


def absences_of(session: Session, user_ids: Collection[str], since: date) -> list[Away]:
    """The absences of people that are not over before a day, the earliest first."""
    query = (
        select(Absence.id, Absence.user_id, User.display_name, Absence.first_day, Absence.last_day)
        .join(User, User.id == Absence.user_id)
        .where(Absence.user_id.in_(user_ids), Absence.cancelled_at.is_(None), Absence.last_day >= since)
        .order_by(Absence.first_day, User.display_name)
    )
    return [Away(*row) for row in session.execute(query)]


def find_absence(session: Session, absence_id: str, user_ids: Collection[str]) -> Absence | None:
    """An absence of one of these people."""
    found = session.get(Absence, absence_id)
    return found if found is not None and found.user_id in user_ids else None


def people_at_work(session: Session, project: Project) -> dict[str, str]:
    """Whoever codes or reconciles in a project now and can sign in: display names by user id."""
    query = (
        select(User.id, User.display_name)
        .join(Membership, Membership.user_id == User.id)
        .where(
            Membership.project_id == project.id,
            Membership.role.in_(("coder", "reconciler")),
            Membership.ended_at.is_(None),
            User.disabled_at.is_(None),
        )
        .order_by(User.display_name, User.id)
    )
    return {row.id: row.display_name for row in session.execute(query)}


def _days(one: Away) -> str:
    return f"{in_words(one.first_day)} to {in_words(one.last_day)}"
