"""Whether the place of stored files answers, asked at most every few seconds, however often a load balancer asks."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from threading import Lock

from flask import Flask, current_app

from webapp.shelves import DOCUMENTS, Shelf, shelf_of
from webapp.unit_of_work import installed

EXTENSION = "tandem-readiness"
ASK_AGAIN_SECONDS = 10.0


class Readiness:
    """The last answer of a shelf, and when it was given. While one thread asks, the others are told the answer before."""

    def __init__(self, shelf: Shelf, clock: Callable[[], float] = time.monotonic) -> None:
        """Ask this shelf, with the first question; ``clock`` counts seconds."""
        self._shelf, self._clock = shelf, clock
        self._asking = Lock()
        self._answered = False
        self._until = -math.inf

    def files(self) -> bool:
        """Whether stored files could be reached just now."""
        if self._clock() >= self._until and self._asking.acquire(blocking=False):
            try:
                self._answered = self._shelf.answers()
                self._until = self._clock() + ASK_AGAIN_SECONDS
            finally:
                self._asking.release()
        return self._answered


def files_answer() -> bool:
    """Whether the place of the current application's files answers."""
    kept: Readiness | None = current_app.extensions.get(EXTENSION)
    return _begun(current_app).files() if kept is None else kept.files()


def _begun(app: Flask) -> Readiness:
    """Made with the first question, since the libraries of a bucket take a second to load."""
    made: Readiness = app.extensions.setdefault(
        EXTENSION, Readiness(shelf_of(installed().settings, DOCUMENTS))
    )
    return made
