"""Comparisons in the store: made, superseded, signed off, and what two people do at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event
from time import sleep

import pytest
from sqlalchemy import text
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
    find_live,
    settle_everything,
    sign_off,
    supersede,
    unlink,
)
from schema.store.database import Database
from schema.store.entries import open_entry, save_document
from schema.store.models import Case, Comparison, Entry, Project, User
from schema.store.snapshots import thaw
from schema.store.submission import submit_entry
from schema.store.templates import compiled, publish
from tests.store.double_coding import (
    SYSTEM,
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
    settle,
    small_sources,
)


@pytest.fixture
def study(database: Database) -> Study:
    return build_study(database)


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


def test_a_case_has_one_live_comparison_and_needs_both_entries(study: Study) -> None:
    comparison = differing(study)
    with study.writing() as session, pytest.raises(Refused) as caught:
        case = session.get_one(Case, session.get_one(Comparison, comparison).case_id)
        create_comparison(session, study.actor("carol"), case)
    assert caught.value.problems[0].code == "RESOLVE-015"


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
