"""The worker does what was queued, tells its owner how it went, and survives whatever a job does."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from schema.actor import COMMAND_LINE, Actor
from schema.problem import refuse
from schema.store import jobs as queue
from schema.store.database import Database
from schema.store.models import Job
from schema.store.people import actor_for, add_user, disable_user, find_user
from tests.support.databases import sqlite_database
from webapp.jobs import KINDS, Work, Worker, job
from webapp.settings import Settings


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = sqlite_database(tmp_path / "tandem.sqlite3")
    yield made
    made.dispose()


@pytest.fixture(autouse=True)
def _kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    for kind, run in {"count": _count, "refuse": _refuse, "break": _break}.items():
        monkeypatch.setitem(KINDS, kind, run)


@pytest.fixture
def amara(database: Database) -> Actor:
    with database.writing() as session:
        return actor_for(session, add_user(session, COMMAND_LINE, "amara"))


@pytest.fixture
def worker(database: Database, tmp_path: Path) -> Worker:
    return Worker(database, Settings(database_url="", secret_key="", data_dir=tmp_path))


def _count(work: Work) -> str:
    last = int(work.params["to"])
    for number in range(last):
        work.progress(number + 1, last, f"Number {number + 1}")
    return f"Counted to {last} for {work.actor.name}."


def _refuse(work: Work) -> str:
    raise refuse("EXP-001", "There are no signed-off cases.", "Sign one off first.")


def _break(work: Work) -> str:
    raise ZeroDivisionError("the secret of the machine room")


def _queue(database: Database, actor: Actor, kind: str, **params: object) -> str:
    with database.writing() as session:
        return queue.queue(session, actor, kind, None, params).id


def _found(database: Database, job_id: str) -> Job:
    with database.reading() as session:
        found = queue.find_job(session, job_id)
        assert found is not None
        return found


def test_queued_jobs_are_done_with_their_parameters_for_their_person(
    database: Database, amara: Actor, worker: Worker
) -> None:
    first, second = (_queue(database, amara, "count", to=number) for number in (3, 2000))
    worker.run_all()
    assert (_found(database, first).state, _found(database, first).message) == (
        "done",
        "Counted to 3 for amara.",
    )
    assert (_found(database, second).progress, _found(database, second).total) == (2000, 2000)
    assert not worker.run_next()


def test_a_refusal_is_shown_to_the_person_as_it_is(database: Database, amara: Actor, worker: Worker) -> None:
    job_id = _queue(database, amara, "refuse")
    worker.run_all()
    found = _found(database, job_id)
    assert (found.state, found.message) == ("failed", "There are no signed-off cases. Sign one off first.")


def test_a_failure_gives_the_person_a_reference_and_the_log_the_rest(
    database: Database, amara: Actor, worker: Worker, caplog: pytest.LogCaptureFixture
) -> None:
    broken, next_one = _queue(database, amara, "break"), _queue(database, amara, "count", to=1)
    with caplog.at_level(logging.ERROR):
        worker.run_all()
    found = _found(database, broken)
    assert found.state == "failed"
    assert "secret" not in found.message
    reference = found.message.rstrip(".").split()[-1]
    assert reference in caplog.text
    assert "the secret of the machine room" in caplog.text
    assert _found(database, next_one).state == "done"


def test_work_for_somebody_whose_account_was_closed_is_not_done(
    database: Database, amara: Actor, worker: Worker
) -> None:
    job_id = _queue(database, amara, "count", to=1)
    with database.writing() as session:
        user = find_user(session, "amara")
        assert user is not None
        disable_user(session, COMMAND_LINE, user)
    worker.run_all()
    assert _found(database, job_id).state == "failed"


def test_a_kind_that_no_room_knows_waits(database: Database, amara: Actor, worker: Worker) -> None:
    job_id = _queue(database, amara, "unheard-of")
    worker.run_all()
    assert _found(database, job_id).state == "queued"


def test_the_thread_does_what_comes_in_while_it_runs(
    database: Database, amara: Actor, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = threading.Event()

    def tell(work: Work) -> str:
        done.set()
        return "Told."

    monkeypatch.setitem(KINDS, "tell", tell)
    worker.start()
    job_id = _queue(database, amara, "tell")
    assert done.wait(timeout=30)
    worker.stop(timeout=30)
    assert _found(database, job_id).message == "Told."


def test_one_kind_has_one_function() -> None:
    with pytest.raises(RuntimeError, match="count"):
        job("count")(_count)
