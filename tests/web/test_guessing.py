"""What a stranger would try first: well-known names and passwords, endless ones, and codes and marks of their own making."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from flask.testing import FlaskClient
from itsdangerous import TimestampSigner, URLSafeSerializer, URLSafeTimedSerializer
from sqlalchemy import delete, select
from werkzeug.test import TestResponse

from schema.limits import PASSWORD_BYTES
from schema.store.digests import want_digest, wish_since
from schema.store.first_start import first_start_code
from schema.store.models import Case, Throttle, User
from schema.store.people import disable_user, issue_reset_code, users
from tests.support.databases import sqlite_database
from tests.support.everyone import token_on
from tests.support.policing import Page
from tests.support.world import PASSWORD, SYSTEM, World, build_world
from tests.support.worlds import TOKENS
from webapp.access import devices
from webapp.notices import ending
from webapp.sample import loading

NEW = "orchard lantern seventeen rivers"
#: What programs that look for open doors try first, names with passwords; and what this one gives to its demonstration.
FIRST_TRIED = {
    "admin": ("admin", "password", "123456", "changeme"),
    "administrator": ("administrator", "password", "admin"),
    "root": ("root", "toor", "password", "123456"),
    "tandem": ("tandem", "password", "tandem123"),
    "demo": ("demo", "password", loading.PASSWORD),
    "test": ("test", "test123"),
    "guest": ("guest", "password"),
    "user": ("user", "password"),
    "postgres": ("postgres", "password"),
    "manager": ("manager", loading.PASSWORD),
}
#: Keys that stand in examples and in other people's installations.
KNOWN_KEYS = ("dev", "secret", "changeme", "your-secret-key", "x" * 32)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = build_world(tmp_path)
    yield made
    made.database.dispose()


@pytest.fixture
def worked_on(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Every password that work is done on from now on."""
    seen: list[bytes] = []
    hashing, verifying = PasswordHasher.hash, PasswordHasher.verify

    def hashed(self: PasswordHasher, password: bytes) -> str:
        seen.append(password)
        return hashing(self, password)

    def verified(self: PasswordHasher, stored: str, password: bytes) -> bool:
        seen.append(password)
        return verifying(self, stored, password)

    monkeypatch.setattr(PasswordHasher, "hash", hashed)
    monkeypatch.setattr(PasswordHasher, "verify", verified)
    return seen


def _stranger(world: World) -> FlaskClient:
    """A browser that nobody knows, and that is not policed: what it gets is looked at by others, and here it asks very often."""
    return FlaskClient(world.app, world.app.response_class)


def _opened(client: FlaskClient, token: str, tried: dict[str, tuple[str, ...]]) -> list[tuple[str, str]]:
    """With which of the names and passwords one gets in; each is looked at."""
    got_in = []
    for name, passwords in tried.items():
        for password in passwords:
            sent = {"csrf_token": token, "name": name, "password": password}
            status = client.post("/sign-in", data=sent).status_code
            assert status in (303, 422), f"{name} and {password} were not looked at: {status}"
            if status == 303:
                got_in.append((name, password))
    return got_in


def test_no_name_and_password_that_everybody_tries_opens_a_fresh_installation(tmp_path: Path) -> None:
    database = sqlite_database(tmp_path / "tandem.sqlite3")
    fresh = World(database, tmp_path)
    stranger = _stranger(fresh)
    with database.writing() as session:
        assert users(session) == []
        code = first_start_code(session)
    assert _opened(stranger, token_on(stranger, "/set-up"), FIRST_TRIED) == []
    made = {"code": code, "name": "root", "display_name": "Ada Lund", "password": NEW, "again": NEW}
    assert fresh.new_client().submit("/set-up", made).status_code == 303
    with database.writing() as session:
        session.execute(delete(Throttle))
    first = {"root": FIRST_TRIED["root"], "admin": FIRST_TRIED["admin"]}
    assert _opened(stranger, token_on(stranger, "/sign-in"), first) == []
    assert _opened(stranger, token_on(stranger, "/sign-in"), {"root": (NEW,)}) == [("root", NEW)], (
        "they were looked at"
    )
    database.dispose()


def test_a_password_over_a_kilobyte_is_refused_before_it_is_worked_on(
    world: World, worked_on: list[bytes]
) -> None:
    """Where a password is checked, the same work is done, but on an empty one."""
    endless = "€" * 400
    assert len(endless) < PASSWORD_BYTES < len(endless.encode())
    amara = world.new_client("amara")
    with world.writing() as session:
        code = issue_reset_code(session, SYSTEM, session.get_one(User, world.user("ben").id))
    chosen = {"password": endless, "again": endless}
    world.new_client().submit("/sign-in", {"name": "amara", "password": "wrong"})
    worked_on.clear()
    refused = world.new_client().submit("/reset", {"name": "ben", "code": code, **chosen})
    assert (refused.status_code, worked_on) == (422, [])
    assert f"longer than {PASSWORD_BYTES} bytes" in Page(refused).words
    for sent in (PASSWORD, endless):
        answer = amara.submit("/account/password", {"present": sent, **chosen}, page="/account")
        assert answer.status_code == 422
    assert world.new_client().submit("/sign-in", {"name": "amara", "password": endless}).status_code == 422
    assert worked_on == [PASSWORD.encode(), b"", b""]
    taken = {"name": "ben", "code": code, "password": NEW, "again": NEW}
    assert world.new_client().submit("/reset", taken).status_code == 303, "the code is still good"


