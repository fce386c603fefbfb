"""Watches what requests write: whatever is changed has its row in the trail in the same transaction.

The policing client asks this of every request of every test. Which routes were driven so is counted over a whole run, which names
at its end those that nobody drives: ``tests/conftest.py``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from flask import Flask
from sqlalchemy import Connection, event
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from schema.store.database import Database
from webapp.access.sessions import WITHOUT_PERSON

UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}
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
CHANGED, DRIVEN, KNOWN = "tandem_changed", set[str](), set[str]()


@dataclass
class Watch:
    """What was committed meanwhile. ``untold``, in words: each transaction that changed something and left no row in the trail."""

    told: bool = False
    untold: list[str] = field(default_factory=list)


@contextmanager
def watched_changes(database: Database) -> Iterator[Watch]:
    """Watch every transaction on the database."""
    watch = Watch()

    def begin(connection: Connection) -> None:
        connection.info[CHANGED] = set()

    def note(connection: Connection, _cursor: object, statement: str, *_rest: object) -> None:
        if found := WRITES.match(statement):
            connection.info.setdefault(CHANGED, set()).add(found[1].lower())

    def commit(connection: Connection) -> None:
        changed = connection.info.pop(CHANGED, set())
        if changed & TRAIL:
            watch.told = True
        elif silent := sorted(changed - set(BESIDE)):
            watch.untold.append(f"changed {', '.join(silent)} without a row in the trail")

    watchers: dict[str, Callable[..., None]] = {
        "begin": begin,
        "before_cursor_execute": note,
        "commit": commit,
    }
    for name, watcher in watchers.items():
        event.listen(database.engine, name, watcher)
    try:
        yield watch
    finally:
        for name, watcher in watchers.items():
            event.remove(database.engine, name, watcher)


def note_driven(app: Flask, response: TestResponse, watch: Watch) -> None:
    """Remember which routes may change something, and which of them accepted a request and left a row of it."""
    if not KNOWN:
        KNOWN.update(changing_routes(app))
    if watch.told and response.request.method in UNSAFE and response.status_code < 400:
        try:
            endpoint, _ = app.url_map.bind("localhost").match(response.request.path, response.request.method)
        except HTTPException:
            return
        DRIVEN.add(endpoint)


def changing_routes(app: Flask) -> set[str]:
    """Every route that takes a method by which something may be changed."""
    return {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.methods and rule.methods & UNSAFE and rule.endpoint not in WITHOUT_PERSON
    }
