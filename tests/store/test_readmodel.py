"""Exports read signed-off cases from frozen snapshots, in a stable order, and say why every other case is out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from schema.actor import Actor
from schema.answers.document import Document
from schema.store.cases import register_case, withdraw_case
from schema.store.database import Database
from schema.store.entries import open_entry
from schema.store.loaded import history, load_comparison
from schema.store.master import MasterStudy
from schema.store.models import Case, Project, User
from schema.store.readmodel import included_and_excluded, master_study, natural_order
from schema.template.value import Missing
from tests.store.double_coding import SYSTEM, Study, advice, build_study, entry, second
from tests.support.signed_off import settle


@pytest.fixture
def study(database: Database) -> Study:
    return build_study(database)


def signed_off(study: Study, a: Document, b: Document) -> str:
    """The reference of a case that carol signed off with coder A's values."""
    comparison_id = study.compared(a, b)
    settle(study.database, study.actor("carol"), comparison_id)
    with study.database.reading() as session:
        return session.get_one(Case, load_comparison(session, comparison_id).row.case_id).reference


def read(study: Study, actor: Actor = SYSTEM) -> MasterStudy:
    """The study with its streams read, so that it can be looked at after the session."""
    with study.database.reading() as session:
        held = master_study(session, actor, session.get_one(Project, study.project_id))
        return replace(held, cases=tuple(held.cases))


def test_only_signed_off_cases_are_in_with_their_consensus(study: Study):
    a = entry({"area": "Northmere", "death_year": 2016}, recommendations=advice("1"))
    reference = signed_off(study, a, second(entry({"area": "Wexholme"}, recommendations=advice("1"))))
    study.compared(entry(), second(entry()))
    held = read(study)
    (case,) = held.cases
    assert (case.reference, held.included, len(held.excluded)) == (reference, 1, 1)
    assert case.document.get("report.area") == "Northmere"
    assert (case.coder_a, case.coder_b, case.signed_off_by) == ("Amara", "Ben", "Carol")
    assert len(case.sha256) == 64


def test_a_case_says_what_was_discrepant_and_how_it_was_settled(study: Study):
    a = entry({"death_year": 2016}, recommendations=advice("1", "2"))
    b = second(entry({"death_year": {"missing": "not_reported"}}, recommendations=advice("1")))
    signed_off(study, a, b)
    (case,) = read(study).cases
    year, row = case.discrepancies
    assert (year.path, year.a, year.b) == ("report.death_year", 2016, Missing("not_reported"))
    assert (year.settlement.choice, year.settlement.value) == ("a", 2016)
    assert (year.settlement.reason, year.settlement.decided_by) == ("Checked in the report.", "Carol")
    assert (row.section, row.field, row.verdict) == ("recommendations", "", "row_only_a")
    assert row.row_a["number"] == "2"
    assert row.row_b == {}
    assert row.settlement.choice == "keep_row"


def test_the_comparisons_are_of_the_entries_as_submitted(study: Study):
    signed_off(study, entry({"death_year": 2016}), second(entry({"death_year": 2017})))
    (case,) = read(study).cases
    (year,) = (
        position for position in case.trace.comparison.positions if position.path == "report.death_year"
    )
    assert (year.a, year.b) == (2016, 2017)


def test_every_state_has_its_reason(study: Study):
    with study.writing() as session:
        project = session.get_one(Project, study.project_id)
        for reference in ("registered", "assigned", "coding", "withdrawn"):
            register_case(session, SYSTEM, project, reference)
        cases = {case.reference: case for case in session.query(Case)}
        amara = session.get_one(User, study.users["amara"])
        for reference in ("assigned", "coding"):
            open_entry(session, study.actor("amara"), cases[reference], 1, amara, study.version_id).state = (
                "not_started" if reference == "assigned" else "in_progress"
            )
        withdraw_case(session, SYSTEM, cases["withdrawn"], "Registered twice.")
    reasons = {case.reference: (case.state, case.reason) for case in read(study).excluded}
    assert reasons["withdrawn"] == ("withdrawn", "Registered twice.")
    assert {name: state for name, (state, _) in reasons.items()} == {
        name: name for name in ("registered", "assigned", "coding", "withdrawn")
    }
    assert all(reason for _, reason in reasons.values())


