"""Slows down guessing: attempts are counted in the database, so that the count is shared by all servers and outlives them.

The first four failures cost nothing, then each doubles the wait; from the tenth on it is at least five minutes and never more than
fifteen. So there are at most ten attempts in any five minutes, and nobody can be locked out for good by others. A success, or a day
without an attempt, begins anew. An attempt is counted *before* anything is checked, so that many at once gain nothing.
"""

from __future__ import annotations

import math
from datetime import timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from schema.limits import ATTEMPT_MINUTES, ATTEMPTS
from schema.problem import Problem, Refused
from schema.store.audit_keys import Keyring
from schema.store.database import now
from schema.store.models import Throttle

FREE = 4
A_WHILE = timedelta(minutes=ATTEMPT_MINUTES)
LONGEST_WAIT = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(days=1)


class TooManyAttempts(Refused):
    """Refused for a while; ``seconds`` says how long."""

    def __init__(self, seconds: int) -> None:
        """Say it without telling whether what was tried exists."""
        self.seconds = seconds
        minutes = -(-seconds // 60)
        wait = f"{seconds} seconds" if seconds < 60 else f"{minutes} minute{'s' if minutes > 1 else ''}"
        super().__init__(
            Problem(
                "ACC-010",
                "There were too many attempts.",
                f"Wait {wait}, then try again. If you don't know the password any more, an administrator can give you a code.",
            ),
            status=429,
        )


def wait_after(failures: int) -> timedelta:
    """Return how long the next attempt has to wait after so many failures in a row."""
    if failures <= FREE:
        return timedelta()
    if failures < ATTEMPTS:
        return timedelta(seconds=2 ** (failures - FREE - 1))
    return min(A_WHILE * (failures - ATTEMPTS + 1), LONGEST_WAIT)


def attempt(session: Session, subject: str) -> int:
    """Count an attempt on the subject (``sign-in:amara``); return 0 where it may go on, else the seconds to wait.

    Commit before checking anything: the count must stand whatever comes of the attempt.
    """
    key, moment = _key(session, subject), now(session)
    session.execute(delete(Throttle).where(Throttle.last_at < moment - FORGOTTEN_AFTER))
    row = {"subject_hash": key, "failures": 0, "open_at": moment, "last_at": moment}
    if session.get_bind().dialect.name == "postgresql":
        session.execute(postgresql.insert(Throttle).values(row).on_conflict_do_nothing())
    else:
        session.execute(sqlite.insert(Throttle).values(row).on_conflict_do_nothing())
    found = session.execute(
        select(Throttle.failures, Throttle.open_at).where(Throttle.subject_hash == key).with_for_update()
    ).one()
    if moment < found.open_at:
        seconds: float = (found.open_at - moment).total_seconds()
        return math.ceil(seconds)
    failures = found.failures + 1
    session.execute(
        update(Throttle)
        .where(Throttle.subject_hash == key)
        .values(failures=failures, open_at=moment + wait_after(failures), last_at=moment)
    )
    return 0


def succeeded(session: Session, subject: str) -> None:
    """Begin anew after a success."""
    session.execute(delete(Throttle).where(Throttle.subject_hash == _key(session, subject)))


def _key(session: Session, subject: str) -> str:
    """Hide what was typed: people type passwords into the wrong field."""
    keys: Keyring = session.info["audit_keys"]
    return keys.current.seal(b"throttle:" + subject.encode("utf-8", "replace"))
