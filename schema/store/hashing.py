"""A few passwords are hashed at once, no more: argon2id takes 20 milliseconds of a processor each time, and saves need the same processors.

Were fifty people to sign in at one moment, all of a server's threads would hash, and everybody's saves would wait behind them. So one
is at it on two processors, two on more; others wait a little, four in all, and whoever comes beyond is told at once to try again. Nothing has
been looked at by then: whether there is an account makes no difference to it.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from schema.problem import Problem, Refused

PLACES = 4
AT_ONCE = 1 if (os.cpu_count() or 1) <= 2 else 2  # a processor stays for saves
WAITING = PLACES - AT_ONCE
PATIENCE = 2.0  # seconds that somebody waits for a turn


class TooBusy(Refused):
    """Too many passwords are being checked at the moment (429). What was given has not been looked at."""

    def __init__(self) -> None:
        """Say what to do."""
        problem = Problem(
            "BUSY-003",
            "Many people are signing in at this moment, so your password has not been looked at.",
            "Nothing is wrong with it: enter it again in a few seconds.",
            "password",
        )
        super().__init__([problem], status=429)


class Turns:
    """Hands out turns; whoever has one may take it again."""

    def __init__(self, at_once: int = AT_ONCE, waiting: int = WAITING, patience: float = PATIENCE) -> None:
        """Begin with all of them free."""
        self._free = threading.Semaphore(at_once)
        self._places = threading.Semaphore(at_once + waiting)
        self._patience = patience
        self._mine = threading.local()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Hold a turn meanwhile. Raises TooBusy where too many wait already, or none came free in time."""
        if getattr(self._mine, "held", False):
            yield
            return
        if not self._places.acquire(blocking=False):
            raise TooBusy
        try:
            if not self._free.acquire(timeout=self._patience):
                raise TooBusy
            self._mine.held = True
            try:
                yield
            finally:
                self._mine.held = False
                self._free.release()
        finally:
            self._places.release()


#: Those of this process.
TURNS = Turns()
