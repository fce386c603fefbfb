"""Where cases stand and what was settled for each coder, read on both databases."""

from __future__ import annotations

import pytest

from schema.actor import COMMAND_LINE, Actor
from schema.store.comparisons import sign_off
from schema.store.database import Database, new_id, now
from schema.store.feedback import settled_for
from schema.store.models import Assignment, Project, User
from schema.store.signed_off_totals import PairTotal
from schema.store.standing import ProjectStanding, project_standing
from tests.store.double_coding import Study, act, build_study, differing, entry, second, settle


@pytest.fixture
def study(database: Database) -> Study:
    return build_study(database)


def standing(study: Study, actor: Actor = COMMAND_LINE) -> ProjectStanding:
    with study.database.reading() as session:
        return project_standing(session, actor, session.get_one(Project, study.project_id))


def stood(study: Study, name: str) -> list[bool]:
    with study.database.reading() as session:
        project = session.get_one(Project, study.project_id)
        return sorted(one.stood for one in settled_for(session, study.users[name], project))


def test_a_case_is_met_with_its_entries_and_its_comparison(study: Study) -> None:
    comparison = differing(study)
    (case,) = standing(study).cases
    assert case.state == "resolving"
    assert [(slot, one.coder, one.state) for slot, one in sorted(case.entries.items())] == [
        (1, study.users["amara"], "submitted"),
        (2, study.users["ben"], "submitted"),
    ]
    settle(study, comparison)
    (case,) = standing(study).cases
    assert case.comparison is not None
    assert case.state == "reconciled"
    decided = [one.decided_at for one in study.load(comparison).decisions]
    assert case.comparison.decided_at == max(decided)


def test_a_coder_meets_their_own_cases_only_once_they_are_signed_off(study: Study) -> None:
    comparison = differing(study)
    study.compared(entry(), second(entry()))
    assert (standing(study).to_do, standing(study).left_out) == (2, 0)
    amara = study.actor("amara")
    assert (standing(study, amara).cases, standing(study, amara).left_out) == ((), 2)
    settle(study, comparison)
    act(study, sign_off, comparison)
    seen = standing(study, amara)
    assert (seen.cases, seen.signed_off.cases) == ((), 1)
    assert (seen.to_do, seen.left_out) == (1, 1)


def test_what_is_signed_off_is_counted_by_day_by_person_and_by_pair(study: Study) -> None:
    comparison = differing(study)
    study.compared(entry(), second(entry()))
    settle(study, comparison)
    act(study, sign_off, comparison)
    row, people = study.load(comparison).row, study.users
    with study.writing() as session:
        given = Assignment(
            id=new_id(session),
            case_id=row.case_id,
            part="reconciler",
            user_id=people["carol"],
            assigned_at=now(session),
        )
        session.add(given)
    found = standing(study).signed_off
    assert row.signed_off_at is not None
    assert found.days == {row.signed_off_at.date(): 1}
    assert {coder: total.entries for coder, total in found.coders.items()} == {
        people["amara"]: 1,
        people["ben"]: 1,
    }
    assert found.reconcilers == {people["carol"]: 1}
    assert found.pairs == {
        frozenset((people["amara"], people["ben"])): PairTotal(1, row.positions, row.agreed)
    }


def test_two_people_of_one_name_are_told_apart(study: Study) -> None:
    with study.writing() as session:
        session.get_one(User, study.users["ben"]).display_name = "Amara"
    differing(study)
    assert set(standing(study).names.values()) == {"Amara (amara)", "Amara (ben)"}


def test_each_coder_has_what_was_settled_of_their_own(study: Study) -> None:
    comparison = differing(study)
    settle(study, comparison)  # the area is ben's, the year neither's, and amara's row is kept
    assert stood(study, "amara") == stood(study, "ben") == []
    act(study, sign_off, comparison)
    assert stood(study, "amara") == [False, False, True]
    assert stood(study, "ben") == [False, False, True]
    assert stood(study, "carol") == []
