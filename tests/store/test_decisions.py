"""Decisions in the store: nothing is overwritten, counters agree with what is shown, one winner at a time."""

from __future__ import annotations

from typing import Any

import pytest

from schema.problem import Refused
from schema.store.comparisons import (
    accept_agreed,
    confirm_pairing,
    decide,
    discrepancies_of,
    history,
    load_comparison,
    settle_everything,
    undo,
    undo_batch,
    withdraw_agreed,
)
from schema.store.database import Database
from schema.store.discrepancies import Counters, counters_of
from tests.store.double_coding import (
    Study,
    act,
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


def test_values_are_decided_only_after_the_rows_are_matched(study: Study) -> None:
    comparison = study.compared(entry({"area": "North"}), second(entry({"area": "South"})))
    assert code_of(study, decide, comparison, "report.area", "a") == ("RESOLVE-012", 409)


def test_counters_agree_with_the_list_at_every_step(study: Study) -> None:
    comparison = differing(study)
    steps: list[tuple[Any, ...]] = [
        (decide, "report.area", "b"),
        (decide, "report.death_year", "defer"),
        (decide, lone_path(study, comparison), "drop_row"),
        (decide, "report.death_year", "a"),
        (undo, "report.area"),
        (decide, "report.area", "a"),
    ]
    seen = []
    for verb, *args in steps:
        act(study, verb, comparison, *args)
        with study.database.reading() as session:
            loaded = load_comparison(session, comparison)
            row = loaded.row
            states = [found.state for found in discrepancies_of(session, comparison)]
        stored = Counters(row.positions, row.agreed, row.discrepancies, row.undecided)
        assert stored == counters_of(loaded)
        assert (
            row.undecided
            == states.count("open") + states.count("deferred")
            == len(loaded.agenda().undecided())
        )
        seen.append((row.undecided, row.state))
    assert seen == [
        (2, "resolving"), (2, "resolving"), (1, "resolving"), (0, "resolved"), (1, "resolving"), (0, "resolved"),
    ]  # fmt: skip


def test_a_later_decision_supersedes_an_earlier_one_and_both_stay(study: Study) -> None:
    comparison = differing(study)
    act(study, decide, comparison, "report.area", "a", cause="typing_slip")
    act(study, decide, comparison, "report.area", "other", value="East", reason="the cover says so")
    with study.database.reading() as session:
        made = history(session, comparison, "report.area")
        logged = audited(session, "decision.make")
    assert [(d.choice, d.value, d.superseded_at is None) for d in made] == [
        ("a", '"North"', False),
        ("other", '"East"', True),
    ]
    assert logged[1]["before"]["value"] == "North"


def test_two_reconcilers_on_one_position_have_one_winner_and_the_other_sees_both(study: Study) -> None:
    comparison = differing(study)
    opened = study.load(comparison).row.revision
    act(study, decide, comparison, "report.area", "a", revision=opened)
    with pytest.raises(Refused) as caught:
        act(study, decide, comparison, "report.area", "b", revision=opened, who="cyril")
    assert caught.value.status == 409
    assert "Carol settled this" in caught.value.problems[0].message
    act(study, decide, comparison, "report.death_year", "b", revision=opened, who="cyril")
    decided = {d.path: d.choice for d in study.load(comparison).decided}
    assert decided == {"report.area": "a", "report.death_year": "b"}


def test_a_decision_that_was_undone_meanwhile_counts_as_changed(study: Study) -> None:
    comparison = differing(study)
    act(study, decide, comparison, "report.area", "a")
    opened = study.load(comparison).row.revision
    act(study, undo, comparison, "report.area")
    stale = code_of(study, decide, comparison, "report.area", "b", revision=opened, who="cyril")
    assert stale == ("RESOLVE-020", 409)


def test_leaving_what_the_coders_said_needs_a_reason_and_a_cause_must_be_a_known_one(study: Study) -> None:
    comparison = differing(study)
    assert code_of(study, decide, comparison, "report.area", "other", value="East") == ("RESOLVE-007", 422)
    assert code_of(study, decide, comparison, "report.area", "a", cause="mood") == ("RESOLVE-022", 422)
    assert code_of(study, decide, comparison, "report.nothing", "a") == ("RESOLVE-021", 409)
    assert (
        code_of(study, decide, comparison, "report.children_known", "other", value="yes")[0] == "RESOLVE-007"
    )


def test_nobody_reconciles_a_case_they_coded(study: Study) -> None:
    comparison = differing(study)
    assert code_of(study, decide, comparison, "report.area", "a", who="amara") == ("RESOLVE-014", 403)


def test_agreed_values_are_accepted_as_one_act_that_can_be_undone(study: Study) -> None:
    comparison = differing(study)
    accepted = act(study, accept_agreed, comparison)
    assert accepted == study.load(comparison).row.agreed > 0
    assert code_of(study, accept_agreed, comparison) == ("RESOLVE-024", 409)
    act(study, withdraw_agreed, comparison)
    assert not study.load(comparison).row.agreed_accepted


def test_a_decision_can_open_a_question_that_then_counts(study: Study) -> None:
    a, b = entry({"children_known": "yes", "children_note": "Two."}), second(entry())
    comparison = study.compared(a, b)
    act(study, confirm_pairing, comparison)
    act(study, decide, comparison, "report.children_known", "b")
    row = study.load(comparison).row
    assert (row.discrepancies, row.undecided, row.state) == (1, 0, "resolved")
    act(study, decide, comparison, "report.children_known", "a")
    row = study.load(comparison).row
    assert (row.discrepancies, row.undecided) == (2, 1)


def test_a_batch_is_undone_as_one(database: Database) -> None:
    study = build_study(database, rehearsal=True)
    comparison = study.compared(entry({"area": "North"}), second(entry({"area": "South"})))
    act(study, settle_everything, comparison, take="a", reason="training")
    (decision,) = study.load(comparison).decisions
    assert act(study, undo_batch, comparison, decision.batch_id) == 1
    assert study.load(comparison).row.undecided == 1