def test_one_time_codes_are_refused_alike_whoever_they_are_tried_on(world: World) -> None:
    """Nobody learns from this page who has an account, a code or a closed account, nor by how often one may try."""
    with world.writing() as session:
        issue_reset_code(session, SYSTEM, session.get_one(User, world.user("ben").id))
        disable_user(session, SYSTEM, session.get_one(User, world.user("victor").id))
    seen = {}
    for name in ("amara", "ben", "victor", "nobody-at-all"):
        client = _stranger(world)
        token = token_on(client, "/reset")
        sent = {
            "csrf_token": token,
            "name": name,
            "code": "aaaa-bbbb-cccc-dddd",
            "password": NEW,
            "again": NEW,
        }
        answers = [client.post("/reset", data=sent) for _ in range(6)]
        seen[name] = [_as_seen(answer, name) for answer in answers]
    assert [status for status, *_ in seen["ben"]] == [422] * 5 + [429]
    assert seen["amara"] == seen["ben"] == seen["victor"] == seen["nobody-at-all"]


def _as_seen(answer: TestResponse, name: str) -> tuple[int, list[tuple[str, str]], str]:
    """Status, headers and page, without the token and the name that was sent."""
    text = TOKENS.sub("", answer.get_data(as_text=True)).replace(f'value="{name}"', "")
    headers = [(key, held) for key, held in answer.headers if key not in ("Set-Cookie", "Content-Length")]
    return answer.status_code, headers, text


def test_a_code_that_was_altered_read_in_the_database_or_given_to_somebody_else_opens_nothing(
    world: World,
) -> None:
    with world.writing() as session:
        earlier = issue_reset_code(session, SYSTEM, session.get_one(User, world.user("ben").id))
        code = issue_reset_code(session, SYSTEM, session.get_one(User, world.user("ben").id))
        stored = session.get_one(User, world.user("ben").id).reset_code_hash
        of_amara = issue_reset_code(session, SYSTEM, session.get_one(User, world.user("amara").id))
    altered = [code[:at] + ("a" if code[at] != "a" else "b") + code[at + 1 :] for at in (0, 7, len(code) - 1)]
    forged = [*altered, code[:-1], code + "a", code[::-1], str(stored), earlier, of_amara]
    client = _stranger(world)
    token = token_on(client, "/reset")
    sent = {"csrf_token": token, "name": "ben", "password": NEW, "again": NEW}
    for one in forged:
        with world.writing() as session:
            session.execute(delete(Throttle))
        assert client.post("/reset", data={**sent, "code": one}).status_code == 422, one
    assert client.post("/reset", data={**sent, "code": code}).status_code == 303


def test_no_mark_made_with_a_key_that_others_know_is_taken(world: World) -> None:
    """What Tandem signs: browsers that are known, links that end a digest, lists of cases on their way through a form."""
    with world.writing() as session:
        want_digest(session, world.actor("amara"), "amara@example.org")
        since = wish_since(session, world.user("amara").id)
        assert since is not None
    own = ending.ending_mark(world.settings, world.user("amara").id, since)
    named = [world.user("amara").id, since.isoformat()]
    stranger = _stranger(world)
    forged = [URLSafeSerializer(key, salt=ending.SALT).dumps(named) for key in KNOWN_KEYS]
    other_purpose = URLSafeSerializer(world.settings.secret_key, salt=devices.SALT).dumps(named)
    for mark in (*forged, other_purpose, own[:-1], own[1:], own.upper()):
        assert stranger.get(f"/notices/digest/end/{mark}").status_code == 404, mark
    assert stranger.get(f"/notices/digest/end/{own}").status_code == 200


def test_a_list_of_cases_that_somebody_else_signed_registers_nothing(world: World) -> None:
    dana = _stranger(world)
    signed_in = {"csrf_token": token_on(dana, "/sign-in"), "name": "dana", "password": PASSWORD}
    assert dana.post("/sign-in", data=signed_in).status_code == 303
    token = token_on(dana, "/account")
    rows = [["Case"], [[2, ["DHR-FORGED"]]]]
    for key in KNOWN_KEYS:
        forged = URLSafeSerializer(key, salt="tandem-case-list", serializer=json).dumps(rows)
        sent = {"csrf_token": token, "rows": forged}
        assert dana.post("/projects/pilot/cases/import/confirm", data=sent).status_code == 422, key
    with world.reading() as session:
        assert session.scalars(select(Case.reference)).all() == []


class _LongAgo(TimestampSigner):
    """Signs as if it were just over half a year ago."""

    def get_timestamp(self) -> int:
        return super().get_timestamp() - devices.HALF_A_YEAR - 60


def test_a_mark_of_a_browser_is_forgotten_after_half_a_year(world: World) -> None:
    """A known browser is heard though strangers have been refused; with a mark that is too old it is one of them."""
    stranger = _stranger(world)
    token = token_on(stranger, "/sign-in")
    sent = {"csrf_token": token, "name": "amara", "password": "wrong"}
    while stranger.post("/sign-in", data=sent).status_code != 429:
        pass
    statuses = []
    for signer in (TimestampSigner, _LongAgo):
        mark = URLSafeTimedSerializer(world.settings.secret_key, salt=devices.SALT, signer=signer)
        stranger.set_cookie("tandem-device", mark.dumps([devices._short("amara"), "mark"]))
        statuses.append(stranger.post("/sign-in", data=sent).status_code)
    assert statuses == [422, 429]


def test_a_forged_mark_of_a_known_browser_is_slowed_like_any_stranger(world: World) -> None:
    stranger = _stranger(world)
    token = token_on(stranger, "/sign-in")
    sent = {"csrf_token": token, "name": "amara", "password": "wrong"}
    named = [devices._short("amara"), "mark"]
    statuses = []
    for key in (*KNOWN_KEYS, "another guess"):
        stranger.set_cookie("tandem-device", URLSafeTimedSerializer(key, salt=devices.SALT).dumps(named))
        statuses.append(stranger.post("/sign-in", data=sent).status_code)
    assert statuses == [422] * 5 + [429]
