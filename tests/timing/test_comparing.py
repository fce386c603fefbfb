"""The comparison of times itself: what is alike is said to be, what differs is seen, and what is open is called open."""

from __future__ import annotations

import random

from tests.timing.comparing import compared, in_turn


def _times(middle: float, spread: float, number: int = 200) -> list[float]:
    dice = random.Random(middle)
    return [dice.gauss(middle, spread) for _ in range(number)]


def test_series_of_one_source_are_alike() -> None:
    found = compared(_times(20.0, 1.0), _times(20.01, 1.0))
    assert found.alike(2.0)
    assert not found.differ(2.0)


def test_three_milliseconds_more_are_seen() -> None:
    found = compared(_times(20.0, 1.0), _times(23.0, 1.0))
    assert found.differ(2.0)
    assert not found.alike(2.0)
    assert found.p < 0.001


def test_too_much_noise_shows_neither() -> None:
    found = compared(_times(20.0, 40.0, 20), _times(21.0, 40.0, 20))
    assert not found.alike(2.0)
    assert not found.differ(2.0)


def test_each_way_is_timed_as_often_and_by_turns() -> None:
    order: list[str] = []
    ways = [lambda number: order.append(f"a{number}"), lambda number: order.append(f"b{number}")]
    taken = in_turn(ways, 3)
    assert [(len(one.wall), len(one.later(1).work)) for one in taken] == [(3, 2), (3, 2)]
    assert [sorted(order[at : at + 2]) for at in (0, 2, 4)] == [["a0", "b0"], ["a1", "b1"], ["a2", "b2"]]
