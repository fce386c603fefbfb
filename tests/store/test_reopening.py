"""Taking a sign-off back: the case is resolved again, leaves the master, and every signed state stays."""

from __future__ import annotations

import pytest

from schema.store.comparisons import decide, reopen, sign_off
from schema.store.consensus import signed_off_cases
from schema.store.database import Database
from schema.store.models import Comparison, Project
from schema.store.reopening import signings
from schema.store.snapshots import thaw
from tests.store.double_coding import Study, act, audited, build_study, code_of, differing, settle

WHY = "The year is on page 3 after all."


@pytest.fixture
def study(database: Database) -> Study:
    return build_study(database)


@pytest.fixture
def comparison(study: Study) -> str:
    made = differing(study)
    settle(study, made)
    act(study, sign_off, made)
    return made


def in_the_master(study: Study) -> list[str]:
    with study.database.reading() as session:
        project = session.get_one(Project, study.project_id)
        return [case.snapshot_id for case in signed_off_cases(session, project)]


def signed(study: Study, comparison: str) -> list[str]:
    with study.database.reading() as session:
        return [one.id for one in signings(session, comparison)]


def test_decisions_and_acceptance_stand_and_the_case_leaves_the_master(study: Study, comparison: str) -> None:
    before = study.load(comparison)
    assert in_the_master(study) == signed(study, comparison)
    act(study, reopen, comparison, who="cyril", reason=WHY)
    after = study.load(comparison)
    assert (after.row.state, after.row.agreed_accepted, after.row.signed_off_at, after.row.signed_off_by) == (
        "resolved",
        True,
        None,
        None,
    )
    assert [one.id for one in after.decisions] == [one.id for one in before.decisions]
    assert after.row.reopened_reason == WHY
    assert in_the_master(study) == []


def test_signed_anew_the_latest_counts_and_the_first_can_still_be_read(study: Study, comparison: str) -> None:
    (first,) = signed(study, comparison)
    act(study, reopen, comparison, who="cyril", reason=WHY)
    act(study, decide, comparison, "report.death_year", "a")
    act(study, sign_off, comparison)
    latest, kept = signed(study, comparison)
    assert (kept, in_the_master(study)) == (first, [latest])
    with study.database.reading() as session:
        years = [thaw(session, one).sections["report"].get("death_year") for one in (first, latest)]
    assert years[0] != 2016
    assert years[1] == 2016


def test_it_is_on_record_with_reason_and_what_had_been_signed(study: Study, comparison: str) -> None:
    act(study, reopen, comparison, who="cyril", reason=WHY)
    with study.database.reading() as session:
        (made,) = audited(session, "comparison.reopen")
    assert (made["reason"], made["snapshot"]) == (WHY, signed(study, comparison)[0])


def test_it_needs_a_reason_a_fresh_page_and_a_sign_off(study: Study, comparison: str) -> None:
    assert code_of(study, reopen, comparison, reason=" ") == ("RESOLVE-070", 422)
    assert code_of(study, reopen, comparison, reason=WHY, revision=0)[1] == 409
    act(study, reopen, comparison, reason=WHY)
    assert code_of(study, reopen, comparison, reason=WHY) == ("RESOLVE-071", 409)


def test_who_coded_the_case_cannot_take_its_sign_off_back(study: Study, comparison: str) -> None:
    assert code_of(study, reopen, comparison, who="amara", reason=WHY) == ("RESOLVE-014", 403)
    with study.database.reading() as session:
        assert session.get_one(Comparison, comparison).state == "signed_off"
