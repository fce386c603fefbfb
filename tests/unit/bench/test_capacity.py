"""The simulation of a node gives what the theory of queues gives where the theory has an answer; the rest is multiplication."""

from __future__ import annotations

from dataclasses import replace
from statistics import mean

import pytest

from tests.bench.capacity import GIB, Costs, Habits, carried, ceilings, need, waits

WORK = 0.02
COSTS = Costs((0.03,), (WORK,), (0.0,), 0.001, 2048.0, 200_000.0, 500.0, 4_000.0)
SAVES_ONLY = Habits(saves_a_minute=60, pages_a_minute=1e-9)


@pytest.mark.parametrize("filled", [0.3, 0.6])
def test_one_core_with_even_work_waits_as_pollaczek_and_khinchine_say(filled: float) -> None:
    # M/D/1: the mean wait is filled / (2 (1 - filled)) times the work (Kleinrock, Queueing Systems I, 5.6).
    coders = round(filled / WORK)
    taken = waits(coders, SAVES_ONLY, COSTS, 1, one_writer=False, seconds=1_500)
    assert mean(taken) == pytest.approx(WORK * (1 + filled / (2 * (1 - filled))), rel=0.05)


def test_commits_that_wait_for_one_another_are_a_second_queue_behind_the_first() -> None:
    slow = replace(COSTS, commit=(0.05,))
    apart = waits(15, SAVES_ONLY, slow, 8, one_writer=False, seconds=500)
    behind = waits(15, SAVES_ONLY, slow, 8, one_writer=True, seconds=500)
    assert mean(apart) == pytest.approx(WORK + 0.05, rel=0.05)
    assert mean(behind) > 1.5 * mean(apart)


def test_twice_the_cores_carry_about_twice_the_coders_and_one_writer_does_not_grow() -> None:
    habits = Habits()
    one, two = (carried(habits, COSTS, cores, one_writer=False) for cores in (1, 2))
    assert 1.8 * one <= two <= 2.4 * one
    slow = replace(COSTS, commit=(0.05,))
    small, large = (carried(habits, slow, cores, one_writer=True) for cores in (4, 16))
    assert large <= 1.1 * small


def test_what_teams_need_is_multiplied_out() -> None:
    found = need(10, Habits(), COSTS)
    assert (found.coders, found.saves) == (40, 4.0)
    assert found.web_cores == pytest.approx((4 * 0.02 + 4 / 3 * 0.03) / 0.6)
    assert found.database_cores == pytest.approx(4 * 0.001 / 0.6)
    assert found.database_gib == pytest.approx(1_000 * (200_000 + 800 * 500 + 100 * 4_000) / GIB)
    assert found.files_gib == pytest.approx(1_000 * 3 / 1024)


def test_what_breaks_first_comes_first() -> None:
    slow = replace(COSTS, commit=(10.0,))
    assert ceilings(Habits(), slow)[0] == (1.0, "SQLite’s one writer at a time")
