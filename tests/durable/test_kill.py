"""Processes are killed while people save: nothing that was acknowledged is lost, nothing is half there, and work goes on.

Two rounds here; ``make soak`` runs two hundred, with five hundred acknowledged saves and more in each. That a killed process loses nothing does not prove that a machine without power
loses nothing: for that, the sync is watched in ``test_sync.py``.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest

from schema.store.audit_verify import verify
from schema.store.database import Database
from schema.store.jobs import queue
from schema.store.models import Job
from schema.store.people import actor_for, find_user
from tests.durable.conftest import Peopled
from tests.support.nodes import PATIENCE, cluster, coders, held, wait_until
from tests.support.storm import SAVES as STORM
from tests.support.storm import nothing_lost, storm
from webapp.serving import first_free_port

ROUNDS = int(os.environ.get("TANDEM_SOAK_ROUNDS", "2"))
#: Acknowledged in all rounds together, at least.
SAVES = int(os.environ.get("TANDEM_SOAK_SAVES", ROUNDS * STORM))
CODERS = 6
#: The program itself, with one more kind of job: it leaves a mark, and takes a while at its first attempt.
SLOW = """
import time
from schema.store.models import Setting
from webapp.cli import main
from webapp.jobs import job

@job("slow")
def run(work):
    with work.database.writing() as session:
        session.add(Setting(key=f"test.begun.{work.attempt}", value=work.job_id))
    if work.attempt == 1:
        time.sleep(work.params["seconds"])
    return "Done."

raise SystemExit(main())
"""

#: Asked to end after its worker was started, and before anything listens.
ASKED_AT_ONCE = """
import os, signal
from webapp import serving
from webapp.cli import main
serving.settle = lambda: os.kill(os.getpid(), signal.SIGTERM)
raise SystemExit(main())
"""


@pytest.mark.skipif(os.name != "posix", reason="process groups are POSIX")
def test_a_killed_server_loses_no_acknowledged_save(peopled: Peopled, tmp_path: Path) -> None:
    database = peopled("sqlite")
    people = coders(database, CODERS, signed_in=timedelta(minutes=60 + ROUNDS))
    address = database.url.render_as_string(hide_password=False)
    chance, acknowledged = random.Random(7), 0
    with cluster(address, tmp_path / "data") as running:
        for _ in range(ROUNDS):
            database.dispose()
            node, before = running.serve(), sum(coder.acknowledged for coder in people)
            with storm(node, database, people, SAVES // ROUNDS):
                time.sleep(chance.random() / 4)
                node.kill()
            acknowledged += sum(coder.acknowledged for coder in people) - before
            for coder in people:
                nothing_lost(database, coder)
            with database.reading() as session:
                assert verify(session).holds
                assert session.connection().exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    sys.stdout.write(f"{ROUNDS} rounds, {acknowledged} acknowledged saves, none lost\n")
    assert acknowledged >= SAVES


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


def _queued(database: Database, seconds: float) -> str:
    """The id of a slow job."""
    with database.writing() as session:
        amara = find_user(session, "amara")
        assert amara is not None
        return queue(session, actor_for(session, amara), "slow", None, {"seconds": seconds}).id


def _state(database: Database, job_id: str) -> tuple[str, int]:
    """Its state, and how often it was begun."""
    with database.reading() as session:
        job = session.get_one(Job, job_id)
        return job.state, job.attempt


def _wait_for(database: Database, job_id: str, state: str) -> None:
    wait_until(lambda: _state(database, job_id)[0] == state, f"the job is not {state}")


@pytest.mark.skipif(os.name != "posix", reason="SIGTERM is POSIX")
def test_a_worker_that_is_asked_to_end_finishes_its_job_and_begins_no_other(
    peopled: Peopled, tmp_path: Path
) -> None:
    database = peopled("sqlite")
    first, second = _queued(database, 3), _queued(database, 0)
    with cluster(database.url.render_as_string(hide_password=False), tmp_path / "data") as running:
        worker = running.start([SLOW, "worker"])
        _wait_for(database, first, "running")
        worker.process.send_signal(signal.SIGTERM)
        assert worker.process.wait(PATIENCE) == 0
    assert (_state(database, first), _state(database, second)) == (("done", 1), ("queued", 0))


@pytest.mark.skipif(os.name != "posix", reason="SIGTERM is POSIX")
def test_a_server_that_is_asked_to_end_gives_back_a_job_that_takes_long(
    peopled: Peopled, tmp_path: Path
) -> None:
    database = peopled("sqlite")
    job_id = _queued(database, 600)
    with cluster(database.url.render_as_string(hide_password=False), tmp_path / "data") as running:
        server = running.start(
            [SLOW, "serve", "--port", str(first_free_port("127.0.0.1", 19_000, tries=500))]
        )
        _wait_for(database, job_id, "running")
        assert server.stop() == 0
        assert _state(database, job_id) == ("queued", 1)
        running.start([SLOW, "worker"])
        _wait_for(database, job_id, "done")
    assert _state(database, job_id) == ("done", 2)


@pytest.mark.skipif(os.name != "posix", reason="SIGTERM is POSIX")
def test_a_server_that_is_asked_to_end_while_it_begins_ends_well(peopled: Peopled, tmp_path: Path) -> None:
    address = peopled("sqlite").url.render_as_string(hide_password=False)
    with cluster(address, tmp_path / "data") as running:
        server = running.start(
            [ASKED_AT_ONCE, "serve", "--port", str(first_free_port("127.0.0.1", 19_000, tries=500))]
        )
        assert server.process.wait(PATIENCE) == 0


@pytest.mark.skipif(os.name != "posix", reason="SIGTERM is POSIX")
def test_a_worker_that_is_asked_twice_gives_its_job_back(peopled: Peopled, tmp_path: Path) -> None:
    database = peopled("sqlite")
    job_id = _queued(database, 600)
    with cluster(database.url.render_as_string(hide_password=False), tmp_path / "data") as running:
        worker = running.start([SLOW, "worker"])
        _wait_for(database, job_id, "running")
        worker.process.send_signal(signal.SIGTERM)
        time.sleep(0.5)
        assert worker.process.poll() is None
        worker.process.send_signal(signal.SIGTERM)
        assert worker.process.wait(PATIENCE) == 1
    assert _state(database, job_id) == ("queued", 1)
