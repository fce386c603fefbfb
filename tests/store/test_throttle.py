"""Guessing is slow, for everybody and on every server, and nobody is locked out for good."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from schema.store.database import Database
from schema.store.models import Throttle
from schema.store.throttle import LONGEST_WAIT, attempt, succeeded, wait_after
from tests.support.clock import Clock

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> Clock:
    return Clock(START)


@pytest.fixture
def timed(database: Database, clock: Clock) -> Database:
    database._info["clock"] = clock
    return database


def _try(database: Database, subject: str = "sign-in:amara") -> int:
    with database.writing() as session:
        return attempt(session, subject)


def test_the_first_failures_cost_nothing_then_each_doubles_the_wait(timed: Database) -> None:
    assert [_try(timed) for _ in range(5)] == [0] * 5
    assert _try(timed) > 0
    assert [wait_after(n).total_seconds() for n in range(4, 13)] == [0, 1, 2, 4, 8, 16, 300, 600, 900]


@pytest.mark.parametrize("step", [0.25, 1.0, 7.0])
def test_at_most_ten_attempts_go_through_in_any_five_minutes(
    timed: Database, clock: Clock, step: float
) -> None:
    through = []
    for _ in range(int(1500 / step) if step >= 1 else 2000):
        if _try(timed) == 0:
            through.append(clock.at)
        clock.forward(seconds=step)
    assert len(through) > 5
    for first in through:
        assert len([one for one in through if first <= one < first + timedelta(minutes=5)]) <= 10


def test_the_wait_never_grows_beyond_a_quarter_of_an_hour(timed: Database, clock: Clock) -> None:
    for _ in range(200):
        seconds = _try(timed)
        clock.forward(seconds=seconds)
    assert _try(timed) <= LONGEST_WAIT.total_seconds() + 1
    clock.forward(minutes=15, seconds=1)
    assert _try(timed) == 0


def test_attempts_while_waiting_do_not_make_the_wait_longer(timed: Database, clock: Clock) -> None:
    for _ in range(5):
        _try(timed)
    for _ in range(50):
        _try(timed)
    clock.forward(seconds=2)
    assert _try(timed) == 0


def test_a_success_begins_anew(timed: Database) -> None:
    for _ in range(5):
        _try(timed)
    with timed.writing() as session:
        succeeded(session, "sign-in:amara")
    assert _try(timed) == 0


def test_counts_are_apart_and_forgotten_after_a_day(timed: Database, clock: Clock) -> None:
    for _ in range(6):
        _try(timed)
    assert _try(timed, "sign-in:ben") == 0
    assert _try(timed, "reset:amara") == 0
    clock.forward(hours=25)
    assert _try(timed) == 0
    with timed.reading() as session:
        assert session.scalars(select(Throttle.failures)).all() == [1]


def test_what_was_typed_is_not_kept(timed: Database) -> None:
    _try(timed, "sign-in:violet kettle harbour")
    with timed.reading() as session:
        kept = session.scalars(select(Throttle.subject_hash)).one()
    assert "violet" not in kept
    assert len(kept) == 64


def test_many_at_once_gain_nothing(timed: Database) -> None:
    answers: list[int] = []
    threads = [threading.Thread(target=lambda: answers.append(_try(timed))) for _ in range(25)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 25
    assert answers.count(0) == 5


def test_the_count_outlives_the_server(timed: Database, clock: Clock) -> None:
    for _ in range(5):
        _try(timed)
    again = Database(timed.url.render_as_string(hide_password=False), clock=clock)
    assert _try(again) > 0
    again.dispose()
