"""An address opens only what stands within it: cases of their project, entries and comparisons of their case."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from schema.store.models import Comparison, Project, User
from schema.store.projects import add_member, end_membership
from tests.support.casework import entry_of, give_back, ready_case, start_case
from tests.support.policing import PolicingClient
from tests.support.reports import attach, small_report
from tests.support.world import SYSTEM, World
from webapp.access.finding import NothingThere, find_subject
from webapp.access.subjects import CaseSubject, ProjectSubject

ClientFor = Callable[[str], PolicingClient]


@pytest.fixture
def both(world: World) -> Project:
    """A second project of which the same people are members."""
    other = world.another_project()
    with world.writing() as session:
        project = session.get_one(Project, other.id)
        for name, role in (
            ("dana", "manager"),
            ("amara", "coder"),
            ("ben", "coder"),
            ("carol", "reconciler"),
        ):
            add_member(session, SYSTEM, project, session.get_one(User, world.user(name).id), role)
    return other


@pytest.mark.parametrize("name", ["dana", "amara", "carol"])
def test_a_case_is_not_found_through_another_project_of_the_same_person(
    world: World, client_for: ClientFor, both: Project, name: str
) -> None:
    case = start_case(world, "DHR-001")
    client = client_for(name)
    assert client.get(f"/projects/pilot/cases/{case.id}").status_code == 200
    foreign = client.get(f"/projects/other/cases/{case.id}")
    unknown = client.get("/projects/other/cases/zzzzzzzzzzzzzzzz")
    assert (foreign.status_code, unknown.status_code) == (404, 404)
    assert len(foreign.data) == len(unknown.data)


def test_a_case_of_others_is_refused_to_a_coder(world: World, client_for: ClientFor) -> None:
    world.add_person("esi", "coder")
    case = start_case(world, "DHR-001", {"coder_1": "ben", "coder_2": "esi"})
    answer = client_for("amara").get(f"/projects/pilot/cases/{case.id}")
    assert answer.status_code == 403
    assert "DHR-001" not in answer.get_data(as_text=True)


def _found(world: World, **values: str) -> ProjectSubject | CaseSubject | None:
    with world.reading() as session:
        return find_subject(session, dict(values))


def test_an_entry_is_found_only_within_its_case(world: World, both: Project) -> None:
    one, two = start_case(world, "DHR-001"), start_case(world, "DHR-002")
    entry = entry_of(world, one, "amara")
    found = _found(world, project_key="pilot", case_id=one.id, entry_id=entry.id)
    assert isinstance(found, CaseSubject)
    assert found.entry is not None
    assert found.entry.id == entry.id
    for wrong in (
        {"project_key": "pilot", "case_id": two.id, "entry_id": entry.id},
        {"project_key": "other", "case_id": one.id, "entry_id": entry.id},
        {"project_key": "other", "entry_id": entry.id},
        {"project_key": "pilot", "case_id": one.id, "entry_id": "zzzzzzzzzzzzzzzz"},
        {"case_id": one.id},
    ):
        with pytest.raises(NothingThere):
            _found(world, **wrong)


def test_without_a_name_the_comparison_is_the_live_one(world: World) -> None:
    case = ready_case(world, "DHR-001")
    live = _found(world, project_key="pilot", case_id=case.id)
    assert isinstance(live, CaseSubject)
    assert live.comparison is not None
    give_back(world, case, "ben")
    after = _found(world, project_key="pilot", case_id=case.id)
    assert isinstance(after, CaseSubject)
    assert after.comparison is None
    with world.reading() as session:
        old = session.query(Comparison).one()
    named = _found(world, project_key="pilot", case_id=case.id, comparison_id=old.id)
    assert isinstance(named, CaseSubject)
    assert named.comparison is not None
    assert named.comparison.id == live.comparison.id


def test_what_names_no_subject_has_none(world: World) -> None:
    values = {"section": "report"}
    with world.reading() as session:
        assert find_subject(session, values) is None
    assert values == {"section": "report"}


def test_the_rest_of_a_download_is_refused_once_the_membership_has_ended(
    world: World, client_for: ClientFor, both: Project
) -> None:
    """Big files are fetched in parts; each part is a request of its own, and asks anew who may."""
    case = start_case(world, "DHR-001")
    report = attach(world, case, small_report())
    file = f"/projects/pilot/cases/{case.id}/reports/{report.id}/file"
    amara, whole = client_for("amara"), small_report()
    first = amara.get(file, headers={"Range": "bytes=0-99"})
    assert (first.status_code, first.data) == (206, whole[:100])
    with world.writing() as session:
        held = session.get_one(Project, world.project.id)
        end_membership(session, SYSTEM, held, session.get_one(User, world.user("amara").id), "coder")
    rest = amara.get(file, headers={"Range": "bytes=100-"})
    assert (rest.status_code, str(rest.location).startswith("/sign-in")) == (303, True)
    again = world.new_client("amara")
    assert again.get(file, headers={"Range": "bytes=100-"}).status_code == 404
    assert again.get("/projects/other").status_code == 200
