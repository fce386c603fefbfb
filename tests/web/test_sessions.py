"""Sessions: one's own list of them, what ends them, and that nothing opens with one that has ended."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from schema.store import two_step
from schema.store.models import TwoStep, User
from schema.store.people import disable_user, set_admin, set_password_hash
from schema.store.projects import add_member, end_membership
from tests.support.casework import entry_of, start_case
from tests.support.clock import Clock
from tests.support.policing import Page
from tests.support.world import PASSWORD, SYSTEM, World, build_world
from webapp.access.browsers import browser_in_words

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile Safari/604.1"
EDGE = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def world(tmp_path: Path, clock: Clock) -> Iterator[World]:
    made = build_world(tmp_path, clock=clock)
    yield made
    made.database.dispose()


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (FIREFOX, "Firefox on Linux"),
        (SAFARI, "Safari on iPhone"),
        (EDGE, "Edge on Windows"),
        ("", ""),
        ("<script>Firefox/1", "Firefox"),
    ],
)
def test_a_browser_is_named_so_that_its_owner_knows_it(agent: str, words: str) -> None:
    assert browser_in_words(agent) == words


def test_one_browser_can_be_signed_out_from_another(world: World) -> None:
    here, there, third = (world.new_client("amara") for _ in range(3))
    marks = Page(here.get("/account")).text.split('name="session" value="')[1:]
    values = [mark.split('"')[0] for mark in marks]
    assert len(set(values)) == 3
    assert here.page("/account").words.count("(this one)") == 1
    own = Page(there.get("/account")).text.partition("(this one)")[2].split('name="session" value="')[1]
    sent = {"session": own.split('"')[0]}
    assert here.submit("/account/sessions/end-one", sent, page="/account").status_code == 303
    assert [client.get("/account").status_code for client in (here, there, third)] == [200, 303, 200]
    assert here.submit("/account/sessions/end-one", sent, page="/account").status_code == 404
    assert third.submit("/account/sessions/end-one", sent, page="/account").status_code == 404


@pytest.mark.parametrize("mark", ["", "0", "zzzzzzzzzzzzzzzz"])
def test_nobody_elses_session_can_be_ended(world: World, mark: str) -> None:
    ben, amara = world.new_client("ben"), world.new_client("amara")
    theirs = Page(ben.get("/account")).text.split('name="session" value="')[1].split('"')[0]
    for sent in (mark, theirs):
        answer = amara.submit("/account/sessions/end-one", {"session": sent}, page="/account")
        assert answer.status_code == 404
    assert ben.get("/account").status_code == 200


def _disable(world: World) -> None:
    with world.writing() as session:
        disable_user(session, SYSTEM, session.get_one(User, world.user("amara").id))


def _new_password(world: World) -> None:
    with world.writing() as session:
        set_password_hash(session, SYSTEM, session.get_one(User, world.user("amara").id), "another")


def _remove(world: World) -> None:
    with world.writing() as session:
        user = session.get_one(User, world.user("amara").id)
        end_membership(session, SYSTEM, world.project, user, "coder")


def _reset_step(world: World) -> None:
    with world.writing() as session:
        user = session.get_one(User, world.user("amara").id)
        two_step.begin(session, user)
        session.get_one(TwoStep, user.id).confirmed_at = user.created_at
        two_step.reset(session, SYSTEM, user)


def _sign_out(world: World) -> None:
    world.client_for("amara").submit("/sign-out", page="/account")


def _end_others(world: World) -> None:
    world.new_client("amara").submit("/account/sessions/end", page="/account")


ENDINGS = [_disable, _new_password, _remove, _reset_step, _sign_out, _end_others]


@pytest.mark.parametrize("end", ENDINGS, ids=lambda end: end.__name__.strip("_"))
def test_a_cookie_that_was_kept_opens_nothing_once_the_session_has_ended(
    world: World, end: Callable[[World], None]
) -> None:
    case = start_case(world, "DHR-001")
    entry, at = entry_of(world, case, "amara").id, f"/projects/pilot/cases/{case.id}"
    client = world.client_for("amara")
    cookie, token = client.get_cookie("tandem-session"), client.token("/account")
    assert cookie is not None
    end(world)
    thief = world.new_client()
    thief.set_cookie("tandem-session", cookie.value)
    pages = ["/", "/account", "/projects", "/projects/pilot", "/projects/pilot/cases", at, f"{at}/entry"]
    pages += [f"{at}/entry/report", f"{at}/entries/{entry}", "/projects/pilot/exports/zzzzzzzzzzzzzzzz"]
    for page in pages:
        answer = thief.get(page)
        assert (answer.status_code, str(answer.location).partition("?")[0]) == (303, "/sign-in"), page
    saved = thief.post(
        f"{at}/entry/report/autosave",
        json={"base_revision": 0, "changes": []},
        headers={"X-CSRFToken": token},
    )
    assert saved.status_code in (400, 401)
    assert thief.post("/account/password", data={"csrf_token": token}).status_code in (400, 401)


def test_other_roles_bring_a_new_token_with_the_next_page_and_forms_stay_good(
    world: World, clock: Clock
) -> None:
    client, late = world.new_client("dana"), world.new_client()
    before = client.get_cookie("tandem-session")
    form = client.token("/projects/pilot/settings")
    with world.writing() as session:
        add_member(session, SYSTEM, world.project, session.get_one(User, world.user("dana").id), "viewer")
    client.page("/")
    after = client.get_cookie("tandem-session")
    assert before is not None
    assert after is not None
    assert before.value != after.value
    sent = {"csrf_token": form, "title": "Anew", "description": ""}
    assert client.post("/projects/pilot/settings", data=sent).status_code == 303
    late.set_cookie("tandem-session", before.value)
    assert late.get("/account").status_code == 200, "what was on its way when the token changed"
    clock.forward(minutes=2)
    late.set_cookie("tandem-session", before.value)
    assert late.get("/account").status_code == 303
    assert client.get("/account").status_code == 200


def test_a_new_token_lives_no_longer_than_the_session_did(world: World, clock: Clock) -> None:
    client = world.new_client("dana")
    for hour in range(24):
        clock.forward(minutes=29)
        with world.writing() as session:
            set_admin(session, SYSTEM, session.get_one(User, world.user("dana").id), hour % 2 == 0)
        client.page("/account")
    clock.forward(minutes=25)
    assert client.get("/account").status_code == 303


def test_saving_does_not_stretch_a_session_and_what_was_typed_outlives_it_for_the_same_person(
    world: World, clock: Clock
) -> None:
    case = start_case(world, "DHR-001")
    where = f"/projects/pilot/cases/{case.id}/entry/report"
    client = world.new_client("amara")
    token = client.token(where)
    saves = 0
    while True:
        clock.forward(minutes=15)
        sent = {"base_revision": saves, "changes": [{"path": "report.death_year", "value": 2000 + saves % 9}]}
        answer = client.post(f"{where}/autosave", json=sent, headers={"X-CSRFToken": token})
        if answer.status_code != 200:
            break
        saves += 1
    assert (saves, answer.status_code) == (47, 401), "twelve hours, the last quarter not included"
    typed = {"csrf_token": token, "base_revision": "47", "report.area": "Typed at the end"}
    kept = client.post(where, data=typed)
    assert kept.status_code in (400, 401)
    assert 'value="Typed at the end"' in kept.get_data(as_text=True)
    ben = world.new_client("ben")
    assert "Typed at the end" not in ben.get(where).get_data(as_text=True)
    client.submit("/sign-in", {"name": "amara", "password": PASSWORD})
    again = client.post(where, data=Page(kept).values())
    assert client.post(where, data=Page(again).values()).status_code in (200, 303)
    assert "Typed at the end" in client.get(where).get_data(as_text=True)
