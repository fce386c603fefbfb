"""A job whose database goes away for a moment is done again, and what became of it is noted as soon as that can be."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from schema.store import jobs
from schema.store.models import Job
from tests.web.test_outages import NOT_REACHED, Away, away, own_server
from webapp.jobs import KINDS, Work, Worker

__all__ = ["away", "own_server"]

pytestmark = pytest.mark.postgres
Trouble = Callable[[Work], None]


@pytest.fixture
def meets(away: Away, monkeypatch: pytest.MonkeyPatch) -> Callable[[Trouble], str]:
    """Queue a job that meets with trouble between two statements; gives its id."""

    def queue(trouble: Trouble) -> str:
        def run(work: Work) -> str:
            with work.database.writing() as session:
                session.execute(text("SELECT 1"))
                trouble(work)
                session.execute(text("SELECT 1"))
            return "Done."

        monkeypatch.setitem(KINDS, "export", run)
        with away.desk.world.writing() as session:
            return jobs.queue(session, away.desk.world.actor("dana"), "export", None, {}).id

    return queue


def _ended(away: Away) -> None:
    for pid in away.at_work():
        away.other.execute("SELECT pg_terminate_backend(%s)", (pid,))


def _worker(away: Away) -> Worker:
    return Worker(away.desk.world.database, away.desk.world.settings)


def _found(away: Away, job_id: str) -> tuple[str, int, str]:
    with away.desk.world.reading() as session:
        job = session.get_one(Job, job_id)
        return job.state, job.attempt, job.message


def test_a_job_whose_connection_ends_is_done_by_another_attempt(
    away: Away, meets: Callable[[Trouble], str]
) -> None:
    job_id = meets(lambda work: _ended(away) if work.attempt == 1 else None)
    _worker(away).run_all()
    assert _found(away, job_id) == ("done", 2, "Done.")


def test_a_job_whose_connection_ends_each_time_fails_after_as_many_attempts_as_any(
    away: Away, meets: Callable[[Trouble], str]
) -> None:
    job_id = meets(lambda _: _ended(away))
    _worker(away).run_all()
    state, attempt, message = _found(away, job_id)
    assert (state, attempt) == ("failed", jobs.ATTEMPTS_MOST)
    assert message.startswith(NOT_REACHED)


def test_a_job_is_given_back_as_soon_as_the_database_is_there_again(
    away: Away, meets: Callable[[Trouble], str]
) -> None:
    worker = _worker(away)
    job_id = meets(lambda work: away.server.stop() if work.attempt == 1 else None)
    try:
        for _ in range(2):
            with pytest.raises(OperationalError):
                worker.run_next()
    finally:
        away.server.start()
    assert _found(away, job_id)[:2] == ("running", 1)
    worker.run_all()
    assert _found(away, job_id) == ("done", 2, "Done.")


def test_a_job_that_was_done_before_the_database_went_away_is_not_done_again(
    away: Away, monkeypatch: pytest.MonkeyPatch, meets: Callable[[Trouble], str]
) -> None:
    worker, job_id = _worker(away), meets(lambda _: None)

    def run(_: Work) -> str:
        away.server.stop()
        return "Done before."

    monkeypatch.setitem(KINDS, "export", run)
    try:
        with pytest.raises(OperationalError):
            worker.run_next()
    finally:
        away.server.start()
    worker.run_all()
    assert _found(away, job_id) == ("done", 1, "Done before.")


def test_a_worker_says_once_that_the_database_is_away_and_once_that_it_is_back(
    away: Away, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It looks every second, and each time named all the places in the code that it had come through."""
    looked = threading.Semaphore(0)

    class Counted(Worker):
        def run_next(self) -> bool:
            looked.release()
            return super().run_next()

    monkeypatch.setattr("webapp.jobs.POLL_SECONDS", 0.01)
    worker = Counted(away.desk.world.database, away.desk.world.settings)
    away.server.stop()
    try:
        worker.start()
        for _ in range(5):
            assert looked.acquire(timeout=60)
    finally:
        away.server.start()
    while "looks for work again" not in caplog.text:
        assert looked.acquire(timeout=60)
    worker.stop()
    said = [one for one in caplog.records if "look" in one.getMessage()]
    assert [one.exc_info for one in said] == [None, None]
    assert NOT_REACHED in said[0].getMessage()
    failed = [one.exc_info for one in caplog.records if "chore failed" in one.getMessage()]
    assert failed == [None]
