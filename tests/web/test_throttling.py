"""Guessing at the doors: slowed for everybody alike, never shut for good, and the rightful person gets in where they are known."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update
from werkzeug.test import TestResponse

from schema.store.database import utc_now
from schema.store.models import Audit, Throttle
from schema.store.people import disable_user, issue_reset_code
from tests.support.policing import PolicingClient
from tests.support.world import PASSWORD, SYSTEM, World, build_world

NEW = "orchard lantern seventeen rivers"


@pytest.fixture
def late() -> list[timedelta]:
    """How much later it is than it is; a test that waits adds to it."""
    return []


@pytest.fixture
def world(tmp_path: Path, late: list[timedelta]) -> Iterator[World]:
    made = build_world(tmp_path, clock=lambda: utc_now() + sum(late, timedelta()))
    yield made
    made.database.dispose()


def _sign_in(
    client: PolicingClient, name: str, password: str = "not the right password at all"
) -> TestResponse:
    return client.submit("/sign-in", {"name": name, "password": password})


def _until_throttled(client: PolicingClient, name: str) -> TestResponse:
    for _ in range(12):
        answer = _sign_in(client, name)
        if answer.status_code == 429:
            return answer
        assert answer.status_code == 422
    raise AssertionError("twelve wrong passwords in a row were all looked at")


def _plain(answer: TestResponse) -> tuple[int, str]:
    text = answer.get_data(as_text=True)
    token = text.split('name="csrf_token" value="')[1].split('"')[0]
    return answer.status_code, text.replace(token, "")


def test_after_wrong_passwords_one_has_to_wait_and_is_told_how_long(world: World) -> None:
    answer = _until_throttled(world.new_client(), "amara")
    assert int(answer.headers["Retry-After"]) >= 1
    assert "too many attempts" in answer.get_data(as_text=True)


def test_while_waiting_even_the_right_password_is_not_looked_at(world: World) -> None:
    client = world.new_client()
    _until_throttled(client, "amara")
    assert _sign_in(client, "amara", PASSWORD).status_code == 429


def test_another_browser_or_address_shares_the_count(world: World) -> None:
    _until_throttled(world.new_client(), "amara")
    other = world.new_client()
    token = other.token("/sign-in")
    answer = other.post(
        "/sign-in",
        data={"csrf_token": token, "name": " AMARA ", "password": PASSWORD},
        headers={"X-Forwarded-For": "203.0.113.9"},
    )
    assert answer.status_code == 429


def test_after_a_quarter_of_an_hour_the_right_password_opens_again(
    world: World, late: list[timedelta]
) -> None:
    client = world.new_client()
    for _ in range(30):
        _until_throttled(client, "amara")
        late.append(timedelta(minutes=15, seconds=2))
        if len(late) > 4:
            break
    assert _sign_in(client, "amara", PASSWORD).status_code == 303


def test_strangers_do_not_keep_a_person_out_of_their_own_browser(world: World) -> None:
    own = world.new_client("amara")
    own.submit("/sign-out", page="/account")
    _until_throttled(world.new_client(), "amara")
    assert _sign_in(own, "amara", PASSWORD).status_code == 303


def test_a_known_browser_is_slowed_too_and_known_for_one_name_only(world: World) -> None:
    own = world.new_client("amara")
    own.submit("/sign-out", page="/account")
    _until_throttled(world.new_client(), "ben")
    assert _sign_in(own, "ben", PASSWORD).status_code == 429
    _until_throttled(own, "amara")


def test_the_answers_are_the_same_whether_there_is_an_account_or_not(world: World) -> None:
    with world.writing() as session:
        disable_user(session, SYSTEM, session.merge(world.user("victor")))
    seen = []
    for name in ("amara", "nobody-at-all", "victor"):
        client = world.new_client()
        answers = [_plain(_sign_in(client, name)) for _ in range(6)]
        seen.append([(status, text.replace(name, "NAME")) for status, text in answers])
    assert seen[0] == seen[1] == seen[2]
    assert seen[0][-1][0] == 429


def test_a_success_clears_the_count(world: World) -> None:
    client = world.new_client()
    for _ in range(3):
        for _ in range(4):
            _sign_in(client, "amara")
        assert _sign_in(client, "amara", PASSWORD).status_code == 303
        client.submit("/sign-out", page="/account")


def test_codes_are_slowed_too(world: World) -> None:
    with world.writing() as session:
        code = issue_reset_code(session, SYSTEM, session.merge(world.user("amara")))
    client = world.new_client()
    new = {"password": "a quite different sentence", "again": "a quite different sentence"}
    wrong = code[:-1] + ("a" if code[-1] != "a" else "b")
    statuses = [
        client.submit("/reset", {"name": "amara", "code": wrong, **new}).status_code for _ in range(6)
    ]
    assert statuses == [422] * 5 + [429]
    assert client.submit("/reset", {"name": "amara", "code": code, **new}).status_code == 429


def test_strangers_keep_nobody_from_using_their_code(world: World) -> None:
    with world.writing() as session:
        code = issue_reset_code(session, SYSTEM, session.merge(world.user("amara")))
    stranger, new = world.new_client(), {"password": NEW, "again": NEW}
    while stranger.submit("/reset", {"name": "amara", "code": "aaaa-bbbb", **new}).status_code != 429:
        pass
    assert world.new_client().submit("/reset", {"name": "amara", "code": code, **new}).status_code == 303


def _given_in_vain(world: World, name: str, password: str = PASSWORD) -> TestResponse:
    """What a stranger is answered after a hundred wrong passwords for the name, here with the next one."""
    client = world.new_client()
    if not _rows(world):
        _sign_in(client, name)
        with world.writing() as session:
            session.execute(update(Throttle).values(failures=99))
        assert _sign_in(client, name).status_code == 422, "the hundredth is looked at"
    return _sign_in(client, name, password)


def _rows(world: World) -> int:
    with world.reading() as session:
        return len(session.scalars(select(Throttle.failures).where(Throttle.failures > 99)).all())


def test_after_a_hundred_wrong_passwords_in_a_row_strangers_are_not_heard_and_the_person_opens_it_again(
    world: World, late: list[timedelta]
) -> None:
    own = world.new_client("amara")
    own.submit("/sign-out", page="/account")
    shut = _given_in_vain(world, "amara")
    late.append(timedelta(days=20))
    assert _given_in_vain(world, "amara").status_code == shut.status_code == 403
    assert "Retry-After" not in shut.headers
    assert "in which you have signed in before" in shut.get_data(as_text=True)
    assert _sign_in(own, "amara", PASSWORD).status_code == 303
    assert _sign_in(world.new_client(), "amara", PASSWORD).status_code == 303, "it is open everywhere again"


def test_a_one_time_code_opens_what_a_hundred_wrong_passwords_shut(world: World) -> None:
    assert _given_in_vain(world, "amara").status_code == 403
    with world.writing() as session:
        code = issue_reset_code(session, SYSTEM, session.merge(world.user("amara")))
    new = {"password": NEW, "again": NEW}
    assert world.new_client().submit("/reset", {"name": "amara", "code": code, **new}).status_code == 303
    assert _sign_in(world.new_client(), "amara", NEW).status_code == 303


def test_a_name_that_nobody_has_is_shut_in_the_same_words(world: World) -> None:
    nobody = _plain(_given_in_vain(world, "nobody-at-all"))
    with world.writing() as session:
        session.execute(delete(Throttle))
    somebody = _plain(_given_in_vain(world, "amara"))
    assert somebody == (nobody[0], nobody[1].replace("nobody-at-all", "amara"))
    assert somebody[0] == 403


def test_the_present_password_cannot_be_guessed_from_an_open_browser(world: World) -> None:
    client = world.new_client("amara")
    new = {"password": "a quite different sentence", "again": "a quite different sentence"}
    sent = {"present": "wrong", **new}
    statuses = [client.submit("/account/password", sent, page="/account").status_code for _ in range(6)]
    assert statuses == [422] * 5 + [429]


def test_sign_ins_refused_and_done_are_on_record_and_unknown_names_are_not(world: World) -> None:
    client = world.new_client()
    _sign_in(client, "amara")
    _sign_in(client, "my password typed into the wrong field")
    _sign_in(client, "amara", PASSWORD)
    client.submit("/sign-out", page="/account")
    with world.reading() as session:
        rows = session.query(Audit).filter(Audit.action.like("session.%")).order_by(Audit.seq).all()
    assert [row.action for row in rows] == ["session.refuse", "session.start", "session.end"]
    assert {row.object_id for row in rows} == {world.user("amara").id}
    assert not any("wrong field" in f"{row.actor_name}{row.detail}" for row in rows)
