"""Where more is asked than can be done, whoever has waited too long is told to come again, instead of everybody waiting ever longer.

Every request waits for a thread of the server. What has waited for too long is answered at once, without asking the database: a page by one
that says so, a save of the page's script by a status on which it tries again. A form that somebody sent is always taken, and so is a machine that asks
how the server is.
"""

from __future__ import annotations

import threading
import time
from typing import Any

from flask import Flask, request
from waitress.task import ThreadedTaskDispatcher

from schema.problem import refuse
from webapp.access.sessions import FOR_MACHINES, WITHOUT_PERSON
from webapp.errors import wants_json
from webapp.health.watching import metrics

#: Fifty who sign in at once, or a list of ten thousand cases, keep the others waiting for a second.
PATIENCE_SECONDS = 3.0
_at_hand = threading.local()


class _Waiting:
    """A task of waitress, and since when it waits for a thread."""

    def __init__(self, task: Any) -> None:
        self._task, self._since = task, time.monotonic()

    def service(self) -> None:
        """Do it, with the time that it waited at hand."""
        _at_hand.waited = time.monotonic() - self._since
        self._task.service()

    def cancel(self) -> None:
        """Let it go undone."""
        self._task.cancel()


class Dispatcher(ThreadedTaskDispatcher):
    """The threads of waitress, each of which knows how long the request at hand has waited for it."""

    def __init__(self, threads: int) -> None:
        """Start so many threads."""
        super().__init__()
        self.set_thread_count(threads)

    def add_task(self, task: Any) -> None:
        """Have the next free thread do it."""
        super().add_task(_Waiting(task))


def waited() -> float:
    """Seconds that the request of this thread waited for it; 0 under a server that does not say."""
    seconds: float = getattr(_at_hand, "waited", 0.0)
    return seconds


def install(app: Flask) -> None:
    """Look at every request, before anybody asks who sent it."""
    app.before_request(_refuse_what_waited_too_long)


def _refuse_what_waited_too_long() -> None:
    metrics().waited.observe(waited())
    if waited() > PATIENCE_SECONDS and not _always_taken():
        raise refuse(
            "WEB-503",
            "More is asked of Tandem at this moment than it can do at once, so this was not begun.",
            "Ask again in a few seconds.",
            status=503,
        )


def _always_taken() -> bool:
    form = request.method not in ("GET", "HEAD") and not wants_json()
    return form or request.endpoint in WITHOUT_PERSON or request.blueprint == FOR_MACHINES
