"""Settling several differences at once on the page: seen before it happens, with a reason, and taken back as one."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support.policing import Page, PolicingClient
from tests.support.reconciling import address, as_second, comparison, extract, submitted_case
from tests.support.world import World

ClientFor = Callable[[str], PolicingClient]
A = extract({"area": "North, and West", "region": "north"})
B = as_second(extract({"area": "North and West.", "published": "2018"}))


@pytest.fixture
def case_id(world: World, client_for: ClientFor) -> str:
    made = submitted_case(world, A, B)
    revision = comparison(world, made).row.revision
    here = address(made, "/rows")
    client_for("carol").submit(f"{here}/confirm", {"revision": revision}, page=here)
    return made


def send(
    world: World, client: PolicingClient, case_id: str, more: str = "", status: int = 303, **sent: object
) -> Page:
    here = address(case_id, "/together")
    sent = {"revision": comparison(world, case_id).row.revision, **sent}
    answer = client.submit(here + more, sent, page=here)
    assert answer.status_code == status, answer.get_data(as_text=True)
    return Page(answer) if status != 303 else client.page(here)


def test_the_preview_shows_both_sides_and_what_is_taken(case_id: str, client_for: ClientFor) -> None:
    page = client_for("carol").page(address(case_id, "/together?kind=one"))
    assert "Answered by one coder only: 2" in page.words
    for words in ("Region", "North", "A’s value", "Published", "2018", "B’s value"):
        assert words in page.words


def test_a_batch_is_settled_and_taken_back(world: World, case_id: str, client_for: ClientFor) -> None:
    carol = client_for("carol")
    paths = ["report.region", "report.published"]
    page = send(world, carol, case_id, kind="one", path=paths, reason="The report has both.")
    assert "The report has both." in page.words
    assert comparison(world, case_id).row.undecided == 1
    (batch,) = {decision.batch_id for decision in comparison(world, case_id).decisions}
    page = send(world, carol, case_id, f"/{batch}/undo")
    assert "Undone: 2." in page.text
    assert "The report has both." not in page.words
    assert comparison(world, case_id).row.undecided == 3


def test_without_a_reason_nothing_is_settled_and_the_ticks_stay(
    world: World, case_id: str, client_for: ClientFor
) -> None:
    page = send(
        world, client_for("carol"), case_id, status=422, kind="one", path=["report.region"], reason=""
    )
    ticked = [box.get("value") for box in page.root.iter("input") if box.get("checked") is not None]
    assert ticked == ["report.region"]
    assert comparison(world, case_id).decisions == ()


def test_who_oversees_may_look_and_not_settle(world: World, case_id: str, client_for: ClientFor) -> None:
    dana = client_for("dana")
    assert "Settle what is ticked" not in dana.page(address(case_id, "/together?kind=one")).text
    sent = {"kind": "one", "path": ["report.region"], "reason": "x", "revision": 0}
    answer = dana.submit(address(case_id, "/together"), sent, page=address(case_id, "/together"))
    assert answer.status_code == 403
    for name in ("amara", "ben"):
        assert client_for(name).get(address(case_id, "/together")).status_code == 403


def test_the_way_there_is_beside_the_questions(case_id: str, client_for: ClientFor) -> None:
    assert "Settle several at once" in client_for("carol").page(address(case_id, "/resolve")).links
