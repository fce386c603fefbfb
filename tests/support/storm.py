"""People who save as fast as they can, until something under them ends; and what must be found afterwards."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from schema.store.database import Database
from tests.support.nodes import PATIENCE, Coder, Node, held

SAVES = 20  # acknowledged, at least, before anything is done to them


@contextmanager
def storm(node: Node, database: Database, people: list[Coder], saves: int = SAVES) -> Iterator[None]:
    """Let everybody save over and over; the block begins after so many saves, and after it everybody has stopped."""
    bases = {coder.entry_id: held(database, coder)["revision"] for coder in people}
    over = threading.Event()

    def work(coder: Coder) -> None:
        try:
            coder.enter(node.port)
            base = bases[coder.entry_id]
            while not over.is_set() and coder.save(node.port, base) == 200:
                base = coder.acknowledged
        except (OSError, AssertionError, ValueError, http.client.HTTPException):
            return  # the server is gone, perhaps in the middle of an answer

    threads = [threading.Thread(target=work, args=(coder,)) for coder in people]
    for thread in threads:
        thread.start()
    try:
        _wait_for_saves(people, sum(bases.values()) + saves)
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


def _wait_for_saves(people: list[Coder], wanted: int) -> None:
    """Wait for the storm to be one, however slow the machine is."""
    until = time.monotonic() + PATIENCE
    while sum(coder.acknowledged for coder in people) < wanted:
        assert time.monotonic() < until, "hardly anything was saved"
        time.sleep(0.01)


def nothing_lost(database: Database, coder: Coder) -> None:
    """Every save that was acknowledged is there, once, whole and in its order; at most the last one was not acknowledged."""
    found = held(database, coder)
    revisions = [revision for revision, _ in found["saved"]]
    numbers = [int(new.split()[1]) for _, new in found["saved"]]
    assert found["revision"] in (coder.acknowledged, coder.acknowledged + 1), "an acknowledged save is lost"
    assert revisions == list(range(1, found["revision"] + 1)), "a save is half there"
    assert numbers == sorted(set(numbers)), "a save is there twice, or out of order"
    coder.acknowledged = found["revision"]  # from here on the next round counts
