"""The second step of signing in, as a person meets it: codes that count once, recovery codes, lost devices, who has to have it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyotp
import pytest
from sqlalchemy import update
from werkzeug.test import TestResponse

from schema.store import passwords
from schema.store.audit_keys import UNKEYED, Keyring, keyring
from schema.store.database import Database
from schema.store.models import Audit, RecoveryCode, Throttle, TwoStep, User
from schema.store.people import issue_reset_code, set_password_hash
from tests.support.clock import Clock
from tests.support.policing import Page, PolicingClient, police
from tests.support.world import PASSWORD, SYSTEM, World, build_world
from webapp.app import create_app

ClientFor = Callable[[str], PolicingClient]
SHORT = "nine mapl"


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime(2026, 11, 23, 9, 0, 10, tzinfo=UTC))


@pytest.fixture
def world(tmp_path: Path, clock: Clock) -> Iterator[World]:
    made = build_world(tmp_path, clock=clock)
    yield made
    made.database.dispose()


def _asking(world: World, *whom: str) -> World:
    """The same world in an installation that asks these people for a second step."""
    settings = replace(world.settings, two_step=frozenset(whom))
    return World(world.database, world.folder, _app=police(create_app(settings, database=world.database)))


def _sign_in(client: PolicingClient, name: str = "amara", password: str = PASSWORD) -> TestResponse:
    return client.submit("/sign-in", {"name": name, "password": password})


def _seed(page: Page) -> str:
    return "".join(re.findall(r"\b[A-Z2-7]{4}\b", page.words)[-8:])


def _recovery(page: Page) -> list[str]:
    return re.findall(r"\b(?:[a-z0-9]{4}-){5}[a-z0-9]{4}\b", page.words)


def _code(seed: str, clock: Callable[[], datetime], steps: int = 0) -> str:
    return pyotp.TOTP(seed).at(clock() + timedelta(seconds=30 * steps))


def _turn_on(
    world: World, clock: Callable[[], datetime], name: str = "amara", client: PolicingClient | None = None
) -> tuple[str, list[str]]:
    """Set the second step up on the person's own pages, in a browser that is signed in; gives seed and recovery codes."""
    client = client or world.new_client(name)
    where = "/account/two-step"
    assert client.submit(f"{where}/begin", {"password": PASSWORD}, page=where).status_code == 303
    seed = _seed(client.page(where))
    answer = client.submit(f"{where}/confirm", {"code": _code(seed, clock)}, page=where)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return seed, _recovery(Page(answer))


def _give(client: PolicingClient, code: str) -> int:
    return client.submit("/sign-in/code", {"code": code}).status_code


def test_signing_in_takes_both_and_a_code_counts_once(world: World, clock: Clock) -> None:
    seed, _ = _turn_on(world, clock)
    clock.forward(seconds=30)
    client, thief = world.new_client(), world.new_client()
    before = _sign_in(client)
    half = client.get_cookie("tandem-session")
    assert (before.status_code, before.location) == (303, "/sign-in/code")
    assert client.get("/account").status_code == 303, "the password alone opens nothing"
    assert _give(client, _code(seed, clock)) == 303
    assert client.get("/account").status_code == 200
    after = client.get_cookie("tandem-session")
    assert half is not None
    assert after is not None
    assert half.value != after.value
    _sign_in(thief)
    assert _give(thief, _code(seed, clock)) == 422, "a code that was looked over somebody's shoulder"


@pytest.mark.parametrize(("steps", "status"), [(-2, 422), (-1, 303), (0, 303), (1, 303), (2, 422)])
def test_the_codes_beside_the_present_one_are_taken_and_no_others(
    world: World, clock: Clock, steps: int, status: int
) -> None:
    seed, _ = _turn_on(world, clock)
    clock.forward(minutes=5)
    client = world.new_client()
    _sign_in(client)
    assert _give(client, _code(seed, clock, steps)) == status


def test_no_code_counts_that_is_not_later_than_the_last(world: World, clock: Clock) -> None:
    seed, _ = _turn_on(world, clock)
    clock.forward(minutes=5)
    first, second = world.new_client(), world.new_client()
    _sign_in(first)
    _sign_in(second)
    assert _give(first, _code(seed, clock, 1)) == 303
    assert _give(second, _code(seed, clock)) == 422


