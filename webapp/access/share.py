"""A fair share of the server: long requests, which read uploads or make files, are done a few at a time.

A server answers with eight threads. Were all of them busy with uploads of one person, everybody else's saves would wait; so each
person has two long requests at once, all of a process together three, and whoever asks for more is told to wait a little. With the
four that may be signing in (:mod:`schema.store.hashing`) that leaves a thread for saves at any moment.

Fetching a stored file from another machine counts too, because that machine may say nothing for a while. Whoever fetches waits a moment
for a turn: where the machine answers, turns are short, and no page should be without its picture because others have theirs.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import wraps
from typing import Any

from flask import request

from schema.problem import Refused, refuse
from webapp.access.guard import current_actor

MOST_OF_ONE, MOST = 2, 3
LONG = "tandem_takes_long"
#: How many seconds whoever fetches a file waits for a turn: less than anybody waits for a thread before being told to come again.
TURN_SECONDS = 2.0


class Shares:
    """Counts the long requests that are being done, by person."""

    def __init__(self) -> None:
        """Begin with none."""
        self._changed = threading.Condition()
        self._held: Counter[str] = Counter()

    @contextmanager
    def held(self, person: str, seconds: float = 0.0) -> Iterator[None]:
        """Count one meanwhile, and wait up to ``seconds`` until it may begin.

        Raises Refused (429): BUSY-001 where the person has too many, BUSY-002 where all together have.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._refusal(person) is None, seconds)
            refusal = self._refusal(person)
            if refusal is not None:
                raise refusal
            self._held[person] += 1
        try:
            yield
        finally:
            with self._changed:
                self._held[person] -= 1
                self._held += Counter()  # forgets whoever has none
                self._changed.notify_all()

    def _refusal(self, person: str) -> Refused | None:
        if self._held[person] >= MOST_OF_ONE:
            return refuse(
                "BUSY-001",
                f"{MOST_OF_ONE} files of yours are being read or made already.",
                "Wait until one of them is done, then send this again.",
                status=429,
            )
        if self._held.total() >= MOST:
            return refuse(
                "BUSY-002",
                "The server is reading and making as many files as it can at once.",
                "Try again in a few seconds.",
                status=429,
            )
        return None


SHARES = Shares()


def takes_long(view: Callable[..., Any]) -> Callable[..., Any]:
    """Count a view's requests as long ones; of a page with a form only what the form sends. Stands below ``permit``."""

    @wraps(view)
    def shared(**values: Any) -> Any:
        rule = request.url_rule
        if request.method != "POST" and rule is not None and "POST" in (rule.methods or ()):
            return view(**values)
        with SHARES.held(current_actor().id):
            return view(**values)

    setattr(shared, LONG, True)
    return shared


def fetching() -> AbstractContextManager[None]:
    """Count the fetching of a file from another machine as a long request of who asks for it, once its turn has come."""
    return SHARES.held(current_actor().id, TURN_SECONDS)
