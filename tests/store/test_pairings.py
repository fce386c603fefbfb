"""The stored pairing of rows: every act logged, nothing re-proposed over a person, frozen under decisions."""

from __future__ import annotations

import pytest

from schema.store.comparisons import (
    accept_agreed,
    confirm_pairing,
    decide,
    discrepancies_of,
    link,
    undo,
    unlink,
)
from schema.store.database import Database
from tests.store.double_coding import (
    Study,
    act,
    advice,
    audited,
    build_study,
    code_of,
    differing,
    entry,
    lone_path,
    second,
)


@pytest.fixture
def study(database: Database) -> Study:
    return build_study(database)


def test_a_new_comparison_proposes_pairs_and_stores_what_differs(study: Study) -> None:
    a = entry({"area": "North"}, recommendations=advice("1", "2", "3"))
    b = second(entry({"area": "South"}, recommendations=advice("3", "1")))
    loaded = study.load(study.compared(a, b))
    linked = {(pair.row_a, pair.row_b) for pair in loaded.pairs}
    assert linked == {("v1", "v1b"), ("r1", "r1b"), ("r2", ""), ("r3", "r3b")}
    assert (loaded.row.state, loaded.row.discrepancies, loaded.row.undecided) == ("open", 2, 2)


def test_reading_a_comparison_any_number_of_times_changes_nothing(study: Study) -> None:
    comparison = differing(study)
    first = study.load(comparison)
    for _ in range(3):
        again = study.load(comparison)
    assert (again.pairs, again.row.revision) == (first.pairs, first.row.revision)


def test_rows_can_be_paired_otherwise_and_every_act_is_logged_with_before_and_after(study: Study) -> None:
    a, b = entry(recommendations=advice("1", "2")), second(entry(recommendations=advice("1", "2")))
    comparison = study.compared(a, b)
    act(study, link, comparison, "recommendations", "r1", "r2b")
    pairs = study.load(comparison).pairs
    found = [(p.row_a, p.row_b, p.origin) for p in pairs if p.group == "recommendations"]
    assert found == [("", "r1b", "person"), ("r1", "r2b", "person"), ("r2", "", "person")]
    assert study.load(comparison).row.state == "matching"
    with study.database.reading() as session:
        (logged,) = audited(session, "pairing.change")
    assert [(pair["a"], pair["b"]) for pair in logged["before"]] == [("r1", "r1b"), ("r2", "r2b")]
    assert [(pair["a"], pair["b"]) for pair in logged["after"]] == [("r1", "r2b"), ("r2", ""), ("", "r1b")]


def test_one_row_can_be_linked_with_two(study: Study) -> None:
    a, b = entry(recommendations=advice("1")), second(entry(recommendations=advice("1", "2")))
    comparison = study.compared(a, b)
    act(study, link, comparison, "recommendations", "r1", "r2b", keep_others=True)
    pairs = [(p.row_a, p.row_b) for p in study.load(comparison).pairs if p.group == "recommendations"]
    assert pairs == [("r1", "r1b"), ("r1", "r2b")]


def test_rows_can_be_unlinked_and_a_second_unlink_is_refused(study: Study) -> None:
    a, b = entry(recommendations=advice("1")), second(entry(recommendations=advice("1")))
    comparison = study.compared(a, b)
    pair = next(p for p in study.load(comparison).pairs if p.group == "recommendations")
    act(study, unlink, comparison, pair.id)
    act(study, link, comparison, "recommendations", "r1", "r1b")
    pair = next(p for p in study.load(comparison).pairs if p.group == "recommendations")
    act(study, unlink, comparison, pair.id)
    with study.database.reading() as session:
        stored = [found.path for found in discrepancies_of(session, comparison)]
    loaded = study.load(comparison)
    assert stored == [position.path for position in loaded.result.needing_a_person()]
    assert loaded.row.discrepancies == len(stored) == 2
    assert code_of(study, unlink, comparison, pair.id) == ("MATCH-003", 409)


def test_a_pairing_act_on_a_stale_page_is_refused(study: Study) -> None:
    a, b = entry(recommendations=advice("1", "2")), second(entry(recommendations=advice("1", "2")))
    comparison = study.compared(a, b)
    act(study, link, comparison, "recommendations", "r1", "r2b", revision=0)
    stale = code_of(study, link, comparison, "recommendations", "r2", "r2b", revision=0)
    assert stale == ("MATCH-001", 409)


def test_a_pair_is_frozen_while_a_decision_hangs_on_it(study: Study) -> None:
    comparison = differing(study)
    path = lone_path(study, comparison)
    act(study, decide, comparison, path, "keep_row")
    assert code_of(study, link, comparison, "recommendations", "r2", "r1b") == ("MATCH-005", 409)
    act(study, undo, comparison, path)
    act(study, link, comparison, "recommendations", "r2", "r1b", keep_others=True)


def test_pairing_otherwise_takes_back_the_acceptance_of_agreed_values(study: Study) -> None:
    comparison = differing(study)
    act(study, accept_agreed, comparison)
    act(study, link, comparison, "recommendations", "r2", "r1b", keep_others=True)
    assert not study.load(comparison).row.agreed_accepted


def test_links_that_a_person_made_survive_a_returned_entry_where_both_rows_do(study: Study) -> None:
    a, b = entry(recommendations=advice("1", "2")), second(entry(recommendations=advice("1", "2", "4")))
    comparison = study.compared(a, b)
    act(study, link, comparison, "recommendations", "r1", "r2b")
    act(study, link, comparison, "recommendations", "r2", "r1b")
    shorter = second(entry(recommendations=advice("1", "4")))
    again = study.load(study.resubmitted(comparison, shorter))
    pairs = {(p.row_a, p.row_b) for p in again.pairs if p.group == "recommendations"}
    assert pairs == {("r1", ""), ("r2", "r1b"), ("", "r4b")}


def test_a_pairing_that_was_confirmed_survives_a_returned_entry_although_the_words_changed(
    study: Study,
) -> None:
    a, b = entry(recommendations=advice("1")), second(entry(recommendations=advice("1")))
    comparison = study.compared(a, b)
    act(study, confirm_pairing, comparison)
    changed = second(entry(recommendations=[{"id": "r1", "number": "7", "text": "Something else entirely."}]))
    again = study.load(study.resubmitted(comparison, changed))
    assert [(p.row_a, p.row_b) for p in again.pairs if p.group == "recommendations"] == [("r1", "r1b")]