def test_codes_cannot_be_guessed_at_speed_and_refusals_are_on_record(world: World, clock: Clock) -> None:
    seed, codes = _turn_on(world, clock)
    clock.forward(minutes=5)
    client = world.new_client()
    _sign_in(client)
    assert [_give(client, "000 000") for _ in range(6)] == [422] * 5 + [429]
    for right in (_code(seed, clock), codes[0]):
        assert _give(client, right) == 429
    with world.reading() as session:
        assert session.query(Audit).filter_by(action="session.refuse_code").count() == 5


def test_after_a_hundred_wrong_codes_in_a_row_only_browsers_that_are_known_are_heard(
    world: World, clock: Clock
) -> None:
    own = world.new_client("amara")
    seed, _ = _turn_on(world, clock, client=own)
    own.submit("/sign-out", page="/account")
    clock.forward(minutes=5)
    thief = world.new_client()
    _sign_in(thief)
    assert _give(thief, "000 000") == 422
    with world.writing() as session:
        session.execute(update(Throttle).values(failures=100))
    clock.forward(hours=2)
    _sign_in(thief)
    assert _give(thief, _code(seed, clock)) == 403
    _sign_in(own)
    assert _give(own, _code(seed, clock)) == 303
    clock.forward(minutes=2)
    assert _give(thief, _code(seed, clock)) == 303, "it is open again"


def test_a_recovery_code_stands_in_once(world: World, clock: Clock) -> None:
    _, codes = _turn_on(world, clock)
    assert len(set(codes)) == 10
    first, second = world.new_client(), world.new_client()
    _sign_in(first)
    assert _give(first, codes[3].upper().replace("-", " ")) == 303
    assert "9" in first.page("/account/two-step").words
    _sign_in(second)
    assert _give(second, codes[3]) == 422
    with world.reading() as session:
        assert session.query(Audit).filter_by(action="authenticator.use_recovery_code").count() == 1


def test_neither_seed_nor_recovery_codes_are_in_the_database_or_shown_again(
    world: World, clock: Clock
) -> None:
    seed, codes = _turn_on(world, clock)
    kept = b"".join(file.read_bytes() for file in world.folder.glob("tandem.sqlite3*"))
    assert seed.encode() not in kept
    assert not any(code.encode() in kept or code.replace("-", "").encode() in kept for code in codes)
    client = world.new_client()
    _sign_in(client)
    clock.forward(seconds=30)
    _give(client, _code(seed, clock))
    assert seed not in client.page("/account/two-step").words.replace(" ", "")


def test_after_a_new_secret_key_the_app_still_works_and_without_the_earlier_one_it_says_so(
    world: World, clock: Clock
) -> None:
    seed, _ = _turn_on(world, clock)
    second = keyring("another key, long enough: 9876543210").current
    third = keyring("a third key, quite unlike the others: 555").current
    assert _under(world, clock, Keyring(second, (UNKEYED.current,)), seed) == 303
    assert _under(world, clock, Keyring(second), seed) == 303, "sealed anew when it was used"
    assert _under(world, clock, Keyring(third), seed) == 422


def _under(world: World, clock: Clock, keys: Keyring, seed: str) -> int:
    """Sign in on the same database under other keys; gives what became of the code."""
    clock.forward(minutes=2)
    database = Database(world.settings.database_url, clock=clock, audit_keys=keys)
    client = police(create_app(world.settings, database=database)).test_client()
    assert isinstance(client, PolicingClient)
    _sign_in(client)
    status = _give(client, _code(seed, clock))
    database.dispose()
    return status


def test_a_one_time_code_for_the_password_does_not_get_round_it(world: World, clock: Clock) -> None:
    _turn_on(world, clock)
    with world.writing() as session:
        code = issue_reset_code(session, SYSTEM, session.get_one(User, world.user("amara").id))
    new = "orchard lantern seventeen rivers"
    client = world.new_client()
    answer = client.submit("/reset", {"name": "amara", "code": code, "password": new, "again": new})
    assert answer.location == "/sign-in/code"
    assert client.get("/account").status_code == 303


