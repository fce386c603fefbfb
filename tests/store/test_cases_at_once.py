"""Of acts on questionnaires and cases that exclude each other one counts, however close they come, on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from schema.actor import COMMAND_LINE
from schema.store.assignments import assign
from schema.store.cases import register_case
from schema.store.database import Database
from schema.store.models import Assignment, Audit, Case, Entry, TemplateVersion
from schema.store.outages import outage
from schema.store.people import find_user
from schema.store.projects import find_project
from schema.store.templates import publish
from tests.support.at_once import Act, at_once
from tests.support.world import PROJECT, SYSTEM, populate, small_template

TIMES = 4


@pytest.fixture
def peopled(database: Database) -> Database:
    with database.writing() as session:
        populate(session)
    return database


def _case(database: Database, reference: str) -> str:
    with database.writing() as session:
        project = find_project(session, PROJECT)
        assert project is not None
        return register_case(session, SYSTEM, project, reference).id


def _giving(case_id: str, part: str, name: str) -> Act:
    def give(session: Session) -> None:
        user = find_user(session, name)
        assert user is not None
        assign(session, SYSTEM, session.get_one(Case, case_id), part, user)

    return give


def _held(database: Database, case_id: str) -> list[tuple[str, str]]:
    """Who holds which part now; every coder has one entry that is not ended, and nobody else has."""
    with database.reading() as session:
        query = select(Assignment).where(Assignment.case_id == case_id, Assignment.ended_at.is_(None))
        rows = session.scalars(query).all()
        entries = session.scalars(
            select(Entry).where(Entry.case_id == case_id, Entry.ended_at.is_(None))
        ).all()
    coding = sorted(one.user_id for one in rows if one.part.startswith("coder"))
    assert sorted(one.coder_id for one in entries) == coding
    return sorted((one.part, one.user_id) for one in rows)


def test_one_of_four_publishes_the_next_version(peopled: Database) -> None:
    source, lists = small_template()
    second = source.replace("version: 1", "version: 2", 1)
    answers = at_once(peopled, *[lambda session: publish(session, COMMAND_LINE, second, lists)] * 4)
    assert answers == ["TPL-201"] * 3 + ["done"]
    with peopled.reading() as session:
        assert sorted(session.scalars(select(TemplateVersion.version))) == [1, 2]
        acts = session.scalars(select(Audit).where(Audit.action == "template.publish")).all()
    assert len(acts) == 2


def test_nobody_is_given_both_codings_of_a_case(peopled: Database) -> None:
    for number in range(TIMES):
        case_id = _case(peopled, f"DHR-{number}")
        both = [_giving(case_id, part, "amara") for part in ("coder_1", "coder_2")]
        assert at_once(peopled, *both) == ["ASSIGN-002", "done"]
        assert len(_held(peopled, case_id)) == 1


def test_both_codings_of_a_case_are_given_at_the_same_moment(peopled: Database) -> None:
    for number in range(TIMES):
        case_id = _case(peopled, f"DHR-{number}")
        assert (
            at_once(peopled, _giving(case_id, "coder_1", "amara"), _giving(case_id, "coder_2", "ben"))
            == ["done"] * 2
        )
        assert [part for part, _ in _held(peopled, case_id)] == ["coder_1", "coder_2"]


def test_of_two_who_are_given_one_coding_the_later_replaces_the_earlier(peopled: Database) -> None:
    for number in range(TIMES):
        case_id = _case(peopled, f"DHR-{number}")
        given = [_giving(case_id, "coder_1", name) for name in ("amara", "ben")]
        assert at_once(peopled, *given) == ["done"] * 2
        assert [part for part, _ in _held(peopled, case_id)] == ["coder_1"]


def test_a_reference_is_registered_once(peopled: Database) -> None:
    def register(session: Session) -> None:
        project = find_project(session, PROJECT)
        assert project is not None
        register_case(session, SYSTEM, project, "DHR-001")

    def told(session: Session) -> None:
        try:
            register(session)
        except IntegrityError as error:  # on PostgreSQL it may be stored between the look and the act
            raise outage(error) or error from error

    answers = at_once(peopled, *[told] * 4)
    assert answers.count("done") == 1
    assert set(answers) <= {"done", "CASE-002", "DB-503"}
    with peopled.reading() as session:
        assert session.scalars(select(Case.reference)).all() == ["DHR-001"]
