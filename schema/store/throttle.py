"""Slows down guessing: attempts are counted in the database, so that the count is shared by all servers and outlives them.

The first four failures cost nothing, then each doubles the wait; from the tenth on it is at least five minutes and never more than
fifteen. So there are at most ten attempts in any five minutes. A success begins anew; so does a day without an attempt after a few
failures, and a month after more. An attempt is counted *before* anything is checked, so that many at once gain nothing.

Where the thing can be guessed at all (a password, a code of six digits) a hundred failures in a row shut it: no waiting helps then. It is
opened (:func:`reopen`) by the person themselves, who signs in in a browser that is counted apart or uses a one-time code.
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from schema.limits import ATTEMPT_MINUTES, ATTEMPTS, ATTEMPTS_IN_A_ROW
from schema.problem import Problem, Refused
from schema.store.audit_keys import Keyring
from schema.store.database import now
from schema.store.models import Throttle

FREE = 4
A_WHILE = timedelta(minutes=ATTEMPT_MINUTES)
LONGEST_WAIT = timedelta(minutes=15)
FEW_FORGOTTEN_AFTER = timedelta(days=1)
FORGOTTEN_AFTER = timedelta(days=30)


class TooManyAttempts(Refused):
    """Refused for a while; ``seconds`` says how long."""

    def __init__(self, seconds: int) -> None:
        """Say it without telling whether what was tried exists."""
        self.seconds = seconds
        minutes = -(-seconds // 60)
        number, unit = (seconds, "second") if seconds < 60 else (minutes, "minute")
        wait = f"{number} {unit}{'s' if number > 1 else ''}"
        super().__init__(
            Problem(
                "ACC-010",
                "There were too many attempts.",
                f"Wait {wait}, then try again. If you don't know the password any more, an administrator can give you a code.",
            ),
            status=429,
        )


class TooManyInARow(Refused):
    """Refused until the person has shown by another way who they are."""

    def __init__(self) -> None:
        """Say it without telling whether what was tried exists."""
        super().__init__(
            Problem(
                "ACC-011",
                f"{ATTEMPTS_IN_A_ROW} wrong passwords or codes were given here in a row, so no more are looked at.",
                "Sign in in a browser in which you have signed in before. "
                "If there is none, ask an administrator for a one-time code: it opens this again.",
            ),
            status=403,
        )


def wait_after(failures: int) -> timedelta:
    """Return how long the next attempt has to wait after so many failures in a row."""
    if failures <= FREE:
        return timedelta()
    if failures < ATTEMPTS:
        return timedelta(seconds=2 ** (failures - FREE - 1))
    return min(A_WHILE * (failures - ATTEMPTS + 1), LONGEST_WAIT)


def attempt(session: Session, subject: str, *, guessable: bool = False) -> int:
    """Count an attempt on the subject (``sign-in:amara``); return 0 where it may go on, else the seconds to wait.

    Commit before checking anything: the count must stand whatever comes of the attempt. ``guessable``: what is tried is no long random
    code; raises TooManyInARow (403), and counts nothing, once a hundred attempts have failed one after another.
    """
    key, moment = _key(session, subject), now(session)
    session.execute(delete(Throttle).where(_forgotten(moment)))
    row = {"subject_hash": key, "failures": 0, "open_at": moment, "last_at": moment}
    if session.get_bind().dialect.name == "postgresql":
        session.execute(postgresql.insert(Throttle).values(row).on_conflict_do_nothing())
    else:
        session.execute(sqlite.insert(Throttle).values(row).on_conflict_do_nothing())
    found = session.execute(
        select(Throttle.failures, Throttle.open_at).where(Throttle.subject_hash == key).with_for_update()
    ).one()
    if guessable and found.failures >= ATTEMPTS_IN_A_ROW:
        raise TooManyInARow
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


def reopen(session: Session, *subjects: str) -> None:
    """Open what was shut after too many failures in a row; a count that has not come so far stands, and goes on slowing strangers."""
    keys = [_key(session, subject) for subject in subjects]
    session.execute(
        delete(Throttle).where(Throttle.subject_hash.in_(keys), Throttle.failures >= ATTEMPTS_IN_A_ROW)
    )


def _forgotten(moment: datetime) -> ColumnElement[bool]:
    """Counts that no longer matter. A few failures are soon forgotten, so that names which nobody has do not pile up."""
    few = and_(Throttle.failures <= FREE, Throttle.last_at < moment - FEW_FORGOTTEN_AFTER)
    return or_(Throttle.last_at < moment - FORGOTTEN_AFTER, few)


def _key(session: Session, subject: str) -> str:
    """Hide what was typed: people type passwords into the wrong field."""
    keys: Keyring = session.info["audit_keys"]
    return keys.current.seal(b"throttle:" + subject.encode("utf-8", "replace"))
