"""Accounts, as an administrator keeps them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC

import pytest

from schema.store.database import utc_now
from schema.store.models import Audit
from tests.support.policing import Page, PolicingClient
from tests.support.world import World

ClientFor = Callable[[str], PolicingClient]
NEW = "orchard lantern seventeen rivers"


def _code(page: Page) -> str:
    found = re.search(r"\b(?:[a-z0-9]{4}-){3}[a-z0-9]{4}\b", page.words)
    assert found, page.words
    return found.group()


def test_a_new_person_comes_in_with_the_code_that_is_shown_once(world: World, client_for: ClientFor) -> None:
    root = client_for("root")
    answer = root.submit("/people/new", {"name": "Esi", "display_name": "Esi Mensah"})
    code = _code(Page(answer))
    sent = {"name": "esi", "code": code, "password": NEW, "again": NEW}
    assert world.new_client().submit("/reset", sent).status_code == 303
    assert code not in root.page(f"/people/{world.user('esi').id}").text


def test_a_code_is_neither_in_the_database_nor_in_the_audit_trail(
    world: World, client_for: ClientFor
) -> None:
    code = _code(Page(client_for("root").submit(f"/people/{world.user('ben').id}/code", page="/people/new")))
    with world.reading() as session:
        details = [row.detail for row in session.query(Audit).all()]
    assert details
    assert not any(code in detail for detail in details)
    for file in world.folder.glob("tandem.sqlite3*"):
        assert code.encode() not in file.read_bytes()


@pytest.mark.parametrize(
    ("name", "display", "said", "status"),
    [
        ("amara", "Another", "There is an account “amara” already.", 409),
        ("with space", "Another", "cannot be a sign-in name", 422),
        ("", "Another", "Enter a sign-in name.", 422),
        ("new", "", "Enter the person's name.", 422),
    ],
)
def test_an_account_that_cannot_be_is_refused_beside_the_field(
    client_for: ClientFor, name: str, display: str, said: str, status: int
) -> None:
    answer = client_for("root").submit("/people/new", {"name": name, "display_name": display})
    assert answer.status_code == status
    assert said in Page(answer).words


def test_accounts_roles_and_sign_ins_are_on_record_with_who_and_when(
    world: World, client_for: ClientFor
) -> None:
    root, dana, began = client_for("root"), client_for("dana"), utc_now()
    code = _code(Page(root.submit("/people/new", {"name": "esi", "display_name": "Esi Mensah"})))
    sent = {"name": "esi", "code": code, "password": NEW, "again": NEW}
    assert world.new_client().submit("/reset", sent).status_code == 303
    esi, account = world.new_client(), f"/people/{world.user('esi').id}"
    assert esi.submit("/sign-in", {"name": "esi", "password": "not the password"}).status_code == 422
    assert esi.submit("/sign-in", {"name": "esi", "password": NEW}).status_code == 303
    dana.submit("/projects/pilot/members", {"name": "esi", "role": "coder"})
    dana.submit(f"/projects/pilot/members/{world.user('esi').id}/coder/end")
    root.submit(f"{account}/administrator", page=account)
    root.submit(f"{account}/ordinary", page=account)
    root.submit(f"{account}/disable")
    with world.reading() as session:
        rows = session.query(Audit).filter(Audit.at >= began).order_by(Audit.seq).all()
        assert [(row.actor_name, row.action) for row in rows] == [
            ("root", "user.add"),
            ("root", "user.issue_reset_code"),
            ("esi", "user.change_password"),
            ("esi", "session.start"),
            ("sign-in", "session.refuse"),
            ("esi", "session.start"),
            ("dana", "membership.add"),
            ("dana", "membership.end"),
            ("root", "user.set_admin"),
            ("root", "user.set_admin"),
            ("root", "user.disable"),
        ]
        assert all(row.at <= utc_now() and row.at.tzinfo is UTC for row in rows)


def test_somebody_is_signed_out_everywhere_without_closing_the_account(
    world: World, client_for: ClientFor
) -> None:
    root, ben, other = client_for("root"), client_for("ben"), world.new_client("ben")
    address = f"/people/{world.user('ben').id}"
    assert root.submit(f"{address}/sign-out", page=address).status_code == 303
    assert "Ben Whitfield is signed out everywhere, and can sign in again." in root.page(address).words
    assert [one.get("/account").status_code for one in (ben, other, root)] == [303, 303, 200]
    assert world.new_client("ben").get("/account").status_code == 200
    with world.reading() as session:
        row = session.query(Audit).filter_by(action="user.end_sessions").one()
    assert (row.actor_id, row.object_id) == (world.user("root").id, world.user("ben").id)


def test_disabling_is_asked_first_and_undone_by_enabling(world: World, client_for: ClientFor) -> None:
    root, ben = client_for("root"), client_for("ben")
    address = f"/people/{world.user('ben').id}"
    assert "Disable the account of Ben Whitfield" in root.page(f"{address}/disable").heading
    assert ben.get("/account").status_code == 200
    assert root.submit(f"{address}/disable").status_code == 303
    assert ben.get("/account").status_code == 303
    assert "Ben Whitfield can no longer sign in." in root.page("/people").words
    assert root.submit(f"{address}/enable", page=address).status_code == 303
    assert world.new_client("ben").get("/account").status_code == 200


def test_the_last_administrator_stays_one(world: World, client_for: ClientFor) -> None:
    root = client_for("root")
    address = f"/people/{world.user('root').id}"
    for act in ("ordinary", "disable"):
        answer = root.submit(f"{address}/{act}", page=address)
        assert answer.status_code == 409
        assert "the only administrator" in Page(answer).words


def test_an_administrator_can_be_made_and_unmade(world: World, client_for: ClientFor) -> None:
    root, address = client_for("root"), f"/people/{world.user('dana').id}"
    assert client_for("dana").get("/people").status_code == 403
    root.submit(f"{address}/administrator", page=address)
    assert client_for("dana").get("/people").status_code == 200
    root.submit(f"{address}/ordinary", page=address)
    assert client_for("dana").get("/people").status_code == 403


def test_nobody_else_sees_or_changes_accounts(world: World, client_for: ClientFor) -> None:
    target = world.user("ben").id
    for name in ("amara", "carol", "dana", "victor"):
        client = client_for(name)
        for address in ("/people", "/people/new", f"/people/{target}", f"/people/{target}/disable"):
            assert client.get(address).status_code == 403
        for act in ("code", "sign-out", "disable", "enable", "administrator", "ordinary"):
            assert client.submit(f"/people/{target}/{act}", page="/account").status_code == 403
    assert world.user("ben").disabled_at is None


def test_fields_that_no_form_has_change_nothing(world: World, client_for: ClientFor) -> None:
    sent = {
        "name": "esi",
        "display_name": "Esi",
        "id": "zzz",
        "password_hash": "x",
        "disabled_at": "2020-01-01",
    }
    client_for("root").submit("/people/new", sent)
    made = world.user("esi")
    assert (made.is_admin, made.password_hash, made.disabled_at) == (False, None, None)
    assert made.id != "zzz"


def test_an_unknown_account_is_not_there(client_for: ClientFor) -> None:
    assert client_for("root").get("/people/zzzzzzzzzzzzzzzz").status_code == 404
