"""The doors themselves: the same work for everybody, no way out to other sites, cookies over https, hosts, keys, recovery."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from argon2 import PasswordHasher
from flask import Flask, session
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from schema.problem import Refused
from schema.store.models import User
from schema.store.people import disable_user, issue_reset_code, use_reset_code
from schema.store.sessions import start_session
from tests.support.everyone import token_on
from tests.support.policing import Page, police
from tests.support.world import PASSWORD, SYSTEM, World
from webapp.access.guard import public
from webapp.app import create_app

SITE = "https://localhost"
NEW = "orchard lantern seventeen rivers"


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every piece of work on a password that is done from now on."""
    done: list[str] = []
    for name in ("hash", "verify"):
        original = getattr(PasswordHasher, name)

        def counted(self, *given, _name=name, _original=original):
            done.append(_name)
            return _original(self, *given)

        monkeypatch.setattr(PasswordHasher, name, counted)
    return done


def test_signing_in_takes_the_same_work_whoever_is_asked_for(world: World, hashed: list[str]) -> None:
    """The work is counted and not timed: a hash takes 20 ms, everything else here hardly any."""
    world.add_person("closed")
    world.add_person("fresh")
    with world.writing() as opened:
        disable_user(opened, SYSTEM, opened.get_one(User, world.user("closed").id))
        opened.get_one(User, world.user("fresh").id).password_hash = None
    for name in ("amara", "nobody"):  # what is done once, when a process first needs it
        world.new_client().submit("/sign-in", {"name": name, "password": "wrong"})
    work = {}
    for name in ("amara", "nobody-at-all", "closed", "fresh", "root", "x" * 5000):
        client = world.new_client()
        hashed.clear()
        assert client.submit("/sign-in", {"name": name, "password": "wrong"}).status_code == 422
        work[name[:9]] = list(hashed)
    assert work == {name: ["verify"] for name in work}


def test_a_one_time_code_takes_the_same_work_whoever_is_asked_for(world: World, hashed: list[str]) -> None:
    with world.writing() as opened:
        issue_reset_code(opened, SYSTEM, opened.get_one(User, world.user("ben").id))
    work = {}
    for name in ("amara", "ben", "nobody-at-all"):
        client = world.new_client()
        hashed.clear()
        sent = {"name": name, "code": "aaaa-bbbb-cccc-dddd", "password": NEW, "again": NEW}
        assert client.submit("/reset", sent).status_code == 422
        work[name] = list(hashed)
    assert work == {name: ["hash"] for name in work}


@pytest.mark.parametrize(
    "target",
    ["//evil.example", "/\\evil", "https:evil", "%2f%2fevil.example", "javascript:alert(1)", "/%5cevil"],
)
def test_no_sign_in_leads_out_of_the_site(world: World, target: str) -> None:
    client = world.new_client()
    client.get("/sign-in", query_string={"next": target})
    answer = client.submit("/sign-in", {"name": "amara", "password": PASSWORD, "next": target})
    assert answer.status_code == 303
    location = str(answer.location)
    assert location == "/" or (location == target and target == "/%5cevil"), "that one is a path of ours"


def _secure(world: World, **changed: object) -> FlaskClient:
    settings = replace(world.settings, https=True, **changed)  # type: ignore[arg-type]
    return create_app(settings, database=world.database).test_client()


def test_over_https_every_cookie_is_tied_to_the_host(world: World) -> None:
    client = _secure(world)
    page = client.get("/sign-in", base_url=SITE).get_data(as_text=True)
    sent = {"csrf_token": _token_in(page), "name": "amara", "password": PASSWORD}
    answer = client.post("/sign-in", base_url=SITE, data=sent)
    assert answer.status_code == 303
    set_here = answer.headers.getlist("Set-Cookie")
    assert {one.partition("=")[0] for one in set_here} == {
        "__Host-tandem-session",
        "__Host-tandem-device",
        "__Host-tandem-page",
    }
    for one in set_here:
        parts = {part.strip() for part in one.split(";")[1:]}
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= parts, one
        assert not any(part.startswith("Domain") for part in parts), one


#: What a browser says of where a form stands, and what becomes of the form.
SAID: tuple[tuple[dict[str, str], int], ...] = (
    ({}, 303),
    ({"Origin": "null"}, 303),
    ({"Origin": SITE, "Referer": f"{SITE}/projects/pilot/settings"}, 303),
    ({"Sec-Fetch-Site": "same-origin"}, 303),
    ({"Origin": "https://evil.example"}, 400),
    ({"Origin": "null", "Referer": f"{SITE}.evil.example/"}, 400),
    ({"Origin": SITE, "Referer": "http://localhost/"}, 400),
    ({"Sec-Fetch-Site": "same-site"}, 403),
    ({"Sec-Fetch-Site": "cross-site"}, 403),
)


def test_over_https_a_form_is_taken_without_a_referer_but_from_no_other_site(world: World) -> None:
    client, token = _signed_in_over_https(world)
    for number, (headers, status) in enumerate(SAID):
        sent = {"csrf_token": token, "title": f"Saved {number}", "description": ""}
        answer = client.post("/projects/pilot/settings", base_url=SITE, data=sent, headers=headers)
        assert answer.status_code == status, headers
        assert (world.project.title == f"Saved {number}") == (status == 303), headers


