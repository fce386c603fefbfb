"""The daily digest: who wants it where, and that of several workers one takes up each person's day, once.

A day is taken up in a transaction of its own before anything is sent. A worker that dies on the way leaves it taken up: then nothing is sent
that day rather than perhaps twice, and the next digest has what is new since the last one that was sent.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from schema.actor import Actor
from schema.problem import refuse
from schema.store.audit import record
from schema.store.database import now
from schema.store.models import DigestDay, DigestWish, User
from schema.store.notices import NoticeLine, notices_of, unread_count, waiting_behind_step

#: What can stand before and after the one @; mail servers decide the rest.
ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
LONGEST_ADDRESS = 254
MOST_ATTEMPTS = 3
TRY_AGAIN_AFTER = timedelta(minutes=15)
MOST_IN_MAIL = 50
TAKEN, SENT, REFUSED, NOTHING = "taken", "sent", "refused", "nothing"


@dataclass(frozen=True, slots=True)
class Digest:
    """What is sent to a person for a day: notices that no earlier digest had, the latest first, and how many there are in all.

    ``waits``: something more is told once they have a second step. ``at``: the moment of the latest. ``since``: from when on they
    have wanted it.
    """

    user_id: str
    name: str
    address: str
    day: date
    lines: tuple[NoticeLine, ...]
    in_all: int
    waits: bool
    at: datetime
    since: datetime


def wish_of(session: Session, user_id: str) -> str:
    """Where a person wants their digest; empty: nowhere."""
    held = session.get(DigestWish, user_id)
    return held.address if held is not None and held.ended_at is None else ""


def want_digest(session: Session, actor: Actor, address: str) -> None:
    """Have one's own digest sent to an address from now on. Raises ``Refused`` (MAIL-001) for what is no address."""
    text = address.strip()
    if len(text) > LONGEST_ADDRESS or not ADDRESS.fullmatch(text):
        raise refuse(
            "MAIL-001",
            "This is no mail address that Tandem can send to.",
            "Enter it as name@example.org.",
            where="address",
        )
    session.merge(DigestWish(user_id=actor.id, address=text, since=now(session), ended_at=None))
    session.flush()
    record(session, actor, "digest.subscribe", object_id=actor.id)


def unwant_digest(session: Session, actor: Actor) -> None:
    """Have no digest sent any more; the address is forgotten."""
    held = session.get(DigestWish, actor.id)
    if held is None or held.ended_at is not None:
        return
    held.address, held.ended_at = "", now(session)
    session.flush()
    record(session, actor, "digest.unsubscribe", object_id=actor.id)


def wish_since(session: Session, user_id: str) -> datetime | None:
    """Since when a person has wanted their digest; ``None`` where they want none."""
    held = session.get(DigestWish, user_id)
    return held.since if held is not None and held.ended_at is None else None


def due_people(session: Session, day: date) -> list[str]:
    """Whose digest of a day nobody has taken up yet, or could not be sent and may be tried again."""
    held = (DigestDay.user_id == DigestWish.user_id) & (DigestDay.day == day)
    again = (
        (DigestDay.state == REFUSED)
        & (DigestDay.attempts < MOST_ATTEMPTS)
        & (DigestDay.at <= now(session) - TRY_AGAIN_AFTER)
    )
    query = (
        select(DigestWish.user_id)
        .join(User, User.id == DigestWish.user_id)
        .outerjoin(DigestDay, held)
        .where(DigestWish.ended_at.is_(None), User.disabled_at.is_(None))
        .where(DigestDay.user_id.is_(None) | again)
        .order_by(DigestWish.user_id)
    )
    return list(session.scalars(query))


def take_up(session: Session, user_id: str, day: date) -> Digest | None:
    """Take up a person's digest of a day; None where another worker has, or where there is nothing to tell (then that is the day's end)."""
    wish, user = session.get(DigestWish, user_id), session.get_one(User, user_id)
    if wish is None or wish.ended_at is not None or not _claimed(session, user_id, day):
        return None
    row = session.get_one(DigestDay, (user_id, day), populate_existing=True)
    after = _told_up_to(session, user_id)
    lines = notices_of(session, user_id, unread=True, after=after, limit=MOST_IN_MAIL)
    waiting = waiting_behind_step(session, user_id, after=after)
    latest = max([(line.id, line.at) for line in lines[:1]] + ([waiting] if waiting else []), default=None)
    if latest is None:
        row.last_notice, row.state = after, NOTHING
        return None
    row.last_notice = latest[0]
    return Digest(
        user_id,
        user.display_name,
        wish.address,
        day,
        tuple(lines),
        unread_count(session, user_id, after=after),
        waiting is not None,
        latest[1],
        wish.since,
    )


def note_sent(session: Session, digest: Digest) -> None:
    """Note that the mail server has taken a digest."""
    row = session.get_one(DigestDay, (digest.user_id, digest.day))
    row.state, row.at = SENT, now(session)


def note_refused(session: Session, digest: Digest) -> None:
    """Note that the mail server did not take it, so that it is tried again later, three times in all."""
    row = session.get_one(DigestDay, (digest.user_id, digest.day))
    row.state, row.at = REFUSED, now(session)


def _claimed(session: Session, user_id: str, day: date) -> bool:
    """Whether the day is this worker's: it wrote the row, or took a refused one up again."""
    row = {
        "user_id": user_id,
        "day": day,
        "state": TAKEN,
        "last_notice": 0,
        "attempts": 1,
        "at": now(session),
    }
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    made = session.scalar(insert(DigestDay).values(row).on_conflict_do_nothing().returning(DigestDay.user_id))
    if made is not None:
        return True
    held = session.get_one(DigestDay, (user_id, day), with_for_update=True, populate_existing=True)
    if held.state != REFUSED or held.attempts >= MOST_ATTEMPTS:
        return False
    held.attempts, held.at, held.state = held.attempts + 1, now(session), TAKEN
    session.flush()
    return True


def _told_up_to(session: Session, user_id: str) -> int:
    query = select(func.max(DigestDay.last_notice)).where(
        DigestDay.user_id == user_id, DigestDay.state.in_((SENT, NOTHING))
    )
    return session.scalar(query) or 0
