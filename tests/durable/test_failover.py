"""The machine of the database is lost while people save: its standby takes over, and nothing that was acknowledged is missing."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from schema.store.audit_keys import keyring
from schema.store.audit_verify import verify
from schema.store.database import Database
from schema.store.migrate import upgrade
from tests.support.nodes import PATIENCE, SECRET, Coder, Node, cluster, coders, held
from tests.support.replication import NAME, Pair
from tests.support.storm import nothing_lost, storm
from tests.support.world import populate
from webapp.health.ward import Ward, of_durability
from webapp.settings import Settings

CODERS = 4


@pytest.fixture
def pair() -> Iterator[Pair]:
    made = Pair()
    yield made
    made.stop()


def _save_until_taken(node: Node, coder: Coder, database: Database) -> int:
    """Press save until it is taken, as somebody does who is told that the database is away; gives the statuses in between."""
    until, told = time.monotonic() + PATIENCE, 0
    while time.monotonic() < until:
        if coder.save(node.port, held(database, coder)["revision"]) == 200:
            return told
        told += 1
        time.sleep(0.2)
    raise AssertionError("the server did not find the new primary")


def _doctor_looks_at_the_standby(pair: Pair, database: Database, folder: Path) -> None:
    for setting, said in (("local", "does not wait for it"), ("on", "the disk of a standby too")):
        pair.primary.ask(f"ALTER DATABASE {NAME} SET synchronous_commit = {setting}")
        database.dispose()  # what is connected already keeps its settings
        with database.reading() as session:
            (finding,) = of_durability(Ward(Settings(pair.url, SECRET, folder), database, session))
        assert said in finding.said


def _waits_for_the_standby(pair: Pair, node: Node, coder: Coder) -> None:
    """While the standby stands still no save is acknowledged, which is why none can be lost with the primary."""
    statuses: list[int] = []
    saving = threading.Thread(target=lambda: statuses.append(coder.save(node.port, 0)))
    coder.enter(node.port)
    pair.standby.send(signal.SIGSTOP)
    try:
        saving.start()
        time.sleep(1)
        assert statuses == []
    finally:
        pair.standby.send(signal.SIGCONT)
        saving.join()
    assert statuses == [200]


@pytest.mark.full
@pytest.mark.postgres
def test_a_lost_primary_takes_no_acknowledged_save_with_it_and_work_goes_on(
    pair: Pair, tmp_path: Path
) -> None:
    database = Database(pair.url, audit_keys=keyring(SECRET))
    upgrade(database)
    with database.writing() as session:
        populate(session)
    people = coders(database, CODERS)
    with cluster(pair.url, tmp_path / "data") as running:
        node = running.serve()
        _doctor_looks_at_the_standby(pair, database, tmp_path)
        _waits_for_the_standby(pair, node, people[0])
        with storm(node, database, people):
            pair.primary.kill()
        assert people[0].save(node.port, 0) == 503  # it says so, and keeps running
        pair.standby.promote()
        for coder in people:
            nothing_lost(database, coder)
            _save_until_taken(node, coder, database)
        assert node.process.poll() is None
    with database.reading() as session:
        assert verify(session).holds
    database.dispose()
