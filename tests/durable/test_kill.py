"""Processes are killed while people save: nothing that was acknowledged is lost, nothing is half there, and work goes on.

Two rounds here; ``make soak`` runs two hundred. That a killed process loses nothing does not prove that a machine without power
loses nothing: for that, the sync is watched in ``test_sync.py``.
"""

from __future__ import annotations

import http.client
import os
import random
import signal
import threading
import time
from pathlib import Path

import pytest

from schema.store.audit_verify import verify
from schema.store.database import Database
from tests.durable.conftest import Peopled
from tests.support.nodes import PATIENCE, Cluster, Coder, cluster, coders, held

ROUNDS = int(os.environ.get("TANDEM_SOAK_ROUNDS", "2"))
CODERS = 6
SAVES = 20  # acknowledged in each round, at least, before the kill


def _storm(running: Cluster, database: Database, people: list[Coder], seconds: float) -> None:
    """Let everybody save as fast as they can, and kill everything in the middle of it."""
    node = running.serve()
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
    _wait_for_saves(people, sum(bases.values()) + SAVES)
    time.sleep(seconds)
    node.kill()
    over.set()
    for thread in threads:
        thread.join()


def _wait_for_saves(people: list[Coder], wanted: int) -> None:
    """Wait for the storm to be one, however slow the machine is."""
    until = time.monotonic() + PATIENCE
    while sum(coder.acknowledged for coder in people) < wanted:
        assert time.monotonic() < until, "hardly anything was saved"
        time.sleep(0.01)


def _nothing_lost(database: Database, coder: Coder) -> None:
    found = held(database, coder)
    revisions = [revision for revision, _ in found["saved"]]
    numbers = [int(new.split()[1]) for _, new in found["saved"]]
    assert found["revision"] in (coder.acknowledged, coder.acknowledged + 1), "an acknowledged save is lost"
    assert revisions == list(range(1, found["revision"] + 1)), "a save is half there"
    assert numbers == sorted(set(numbers)), "a save is there twice, or out of order"
    coder.acknowledged = found["revision"]  # from here on the next round counts


@pytest.mark.skipif(os.name != "posix", reason="process groups are POSIX")
def test_a_killed_server_loses_no_acknowledged_save(peopled: Peopled, tmp_path: Path) -> None:
    database = peopled("sqlite")
    people = coders(database, CODERS)
    address = database.url.render_as_string(hide_password=False)
    chance = random.Random(7)
    with cluster(address, tmp_path / "data") as running:
        for _ in range(ROUNDS):
            database.dispose()
            _storm(running, database, people, chance.random() / 4)
            for coder in people:
                _nothing_lost(database, coder)
            with database.reading() as session:
                assert verify(session).holds
                assert session.connection().exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"


@pytest.mark.skipif(os.name != "posix", reason="SIGTERM is POSIX")
def test_a_server_that_is_asked_to_end_answers_what_it_has_begun(peopled: Peopled, tmp_path: Path) -> None:
    import fcntl  # noqa: PLC0415 - absent on Windows

    database = peopled("sqlite")
    (coder,) = coders(database, 1)
    with cluster(database.url.render_as_string(hide_password=False), tmp_path / "data") as running:
        node = running.serve()
        coder.enter(node.port)
        statuses: list[int] = []
        lock = Path(f"{database.url.database}.lock")
        with lock.open("a") as queue:
            fcntl.flock(queue, fcntl.LOCK_EX)  # so that the save has to wait
            saving = threading.Thread(target=lambda: statuses.append(coder.save(node.port, 0)))
            saving.start()
            time.sleep(0.5)
            node.process.send_signal(signal.SIGTERM)
            time.sleep(0.5)
            assert statuses == []
        saving.join()
        assert node.process.wait(60) == 0
    assert statuses == [200]
    assert held(database, coder)["revision"] == 1