def test_over_https_a_form_whose_token_does_not_fit_comes_back_whole_and_can_be_sent(world: World) -> None:
    client, _ = _signed_in_over_https(world)
    typed = {"title": "Typed “before” <b>", "description": "Two\nlines", "ticked": ["one", "two"]}
    kept = client.post("/projects/pilot/settings", base_url=SITE, data={"csrf_token": "too old", **typed})
    assert kept.status_code == 400
    fields = [(one.get("name"), one.get("value")) for one in Page(kept).root.iter("input")]
    tokens = [value for name, value in fields if name == "csrf_token"]
    assert [(name, value) for name, value in fields if name != "csrf_token"] == [
        ("title", typed["title"]),
        ("description", typed["description"]),
        ("ticked", "one"),
        ("ticked", "two"),
    ]
    again = client.post("/projects/pilot/settings", base_url=SITE, data={"csrf_token": tokens[-1], **typed})
    assert again.status_code == 303
    assert world.project.title == typed["title"]


def _signed_in_over_https(world: World) -> tuple[FlaskClient, str]:
    """A manager's browser, and the token of its forms."""
    client = _secure(world)
    page = client.get("/sign-in", base_url=SITE).get_data(as_text=True)
    sent = {"csrf_token": _token_in(page), "name": "dana", "password": PASSWORD}
    assert client.post("/sign-in", base_url=SITE, data=sent).status_code == 303
    return client, _token_in(client.get("/account", base_url=SITE).get_data(as_text=True))


def _token_in(page: str) -> str:
    return page.split('name="csrf_token" value="')[1].split('"')[0]


def test_tokens_are_long_and_never_alike(world: World) -> None:
    with world.writing() as opened:
        user = opened.get_one(User, world.user("amara").id)
        tokens = {start_session(opened, user, world.settings.session_absolute) for _ in range(200)}
    assert len(tokens) == 200
    assert min(map(len, tokens)) >= 43, "256 bits, six to a character"


def test_a_new_secret_key_signs_nobody_out_and_a_key_that_others_know_opens_nothing(world: World) -> None:
    old = world.new_client("amara")
    key = "a later key, long enough: 9876543210 abc"
    later = replace(world.settings, secret_key=key, earlier_secret_keys=(world.settings.secret_key,))
    app = create_app(later, database=world.database)
    client = app.test_client()
    for name in ("tandem-session", "tandem-page", "tandem-device"):
        cookie = old.get_cookie(name)
        assert cookie is not None
        client.set_cookie(name, cookie.value)
    form = old.token("/account")
    assert client.get("/account").status_code == 200
    kept = client.post("/account/sessions/end", data={"csrf_token": form, "note": "typed before"})
    assert (kept.status_code, 'value="typed before"' in kept.get_data(as_text=True)) == (400, True)
    fresh = token_on(client, "/account")
    assert client.post("/account/sessions/end", data={"csrf_token": fresh}).status_code == 303
    forged = _forged("dev")
    thief = app.test_client()
    thief.set_cookie("tandem-page", forged)
    thief.set_cookie("tandem-session", forged)
    assert thief.get("/account").status_code == 303


def _forged(key: str) -> str:
    """A page session that somebody signed with a key of their own."""
    app = Flask("forger")
    app.config.update(SECRET_KEY=key, SESSION_COOKIE_NAME="tandem-page")

    @app.get("/")
    @public
    def forge() -> str:
        session["of"] = "anybody"
        return ""

    client = app.test_client()
    client.get("/")
    cookie = client.get_cookie("tandem-page")
    assert cookie is not None
    return cookie.value


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "evil.example:80"])
def test_other_hosts_are_refused_with_all_headers(world: World, host: str) -> None:
    client = police(
        create_app(replace(world.settings, hosts=("localhost",)), database=world.database)
    ).test_client()
    assert client.get("/sign-in").status_code == 200
    answer = client.get("/sign-in", headers={"Host": host})
    assert answer.status_code == 400
    assert "evil" not in answer.get_data(as_text=True)
    assert re.search(r"give the reference [0-9a-f]{16}\W", Page(answer).words)
    assert answer.headers["Cache-Control"] == "no-store"


def test_what_a_client_says_of_forwarding_is_not_believed(world: World) -> None:
    client = world.new_client("root")
    headers = {
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-For": "10.0.0.9",
    }
    page = client.post(
        f"/people/{world.user('ben').id}/code", data={"csrf_token": client.token("/account")}, headers=headers
    ).get_data(as_text=True)
    assert "localhost/reset" in page
    assert "evil.example" not in page


def test_a_one_time_code_is_one_persons_and_ends_with_their_sessions(world: World) -> None:
    client = world.new_client("ben")
    with world.writing() as opened:
        code = issue_reset_code(opened, SYSTEM, opened.get_one(User, world.user("ben").id))
        with pytest.raises(Refused):
            use_reset_code(opened, "amara", code, "x")
        use_reset_code(opened, "ben", code, "x")
    assert client.get("/account").status_code == 303


@pytest.mark.parametrize("change", ["is_admin = false", "disabled_at = CURRENT_TIMESTAMP"])
def test_the_database_itself_keeps_the_last_administrator(world: World, change: str) -> None:
    with pytest.raises(IntegrityError), world.writing() as opened:
        opened.execute(text(f"UPDATE user_account SET {change} WHERE name = 'root'"))
    assert world.user("root").is_admin


def test_a_sign_in_page_that_was_open_too_long_says_so_and_signs_nobody_out(world: World) -> None:
    """Whoever signs in is not signed in yet; that their sign-in ended would be untrue."""
    answer = world.new_client().post("/sign-in", data={"name": "amara", "password": PASSWORD})
    shown = Page(answer)
    assert (answer.status_code, shown.values()["name"]) == (400, "amara")
    assert "open too long" in shown.words
    assert "signed out" not in shown.words
    assert PASSWORD not in answer.text
