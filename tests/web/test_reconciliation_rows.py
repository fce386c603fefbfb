"""Matching rows on the pages: what is shown first, what each act does, and what a stale page does not do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from unittest.mock import Mock
from xml.etree.ElementTree import Element

import pytest

from schema.coding.align import nearest_misses
from schema.coding.model import Pair
from tests.support.policing import Page, PolicingClient, words
from tests.support.reconciling import address, as_second, comparison, extract, submitted_case
from tests.support.world import World
from webapp.reconciliation import room

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


def sent_by(form: Element) -> dict[str, Any]:
    """What a form sends, without its token."""
    sent = {one.get("name", ""): one.get("value", "") for one in form.iter("input")}
    return {name: value for name, value in sent.items() if name != "csrf_token"}


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


def test_nearest_rows_are_looked_for_again_only_where_the_pairing_changes(
    world: World, carol: PolicingClient, case_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = Mock(wraps=nearest_misses)
    monkeypatch.setattr(room, "nearest_misses", looked)
    before = [carol.page(address(case_id, GROUP)).words for _ in range(3)]
    assert (looked.call_count, len(set(before))) == (1, 1)
    act(world, carol, case_id, "link", row_a="rowa00000002", row_b="rowb00000001", keep="")
    assert "Nearest row of B: B 1" in carol.page(address(case_id, GROUP)).words
    assert looked.call_count == 2
    act(world, carol, case_id, "unlink", pair=pair_of(world, case_id, "rowa00000003").id)
    assert "Nearest row of B: B 2" in carol.page(address(case_id, GROUP)).words


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


def test_a_lone_row_says_of_which_linked_row_it_may_be_a_part(
    world: World, carol: PolicingClient, client_for: ClientFor
) -> None:
    part = {"id": "rowa00000002", "number": "2", "text": "Share what is learnt between all agencies without any delay."}  # fmt: skip
    b = extract(recommendations=ROWS_B[:1], victims=[{"id": "victimb0001", "age": 34, "sex": "female"}])
    case_id = submitted_case(world, extract(recommendations=[ROWS_A[0], part]), b, "DHR-002")
    assert links(world, case_id) == {("1", "1"), ("2", "")}
    page = carol.page(address(case_id, GROUP))
    assert "It may be a part of B 1: " in page.words
    form = next(one for one in page.root.iter("form") if "Link with B 1 as well" in words(one))
    act(world, carol, case_id, "link", **sent_by(form))
    assert links(world, case_id) == {("1", "1"), ("2", "1")}
    assert "Linked with A 2 as well" in carol.page(address(case_id, GROUP)).words


def test_two_pairs_exchange_their_rows(world: World, carol: PolicingClient, case_id: str) -> None:
    first, third = (pair_of(world, case_id, f"rowa0000000{number}") for number in (1, 3))
    act(world, carol, case_id, "swap", pair=first.id, other=third.id)
    assert links(world, case_id) == {("1", "3"), ("2", ""), ("3", "1"), ("", "9")}
    page = act(world, carol, case_id, "swap", status=422, pair=first.id, other="")
    assert "Choose the pair to swap with." in page.words
    act(world, carol, case_id, "swap", status=409, pair=first.id, other=third.id)


def undo_last(world: World, client: PolicingClient, case_id: str, status: int = 303) -> Page:
    revision = comparison(world, case_id).row.revision
    answer = client.submit(
        address(case_id, "/rows/undo"), {"revision": revision}, page=address(case_id, "/rows")
    )
    assert answer.status_code == status, answer.get_data(as_text=True)
    return client.page(answer.location) if status == 303 else Page(answer)


def test_acts_are_listed_and_undone_one_by_one(world: World, carol: PolicingClient, case_id: str) -> None:
    before = links(world, case_id)
    act(world, carol, case_id, "link", row_a="rowa00000002", row_b="rowb00000009", keep="")
    first = links(world, case_id)
    act(world, carol, case_id, "link", row_a="rowa00000003", row_b="rowb00000001", keep="")
    page = carol.page(address(case_id, GROUP))
    assert "Recommendations: A 3 with B 1 linked, in place of A 1 with B 1 and A 3 with B 2" in page.words
    assert "Changes before it (1)" in page.words
    page = undo_last(world, carol, case_id)
    assert links(world, case_id) == first
    assert "Last change Recommendations: A 2 with B 3 linked. Carol Iqbal" in page.words
    page = undo_last(world, carol, case_id)
    assert links(world, case_id) == before
    assert "Last change" not in page.words
    assert "no change of the pairing to take back" in undo_last(world, carol, case_id, 409).words


def test_an_act_on_which_a_decision_hangs_cannot_be_undone(
    world: World, carol: PolicingClient, case_id: str
) -> None:
    act(world, carol, case_id, "link", row_a="rowa00000002", row_b="rowb00000009", keep="")
    revision = comparison(world, case_id).row.revision
    carol.submit(address(case_id, "/rows/confirm"), {"revision": revision}, page=address(case_id, "/rows"))
    path = f"recommendations.{pair_of(world, case_id, 'rowa00000002').id}.text"
    here = address(case_id, "/resolve")
    carol.submit(here, {"path": path, "revision": revision + 1, "choice": "a"}, page=here)
    assert "Decisions hang on these rows" in carol.page(address(case_id, GROUP)).words
    assert "Decisions hang on these rows" in undo_last(world, carol, case_id, 409).words
    assert ("2", "9") in links(world, case_id)


def test_an_act_leads_on_to_the_next_card(world: World, carol: PolicingClient, case_id: str) -> None:
    page = carol.page(address(case_id, GROUP))
    cards = [one.get("id") for one in page.root.iter("article")]
    form = next(one for one in page.root.iter("form") if one.get("action", "").endswith("/unlink"))
    sent = sent_by(form)
    here = address(case_id, GROUP)
    answer = carol.submit(f"{here}/unlink", sent, page=here)
    assert answer.location == f"{here}#{cards[1]}"


def test_opening_the_pages_again_and_again_changes_nothing(
    world: World, carol: PolicingClient, case_id: str
) -> None:
    act(world, carol, case_id, "link", row_a="rowa00000002", row_b="rowb00000009", keep="")
    seen = comparison(world, case_id)
    for _ in range(3):
        for more in ("", "/rows", GROUP, "/rows/victims"):
            carol.page(address(case_id, more))
    again = comparison(world, case_id)
    assert (again.row.revision, again.pairs) == (seen.row.revision, seen.pairs)


def test_both_lists_show_every_row_with_what_it_is_linked_with(carol: PolicingClient, case_id: str) -> None:
    page = carol.page(address(case_id, GROUP))
    fold = next(one for one in page.root.iter("details") if one.get("class") == "both-lists")
    lines = [[words(cell) for cell in line] for line in fold.iter("tr")]
    linked = [(line[0][:3], line[1]) for line in lines if line[0][:2] in ("A ", "B ")]
    assert linked == [("A 1", "B 1"), ("A 2", "nothing"), ("A 3", "B 2"), ("B 1", "A 1"), ("B 2", "A 3"), ("B 3", "nothing")]  # fmt: skip
    targets = {one.get("id") for one in page.root.iter("article")}
    assert {link.get("href", "")[1:] for link in fold.iter("a")} == targets
