"""A project asks a second step of some of its roles: set by a manager, on record, and counted from everybody's next request on."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from schema.problem import Refused
from schema.store.models import Audit, Project, User
from schema.store.second_steps import ask_of
from tests.support.clock import Clock
from tests.support.entry_desk import Desk, build_desk
from tests.support.policing import PolicingClient
from tests.support.world import PASSWORD, World, build_world
from tests.web.test_two_step import _turn_on
from webapp.cli import main

ClientFor = Callable[[str], PolicingClient]
PAGE = "/projects/pilot/second-step"
SET_UP = "/account/two-step"


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime(2026, 11, 23, 9, 0, 10, tzinfo=UTC))


@pytest.fixture
def world(tmp_path: Path, clock: Clock) -> Iterator[World]:
    made = build_world(tmp_path, clock=clock)
    yield made
    made.database.dispose()


@pytest.fixture
def desk(world: World) -> Desk:
    return build_desk(world)


def ask(world: World, *roles: str) -> None:
    with world.writing() as session:
        ask_of(session, world.actor("dana"), session.get_one(Project, world.project.id), roles)


def asked(world: World) -> set[str]:
    return set(world.project.second_step_roles)


def test_a_manager_asks_it_with_the_password_and_it_is_on_record(world: World) -> None:
    dana = world.client_for("dana")
    assert "Who signs in with a second step" in dana.page("/projects/pilot/settings").links
    wrong = dana.submit(PAGE, {"roles": ["coder"], "password": "not my password at all"})
    assert (wrong.status_code, asked(world)) == (422, set())
    answer = dana.submit(PAGE, {"roles": ["coder", "reconciler"], "password": PASSWORD})
    assert (answer.status_code, asked(world)) == (303, {"coder", "reconciler"})
    assert dana.submit(PAGE, {"password": PASSWORD}).status_code == 303
    with world.reading() as session:
        rows = session.query(Audit).filter_by(action="project.ask_second_step").order_by(Audit.seq).all()
        found = [(row.actor_name, json.loads(row.detail)) for row in rows]
    both = ["coder", "reconciler"]
    assert found == [("dana", {"before": [], "after": both}), ("dana", {"before": both, "after": []})]
    assert "Changed who signs in with a second step" in dana.page("/projects/pilot/audit").words


def test_what_is_no_role_is_refused(world: World) -> None:
    answer = world.client_for("dana").submit(PAGE, {"roles": ["owner"], "password": PASSWORD})
    assert (answer.status_code, asked(world)) == (422, set())
    with pytest.raises(Refused, match="PRJ-025"):
        ask(world, "owner")


def test_whoever_is_asked_goes_on_once_it_is_set_up_and_nobody_else_is_stopped(
    desk: Desk, world: World, clock: Clock, client_for: ClientFor
) -> None:
    amara, carol = client_for("amara"), client_for("carol")
    token = amara.token(desk.address + "/report")
    ask(world, "coder")
    for page in ("/projects/pilot", desk.address, f"/projects/pilot/cases/{desk.case_id}/reports"):
        answer = amara.get(page)
        assert (answer.status_code, answer.location) == (303, SET_UP), page
    assert "asks people with your part for a second step" in amara.page(SET_UP).words
    assert "Pilot" not in amara.page("/").words
    typed = {"csrf_token": token, "report.area": "What I have just typed"}
    kept = amara.post(desk.address + "/report", data=typed)
    assert (kept.status_code, "What I have just typed" in kept.text) == (403, True)
    assert desk.save(amara, ("report.area", "X")).get_json()["problems"][0]["code"] == "TWO-007"
    assert carol.get("/projects/pilot").status_code == 200
    _turn_on(world, clock, client=amara)
    assert amara.get("/projects/pilot").status_code == 200
    assert desk.save(amara, ("report.area", "X")).status_code == 200


def test_it_is_asked_at_signing_in_and_cannot_be_turned_off_meanwhile(
    world: World, clock: Clock, client_for: ClientFor
) -> None:
    dana = client_for("dana")
    _turn_on(world, clock, "dana")
    ask(world, "manager", "reconciler")
    answer = world.new_client().submit("/sign-in", {"name": "carol", "password": PASSWORD})
    assert answer.location == "/sign-in/set-up-app"
    for roles, status in ((("manager",), 409), ((), 303)):
        ask(world, *roles)
        off = dana.submit(f"{SET_UP}/off", {"password": PASSWORD}, page=SET_UP)
        assert off.status_code == status


def test_another_project_goes_on_and_a_manager_of_that_one_asks_nothing_here(world: World) -> None:
    other = world.another_project()
    world.add_person("mona", "manager", project=other)
    world.add_person("cora", "coder", project=other)
    ask(world, "manager", "coder", "reconciler", "viewer")
    assert world.client_for("cora").get("/projects/other").status_code == 200
    assert world.client_for("mona").get(PAGE).status_code == 404
    assert world.client_for("mona").get("/projects/other").status_code == 200


def test_an_account_without_a_password_is_left_to_its_university(world: World) -> None:
    victor = world.client_for("victor")
    ask(world, "viewer")
    assert victor.get("/projects/pilot").status_code == 303
    with world.writing() as session:
        session.get_one(User, world.user("victor").id).password_hash = None
    assert victor.get("/projects/pilot").status_code == 200


def test_by_command(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_DATA_DIR", str(world.folder))
    for roles, said in ((("manager", "coder"), "coder, manager"), ((), "nobody")):
        result = CliRunner().invoke(main, ["project", "second-step", "pilot", *roles])
        assert (result.exit_code, result.output) == (0, f"pilot asks a second step of {said}.\n")
        assert asked(world) == set(roles)
    assert CliRunner().invoke(main, ["project", "second-step", "nowhere"]).exit_code == 2
