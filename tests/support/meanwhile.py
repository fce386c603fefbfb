"""Something that goes on beside the block, over and over, until the block ends."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def again_and_again(act: Callable[[], None], pause: float = 0.0) -> Iterator[None]:
    """Act in a thread of its own, with so many seconds between; after the block it has stopped."""
    over = threading.Event()

    def work() -> None:
        while not over.is_set():
            act()
            time.sleep(pause)

    working = threading.Thread(target=work)
    working.start()
    try:
        yield
    finally:
        over.set()
        working.join()
