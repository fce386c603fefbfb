"""Taking a sign-off back on the pages: a manager's act, with reason and password; what was signed can still be read."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.support.policing import Page, PolicingClient
from tests.support.reconciling import address, comparison
from tests.support.signed_off import signed_off_case
from tests.support.world import PASSWORD, World

ClientFor = Callable[[str], PolicingClient]
WHY = "The year is on page 3 after all."


@pytest.fixture
def case_id(world: World) -> str:
    return signed_off_case(world, "DHR-001").id


def reopen(
    world: World, client: PolicingClient, case_id: str, status: int = 303, **sent: object
) -> Page | None:
    here = address(case_id, "/reopen")
    revision = comparison(world, case_id).row.revision
    whole = {"revision": revision, "reason": WHY, "password": PASSWORD, **sent}
    answer = client.submit(here, whole, page=here)
    assert answer.status_code == status, answer.get_data(as_text=True)
    return None if status == 303 else Page(answer)


def test_a_manager_takes_it_back_and_the_reconciler_goes_on(
    world: World, case_id: str, client_for: ClientFor
) -> None:
    reopen(world, client_for("dana"), case_id)
    assert comparison(world, case_id).row.state == "resolved"
    carol = client_for("carol")
    assert WHY in carol.page(address(case_id)).words
    assert "Sign off the case" in carol.page(address(case_id, "/sign-off")).text


@pytest.mark.parametrize(
    ("sent", "said"),
    [({"reason": ""}, "Say why."), ({"password": "not mine at all"}, "That is not your password.")],
)
def test_without_reason_or_password_it_stays_signed(
    world: World, case_id: str, client_for: ClientFor, sent: dict[str, str], said: str
) -> None:
    page = reopen(world, client_for("dana"), case_id, 422, **sent)
    assert page is not None
    assert said in page.words
    assert comparison(world, case_id).row.state == "signed_off"


@pytest.mark.parametrize("name", ["amara", "ben", "carol"])
def test_nobody_but_a_manager_may(case_id: str, client_for: ClientFor, name: str) -> None:
    assert client_for(name).get(address(case_id, "/reopen")).status_code == 403


def test_what_was_signed_can_be_read_and_says_that_it_is_no_longer_current(
    world: World, case_id: str, client_for: ClientFor
) -> None:
    dana = client_for("dana")
    reopen(world, dana, case_id)
    assert dana.get(address(case_id, "/final")).status_code == 403
    found = re.search(r'href="([^"]+/signed/\w+)"', dana.page(address(case_id, "/sign-off")).text)
    assert found
    page = dana.page(found[1])
    assert "an earlier sign-off, which was taken back" in page.words
    assert "Signed off by Carol" in page.words
    assert dana.get(address(case_id, "/signed/zzzzzzzzzzzzzzzz")).status_code == 404
    assert client_for("amara").get(found[1]).status_code == 403


def test_the_coders_no_longer_see_the_extract(world: World, case_id: str, client_for: ClientFor) -> None:
    amara = client_for("amara")
    assert amara.get(address(case_id, "/final")).status_code == 200
    reopen(world, client_for("dana"), case_id)
    for page in ("/final", "/yours"):
        assert amara.get(address(case_id, page)).status_code == 403


def test_returning_an_entry_after_sign_off_says_what_it_costs_and_needs_a_reason(
    world: World, case_id: str, client_for: ClientFor
) -> None:
    dana = client_for("dana")
    found = re.search(
        r'href="([^"]+/entries/\w+/return)"', dana.page(f"/projects/pilot/cases/{case_id}").text
    )
    assert found
    page = dana.page(found[1])
    for words in ("leaves the master workbook", "no longer independent", "take the sign-off back"):
        assert words in page.words, words
    assert dana.submit(found[1], {"reason": ""}, page=found[1]).status_code == 422
    assert comparison(world, case_id).row.state == "signed_off"
