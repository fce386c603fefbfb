"""Taking back what was done to the pairing of rows: act by act, logged, and only until a decision hangs on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from schema.store.comparisons import confirm_pairing, decide, link, swap, undo, undo_pairing, unlink
from schema.store.database import Database
from schema.store.pairing_undo import last_pairing_act
from schema.store.pairings import confirm_group
from tests.store.double_coding import Study, act, advice, audited, build_study, code_of, entry, second

GROUP = "recommendations"


@pytest.fixture
def study(database: Database) -> Study:
    return build_study(database)


@pytest.fixture
def comparison(study: Study) -> str:
    """Three recommendations of each coder, rightly paired, and one more that only B has."""
    a, b = (
        entry(recommendations=advice("1", "2", "3")),
        second(entry(recommendations=advice("1", "2", "3", "4"))),
    )
    return study.compared(a, b)


def pairs(study: Study, comparison: str) -> list[tuple[str, str, str, str]]:
    held = study.load(comparison).pairs
    return [(pair.id, pair.row_a, pair.row_b, pair.origin) for pair in held if pair.group == GROUP]


def linked(study: Study, comparison: str) -> set[tuple[str, str]]:
    return {(row_a, row_b) for _, row_a, row_b, _ in pairs(study, comparison)}


def pair_of(study: Study, comparison: str, row_a: str) -> str:
    return next(pair_id for pair_id, row, _, _ in pairs(study, comparison) if row == row_a)


def unlink_second(study: Study, comparison: str) -> None:
    act(study, unlink, comparison, pair_of(study, comparison, "r2"))


def link_across(study: Study, comparison: str) -> None:
    act(study, link, comparison, GROUP, "r1", "r2b")


def link_with_two(study: Study, comparison: str) -> None:
    act(study, link, comparison, GROUP, "r3", "r4b", keep_others=True)


def swap_two(study: Study, comparison: str) -> None:
    chosen = pair_of(study, comparison, "r1"), pair_of(study, comparison, "r3")
    act(study, swap, comparison, chosen)


def confirm_all_of_them(study: Study, comparison: str) -> None:
    act(study, confirm_group, comparison, GROUP)


ACTS: list[Callable[[Study, str], Any]] = [
    unlink_second,
    link_across,
    link_with_two,
    swap_two,
    confirm_all_of_them,
]


@pytest.mark.parametrize("do", ACTS)
def test_taking_an_act_back_leaves_the_pairing_as_it_was_down_to_the_names(
    study: Study, comparison: str, do: Callable[[Study, str], Any]
) -> None:
    before = study.load(comparison)
    do(study, comparison)
    assert study.load(comparison).pairs != before.pairs
    act(study, undo_pairing, comparison)
    after = study.load(comparison)
    assert after.pairs == before.pairs
    assert after.result == before.result
    assert (after.row.discrepancies, after.row.undecided) == (before.row.discrepancies, before.row.undecided)


def test_acts_are_taken_back_one_by_one_the_last_one_first(study: Study, comparison: str) -> None:
    states = []
    for do in (unlink_second, link_with_two, swap_two):
        states.append(pairs(study, comparison))
        do(study, comparison)
    for state in reversed(states):
        act(study, undo_pairing, comparison)
        assert pairs(study, comparison) == state
    assert code_of(study, undo_pairing, comparison) == ("MATCH-008", 409)


def test_after_taking_back_and_doing_otherwise_only_what_stands_is_taken_back(
    study: Study, comparison: str
) -> None:
    first = pairs(study, comparison)
    link_across(study, comparison)
    act(study, undo_pairing, comparison)
    swap_two(study, comparison)
    act(study, undo_pairing, comparison)
    assert pairs(study, comparison) == first
    assert code_of(study, undo_pairing, comparison) == ("MATCH-008", 409)


def by_id(plain: list[dict[str, str]]) -> dict[str, dict[str, str]]:
    return {held["id"]: held for held in plain}


def test_taking_back_is_logged_with_before_and_after_and_names_the_act(study: Study, comparison: str) -> None:
    link_across(study, comparison)
    act(study, undo_pairing, comparison)
    with study.database.reading() as session:
        (done,), (undone,) = audited(session, "pairing.change"), audited(session, "pairing.undo")
    assert by_id(undone["before"]) == by_id(done["after"])
    assert by_id(undone["after"]) == by_id(done["before"])
    assert undone["undoes"] > 0


def test_the_page_can_say_what_would_be_taken_back(study: Study, comparison: str) -> None:
    link_across(study, comparison)
    with study.database.reading() as session:
        found = last_pairing_act(session, study.load(comparison).row)
    assert found is not None
    assert (found.actor_name, found.group) == ("carol", GROUP)
    assert ("r1", "r2b") in {(pair.row_a, pair.row_b) for pair in found.after}


def test_an_act_on_which_a_decision_hangs_is_not_taken_back(study: Study, comparison: str) -> None:
    unlink_second(study, comparison)
    act(study, confirm_pairing, comparison)
    path = f"{GROUP}.{pair_of(study, comparison, 'r2')}"
    act(study, decide, comparison, path, "keep_row")
    assert code_of(study, undo_pairing, comparison) == ("MATCH-005", 409)
    act(study, undo, comparison, path)
    act(study, undo_pairing, comparison)
    assert ("r2", "r2b") in linked(study, comparison)


def test_once_all_rows_are_confirmed_the_confirmation_of_one_group_is_not_taken_back(
    study: Study, comparison: str
) -> None:
    confirm_all_of_them(study, comparison)
    act(study, confirm_pairing, comparison)
    assert code_of(study, undo_pairing, comparison) == ("MATCH-008", 409)


def test_taking_back_from_a_stale_page_is_refused(study: Study, comparison: str) -> None:
    link_across(study, comparison)
    assert code_of(study, undo_pairing, comparison, revision=0) == ("MATCH-001", 409)


def test_two_pairs_exchange_their_rows_in_one_logged_act(study: Study, comparison: str) -> None:
    swap_two(study, comparison)
    assert linked(study, comparison) == {("r1", "r3b"), ("r2", "r2b"), ("r3", "r1b"), ("", "r4b")}
    with study.database.reading() as session:
        (logged,) = audited(session, "pairing.change")
    assert [(pair["a"], pair["b"]) for pair in logged["before"]] == [("r1", "r1b"), ("r3", "r3b")]
    assert [(pair["a"], pair["b"]) for pair in logged["after"]] == [("r1", "r3b"), ("r3", "r1b")]


def test_only_two_linked_pairs_of_one_group_can_be_exchanged(study: Study, comparison: str) -> None:
    first = pair_of(study, comparison, "r1")
    lone = next(pair_id for pair_id, _, row_b, _ in pairs(study, comparison) if row_b == "r4b")
    victim = next(pair.id for pair in study.load(comparison).pairs if pair.group == "victims")
    for other in (lone, first, victim, "nothing"):
        assert code_of(study, swap, comparison, (first, other)) == ("MATCH-007", 409)


def test_an_exchange_that_would_link_the_same_rows_twice_is_refused(study: Study, comparison: str) -> None:
    link_with_two(study, comparison)
    both = [pair_id for pair_id, row_a, _, _ in pairs(study, comparison) if row_a == "r3"]
    assert code_of(study, swap, comparison, (both[0], both[1])) == ("MATCH-004", 422)
