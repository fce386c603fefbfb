"""Projects and members: kind refusals, roles that end instead of vanishing, always somebody in charge."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from schema.actor import COMMAND_LINE
from schema.problem import Refused
from schema.store.database import Database, new_id, now
from schema.store.models import Membership, Project, TemplateVersion, User
from schema.store.people import actor_for, add_user, disable_user
from schema.store.projects import (
    add_member,
    all_projects,
    create_project,
    edit_project,
    end_membership,
    find_project,
    find_roles,
    members,
    projects_of,
    use_template_version,
)
from tests.support.databases import sqlite_database


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    database = sqlite_database(tmp_path / "tandem.sqlite3")
    with database.writing() as opened:
        yield opened
    database.dispose()


@pytest.fixture
def pilot(session: Session) -> Project:
    return create_project(session, COMMAND_LINE, "pilot", "Pilot study", _version(session))


@pytest.fixture
def amara(session: Session) -> User:
    return add_user(session, COMMAND_LINE, "amara", "Amara")


def _version(
    session: Session, key: str = "small", number: int = 1, state: str = "published"
) -> TemplateVersion:
    row = TemplateVersion(
        id=new_id(session),
        key=key,
        version=number,
        title=key,
        source="",
        codelists="{}",
        source_hash=f"{key}{number}",
        state=state,
        created_at=now(session),
    )
    session.add(row)
    session.flush()
    return row


def _code(caught: pytest.ExceptionInfo[Refused]) -> str:
    return caught.value.problems[0].code


def _roles(session: Session, project: Project) -> list[tuple[str, str]]:
    return [(member.user.name, member.role) for member in members(session, project)]


def test_a_project_works_on_both_databases(database: Database) -> None:
    with database.writing() as session:
        project = create_project(session, COMMAND_LINE, "pilot", "Pilot", _version(session), rehearsal=True)
        add_member(session, COMMAND_LINE, project, add_user(session, COMMAND_LINE, "amara"), "coder")
    with database.reading() as session:
        found = find_project(session, "pilot")
        assert found is not None
        assert (found.title, found.rehearsal, _roles(session, found)) == ("Pilot", True, [("amara", "coder")])


def test_a_new_project_has_no_member_not_even_its_maker(session: Session, pilot: Project) -> None:
    assert members(session, pilot) == []
    assert not pilot.rehearsal


@pytest.mark.parametrize("key", ["", "P", "1pilot", "pilot/1", "pi lot", "../x", "a", "x" * 64])
def test_a_key_that_cannot_stand_in_an_address_is_refused(session: Session, key: str) -> None:
    with pytest.raises(Refused) as caught:
        create_project(session, COMMAND_LINE, key, "Title", _version(session))
    assert _code(caught) == "PRJ-001"


def test_a_taken_key_is_refused(session: Session, pilot: Project) -> None:
    with pytest.raises(Refused) as caught:
        create_project(session, COMMAND_LINE, "pilot", "Again", _version(session, "other"))
    assert _code(caught) == "PRJ-002"
    assert [project.key for project in all_projects(session)] == [pilot.key]


@pytest.mark.parametrize("state", ["draft", "retired"])
def test_a_version_that_is_not_published_starts_no_project(session: Session, state: str) -> None:
    with pytest.raises(Refused) as caught:
        create_project(session, COMMAND_LINE, "pilot", "Pilot", _version(session, state=state))
    assert _code(caught) == "PRJ-003"


def test_a_project_without_a_title_is_refused(session: Session, pilot: Project) -> None:
    with pytest.raises(Refused):
        create_project(session, COMMAND_LINE, "other", "  ", _version(session, "other"))
    with pytest.raises(Refused):
        edit_project(session, COMMAND_LINE, pilot, title="", description="")


def test_a_project_changes_to_another_version_of_its_own_template_only(
    session: Session, pilot: Project
) -> None:
    second = _version(session, number=2)
    use_template_version(session, COMMAND_LINE, pilot, second)
    assert pilot.template_version_id == second.id
    with pytest.raises(Refused) as caught:
        use_template_version(session, COMMAND_LINE, pilot, _version(session, "other"))
    assert _code(caught) == "PRJ-005"


def test_a_person_can_hold_several_roles_and_reads_them_all(
    session: Session, pilot: Project, amara: User
) -> None:
    for role in ("coder", "manager"):
        add_member(session, COMMAND_LINE, pilot, amara, role)
    actor = actor_for(session, amara)
    assert actor.roles == {pilot.id: frozenset({"coder", "manager"})}
    assert projects_of(session, actor) == [pilot]
    assert find_roles(session, amara) == [("pilot", "coder"), ("pilot", "manager")]


def test_a_stranger_has_no_projects(session: Session, pilot: Project, amara: User) -> None:
    assert projects_of(session, actor_for(session, amara)) == []


def test_a_role_held_already_is_refused_kindly(session: Session, pilot: Project, amara: User) -> None:
    add_member(session, COMMAND_LINE, pilot, amara, "coder")
    with pytest.raises(Refused, match="already") as caught:
        add_member(session, COMMAND_LINE, pilot, amara, "coder")
    assert (_code(caught), caught.value.status) == ("PRJ-011", 409)


def test_a_role_that_is_none_is_refused(session: Session, pilot: Project, amara: User) -> None:
    with pytest.raises(Refused) as caught:
        add_member(session, COMMAND_LINE, pilot, amara, "owner")
    assert _code(caught) == "PRJ-010"


def test_a_disabled_account_gets_no_role(session: Session, pilot: Project, amara: User) -> None:
    disable_user(session, COMMAND_LINE, amara)
    with pytest.raises(Refused) as caught:
        add_member(session, COMMAND_LINE, pilot, amara, "coder")
    assert _code(caught) == "PRJ-012"


def test_a_role_that_ended_stays_in_the_history_and_can_be_given_again(
    session: Session, pilot: Project, amara: User
) -> None:
    add_member(session, COMMAND_LINE, pilot, amara, "coder")
    end_membership(session, COMMAND_LINE, pilot, amara, "coder")
    assert _roles(session, pilot) == []
    with pytest.raises(Refused) as caught:
        end_membership(session, COMMAND_LINE, pilot, amara, "coder")
    assert _code(caught) == "PRJ-013"
    add_member(session, COMMAND_LINE, pilot, amara, "coder")
    assert session.scalar(select(func.count()).select_from(Membership)) == 2


def test_the_last_manager_stays(session: Session, pilot: Project, amara: User) -> None:
    add_member(session, COMMAND_LINE, pilot, amara, "manager")
    with pytest.raises(Refused) as caught:
        end_membership(session, COMMAND_LINE, pilot, amara, "manager")
    assert _code(caught) == "PRJ-014"
    add_member(session, COMMAND_LINE, pilot, add_user(session, COMMAND_LINE, "dana"), "manager")
    end_membership(session, COMMAND_LINE, pilot, amara, "manager")
    assert _roles(session, pilot) == [("dana", "manager")]


def test_a_manager_who_cannot_sign_in_does_not_count_as_another(
    session: Session, pilot: Project, amara: User
) -> None:
    dana = add_user(session, COMMAND_LINE, "dana")
    for user in (amara, dana):
        add_member(session, COMMAND_LINE, pilot, user, "manager")
    disable_user(session, COMMAND_LINE, dana)
    with pytest.raises(Refused):
        end_membership(session, COMMAND_LINE, pilot, amara, "manager")
    end_membership(session, COMMAND_LINE, pilot, dana, "manager")
    assert _roles(session, pilot) == [("amara", "manager")]
