"""Database sessions of one request: one for reading, opened when first asked for; a short one for each act of writing.

The reading session sees one state of the database for the whole page. Nothing may be changed through it:
a row that is to be changed is fetched again in the writing session with :func:`fresh`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TypeVar

from flask import Flask, current_app, g
from sqlalchemy import inspect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from schema.problem import Refused, refuse
from schema.store.database import Database
from schema.store.models import Base
from webapp.settings import Settings

Row = TypeVar("Row", bound=Base)
#: How long a request waits for a PostgreSQL that says nothing, before it answers that the database cannot be reached.
SILENCE_SECONDS = 15


@dataclass(frozen=True)
class Installed:
    """What one running application holds: kept in ``app.extensions["tandem"]``."""

    database: Database
    settings: Settings

    @classmethod
    def for_requests(cls, database: Database, settings: Settings) -> Installed:
        """The database as requests use it: with a limit to what they wait for."""
        return cls(database.answering_within(SILENCE_SECONDS), settings)


def installed() -> Installed:
    """The current application's database and settings."""
    found: Installed = current_app.extensions["tandem"]
    return found


def reading() -> Session:
    """The request's reading session; the same one at every call, closed when the request ends."""
    if "reading" not in g:
        stack = ExitStack()
        g.reading = stack.enter_context(installed().database.reading())
        g.reading_stack = stack
    session: Session = g.reading
    return session


@contextmanager
def writing() -> Iterator[Session]:
    """A writing session: committed at the end, rolled back on any exception.

    Afterwards, and after a refusal, the reading session lets go of what it had read, so that a page drawn in the same
    request shows the new state, or what others have made of it meanwhile.
    """
    try:
        with writing_aside() as session:
            yield session
    except Refused:
        let_go()
        raise
    g.written = True
    let_go()


@contextmanager
def writing_aside() -> Iterator[Session]:
    """The same for what no page shows, such as when somebody was last seen: what the request had read stays as it was."""
    _done_reading()
    with installed().database.writing() as session:
        yield session
        _done_reading()  # of what was looked up on the way


def has_written() -> bool:
    """Whether the request has saved something: what fails after that does not undo it."""
    return bool(g.get("written"))


def let_go() -> None:
    """Let the reading session go of what it has read: what is asked next is read afresh, and nothing that waits for readers waits for it."""
    if "reading" in g:
        _done_reading()
        g.reading.expire_all()


def abandon() -> None:
    """Let the reading session's connection go without a goodbye, for which a database that does not answer would be waited for again."""
    if "reading" in g:
        g.reading.invalidate()


def fresh(session: Session, row: Row) -> Row:
    """The same row in another session, so that it can be changed there. Raises Refused (404) where it has gone."""
    found = session.get(type(row), inspect(row).identity)
    if found is None:
        raise refuse("WEB-404", "This no longer exists.", status=404)
    return found


def install(app: Flask, database: Database, settings: Settings) -> None:
    """Give the application its database and settings, and close sessions when a request ends."""
    app.extensions["tandem"] = Installed.for_requests(database, settings)
    app.teardown_appcontext(_close)


def _close(_: BaseException | None) -> None:
    if "reading" not in g:
        return
    with g.pop("reading_stack"):
        try:
            _done_reading()
        finally:
            del g.reading


def _done_reading() -> None:
    """End the reading: hold on to no state of the database, but keep what was read of it.

    It comes before any wait for a turn to write. SQLite starts its log anew only where nobody holds a state from before: whoever waits
    would hold one for as long as it takes, and the writer whose turn it is waits in vain for those who wait for it.
    """
    if "reading" not in g or not g.reading.in_transaction():
        return
    session: Session = g.reading
    if current_app.testing and (session.new or session.dirty or session.deleted):
        raise AssertionError("a row was changed through the reading session; use writing() and fresh()")
    try:
        session.commit()
    except DBAPIError:  # its connection broke: what was read is read, and must not spoil the answer
        session.rollback()
