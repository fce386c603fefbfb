"""Jobs as rows: each is done once, the oldest first, and none is lost in silence."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from schema.actor import COMMAND_LINE, Actor
from schema.problem import Refused
from schema.store import jobs, running
from schema.store.database import Database
from schema.store.models import Audit
from schema.store.people import actor_for, add_user
from tests.support.clock import Clock
from tests.support.databases import PostgresServer, sqlite_database


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime(2026, 1, 5, 9, 0, tzinfo=UTC))


@pytest.fixture
def timed(tmp_path: Path, clock: Clock) -> Iterator[Database]:
    made = sqlite_database(tmp_path / "timed.sqlite3", clock=clock)
    yield made
    made.dispose()


def _amara(database: Database) -> Actor:
    with database.writing() as session:
        return actor_for(session, add_user(session, COMMAND_LINE, "amara"))


def _queue(database: Database, actor: Actor, kind: str = "export", **params: object) -> str:
    with database.writing() as session:
        return jobs.queue(session, actor, kind, None, params).id


def _claim(database: Database, *kinds: str) -> str | None:
    with database.writing() as session:
        job = jobs.claim(session, kinds or ("export",))
        return None if job is None else job.id


def _state(database: Database, job_id: str) -> tuple[str, str]:
    with database.reading() as session:
        job = jobs.find_job(session, job_id)
        assert job is not None
        return job.state, job.message


def test_a_job_keeps_what_it_was_asked_for_and_is_on_record(database: Database) -> None:
    job_id = _queue(database, _amara(database), title="Œuvre")
    with database.reading() as session:
        job = jobs.find_job(session, job_id)
        assert job is not None
        assert (job.state, json.loads(job.params), job.progress, job.total) == (
            "queued",
            {"title": "Œuvre"},
            0,
            0,
        )
        assert session.scalars(select(Audit.action).order_by(Audit.seq)).all() == ["user.add", "job.queue"]


def test_the_oldest_job_of_a_known_kind_comes_first(timed: Database, clock: Clock) -> None:
    amara = _amara(timed)
    wanted = []
    for kind in ("export", "other", "export"):
        wanted.append(_queue(timed, amara, kind))
        clock.at += timedelta(seconds=1)
    assert [_claim(timed), _claim(timed), _claim(timed)] == [wanted[0], wanted[2], None]


def test_workers_at_once_never_get_the_same_job(database: Database) -> None:
    amara = _amara(database)
    queued = {_queue(database, amara) for _ in range(12)}
    got: list[str | None] = []
    threads = [
        threading.Thread(target=lambda: got.extend(_claim(database) for _ in range(4))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    claimed = [one for one in got if one is not None]
    while (left := _claim(database)) is not None:
        claimed.append(left)
    assert sorted(claimed) == sorted(queued)


def test_progress_and_end_can_be_read(database: Database) -> None:
    job_id = _queue(database, _amara(database))
    _claim(database)
    with database.writing() as session:
        jobs.report_progress(session, job_id, 1, 3, 10, "Cases")
    with database.reading() as session:
        job = jobs.find_job(session, job_id)
        assert job is not None
        assert (job.progress, job.total, job.message) == (3, 10, "Cases")
    with database.writing() as session:
        jobs.finish(session, job_id, 1, "33 cases")
        jobs.report_progress(session, job_id, 1, 1, 10, "too late")
        jobs.fail(session, job_id, 1, "too late")
    assert _state(database, job_id) == ("done", "33 cases")


def _silent(database: Database, clock: Clock) -> None:
    clock.at += timedelta(minutes=6)
    with database.writing() as session:
        jobs.release_silent(session)


def test_a_job_whose_worker_fell_silent_is_taken_up_once_and_then_reported(
    timed: Database, clock: Clock
) -> None:
    amara = _amara(timed)
    silent, beating = _queue(timed, amara), _queue(timed, amara, "other")
    _claim(timed, "export")
    _claim(timed, "other")
    clock.at += timedelta(minutes=4)
    with timed.writing() as session:
        jobs.beat(session, beating, 1)
    clock.at += timedelta(minutes=2)
    with timed.writing() as session:
        jobs.release_silent(session)
    assert [_state(timed, one)[0] for one in (silent, beating)] == ["queued", "running"]
    assert _claim(timed) == silent
    _silent(timed, clock)
    assert _state(timed, silent) == ("failed", jobs.INTERRUPTED)


@pytest.mark.postgres
def test_machines_whose_clocks_differ_take_nothing_from_each_other(postgres_server: PostgresServer) -> None:
    """On one PostgreSQL, whose clock counts: the second machine is ten minutes ahead of the first."""
    at = datetime.now(UTC)
    first = postgres_server.migrated(clock=Clock(at - timedelta(minutes=5)))
    ahead = Database(str(first.url.render_as_string(False)), clock=Clock(at + timedelta(minutes=5)))
    job_id = _queue(first, _amara(first))
    assert _claim(first) == job_id
    with ahead.writing() as session:
        assert not jobs.is_waiting(session, ["export"])
        jobs.release_silent(session)
    assert _state(first, job_id)[0] == "running"
    for database, due in ((ahead, True), (first, False), (ahead, False)):
        with database.writing() as session:
            assert running.claim(session, running.BACKUP_BEGUN, timedelta(hours=6)) == due
    with first.writing() as session:
        running.note(session, running.WORKER_SEEN)
    with ahead.reading() as session:
        since = running.since(session, running.WORKER_SEEN)
    assert since is not None
    assert since < timedelta(minutes=1)
    ahead.dispose()
    postgres_server.drop(first)


def test_a_worker_that_was_given_up_changes_nothing_any_more(timed: Database, clock: Clock) -> None:
    job_id = _queue(timed, _amara(timed))
    _claim(timed)
    _silent(timed, clock)
    _claim(timed)
    with timed.writing() as session:
        jobs.finish(session, job_id, 1, "the first worker, waking up")
        jobs.require_held(session, job_id, 2)
        with pytest.raises(Refused, match="JOB-002"):
            jobs.require_held(session, job_id, 1)
    assert _state(timed, job_id) == ("running", "")
    with timed.writing() as session:
        jobs.finish(session, job_id, 2, "the second one")
    assert _state(timed, job_id) == ("done", "the second one")


def test_a_job_that_is_given_back_is_done_by_another_from_its_beginning_however_often(
    database: Database,
) -> None:
    job_id = _queue(database, _amara(database))
    for attempt in range(1, jobs.ATTEMPTS_MOST + 3):
        assert _claim(database) == job_id
        with database.writing() as session:
            jobs.report_progress(session, job_id, attempt, 3, 10, "Cases")
            jobs.give_back(session, job_id, attempt)
            jobs.finish(session, job_id, attempt, "too late")
        with database.reading() as session:
            job = jobs.find_job(session, job_id)
            assert job is not None
            assert (job.state, job.progress, job.message) == ("queued", 0, "")
    assert _claim(database) == job_id
    with database.writing() as session:
        jobs.give_back(session, job_id, attempt)  # somebody else holds it by now
    assert _state(database, job_id) == ("running", "")


def test_there_is_something_to_do_while_a_job_waits_or_has_fallen_silent(
    timed: Database, clock: Clock
) -> None:
    def waiting(kind: str = "export") -> bool:
        with timed.reading() as session:
            return jobs.is_waiting(session, [kind])

    assert not waiting()
    _queue(timed, _amara(timed))
    assert waiting()
    assert not waiting("other")
    _claim(timed)
    assert not waiting()
    clock.at += timedelta(minutes=6)
    assert waiting()
