"""Guessing is slow, for everybody and on every server, and nobody is locked out for good."""

from __future__ import annotations

import math
import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from schema.store.database import Database
from schema.store.models import Throttle
from schema.store.throttle import LONGEST_WAIT, TooManyInARow, attempt, reopen, succeeded, wait_after
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
    """Whoever comes again at every step: what is tried while waiting changes nothing, so those steps are passed over."""
    through = []
    while clock.at < START + timedelta(hours=1):
        waiting = _try(timed)
        if waiting == 0:
            through.append(clock.at)
        clock.forward(seconds=step * max(1, math.ceil(waiting / step)))
    assert len(through) > 10
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


def test_counts_are_apart_and_a_few_are_forgotten_after_a_day(timed: Database, clock: Clock) -> None:
    for _ in range(6):
        _try(timed)
    assert _try(timed, "sign-in:ben") == 0
    assert _try(timed, "reset:amara") == 0
    clock.forward(hours=25)
    assert _try(timed, "sign-in:ben") == 0
    with timed.reading() as session:
        assert sorted(session.scalars(select(Throttle.failures))) == [1, 5], (
            "a few are forgotten, more are not"
        )
    clock.forward(days=31)
    _try(timed, "sign-in:ben")
    with timed.reading() as session:
        assert session.scalars(select(Throttle.failures)).all() == [1]


def _fail(database: Database, times: int) -> None:
    """As if so many had failed on everything that was tried."""
    with database.writing() as session:
        session.execute(update(Throttle).values(failures=times))


def test_after_a_hundred_in_a_row_no_waiting_helps_until_it_is_reopened(
    timed: Database, clock: Clock
) -> None:
    _try(timed)
    _fail(timed, 97)
    through = 97
    for _ in range(9):
        with timed.writing() as session:
            try:
                through += attempt(session, "sign-in:amara", guessable=True) == 0
            except TooManyInARow:
                break
        clock.forward(minutes=16)
    assert through == 100
    clock.forward(days=29)
    with timed.writing() as session, pytest.raises(TooManyInARow) as refused:
        attempt(session, "sign-in:amara", guessable=True)
    assert refused.value.status == 403
    assert _try(timed, "sign-in:ben") == 0
    with timed.writing() as session:
        reopen(session, "sign-in:amara", "sign-in:ben")
    with timed.reading() as session:
        assert session.scalars(select(Throttle.failures)).all() == [1], "ben's count goes on"
    with timed.writing() as session:
        assert attempt(session, "sign-in:amara", guessable=True) == 0


def test_what_nobody_can_guess_is_slowed_and_never_shut(timed: Database, clock: Clock) -> None:
    _try(timed, "reset:amara:k3fm")
    _fail(timed, 1000)
    for _ in range(3):
        assert _try(timed, "reset:amara:k3fm") == 0
        clock.forward(minutes=16)


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
