"""Whatever a request changes has its row in the trail in the same transaction: the policing client asks it of every request of every test.

Here that the watch sees what it is there to see. A whole run names at its end each route that may change something and by which no
request of any test was accepted, and fails for it where every program is required (``tests/conftest.py``).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from schema.store.audit import record
from schema.store.models import Audit, Project
from schema.store.projects import find_project
from tests.support.policing import PoliceReport
from tests.support.trail import DRIVEN, KNOWN
from tests.support.world import PROJECT, SYSTEM, World, build_world
from webapp.access.guard import public
from webapp.unit_of_work import writing


@pytest.fixture
def world(tmp_path: Path) -> World:
    return build_world(tmp_path)


def _opened(world: World, act: Callable[[], None]) -> None:
    @public
    def view() -> tuple[str, int]:
        act()
        return "", 204

    world.own_app().add_url_rule("/tried", "tried", view)
    world.new_client().get("/tried")


def _rename() -> None:
    with writing() as session:
        project = find_project(session, PROJECT)
        assert project is not None
        session.get_one(Project, project.id).title = "Another title"


def _tell() -> None:
    with writing() as session:
        record(session, SYSTEM, "project.edit")


def test_a_change_without_a_row_is_found(world: World) -> None:
    with pytest.raises(PoliceReport, match="changed project without a row in the trail"):
        _opened(world, _rename)


def test_a_row_in_another_transaction_is_none(world: World) -> None:
    def act() -> None:
        _rename()
        _tell()

    with pytest.raises(PoliceReport, match="changed project without a row in the trail"):
        _opened(world, act)


def test_a_change_with_its_row_passes(world: World) -> None:
    def act() -> None:
        with writing() as session:
            project = find_project(session, PROJECT)
            assert project is not None
            project.title = "Another title"
            record(session, SYSTEM, "project.edit")

    _opened(world, act)


def test_an_accepted_request_is_counted_and_a_refused_one_is_not(world: World) -> None:
    client = world.client_for("dana")
    DRIVEN.discard("cases.new_page")
    client.post("/projects/pilot/cases/new", data={"reference": "DHR-9"})
    refused = set(DRIVEN)
    answer = client.submit("/projects/pilot/cases/new", {"reference": "DHR-9"})
    assert answer.status_code == 303
    assert DRIVEN - refused == {"cases.new_page"}
    assert DRIVEN <= KNOWN


def test_an_act_says_who_when_what_on_what_and_by_which_request(world: World) -> None:
    world.client_for("dana").submit("/projects/pilot/cases/new", {"reference": "DHR-9", "title": "A review"})
    with world.reading() as session:
        act = session.scalars(select(Audit).where(Audit.action == "case.register")).one()
    case = world.case("DHR-9")
    assert (act.actor_id, act.actor_name) == (world.user("dana").id, "dana")
    assert (act.project_id, act.case_id, act.object_id) == (world.project.id, case.id, case.id)
    assert act.at.utcoffset() is not None
    assert act.request_id
    assert '"title": "A review"' in act.detail
