"""What a request does with the database, seen in its own thread: what others do meanwhile is theirs.

A request that waits for a database that stands still is often not alone; a connection that another request holds is not one that
this request did not give back.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakSet

from sqlalchemy import Connection, Engine, event

from schema.store.database import BEGIN, Database

WRITES = re.compile(r'\s*(?:INSERT INTO|INSERT OR \w+ INTO|UPDATE|DELETE FROM)\s+"?(\w+)', re.IGNORECASE)
#: What was done by whom: the acts, and the log of saves.
TRAIL = frozenset({"audit", "entry_change"})
#: What is written beside anybody's acts, and why it needs no row of its own.
BESIDE = {
    "web_session": "when a browser was last seen; signing in and out are acts",
    "throttle": "how often something was tried",
    "two_step": "a seed that is not confirmed yet, and the step of the last code; turning it on and off and signing in are acts",
    "notice": "that somebody has read a notice; what it tells of is an act of its own",
    "content_note_read": "that somebody has read the note that comes before every case; it says nothing of one",
    "case_knowledge": "that somebody opened something; the opening is an act of its own",
}
CHANGED = "tandem_changed"


@dataclass
class Watch:
    """What one thread did meanwhile.

    ``changed``: whether a transaction changed something, and left its row where one is asked for. ``broken``, in words: each transaction
    that changed something and left no row in the trail, and each that was waited for while what had been read was held. ``held``: the connections that were taken and not given back.
    """

    changed: bool = False
    broken: list[str] = field(default_factory=list)
    statements: list[str] = field(default_factory=list)
    held: set[int] = field(default_factory=set)


class _Current(threading.local):
    watches: tuple[Watch, ...] = ()


_CURRENT = _Current()
_WATCHED: WeakSet[Engine] = WeakSet()


@contextmanager
def watched(database: Database) -> Iterator[Watch]:
    """Watch what this thread does with the database; who watches already goes on."""
    for engine in database.engines:
        _listen(engine)
    before, watch = _CURRENT.watches, Watch()
    _CURRENT.watches = (*before, watch)
    try:
        yield watch
    finally:
        _CURRENT.watches = before


def _listen(engine: Engine) -> None:
    """Listen once and stay: who would come and go would do so while other threads are being heard."""
    if engine in _WATCHED:
        return
    _WATCHED.add(engine)
    listeners: tuple[Callable[..., None], ...] = (begin, before_cursor_execute, commit, checkout, checkin)
    for listener in listeners:
        event.listen(engine, listener.__name__, listener)


def begin(connection: Connection) -> None:
    """A transaction has begun: it has changed nothing yet, and nothing that was read is held until it is its turn."""
    connection.info[CHANGED] = set()
    for watch in _CURRENT.watches:
        if len(watch.held) > 1 and connection.get_execution_options().get(BEGIN) == "writing":
            watch.broken.append("held a state of the database while it waited for its turn to write")


def before_cursor_execute(connection: Connection, _cursor: object, statement: str, *_rest: object) -> None:
    """A statement goes to the database."""
    if found := WRITES.match(statement):
        connection.info.setdefault(CHANGED, set()).add(found[1].lower())
    for watch in _CURRENT.watches:
        watch.statements.append(statement)


def commit(connection: Connection) -> None:
    """A transaction ends well: what it changed has its row in the trail, or it is noted."""
    changed = connection.info.pop(CHANGED, set())
    silent = sorted(changed - set(BESIDE))
    for watch in _CURRENT.watches:
        if silent and not changed & TRAIL:
            watch.broken.append(f"changed {', '.join(silent)} without a row in the trail")
        elif changed:
            watch.changed = True


def checkout(_connection: Any, record: object, _proxy: object) -> None:
    """A connection is taken."""
    for watch in _CURRENT.watches:
        watch.held.add(id(record))


def checkin(_connection: Any, record: object) -> None:
    """A connection is given back."""
    for watch in _CURRENT.watches:
        watch.held.discard(id(record))
