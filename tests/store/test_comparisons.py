"""Comparisons in the store: nothing is overwritten, counters agree with what is shown, one winner at a time."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event
from time import sleep
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from schema.coding.agreement import field_agreement, row_agreement
from schema.problem import Refused
from schema.store.cases import register_case
from schema.store.comparisons import (
    accept_agreed,
    confirm_pairing,
    confirmations,
    create_comparison,
    decide,
    discrepancies_of,
    find_live,
    history,
    link,
    load_comparison,
    settle_everything,
    sign_off,
    supersede,
    undo,
    undo_batch,
    unlink,
    withdraw_agreed,
)
from schema.store.database import Database
from schema.store.discrepancies import Counters, counters_of
from schema.store.entries import open_entry, save_document
from schema.store.models import Audit, Case, Comparison, Entry, Project, User
from schema.store.snapshots import thaw
from schema.store.submission import submit_entry
from schema.store.templates import compiled, publish
from schema.template.value import Missing
from tests.store.double_coding import SYSTEM, Study, advice, build_study, entry, second, small_sources

MISSED = {"missing": "not_reported"}


@pytest.fixture
def study(database: Database) -> Study:
    return build_study(database)


def act(
    study: Study, verb: Callable[..., Any], comparison: str, *args: Any, who: str = "carol", **more: Any
) -> Any:
    """Do something as the page would: with the revision that the person sees now, unless one is given."""
    if verb not in (accept_agreed, withdraw_agreed, settle_everything):
        more.setdefault("revision", study.load(comparison).row.revision)
    with study.writing() as session:
        return verb(session, study.actor(who), comparison, *args, **more)


def code_of(
    study: Study, verb: Callable[..., Any], comparison: str, *args: Any, **more: Any
) -> tuple[str, int]:
    with pytest.raises(Refused) as caught:
        act(study, verb, comparison, *args, **more)
    return caught.value.problems[0].code, caught.value.status


def audited(session: Session, action: str) -> list[dict[str, Any]]:
    found = session.scalars(select(Audit.detail).where(Audit.action == action).order_by(Audit.seq))
    return [json.loads(detail) for detail in found]


def differing(study: Study) -> str:
    """Two entries that differ in the area, the year and one lone recommendation, pairing confirmed."""
    a = entry({"area": "North", "death_year": 2016}, recommendations=advice("1", "2"))
    b = second(entry({"area": "South", "death_year": 2018}, recommendations=advice("1")))
    comparison = study.compared(a, b)
    act(study, confirm_pairing, comparison)
    return comparison


def lone_path(study: Study, comparison: str) -> str:
    return next(p.path for p in study.load(comparison).result.positions if p.field is None)


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


def test_pairing_otherwise_takes_back_the_acceptance_of_agreed_values(study: Study) -> None:
    comparison = differing(study)
    act(study, accept_agreed, comparison)
    act(study, link, comparison, "recommendations", "r2", "r1b", keep_others=True)
    assert not study.load(comparison).row.agreed_accepted


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


def settle(study: Study, comparison: str) -> None:
    act(study, decide, comparison, "report.area", "b")
    act(
        study,
        decide,
        comparison,
        "report.death_year",
        "other",
        value=Missing("not_reported"),
        reason="no date",
    )
    act(study, decide, comparison, lone_path(study, comparison), "keep_row")
    act(study, accept_agreed, comparison)


def test_sign_off_freezes_the_consensus(study: Study) -> None:
    comparison = differing(study)
    settle(study, comparison)
    snapshot = act(study, sign_off, comparison)
    loaded = study.load(comparison)
    with study.database.reading() as session:
        consensus = thaw(session, snapshot.id)
    assert consensus == loaded.consensus()
    assert consensus.sections["report"]["area"] == "South"
    assert [row.values["number"] for row in consensus.rows("recommendations")] == ["1", "2"]
    assert (loaded.row.state, loaded.row.signed_off_by) == ("signed_off", study.users["carol"])
    assert code_of(study, decide, comparison, "report.area", "a") == ("RESOLVE-012", 409)


def test_deciding_and_signing_off_change_no_agreement_figure(study: Study) -> None:
    comparison = differing(study)
    before = field_agreement([study.load(comparison).result]), row_agreement([study.load(comparison).result])
    settle(study, comparison)
    act(study, sign_off, comparison)
    after = field_agreement([study.load(comparison).result]), row_agreement([study.load(comparison).result])
    assert after == before


def test_sign_off_on_a_stale_page_is_refused(study: Study) -> None:
    comparison = differing(study)
    settle(study, comparison)
    opened = study.load(comparison).row.revision
    act(study, decide, comparison, "report.area", "a", who="cyril")
    assert code_of(study, sign_off, comparison, revision=opened) == ("MATCH-001", 409)


def test_sign_off_is_refused_while_anything_is_open(study: Study) -> None:
    comparison = differing(study)
    with pytest.raises(Refused) as caught:
        act(study, sign_off, comparison)
    assert [problem.code for problem in caught.value.problems] == ["RESOLVE-031", "RESOLVE-032"]


def test_sign_off_is_refused_where_the_consensus_breaks_a_rule(study: Study) -> None:
    a = entry(recommendations=advice("1"))
    b = second(entry(recommendations=advice("1")))
    comparison = study.compared(a, b)
    pair = next(p for p in study.load(comparison).pairs if p.group == "victims")
    act(study, unlink, comparison, pair.id)
    act(study, confirm_pairing, comparison)
    for position in study.load(comparison).result.needing_a_person():
        act(study, decide, comparison, position.path, "drop_row")
    act(study, accept_agreed, comparison)
    assert code_of(study, sign_off, comparison) == ("ROWS-LEAST", 422)
    assert study.load(comparison).row.state == "resolved"


def test_a_returned_entry_supersedes_and_carries_over_what_did_not_change(study: Study) -> None:
    comparison = differing(study)
    settle(study, comparison)
    b = second(entry({"area": "South", "death_year": 2019}, recommendations=advice("1")))
    again = study.load(study.resubmitted(comparison, b))
    carried = {d.path: (d.choice, d.carried_from is not None) for d in again.decisions}
    assert carried == {"report.area": ("b", True), lone_path(study, again.row.id): ("keep_row", True)}
    assert (again.row.state, again.row.undecided, again.row.agreed_accepted) == ("open", 1, False)
    old = study.load(comparison)
    assert (old.row.superseded_reason, len(old.decided)) == ("look again", 3)
    assert code_of(study, decide, comparison, "report.area", "a") == ("RESOLVE-011", 409)


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


def test_a_case_has_one_live_comparison_and_needs_both_entries(study: Study) -> None:
    comparison = differing(study)
    with study.writing() as session, pytest.raises(Refused) as caught:
        case = session.get_one(Case, session.get_one(Comparison, comparison).case_id)
        create_comparison(session, study.actor("carol"), case)
    assert caught.value.problems[0].code == "RESOLVE-015"


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


def test_everything_is_settled_at_once_in_a_rehearsal_only(database: Database) -> None:
    study = build_study(database, rehearsal=True)
    a = entry({"area": "North", "death_year": 2016}, recommendations=advice("1", "2"))
    b = second(entry({"area": "South"}, recommendations=advice("1", "3")))
    comparison = study.compared(a, b)
    loaded = act(study, settle_everything, comparison, take="b", reason="training")
    assert confirmations(loaded) == ()
    snapshot = act(study, sign_off, comparison)
    with database.reading() as session:
        consensus = thaw(session, snapshot.id)
        logged = audited(session, "comparison.settle_everything")
    assert consensus.sections == b.sections
    assert [row.values for row in consensus.rows("recommendations")] == [
        row.values for row in b.rows("recommendations")
    ]
    assert logged[0]["reason"] == "training"


def test_an_ordinary_project_cannot_be_settled_at_once(study: Study) -> None:
    comparison = differing(study)
    assert code_of(study, settle_everything, comparison, take="a", reason="quick") == ("RESOLVE-033", 409)


def test_a_batch_is_undone_as_one(database: Database) -> None:
    study = build_study(database, rehearsal=True)
    comparison = study.compared(entry({"area": "North"}), second(entry({"area": "South"})))
    act(study, settle_everything, comparison, take="a", reason="training")
    (decision,) = study.load(comparison).decisions
    assert act(study, undo_batch, comparison, decision.batch_id) == 1
    assert study.load(comparison).row.undecided == 1


def test_two_coders_who_submit_at_the_same_moment_are_compared_once(study: Study) -> None:
    with study.writing() as session:
        case = register_case(session, SYSTEM, session.get_one(Project, study.project_id), "DHR-900")
        for slot, name in ((1, "amara"), (2, "ben")):
            coder = session.get_one(User, study.users[name])
            made = open_entry(session, study.actor(name), case, slot, coder, study.version_id)
            save_document(session, study.actor(name), made, second(entry()))
    together = Barrier(2)

    def submit(name: str) -> None:
        together.wait()
        with study.writing() as session:
            own = session.query(Entry).filter_by(case_id=case.id, coder_id=study.users[name]).one()
            submit_entry(session, study.actor(name), own, compiled(session, study.version_id))

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(submit, ("amara", "ben")))
    with study.database.reading() as session:
        assert find_live(session, case.id) is not None


@pytest.mark.parametrize("winner", ["decision", "return"])
def test_a_decision_and_a_returned_entry_at_the_same_moment_exclude_each_other(
    study: Study, winner: str
) -> None:
    """The loser waits for the winner and then acts on what it left: a decision is superseded with all others, or refused."""
    comparison = differing(study)
    opened = study.load(comparison).row
    first_has_written, errors = Event(), []

    def hold(session: Session) -> None:
        """Let the other one run into what this transaction has locked (SQLite does not even let it begin)."""
        tries = 0 if first_has_written.is_set() or study.database.dialect == "sqlite" else 500
        first_has_written.set()
        for _ in range(tries):
            if session.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")):
                return
            sleep(0.01)

    def decide_it() -> None:
        with study.writing() as session:
            decide(session, study.actor("carol"), comparison, "report.area", "a", revision=opened.revision)
            hold(session)

    def return_it() -> None:
        with study.writing() as session:
            supersede(session, SYSTEM, session.get_one(Case, opened.case_id), "look again")
            hold(session)

    def second_act(act_later: Callable[[], None]) -> None:
        first_has_written.wait()
        try:
            act_later()
        except Refused as refused:
            errors.append(refused.problems[0].code)

    first, later = (decide_it, return_it) if winner == "decision" else (return_it, decide_it)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda verb: verb(), [first, lambda: second_act(later)]))
    row = study.load(comparison).row
    assert row.superseded_at is not None
    assert errors == ([] if winner == "decision" else ["RESOLVE-011"])
    assert row.revision == opened.revision + (2 if winner == "decision" else 1)


def test_entries_of_two_versions_are_compared_and_a_new_question_is_not_asked(study: Study) -> None:
    source, lists = small_sources()
    added = "      - {key: pages, kind: integer, label: Pages, required: true, measure: interval, missing: [not_reported]}\n"
    newer = source.replace("version: 1", "version: 2").replace(
        "      - key: children_note", added + "      - key: children_note"
    )
    with study.writing() as session:
        version = publish(session, SYSTEM, newer, lists, "pages are wanted")
    b = second(entry({"pages": 88}))
    comparison = study.compared(entry(), b, version_b=version.id)
    loaded = study.load(comparison)
    pages = next(position for position in loaded.result.positions if position.path == "report.pages")
    assert (str(pages.verdict), pages.needs_person, loaded.row.discrepancies) == ("not_asked", False, 0)
    assert loaded.row.template_version_id == version.id
    assert loaded.consensus().get("report.pages") == 88


def test_what_the_newer_version_requires_of_a_row_that_only_the_older_one_has_is_asked(study: Study) -> None:
    source, lists = small_sources()
    added = "      - {key: local, kind: yes_no, label: Local, required: true, missing: [not_reported]}\n"
    newer = source.replace("version: 1", "version: 2").replace(
        "      - {key: themes", added + "      - {key: themes"
    )
    with study.writing() as session:
        version = publish(session, SYSTEM, newer, lists, "levels are wanted")
    comparison = study.compared(entry(recommendations=advice("1")), second(entry()), version_b=version.id)
    act(study, confirm_pairing, comparison)
    path = lone_path(study, comparison)
    act(study, decide, comparison, path, "keep_row")
    assert [p.path for p in study.load(comparison).agenda().undecided()] == [f"{path}.local"]
    act(study, decide, comparison, f"{path}.local", "other", value="yes")
    assert study.load(comparison).row.undecided == 0
