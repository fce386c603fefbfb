"""The balanced draw: three different people a case, loads level, the same seed the same draw."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema.problem import Refused
from webapp.cases.draw import draw

CASES = [f"DHR-{number:03d}" for number in range(1, 31)]
names = st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=6, unique=True)


@given(coders=names, reconcilers=names, seed=st.integers(0, 2**31))
def test_coders_and_reconciler_of_a_case_are_three_people_or_the_draw_is_refused(coders, reconcilers, seed):
    try:
        drawn = draw(CASES, coders, reconcilers, seed)
    except Refused:
        pairs_with_a_third = [
            (a, b) for a in coders for b in coders if a < b and any(r not in (a, b) for r in reconcilers)
        ]
        assert not pairs_with_a_third
        return
    for one in drawn:
        assert len({one.coder_1, one.coder_2, one.reconciler}) == 3
        assert {one.coder_1, one.coder_2} <= set(coders)
        assert one.reconciler in reconcilers


@given(seed=st.integers(0, 2**31))
def test_loads_differ_by_one_case_at_most(seed):
    drawn = draw(CASES, ["amara", "ben", "chen", "dele"], ["rosa", "sam"], seed)
    coding = Counter(person for one in drawn for person in (one.coder_1, one.coder_2))
    reconciling = Counter(one.reconciler for one in drawn)
    assert max(coding.values()) - min(coding.values()) <= 1
    assert max(reconciling.values()) - min(reconciling.values()) <= 1


def test_every_pair_meets_about_equally_often():
    drawn = draw(CASES, ["amara", "ben", "chen", "dele"], ["rosa"], 7)
    met = Counter(frozenset((one.coder_1, one.coder_2)) for one in drawn)
    assert sorted(met.values()) == [5] * 6


def test_whoever_has_less_to_do_is_drawn_first():
    drawn = draw(
        CASES[:2], ["amara", "ben", "chen"], ["rosa", "sam"], 1, coding={"amara": 9}, reconciling={"rosa": 9}
    )
    assert {person for one in drawn for person in (one.coder_1, one.coder_2)} == {"ben", "chen"}
    assert {one.reconciler for one in drawn} == {"sam"}


def test_the_seed_decides_the_draw_and_the_order_of_names_does_not():
    people = ["amara", "ben", "chen", "dele"]
    assert draw(CASES, people, ["rosa"], 3) == draw(CASES, people[::-1], ["rosa"], 3)
    assert draw(CASES, people, ["rosa"], 3) != draw(CASES, people, ["rosa"], 4)


def test_slots_do_not_follow_the_names():
    drawn = draw(CASES, ["amara", "ben"], ["rosa"], 3)
    assert {one.coder_1 for one in drawn} == {"amara", "ben"}


@pytest.mark.parametrize("coders", [[], ["amara"], ["amara", "rosa"]])
def test_too_few_people_are_refused_with_what_is_needed(coders):
    with pytest.raises(Refused, match="at least two coders and a reconciler who is neither"):
        draw(CASES, coders, ["rosa"], 1)
