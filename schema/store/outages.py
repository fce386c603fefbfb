"""Tells a database that is busy, gone or full from a mistake of ours: the first passes, and what was typed must outlive it."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolExhausted

from schema.problem import Refused, refuse

BUSY = ("database is locked", "database table is locked", "database is busy")
FULL = ("database or disk is full",)
GONE = ("unable to open database file", "disk i/o error", "attempt to write a readonly database")
PASSING_CLASSES = (
    "08",
    "53",
    "57",
    "58",
)  # of SQLSTATE: connection, resources, operator's intervention (a cancelled statement is one), system
DISK_FULL = "53100"
#: Of a server that is set to be read-only, and of one that follows another.
READ_ONLY = "25006"
#: The code of the refusal that cannot say whether something was saved.
UNDECIDED = "DB-505"
OVERTAKEN = (
    "40P01",  # two acts on one case waited for each other; the other one went on
    "55P03",  # a lock was waited for as long as the server is set to let anybody wait
    "23505",  # somebody stored the same a moment before; sent again, it is refused in words that fit
)
#: The disk is full; or the account's share of it, or what a file may hold.
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class Undecided(Exception):
    """The connection broke after a commit was asked for and before it was confirmed: it may have been made or not."""


def busy() -> Refused:
    """Return the refusal (DB-503) of an act that waited too long for its turn."""
    return refuse(
        "DB-503", "Too many people are saving at this moment.", "Send it again in a few seconds.", status=503
    )


def undecided() -> Refused:
    """Return the refusal (DB-505) of an act that was made, or perhaps was, before the database went away."""
    return refuse(
        UNDECIDED,
        "The connection to the database broke at the last step, so this may have been saved or not.",
        "Answers can be sent again: what is there already is not saved twice. For anything else, look first whether it was done.",
        status=503,
    )


def outage(error: BaseException) -> Refused | None:
    """Return what a person is told where the error passes by itself, and None where it is a mistake in the program.

    Status 503 where the database is busy or away, 507 where there is no room to write.
    """
    for cause in _chain(error):
        found = _judge(cause)
        if found is not None:
            return found
    return None


def _judge(cause: BaseException) -> Refused | None:
    if isinstance(cause, Undecided):
        return undecided()
    if isinstance(cause, PoolExhausted):
        return busy()
    if isinstance(cause, sqlite3.Error):
        return _of_sqlite(str(cause).lower())
    if isinstance(cause, OSError) and cause.errno in NO_ROOM:
        return _full()
    if isinstance(cause, DBAPIError) and not isinstance(cause.orig, sqlite3.Error):
        return _of_server(cause)
    return None


def _of_sqlite(said: str) -> Refused | None:
    if any(words in said for words in BUSY):
        return busy()
    if any(words in said for words in FULL):
        return _full()
    return _gone() if any(words in said for words in GONE) else None


def _of_server(error: DBAPIError) -> Refused | None:
    state = str(getattr(error.orig, "sqlstate", None) or "")
    if state == DISK_FULL:
        return _full()
    if state in OVERTAKEN:
        return busy()
    # Without a state nobody answered at all.
    never_answered = not state and type(error.orig).__name__ in ("OperationalError", "ConnectionTimeout")
    if error.connection_invalidated or never_answered or state.startswith((READ_ONLY, *PASSING_CLASSES)):
        return _gone()
    return None


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__ or seen.__context__


def _gone() -> Refused:
    return refuse(
        "DB-504",
        "The database cannot be reached just now.",
        "Send it again in a minute; if it lasts, tell an administrator.",
        status=503,
    )


def _full() -> Refused:
    return refuse(
        "DB-507",
        "There is no room left to save anything.",
        "Leave this page open and tell an administrator; send it again when there is room.",
        status=507,
    )
