"""Matching rows on the pages: what is shown first, what each act does, and what a stale page does not do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from schema.coding.model import Pair
from tests.support.policing import Page, PolicingClient, words
from tests.support.reconciling import address, as_second, comparison, extract, submitted_case
from tests.support.world import World

ClientFor = Callable[[str], PolicingClient]
GROUP = "/rows/recommendations"
LUMPED = (
    "Train every practitioner in asking, then share what is learnt between all agencies without any delay."
)
ROWS_A = [
    {"id": "rowa00000001", "number": "1", "text": "Train every practitioner in asking about children."},
    {"id": "rowa00000002", "number": "2", "text": "Share information between agencies at once."},
    {"id": "rowa00000003", "number": "3", "text": "Review the national guidance on thresholds for children."},
]
ROWS_B = [
    {"id": "rowb00000001", "number": "1", "text": LUMPED},
    {"id": "rowb00000003", "number": "3", "text": "Review the national guidance on thresholds for children."},
    {"id": "rowb00000009", "number": "9", "text": "Publish the action plan of the partnership in full."},
]


@pytest.fixture
def case_id(world: World) -> str:
    b = extract(recommendations=ROWS_B, victims=[{"id": "victimb0001", "age": 34, "sex": "female"}])
    return submitted_case(world, extract(recommendations=ROWS_A), b)


@pytest.fixture
def carol(client_for: ClientFor) -> PolicingClient:
    return client_for("carol")


def links(world: World, case_id: str) -> set[tuple[str, str]]:
    """Rows linked in the group, by the number at the end of their ids; an empty one stands alone."""
    pairs = [pair for pair in comparison(world, case_id).pairs if pair.group == "recommendations"]
    return {(pair.row_a[-1:], pair.row_b[-1:]) for pair in pairs}


def pair_of(world: World, case_id: str, row_a: str) -> Pair:
    return next(pair for pair in comparison(world, case_id).pairs if pair.row_a == row_a)


def act(
    world: World, client: PolicingClient, case_id: str, verb: str, status: int = 303, **sent: Any
) -> Page:
    revision = sent.pop("revision", comparison(world, case_id).row.revision)
    here = address(case_id, GROUP)
    answer = client.submit(f"{here}/{verb}", {"revision": revision, **sent}, page=here)
    assert answer.status_code == status, answer.get_data(as_text=True)
    return client.page(here) if status == 303 else Page(answer)


def test_doubtful_pairs_and_lone_rows_come_before_the_certain_ones(
    world: World, carol: PolicingClient, case_id: str
) -> None:
    assert links(world, case_id) == {("1", "1"), ("2", ""), ("3", "3"), ("", "9")}
    page = carol.page(address(case_id, GROUP))
    titles = [words(one) for one in page.root.iter("h2")]
    assert titles[:3] == [
        "Doubtful pairs (1)",
        "Rows that stand alone (2)",
        "Certain and confirmed pairs (1)",
    ]


def test_each_pair_says_why_and_each_lone_row_names_its_nearest_miss(
    carol: PolicingClient, case_id: str
) -> None:
    page = carol.page(address(case_id, GROUP))
    assert "number 100%" in page.words
    assert "Nearest row of B: B 1" in page.words


def test_two_rows_that_are_not_the_same_can_be_unlinked_and_linked_again(
    world: World, carol: PolicingClient, case_id: str
) -> None:
    act(world, carol, case_id, "unlink", pair=pair_of(world, case_id, "rowa00000003").id)
    assert links(world, case_id) == {("1", "1"), ("2", ""), ("3", ""), ("", "3"), ("", "9")}
    act(world, carol, case_id, "link", row_a="rowa00000003", row_b="rowb00000003", keep="")
    assert links(world, case_id) == {("1", "1"), ("2", ""), ("3", "3"), ("", "9")}


def test_linking_takes_the_place_of_earlier_links(world: World, carol: PolicingClient, case_id: str) -> None:
    act(world, carol, case_id, "link", row_a="rowa00000002", row_b="rowb00000001", keep="")
    assert links(world, case_id) == {("1", ""), ("2", "1"), ("3", "3"), ("", "9")}


def test_what_one_coder_split_and_the_other_lumped_can_be_linked_twice(
    world: World, carol: PolicingClient, case_id: str
) -> None:
    act(world, carol, case_id, "link", row_a="rowa00000002", row_b="rowb00000001", keep="y")
    assert links(world, case_id) == {("1", "1"), ("2", "1"), ("3", "3"), ("", "9")}


def test_a_row_that_is_not_chosen_is_asked_for(world: World, carol: PolicingClient, case_id: str) -> None:
    page = act(world, carol, case_id, "link", status=422, row_a="rowa00000002", row_b="")
    assert "Choose a row of B." in page.words
    chosen = [one.get("value") for one in page.root.iter("option") if one.get("selected") is not None]
    assert chosen == ["rowa00000002"]


def test_a_stale_page_changes_nothing_and_keeps_what_was_chosen(
    world: World, carol: PolicingClient, case_id: str
) -> None:
    seen = comparison(world, case_id).row.revision
    act(world, carol, case_id, "link", row_a="rowa00000002", row_b="rowb00000009", keep="")
    page = act(
        world, carol, case_id, "link", 409, revision=seen, row_a="rowa00000002", row_b="rowb00000001", keep=""
    )
    assert "has changed since you opened this page" in page.words
    assert ("2", "9") in links(world, case_id)
    chosen = [one.get("value") for one in page.root.iter("option") if one.get("selected") is not None]
    assert chosen == ["rowa00000002", "rowb00000001"]


def test_confirming_a_group_leads_to_the_next_and_folds_its_pairs(
    world: World, carol: PolicingClient, case_id: str
) -> None:
    here = address(case_id, GROUP)
    revision = comparison(world, case_id).row.revision
    answer = carol.submit(f"{here}/confirm", {"revision": revision}, page=here)
    assert answer.location == address(case_id, "/rows/victims")
    page = carol.page(here)
    assert "Doubtful pairs" not in page.words
    answer = carol.submit(
        address(case_id, "/rows/victims/confirm"),
        {"revision": revision + 1},
        page=address(case_id, "/rows/victims"),
    )
    assert answer.location == address(case_id, "/rows")
    assert comparison(world, case_id).row.state == "matching"


def test_a_group_that_nobody_filled_in_is_not_found(client_for: ClientFor, world: World) -> None:
    case_id = submitted_case(world, extract(), as_second(extract()), "DHR-002")
    carol = client_for("carol")
    assert carol.get(address(case_id, GROUP)).status_code == 404
    assert "Recommendations" not in carol.page(address(case_id, "/rows")).words


def test_a_pair_on_which_a_decision_hangs_stays_linked(
    world: World, carol: PolicingClient, case_id: str
) -> None:
    revision = comparison(world, case_id).row.revision
    carol.submit(address(case_id, "/rows/confirm"), {"revision": revision}, page=address(case_id, "/rows"))
    pair = pair_of(world, case_id, "rowa00000001")
    here = address(case_id, "/resolve")
    path = f"recommendations.{pair.id}.text"
    carol.submit(here, {"path": path, "revision": revision + 1, "choice": "a"}, page=here)
    assert "1 decision on this pair" in carol.page(address(case_id, GROUP)).words
    page = act(world, carol, case_id, "unlink", status=409, pair=pair.id)
    assert "Decisions hang on these rows" in page.words
