"""Every route asks the policy, refuses what carries no token, and answers the same to all who may not know."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.routing import Rule

from tests.support.everyone import normal
from tests.support.policing import PolicingClient
from tests.support.world import MEMBERS, World, build_world
from webapp.access.guard import action_of
from webapp.access.policy import ACTIONS
from webapp.access.sessions import WITHOUT_PERSON
from webapp.app import create_app
from webapp.settings import Settings

#: What may be reached without being signed in; a new name here is a decision.
PUBLIC = {
    "account.sign_in_page",
    "account.sign_in_now",
    "account.sign_out_now",
    "account.set_up_page",
    "account.set_up_now",
    "account.reset_page",
    "account.reset_now",
    "account.code_page",  # these four open nothing without a session whose password was given
    "account.code_now",
    "account.enrol_page",
    "account.enrol_now",
    "health.up",
    "health.ready",
    "health.numbers",
    "account.sign_on_page",  # lead to the single sign-on and back; without one they are not there
    "account.sign_on_returned",
    "account.sign_on_out",
    "notices.end_digest_page",  # open nothing: a signed mark ends one digest
    "notices.end_digest_now",
}
UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}
NOWHERE = "zzzzzzzzzzzzzzzz"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = build_world(tmp_path_factory.mktemp("routes"))
    yield made
    made.database.dispose()


def _rules(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint not in WITHOUT_PERSON]


def _address(app: Flask, rule: Rule, project: str = "pilot") -> str:
    values = {
        name: 1 if "Integer" in type(rule._converters[name]).__name__ else NOWHERE for name in rule.arguments
    }
    if "project_key" in values:
        values["project_key"] = project
    with app.test_request_context():
        return app.url_map.bind("localhost").build(
            rule.endpoint, values, method=next(iter(rule.methods or ()))
        )


def test_every_route_has_a_permit_or_is_public(world: World) -> None:
    unmarked = [
        rule.endpoint for rule in _rules(world.app) if not action_of(world.app.view_functions[rule.endpoint])
    ]
    assert unmarked == []


def test_only_the_named_routes_are_public(world: World) -> None:
    views = world.app.view_functions
    public = {rule.endpoint for rule in _rules(world.app) if action_of(views[rule.endpoint]) == "public"}
    assert public == PUBLIC


def test_every_permit_is_in_the_policy_table(world: World) -> None:
    views = world.app.view_functions
    asked = {action_of(views[rule.endpoint]) for rule in _rules(world.app)} - {"public"}
    assert asked <= set(ACTIONS)


def test_a_route_about_a_project_never_asks_a_question_without_one(world: World) -> None:
    general = {
        "account.own",
        "help.read",
        "people.manage",
        "project.create",
        "questionnaire.view",
        "questionnaire.manage",
    }
    views = world.app.view_functions
    wrong = [
        rule.rule
        for rule in _rules(world.app)
        if "project_key" in rule.arguments and action_of(views[rule.endpoint]) in general
    ]
    assert wrong == []


def test_a_route_with_a_case_asks_about_the_case_or_its_project(world: World) -> None:
    views = world.app.view_functions
    loose = {"project.view", "case.list", "case.counts"}
    wrong = [
        rule.rule
        for rule in _rules(world.app)
        if "case_id" in rule.arguments and action_of(views[rule.endpoint]) in loose
    ]
    assert wrong == []


def test_a_view_without_a_mark_is_never_run(tmp_path: Path) -> None:
    world = build_world(tmp_path)
    world.own_app().add_url_rule("/unmarked", "unmarked", lambda: "quite unguarded")
    answer = world.client_for("root").get("/unmarked")
    assert answer.status_code == 403
    assert "quite unguarded" not in answer.get_data(as_text=True)


def test_nobody_reaches_a_closed_route_without_signing_in(world: World) -> None:
    client = world.new_client()
    for rule in _rules(world.app):
        if rule.endpoint in PUBLIC:
            continue
        address = _address(world.app, rule)
        for method in (rule.methods or set()) - UNSAFE - {"OPTIONS"}:
            answer = client.open(address, method=method)
            assert answer.status_code == 303, f"{method} {address} answered {answer.status_code}"
            assert str(answer.location).startswith("/sign-in"), address


def test_nothing_is_changed_without_a_token(world: World) -> None:
    clients = [world.new_client(), world.client_for("dana"), world.client_for("root")]
    for rule in _rules(world.app):
        address = _address(world.app, rule)
        for method in (rule.methods or set()) & UNSAFE:
            for client in clients:
                for sent in ({"data": {"a": "b"}}, {"json": {"a": "b"}}, {"data": {"csrf_token": "made up"}}):
                    answer = client.open(address, method=method, **sent)
                    assert answer.status_code in (400, 401), f"{method} {address}: {answer.status_code}"


def _statuses(client: PolicingClient, world: World, project: str) -> dict[str, int]:
    return {
        rule.rule: client.get(_address(world.app, rule, project)).status_code
        for rule in _rules(world.app)
        if "GET" in (rule.methods or ()) and "project_key" in rule.arguments
    }


@pytest.mark.parametrize("name", [name for name, (_, roles) in MEMBERS.items() if roles])
def test_a_foreign_project_looks_like_one_that_does_not_exist(world: World, name: str) -> None:
    if not any(project == "foreign" for project in _projects(world)):
        world.another_project("foreign")
    client = world.client_for(name)
    assert set(_statuses(client, world, "foreign").values()) == {404}
    foreign, unknown = (client.get(f"/projects/{key}") for key in ("foreign", "unknown"))
    assert normal(foreign, "foreign") == normal(unknown, "unknown")


def test_an_administrator_without_a_role_reaches_no_page_with_cases(world: World) -> None:
    views = world.app.view_functions
    actions = {rule.rule: action_of(views[rule.endpoint]) for rule in _rules(world.app)}
    opened = {
        actions[path]
        for path, status in _statuses(world.client_for("root"), world, "pilot").items()
        if status == 200
    }
    assert opened <= {"project.manage", "project.erase"}  # neither shows a case


def test_an_unknown_case_is_not_there_for_anybody(world: World) -> None:
    rules = [
        rule for rule in _rules(world.app) if "case_id" in rule.arguments and "GET" in (rule.methods or ())
    ]
    assert rules, "no route with a case was found, so this test proves nothing"
    for name in MEMBERS:
        for rule in rules:
            assert world.client_for(name).get(_address(world.app, rule)).status_code == 404, rule.rule


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"])
def test_other_methods_are_refused(world: World, method: str) -> None:
    answer = world.client_for("dana").open("/projects/pilot", method=method)
    assert answer.status_code in (400, 405)


def test_over_https_cookies_are_tied_to_the_host(tmp_path: Path) -> None:
    world = build_world(tmp_path)
    settings = Settings(
        database_url=world.settings.database_url,
        secret_key=world.settings.secret_key,
        data_dir=tmp_path,
        https=True,
    )
    app = create_app(settings, database=world.database)
    answer = app.test_client().get("/sign-in", base_url="https://localhost")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-tandem-page=")
    assert all(part in cookie for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"))
    assert "Domain" not in cookie
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=")


def _projects(world: World) -> list[str]:
    page = world.client_for("root").page("/projects")
    return [link.split("/")[2] for link in page.links.values() if link.startswith("/projects/")]
