"""Long requests are done a few at a time, so that nobody's saves wait for another's uploads."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from io import BytesIO

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from schema.problem import Refused
from schema.store import passwords
from schema.store.hashing import Turns
from schema.store.models import Audit, Throttle
from tests.support.casework import ready_case
from tests.support.entry_desk import Desk
from tests.support.policing import PolicingClient
from tests.support.uploads import UPLOADS
from tests.support.world import PASSWORD, World
from webapp.access import reentry
from webapp.access.share import LONG, MOST, MOST_OF_ONE, SHARES, Shares
from webapp.account import own_routes, routes

Clients = Callable[[str], PolicingClient]


def _refusal(shares: Shares, person: str) -> tuple[str, int]:
    with pytest.raises(Refused) as caught, shares.held(person):
        pass
    return caught.value.problems[0].code, caught.value.status


def test_a_person_has_two_at_once_and_all_together_three_and_what_ends_makes_room() -> None:
    shares = Shares()
    with ExitStack() as own:
        for _ in range(MOST_OF_ONE):
            own.enter_context(shares.held("amara"))
        assert _refusal(shares, "amara") == ("BUSY-001", 429)
        with ExitStack() as others:
            for number in range(MOST - MOST_OF_ONE):
                others.enter_context(shares.held(f"other {number}"))
            assert _refusal(shares, "one more") == ("BUSY-002", 429)
        with shares.held("one more"):
            pass
    with shares.held("amara"):
        pass


def test_whoever_may_wait_begins_as_soon_as_there_is_room() -> None:
    shares, begun = Shares(), threading.Event()

    def wait() -> None:
        with shares.held("amara", 60):
            begun.set()

    with ExitStack() as own:
        for _ in range(MOST_OF_ONE):
            own.enter_context(shares.held("amara"))
        waiting = threading.Thread(target=wait)
        waiting.start()
        assert not begun.is_set()
    waiting.join()
    assert begun.is_set()


def test_one_that_fails_makes_room_too() -> None:
    shares = Shares()
    for _ in range(MOST + 1):
        with pytest.raises(ZeroDivisionError), shares.held("amara"):
            1 / 0  # noqa: B018 - to fail


def test_whoever_sends_too_much_at_once_is_told_to_wait_and_everybody_else_goes_on(
    desk: Desk, client_for: Clients
) -> None:
    amara, ben = client_for("amara"), client_for("ben")
    page = desk.address + "/offline-workbook"
    token = amara.token(page)

    def upload() -> TestResponse:
        sent = {"csrf_token": token, "file": (BytesIO(b"no workbook"), "entry.xlsx")}
        return amara.post(page, data=sent, content_type="multipart/form-data")

    with ExitStack() as held:
        for _ in range(MOST_OF_ONE):
            held.enter_context(SHARES.held(desk.world.user("amara").id))
        answer = upload()
        assert (answer.status_code, int(answer.headers["Retry-After"]) > 0) == (429, True)
        assert "Wait until one of them is done" in answer.text
        assert "Files are not kept: choose them again." in answer.text
        assert amara.get(f"{page}/file").status_code == 429
        assert amara.get(page).status_code == 200
        assert desk.save(amara, ("report.area", "X")).status_code == 200
        assert ben.get(f"{page}/file").status_code == 200
    assert upload().status_code == 422


@contextmanager
def all_turns_taken(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No turn comes free, and nobody waits for one."""
    turns = Turns(at_once=0, waiting=0)
    with monkeypatch.context() as patched:
        for module in (passwords, routes, own_routes, reentry):
            patched.setattr(module, "TURNS", turns)
        yield


@pytest.mark.parametrize("name", ["amara", "nobody"])
def test_whoever_signs_in_while_too_many_do_is_told_so_and_nothing_is_counted(
    world: World, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    client = world.new_client()
    sent = {"csrf_token": client.token("/sign-in"), "name": name, "password": PASSWORD}
    before = _counted(world)
    with all_turns_taken(monkeypatch):
        for _ in range(12):
            answer = client.post("/sign-in", data=sent)
            assert (answer.status_code, int(answer.headers["Retry-After"]) > 0) == (429, True)
    assert f'value="{name}"' in answer.text
    assert "enter it again in a few seconds" in answer.text
    assert PASSWORD not in answer.text
    assert _counted(world) == before
    assert client.post("/sign-in", data=sent).status_code == (303 if name == "amara" else 422)


def test_the_reason_stays_typed_where_the_password_cannot_be_checked_now(
    desk: Desk, client_for: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = ready_case(desk.world, "DHR-READY")
    dana, page = client_for("dana"), f"/projects/pilot/cases/{case.id}/unblind"
    sent = {"csrf_token": dana.token(page), "reason": "The panel asked who coded it.", "password": PASSWORD}
    with all_turns_taken(monkeypatch):
        answer = dana.post(page, data=sent)
    assert answer.status_code == 429
    assert "The panel asked who coded it." in answer.text


def _counted(world: World) -> tuple[int, int]:
    with world.reading() as session:
        rows = [session.scalar(select(func.count()).select_from(table)) or 0 for table in (Throttle, Audit)]
    return rows[0], rows[1]


def test_every_view_that_reads_an_upload_takes_part(desk: Desk) -> None:
    views = desk.world.app.view_functions
    assert [one.endpoint for one in UPLOADS if not hasattr(views[one.endpoint], LONG)] == []
