"""Says again and again that long work goes on, for as long as it does, so that nobody else takes it up."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

BEAT_SECONDS = 60.0


@contextmanager
def beating(beat: Callable[[], None], what: str, log: logging.Logger) -> Iterator[None]:
    """Call ``beat`` every minute until the block ends, in a thread of its own. One that fails is logged, as that of ``what``, and no harm."""
    over = threading.Event()

    def go_on() -> None:
        while not over.wait(BEAT_SECONDS):
            try:
                beat()
            except Exception:
                log.warning("could not beat for %s", what, exc_info=True)

    thread = threading.Thread(target=go_on, name="tandem-beat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