def test_whoever_the_installation_asks_sets_it_up_at_the_next_sign_in(world: World, clock: Clock) -> None:
    asking = _asking(world, "manager", "administrator")
    assert _sign_in(asking.new_client(), "amara").location == "/"
    assert _sign_in(asking.new_client(), "root").location == "/sign-in/set-up-app"
    client = asking.new_client()
    assert client.get("/projects/pilot").location == "/sign-in?next=/projects/pilot"
    sent = {"name": "dana", "password": PASSWORD, "next": "/projects/pilot"}
    where = str(client.submit("/sign-in", sent).location)
    assert where == "/sign-in/set-up-app?next=/projects/pilot"
    assert client.get("/projects/pilot").status_code == 303
    seed = _seed(client.page(where))
    assert client.submit("/sign-in/set-up-app", {"code": "123456"}, page=where).status_code == 422
    answer = client.submit(
        "/sign-in/set-up-app", {"code": _code(seed, clock), "next": "/projects/pilot"}, page=where
    )
    assert len(_recovery(Page(answer))) == 10
    assert Page(answer).links["I have kept them: go on"] == "/projects/pilot"
    assert client.get("/projects/pilot").status_code == 200
    off = client.submit("/account/two-step/off", {"password": PASSWORD}, page="/account/two-step")
    assert off.status_code == 409
    assert "asks for a second step" in Page(off).words


def test_a_short_password_is_taken_with_a_second_step_only(world: World, clock: Clock) -> None:
    seed, _ = _turn_on(world, clock)
    clock.forward(minutes=1)
    client = world.new_client()
    _sign_in(client)
    _give(client, _code(seed, clock))
    change = {"present": PASSWORD, "password": SHORT[:7], "again": SHORT[:7]}
    assert client.submit("/account/password", change, page="/account").status_code == 422
    change = {"present": PASSWORD, "password": SHORT, "again": SHORT}
    assert client.submit("/account/password", change, page="/account").status_code == 303
    off = client.submit("/account/two-step/off", {"password": SHORT}, page="/account/two-step")
    assert off.status_code == 409
    assert "Choose a longer password first." in Page(off).words


def test_a_short_password_whose_second_step_was_reset_needs_another(world: World) -> None:
    with world.writing() as session:
        user = session.get_one(User, world.user("amara").id)
        set_password_hash(session, SYSTEM, user, passwords.hash_password(SHORT))
    assert _sign_in(world.new_client(), "amara", SHORT).location == "/sign-in/set-up-app"


def test_turning_it_off_and_renewing_codes_takes_the_password(world: World, clock: Clock) -> None:
    seed, codes = _turn_on(world, clock)
    clock.forward(minutes=1)
    client = world.new_client()
    _sign_in(client)
    _give(client, _code(seed, clock))
    where = "/account/two-step"
    for act in ("codes", "off"):
        assert client.submit(f"{where}/{act}", {"password": "wrong"}, page=where).status_code == 422
    fresh = _recovery(Page(client.submit(f"{where}/codes", {"password": PASSWORD}, page=where)))
    assert len(fresh) == 10
    assert not set(fresh) & set(codes)
    assert client.submit(f"{where}/off", {"password": PASSWORD}, page=where).status_code == 303
    with world.reading() as session:
        assert (session.query(TwoStep).count(), session.query(RecoveryCode).count()) == (0, 0)
    assert _sign_in(world.new_client()).location == "/"


def test_a_seed_that_nobody_confirmed_within_the_hour_counts_for_nothing(world: World, clock: Clock) -> None:
    client, where = world.new_client("amara"), "/account/two-step"
    client.submit(f"{where}/begin", {"password": PASSWORD}, page=where)
    seed = _seed(client.page(where))
    for _ in range(3):
        clock.forward(minutes=25)
        client.page("/account")
    assert client.submit(f"{where}/confirm", {"code": _code(seed, clock)}, page=where).status_code == 409
    assert _sign_in(world.new_client()).location == "/"


def test_half_a_sign_in_ends_by_itself(world: World, clock: Clock) -> None:
    seed, _ = _turn_on(world, clock)
    client = world.new_client()
    _sign_in(client)
    clock.forward(minutes=16)
    assert client.get("/sign-in/code").location == "/sign-in"
    assert (
        client.post(
            "/sign-in/code", data={"csrf_token": client.token("/sign-in"), "code": _code(seed, clock)}
        ).location
        == "/sign-in"
    )


def test_an_administrator_resets_a_lost_device_on_record(world: World, clock: Clock) -> None:
    _turn_on(world, clock)
    root, address = world.client_for("root"), f"/people/{world.user('amara').id}"
    assert "Reset the second step" in root.page(address).words
    assert root.submit(f"{address}/reset-two-step").status_code == 303
    assert _sign_in(world.new_client()).location == "/"
    assert root.submit(f"{address}/reset-two-step").status_code == 409
    with world.reading() as session:
        row = session.query(Audit).filter_by(action="authenticator.reset").one()
    assert (row.actor_id, row.object_id) == (world.user("root").id, world.user("amara").id)
