"""A pilot round is marked, decided by frozen figures, and its cases are in the master or out of it, on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from schema.problem import Refused
from schema.store.cases import withdraw_case
from schema.store.consensus import cases_in_master, signed_off_cases
from schema.store.database import Database
from schema.store.models import Case, Project, User
from schema.store.pilots import begin_pilot, cancel_pilot, choose_for_master, decide_pilot
from schema.store.pilots_read import PilotRound, pilot_figures, pilot_rounds, round_of
from schema.store.projects import add_member
from schema.store.readmodel import included_and_excluded, master_study
from tests.store.double_coding import SYSTEM, Study, build_study, entry, second
from tests.support.signed_off import settle

SAME, OTHER = entry({"region": "wales"}), entry({"region": "south"})


@pytest.fixture
def study(database: Database) -> Study:
    """Three cases in the order of their references: signed off, signed off, compared."""
    made = build_study(database)
    for other in (SAME, OTHER):
        settle(database, made.actor("carol"), made.compared(SAME, second(other)))
    made.compared(SAME, second(OTHER))
    return made


def begin(study: Study, size: int) -> int:
    with study.writing() as session:
        return begin_pilot(
            session, study.actor("carol"), session.get_one(Project, study.project_id), size
        ).number


def shown(study: Study) -> str:
    with study.database.reading() as session:
        project = session.get_one(Project, study.project_id)
        (held,) = [one for one in pilot_rounds(session, study.actor("carol"), project) if one.is_open]
        return pilot_figures(session, study.actor("carol"), project, held.id).sha256


def decide(study: Study, decision: str = "go", *, in_master: bool = False, seen: str = "") -> None:
    with study.writing() as session:
        project = session.get_one(Project, study.project_id)
        decide_pilot(
            session, study.actor("carol"), project, decision, "Kappa is enough.", in_master=in_master, shown=seen or shown(study)
        )  # fmt: skip


def rounds(study: Study, name: str = "carol") -> tuple[PilotRound, ...]:
    with study.database.reading() as session:
        return pilot_rounds(session, study.actor(name), session.get_one(Project, study.project_id))


def counted(study: Study) -> tuple[int, int, int]:
    """Cases in the workbook, in findings, and signed off in all."""
    with study.database.reading() as session:
        project = session.get_one(Project, study.project_id)
        held = master_study(session, SYSTEM, project)
        assert included_and_excluded(session, SYSTEM, project)[0] == held.included == len(tuple(held.cases))
        return held.included, len(cases_in_master(session, project)), len(signed_off_cases(session, project))


def refusal(act: object, *given: object, **named: object) -> tuple[str, int]:
    with pytest.raises(Refused) as caught:
        act(*given, **named)  # type: ignore[operator]
    return caught.value.problems[0].code, caught.value.status


def test_pilot_cases_are_out_until_the_decision_and_then_as_it_says(study: Study) -> None:
    assert counted(study) == (2, 2, 2)
    assert begin(study, 2) == 1
    assert counted(study) == (0, 0, 2)
    decide(study, in_master=False)
    assert counted(study) == (0, 0, 2)
    with study.writing() as session:
        project = session.get_one(Project, study.project_id)
        choose_for_master(session, study.actor("carol"), project, 1, "Nothing was revised.", in_master=True)
    assert counted(study) == (2, 2, 2)
    with study.database.reading() as session:
        (fact,) = master_study(session, SYSTEM, session.get_one(Project, study.project_id)).pilots
    assert (fact.cases, fact.signed_off, fact.decision, fact.in_master, fact.reason) == (
        2, 2, "go", True, "Nothing was revised.",
    )  # fmt: skip
    assert [choice.in_master for choice in rounds(study)[0].choices] == [True, False]


def test_cases_that_are_kept_out_are_listed_with_the_reason(study: Study) -> None:
    begin(study, 1)
    decide(study, "revise")
    with study.database.reading() as session:
        project = session.get_one(Project, study.project_id)
        _, excluded = included_and_excluded(session, SYSTEM, project)
    assert [case.state for case in excluded] == ["pilot", "ready to compare"]
    assert excluded[0].reason == "Pilot case (round 1), kept out: Kappa is enough."


def test_the_frozen_figures_stay_whatever_becomes_of_the_cases(study: Study) -> None:
    begin(study, 2)
    seen = shown(study)
    decide(study)
    (held,) = rounds(study)
    assert held.ruling is not None
    (region,) = (line for line in held.ruling.figures.fields if line.path == "report.region")
    assert (held.ruling.sha256, region.n, region.agreed) == (seen, 2, 1)
    with study.writing() as session:
        case = session.get_one(Case, held.lines[0].case_id)
        withdraw_case(session, SYSTEM, case, "Registered twice.")
    assert rounds(study)[0].ruling == held.ruling


def test_a_decision_waits_for_every_case_and_for_the_figures_that_were_seen(study: Study) -> None:
    begin(study, 3)
    assert refusal(begin, study, 1) == ("PILOT-002", 409)
    assert refusal(decide, study) == ("PILOT-007", 409)
    with study.writing() as session:
        case = session.get_one(Case, rounds(study)[0].lines[2].case_id)
        withdraw_case(session, SYSTEM, case, "No report.")
    assert refusal(decide, study, seen="0" * 64) == ("PILOT-008", 409)
    assert refusal(decide, study, "perhaps") == ("PILOT-005", 422)
    decide(study)
    assert refusal(decide, study, seen="x") == ("PILOT-003", 409)


def test_a_cancelled_round_frees_its_cases(study: Study) -> None:
    begin(study, 2)
    with study.writing() as session:
        project = session.get_one(Project, study.project_id)
        cancel_pilot(session, study.actor("carol"), project, "Marked too many.")
    assert counted(study)[0] == 2
    assert begin(study, 1) == 2
    with study.database.reading() as session:
        newest, cancelled = rounds(study)
        assert round_of(session, newest.lines[0].case_id) == 2
        assert round_of(session, cancelled.lines[1].case_id) == 0
    assert refusal(begin, study, 1) == ("PILOT-002", 409)


def test_a_round_takes_the_first_cases_that_are_free(study: Study) -> None:
    begin(study, 1)
    decide(study)
    begin(study, 1)
    second_round, first_round = rounds(study)
    assert first_round.lines[0].reference < second_round.lines[0].reference
    decide(study)
    for wrong in (0, 2):  # one is left
        assert refusal(begin, study, wrong) == ("PILOT-001", 422)


def test_while_a_manager_codes_an_open_case_of_the_round_nobody_decides_and_they_see_nothing(
    study: Study,
) -> None:
    with study.writing() as session:
        project = session.get_one(Project, study.project_id)
        amara = session.get_one(User, study.users["amara"])
        add_member(session, SYSTEM, project, amara, "manager")
    begin(study, 3)
    assert refusal(decide, study) == ("PILOT-006", 409)
    (held,) = rounds(study, "amara")
    assert held.withheld
    with study.database.reading() as session:
        project = session.get_one(Project, study.project_id)
        assert pilot_figures(session, study.actor("amara"), project, held.id).cases == 2
        assert pilot_figures(session, study.actor("carol"), project, held.id).cases == 3


@pytest.mark.parametrize("statement", ["UPDATE pilot_decision SET reason = 'x'", "DELETE FROM pilot_choice"])
def test_what_was_decided_cannot_be_rewritten(study: Study, statement: str) -> None:
    begin(study, 1)
    decide(study)
    with pytest.raises(DatabaseError, match="append-only"), study.writing() as session:
        session.execute(text(statement))
