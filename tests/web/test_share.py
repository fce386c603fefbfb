"""Long requests are done a few at a time, so that nobody's saves wait for another's uploads."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from io import BytesIO

import pytest
from werkzeug.test import TestResponse

from schema.problem import Refused
from tests.support.entry_desk import Desk
from tests.support.policing import PolicingClient
from tests.support.uploads import UPLOADS
from webapp.access.share import LONG, MOST, MOST_OF_ONE, SHARES, Shares

Clients = Callable[[str], PolicingClient]


def _refusal(shares: Shares, person: str) -> tuple[str, int]:
    with pytest.raises(Refused) as caught, shares.held(person):
        pass
    return caught.value.problems[0].code, caught.value.status


def test_a_person_has_two_at_once_and_all_together_five_and_what_ends_makes_room() -> None:
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


def test_every_view_that_reads_an_upload_takes_part(desk: Desk) -> None:
    views = desk.world.app.view_functions
    assert [one.endpoint for one in UPLOADS if not hasattr(views[one.endpoint], LONG)] == []
