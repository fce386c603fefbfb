"""Signing in and out, passwords, one-time codes and the first start, as a person meets them."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import request

from schema.store.database import now
from schema.store.first_start import first_start_code
from schema.store.models import User
from schema.store.people import disable_user, issue_reset_code
from tests.support.clock import Clock
from tests.support.databases import sqlite_database
from tests.support.policing import Page, PolicingClient, police
from tests.support.world import PASSWORD, SYSTEM, World, build_world
from webapp.access.guard import public
from webapp.account.routes import own_path
from webapp.app import create_app

NEW = "orchard lantern seventeen rivers"
ClientFor = Callable[[str], PolicingClient]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def timed(tmp_path: Path, clock: Clock) -> World:
    """A world on a clock that the test moves."""
    return build_world(tmp_path, clock=clock)


def test_signing_in_leads_to_where_the_person_was_going(world: World) -> None:
    client = world.new_client()
    asked = client.get("/projects/pilot?x=1")
    assert asked.location == "/sign-in?next=/projects/pilot?x%3D1"
    sent = {**Page(client.get(asked.location)).values(), "name": "amara", "password": PASSWORD}
    answer = client.post("/sign-in", data=sent)
    assert (answer.status_code, answer.location) == (303, "/projects/pilot?x=1")


@pytest.mark.parametrize("name", ["amara", "nobody-at-all", "closed"])
def test_what_is_wrong_at_signing_in_is_never_told(world: World, name: str) -> None:
    world.add_person("closed")
    with world.writing() as session:
        disable_user(session, SYSTEM, session.get_one(User, world.user("closed").id))
    password = PASSWORD if name == "closed" else "not the password at all"
    client = world.new_client()
    answer = client.submit("/sign-in", {"name": name, "password": password})
    assert answer.status_code == 422
    shown = re.sub(r'value="[^"]*"', "", answer.get_data(as_text=True))
    other = world.new_client().submit("/sign-in", {"name": "somebody", "password": "else"})
    assert shown == re.sub(r'value="[^"]*"', "", other.get_data(as_text=True))


def test_an_empty_form_names_both_fields_and_leads_to_them(world: World) -> None:
    answer = world.new_client().submit("/sign-in", {"name": "", "password": ""})
    page = Page(answer)
    assert answer.status_code == 422
    assert page.links["Enter your sign-in name."] == "#name"
    assert page.links["Enter your password."] == "#password"


def test_a_password_is_never_sent_back(world: World) -> None:
    answer = world.new_client().submit("/sign-in", {"name": "amara", "password": "a secret that is wrong"})
    assert "a secret that is wrong" not in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "/\\evil.example",
        "https:evil",
        "https://evil.example",
        "javascript:alert(1)",
        "evil",
        "/\t/evil",
        "",
    ],
)
def test_signing_in_leads_nowhere_else(target: str) -> None:
    assert own_path(target) == "/"


@pytest.mark.parametrize("target", ["/", "/projects/pilot", "/projects/pilot/cases?state=coding&text=a%20b"])
def test_signing_in_leads_to_own_pages(target: str) -> None:
    assert own_path(target) == target


def test_a_copied_cookie_opens_nothing_after_signing_out(world: World) -> None:
    client = world.new_client("amara")
    stolen = client.get_cookie("tandem-session")
    assert stolen is not None
    answer = client.submit("/sign-out", page="/account")
    assert answer.headers["Clear-Site-Data"] == '"storage"'
    thief = world.new_client()
    thief.set_cookie("tandem-session", stolen.value)
    assert thief.get("/account").status_code == 303


def test_signing_in_gives_a_new_token_each_time(world: World) -> None:
    client = world.new_client()
    client.set_cookie("tandem-session", "planted")
    client.submit("/sign-in", {"name": "amara", "password": PASSWORD})
    first = client.get_cookie("tandem-session")
    assert first is not None
    assert first.value != "planted"
    assert len(first.value) >= 32
    assert first.http_only
    assert first.same_site == "Lax"


def test_the_database_holds_no_token(world: World) -> None:
    client = world.new_client("amara")
    token = client.get_cookie("tandem-session")
    assert token is not None
    assert token.value.encode() not in (world.folder / "tandem.sqlite3").read_bytes()
    assert token.value.encode() not in (world.folder / "tandem.sqlite3-wal").read_bytes()


def test_a_disabled_account_is_out_at_the_next_click(world: World, client_for: ClientFor) -> None:
    client = client_for("amara")
    client.page("/account")
    with world.writing() as session:
        disable_user(session, SYSTEM, session.get_one(User, world.user("amara").id))
    assert client.get("/account").status_code == 303


def test_a_session_that_outlived_its_account_opens_nothing(world: World, client_for: ClientFor) -> None:
    client = client_for("amara")
    with world.writing() as session:
        session.get_one(User, world.user("amara").id).disabled_at = now(session)
    assert client.get("/account").status_code == 303


def test_an_idle_session_ends(timed: World, clock: Clock) -> None:
    client = timed.client_for("amara")
    clock.forward(minutes=29)
    client.page("/account")
    clock.forward(minutes=29)
    client.page("/account")
    clock.forward(minutes=31)
    assert client.get("/account").status_code == 303


def test_work_does_not_stretch_a_session_beyond_its_limit(timed: World, clock: Clock) -> None:
    client = timed.client_for("amara")
    for _ in range(35):
        clock.forward(minutes=20)
        client.page("/account")
    clock.forward(minutes=21)
    assert client.get("/account").status_code == 303


def test_reading_a_page_writes_at_most_when_it_was_last_seen(timed: World, clock: Clock) -> None:
    client = timed.client_for("amara")
    clock.forward(seconds=30)
    client.page("/account")
    assert "23 November 2026, 09:00" in client.page("/account").words
    clock.forward(seconds=40)
    client.page("/account")
    assert "23 November 2026, 09:01" in client.page("/account").words


def test_a_form_left_open_for_hours_can_still_be_sent(timed: World, clock: Clock) -> None:
    client = timed.client_for("dana")
    token = client.token("/projects/pilot/settings")
    for _ in range(20):
        clock.forward(minutes=20)
        client.page("/")
    answer = client.post(
        "/projects/pilot/settings", data={"csrf_token": token, "title": "Anew", "description": ""}
    )
    assert answer.status_code == 303


def test_what_was_typed_survives_signing_in_again(timed: World, clock: Clock) -> None:
    client = timed.client_for("dana")
    old = client.token("/projects/pilot/settings")
    clock.forward(hours=1)
    sent = {"csrf_token": old, "title": "Typed before the break", "description": "Two\nlines"}
    kept = client.post("/projects/pilot/settings", data=sent)
    assert kept.status_code in (400, 401)
    assert timed.project.title != "Typed before the break"
    client.submit("/sign-in", {"name": "dana", "password": PASSWORD})
    again = client.post("/projects/pilot/settings", data=Page(kept).values())
    assert again.status_code == 400, "the token of the page belongs to nobody's session"
    done = client.post("/projects/pilot/settings", data=Page(again).values())
    assert done.status_code == 303
    assert timed.project.title == "Typed before the break"


def test_the_page_that_keeps_what_was_typed_keeps_no_password(client_for: ClientFor) -> None:
    sent = {"present": PASSWORD, "password": NEW, "again": NEW, "note": "kept"}
    answer = client_for("amara").post("/account/password", data=sent)
    text = answer.get_data(as_text=True)
    assert 'value="kept"' in text
    assert NEW not in text


def test_a_script_without_a_token_is_told_so_in_json(client_for: ClientFor) -> None:
    answer = client_for("amara").post("/account/password", json={})
    assert answer.status_code == 400
    assert answer.get_json()["problems"][0]["code"] == "WEB-CSRF"


def test_a_token_of_another_person_does_not_count(client_for: ClientFor) -> None:
    foreign = client_for("ben").token("/account")
    answer = client_for("amara").post("/account/sessions/end", data={"csrf_token": foreign})
    assert answer.status_code == 400


def test_a_changed_password_counts_and_signs_out_elsewhere(world: World) -> None:
    here, elsewhere = world.new_client("amara"), world.new_client("amara")
    before = here.get_cookie("tandem-session")
    sent = {"present": PASSWORD, "password": NEW, "again": NEW}
    answer = here.submit("/account/password", sent, page="/account")
    assert answer.status_code == 303
    assert "Your password is changed." in here.page("/account").words
    assert elsewhere.get("/account").status_code == 303
    after = here.get_cookie("tandem-session")
    assert before is not None
    assert after is not None
    assert before.value != after.value
    assert world.new_client().submit("/sign-in", {"name": "amara", "password": PASSWORD}).status_code == 422
    assert world.new_client().submit("/sign-in", {"name": "amara", "password": NEW}).status_code == 303


@pytest.mark.parametrize(
    ("present", "password", "again", "said"),
    [
        ("wrong", NEW, NEW, "not your present password"),
        (PASSWORD, NEW, NEW + "x", "The two passwords differ."),
        (PASSWORD, "short", "short", "15 characters or more"),
        (PASSWORD, "amara amara amara 12", "amara amara amara 12", "sign-in name"),
        (PASSWORD, "", "", "Enter a new password."),
        (PASSWORD, "x" * 5000, "x" * 5000, "too long"),
    ],
)
def test_a_password_that_will_not_do_is_refused_with_the_reason(
    client_for: ClientFor, present: str, password: str, again: str, said: str
) -> None:
    sent = {"present": present, "password": password, "again": again}
    answer = client_for("amara").submit("/account/password", sent, page="/account")
    assert answer.status_code == 422
    assert said in Page(answer).words


def test_sessions_elsewhere_can_be_ended(world: World) -> None:
    here, elsewhere = world.new_client("amara"), world.new_client("amara")
    assert here.submit("/account/sessions/end", page="/account").status_code == 303
    assert here.get("/account").status_code == 200
    assert elsewhere.get("/account").status_code == 303


def test_a_one_time_code_opens_the_account_once(world: World) -> None:
    with world.writing() as session:
        code = issue_reset_code(session, SYSTEM, session.get_one(User, world.user("ben").id))
    client = world.new_client()
    sent = {"name": "ben", "code": code.upper(), "password": NEW, "again": NEW}
    assert client.submit("/reset", sent).status_code == 303
    assert "Your new password counts" in client.page("/").words
    spent = world.new_client().submit("/reset", sent)
    assert spent.status_code == 422
    assert "spent or too old" in Page(spent).words


def test_a_password_with_a_projects_name_is_refused_to_its_members_alone_and_spends_no_code(
    world: World,
) -> None:
    with world.writing() as session:
        code = issue_reset_code(session, SYSTEM, session.get_one(User, world.user("ben").id))
    named = "pilot lantern seventeen rivers"
    sent = {"name": "ben", "password": named, "again": named}
    guessed = world.new_client().submit("/reset", {**sent, "code": "wrong-code"})
    assert "name of the project" not in Page(guessed).words, "no stranger learns who is in which project"
    refused = world.new_client().submit("/reset", {**sent, "code": code})
    assert refused.status_code == 422
    assert "name of the project" in Page(refused).words
    assert world.new_client("ben").get("/account").status_code == 200, "the earlier one still counts"
    again = {"name": "ben", "code": code, "password": NEW, "again": NEW}
    assert world.new_client().submit("/reset", again).status_code == 303


def test_passwords_are_masked_and_left_to_whoever_keeps_them(world: World) -> None:
    """No door asks for a hint or the answer to a question; what is secret is masked, and named so that a password manager knows it."""
    fields: dict[str, dict[str, tuple[str, str]]] = {}
    for address, client in (("/sign-in", ""), ("/reset", ""), ("/account", "amara")):
        text = (
            (world.new_client(client) if client else world.new_client()).get(address).get_data(as_text=True)
        )
        inputs = [tag for tag in re.findall(r"<input[^>]*>", text) if 'type="hidden"' not in tag]
        fields[address] = {_of(tag, "name"): (_of(tag, "type"), _of(tag, "autocomplete")) for tag in inputs}
    present, new = ("password", "current-password"), ("password", "new-password")
    assert fields["/sign-in"] == {"name": ("text", "username"), "password": present}
    assert fields["/reset"].keys() == {"name", "code", "password", "again"}
    assert [fields["/reset"][one] for one in ("password", "again")] == [new, new]
    assert fields["/account"] == {"present": present, "password": new, "again": new}


def _of(tag: str, name: str) -> str:
    found = re.search(rf'\b{name}="([^"]*)"', tag)
    return found.group(1) if found else ""


def test_no_script_hinders_pasting() -> None:
    scripts = Path(__file__).parents[2] / "webapp" / "static" / "js"
    hearing = [one for one in scripts.rglob("*.js") if '"paste"' in one.read_text(encoding="utf-8")]
    assert [one.name for one in hearing if "password" in one.read_text(encoding="utf-8")] == []


def test_a_password_counts_as_long_as_nobody_changes_it(timed: World, clock: Clock) -> None:
    clock.forward(days=1200)
    client = timed.new_client()
    answer = client.submit("/sign-in", {"name": "amara", "password": PASSWORD})
    assert (answer.status_code, answer.location) == (303, "/")


def test_a_code_of_nobody_is_refused_like_a_wrong_one(world: World) -> None:
    answers = [
        world.new_client().submit("/reset", {"name": name, "code": "aaaa", "password": NEW, "again": NEW})
        for name in ("ben", "nobody")
    ]
    assert [answer.status_code for answer in answers] == [422, 422]
    assert Page(answers[0]).links.keys() == Page(answers[1]).links.keys()
    assert all("do not belong together" in Page(answer).words for answer in answers)


def test_the_first_person_sets_up_with_the_printed_code(tmp_path: Path) -> None:
    database = sqlite_database(tmp_path / "empty.sqlite3")
    world = World(database, tmp_path)
    client = world.new_client()
    assert client.get("/sign-in").location == "/set-up"
    with database.writing() as session:
        code = first_start_code(session)
    sent = {"code": "wrong-code", "name": "ada", "display_name": "Ada Lund", "password": NEW, "again": NEW}
    assert client.submit("/set-up", sent).status_code == 422
    assert client.submit("/set-up", {**sent, "code": code}).status_code == 303
    assert "People" in client.page("/").links
    assert client.get("/set-up").status_code == 303
    assert world.new_client().get("/set-up").location == "/sign-in"
    late = world.new_client()
    again = late.post(
        "/set-up", data={**sent, "csrf_token": late.token("/reset"), "code": code, "name": "eve"}
    )
    assert again.status_code == 422
    database.dispose()


def test_there_is_no_way_to_sign_up(world: World) -> None:
    client = world.new_client()
    for address in ("/sign-up", "/register", "/signup", "/join", "/users/new", "/account/new"):
        assert client.get(address).status_code == 404


def test_a_failure_gives_a_page_with_a_reference_and_nothing_from_inside(world: World) -> None:
    app = create_app(world.settings, database=world.database)

    @public
    def fail() -> str:
        raise RuntimeError("the inner secret")

    app.add_url_rule("/fail", "fail", fail)
    answer = app.test_client().get("/fail")
    text = answer.get_data(as_text=True)
    assert answer.status_code == 500
    assert "Something went wrong" in text
    assert re.search(r"<code>[0-9a-f]{16}</code>", text)
    assert "inner secret" not in text


def test_even_a_broken_error_page_answers(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    app = create_app(world.settings, database=world.database)

    @public
    def fail(*_: object, **__: object) -> str:
        raise RuntimeError("the inner secret")

    app.add_url_rule("/fail", "fail", fail)
    monkeypatch.setattr("webapp.errors.render_template", fail)
    answer = app.test_client().get("/fail")
    assert answer.status_code == 500
    assert "Nothing that was saved before is lost" in answer.get_data(as_text=True)


def test_nothing_is_debugged_whatever_the_environment_says(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLASK_DEBUG", "1")
    app = create_app(world.settings, database=world.database)

    @public
    def asks() -> str:
        return request.args["what no address has"]

    app.add_url_rule("/asks", "asks", asks)
    answer = app.test_client().get("/asks")
    assert (app.debug, answer.status_code) == (False, 400)
    assert "what no address has" not in answer.get_data(as_text=True)


def test_too_large_a_body_is_refused_calmly(world: World) -> None:
    police(world.app).config["MAX_CONTENT_LENGTH"] = 10_000
    answer = world.new_client().post("/sign-in", data={"name": "x" * 20_000})
    assert answer.status_code == 413
    assert Page(answer).heading == "This is too large"
