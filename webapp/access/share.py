"""A fair share of the server: long requests, which read uploads or make files, are done a few at a time.

A server answers with eight threads. Were all of them busy with uploads of one person, everybody else's saves would wait; so each
person has two long requests at once, all of a process together three, and whoever asks for more is told to wait a little. With the
four that may be signing in (:mod:`schema.store.hashing`) that leaves a thread for saves at any moment.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from flask import request

from schema.problem import refuse
from webapp.access.guard import current_actor

MOST_OF_ONE, MOST = 2, 3
LONG = "tandem_takes_long"


class Shares:
    """Counts the long requests that are being done, by person."""

    def __init__(self) -> None:
        """Begin with none."""
        self._lock = threading.Lock()
        self._held: Counter[str] = Counter()

    @contextmanager
    def held(self, person: str) -> Iterator[None]:
        """Count one meanwhile. Raises Refused (429): BUSY-001 where the person has too many, BUSY-002 where all together have."""
        self._begin(person)
        try:
            yield
        finally:
            with self._lock:
                self._held[person] -= 1
                self._held += Counter()  # forgets whoever has none

    def _begin(self, person: str) -> None:
        with self._lock:
            if self._held[person] >= MOST_OF_ONE:
                raise refuse(
                    "BUSY-001",
                    f"{MOST_OF_ONE} files of yours are being read or made already.",
                    "Wait until one of them is done, then send this again.",
                    status=429,
                )
            if self._held.total() >= MOST:
                raise refuse(
                    "BUSY-002",
                    "The server is reading and making as many files as it can at once.",
                    "Try again in a few seconds.",
                    status=429,
                )
            self._held[person] += 1


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