def test_a_withdrawn_case_is_out_even_where_it_was_signed_off(study: Study):
    reference = signed_off(study, entry(), second(entry()))
    with study.writing() as session:
        case = session.query(Case).filter_by(reference=reference).one()
        withdraw_case(session, SYSTEM, case, "Outside the period.")
    held = read(study)
    assert held.included == 0
    assert [(case.reference, case.reason) for case in held.excluded] == [(reference, "Outside the period.")]


def test_who_codes_an_open_case_is_told_nothing_of_its_progress(study: Study):
    with study.writing() as session:
        project = session.get_one(Project, study.project_id)
        case = register_case(session, SYSTEM, project, "DHR-1")
        for name, slot in (("amara", 1), ("ben", 2)):
            user = session.get_one(User, study.users[name])
            open_entry(session, study.actor(name), case, slot, user, study.version_id).state = "in_progress"
    (seen_by_coder,) = read(study, study.actor("amara")).excluded
    (seen_by_other,) = read(study, study.actor("carol")).excluded
    assert seen_by_coder.state == "not signed off"
    assert seen_by_other.state == "coding"


def test_cases_stand_in_natural_order_of_their_references(study: Study):
    with study.writing() as session:
        project = session.get_one(Project, study.project_id)
        for reference in ("DHR-10", "dhr-9", "DHR-2", "A 1b", "10", "9"):
            register_case(session, SYSTEM, project, reference)
    held = read(study)
    assert [case.reference for case in held.excluded] == ["9", "10", "A 1b", "DHR-2", "dhr-9", "DHR-10"]


def test_any_two_references_can_be_put_in_order():
    references = ["", "1", "a", "1a", "a1", "²", "DHR-01", "DHR-1", "٣"]
    assert len(sorted(references, key=natural_order)) == len(references)
    assert natural_order("DHR-01") != natural_order("DHR-1")


def test_the_counts_of_the_page_are_those_of_the_workbook(study: Study):
    signed_off(study, entry(), second(entry()))
    study.compared(entry(), second(entry()))
    held = read(study)
    with study.database.reading() as session:
        project = session.get_one(Project, study.project_id)
        assert included_and_excluded(session, SYSTEM, project) == (held.included, held.excluded)


def test_a_study_can_be_read_again(study: Study):
    signed_off(study, entry(), second(entry()))
    with study.database.reading() as session:
        held = master_study(session, SYSTEM, session.get_one(Project, study.project_id))
        assert list(held.cases) == list(held.cases)


def test_an_export_sees_one_moment_of_the_database(study: Study):
    first = signed_off(study, entry(), second(entry()))
    with study.database.reading() as session:
        held = master_study(session, SYSTEM, session.get_one(Project, study.project_id))
        with study.writing() as other:
            case = other.query(Case).filter_by(reference=first).one()
            case.title = "changed meanwhile"
            withdraw_case(other, SYSTEM, case, "Withdrawn meanwhile.")
        session.expire_all()
        again = master_study(session, SYSTEM, session.get_one(Project, study.project_id))
        assert (held.included, again.included) == (1, 1)
        assert [case.title for case in again.cases] == [""]


def test_decisions_are_found_without_reading_those_of_all_other_cases(study: Study):
    """Who decided on some cases, and what was decided on one position ever: superseded decisions are asked for too."""
    comparison_id = study.compared(entry({"area": "North"}), second(entry({"area": "South"})))
    settle(study.database, study.actor("carol"), comparison_id)
    asked: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: Any, *_rest: object) -> None:
        if "FROM decision" in statement:
            asked.append((statement, parameters))

    with study.database.reading() as session:
        engine = session.connection().engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            assert read_hands(session, study) == 1
            assert len(history(session, comparison_id, "report.area")) == 1
        finally:
            event.remove(engine, "before_cursor_execute", note)
        assert len(asked) == 2
        for statement, parameters in asked:
            assert "ix_decision_comparison_id" in plan_of(session, statement, parameters)


def read_hands(session: Session, study: Study) -> int:
    return master_study(session, SYSTEM, session.get_one(Project, study.project_id)).hands.reconcilers


def plan_of(session: Session, statement: str, parameters: Any) -> str:
    """How the database runs a statement; PostgreSQL as if there were many rows."""
    connection, explain = session.connection(), "EXPLAIN QUERY PLAN"
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        explain = "EXPLAIN"
    return "\n".join(str(row) for row in connection.exec_driver_sql(f"{explain} {statement}", parameters))
