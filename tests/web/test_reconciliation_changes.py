"""What a returned and resubmitted entry changed: a line on the overview, and the page that lists it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from schema.store.models import Entry
from schema.store.submission import return_entry
from tests.support.policing import Page, PolicingClient, words
from tests.support.reconciling import address, as_second, comparison, extract, submit, submitted_case
from tests.support.world import World

ClientFor = Callable[[str], PolicingClient]
ADVICE = [
    {"id": "advice00001", "number": "1", "text": "Train every practitioner in asking about children."},
    {"id": "advice00002", "number": "2", "text": "Publish the action plan of the partnership."},
]
A = extract({"region": "north", "death_year": 2016}, recommendations=ADVICE)
B = as_second(extract({"region": "south", "death_year": 2017}, recommendations=ADVICE[:1]))
AGAIN = as_second(extract({"region": "south", "death_year": 2015}, recommendations=ADVICE[1:]))


@pytest.fixture
def case_id(world: World, client_for: ClientFor) -> str:
    """Both differences settled; then ben's entry comes back with another year and another recommendation."""
    made = submitted_case(world, A, B)
    carol = client_for("carol")
    revision = comparison(world, made).row.revision
    carol.submit(address(made, "/rows/confirm"), {"revision": revision}, page=address(made, "/rows"))
    here = address(made, "/resolve")
    for path, choice in (("report.region", "a"), ("report.death_year", "b")):
        revision = comparison(world, made).row.revision
        carol.submit(here, {"path": path, "choice": choice, "revision": revision}, page=here)
    send_back(world, made, "ben", "The year is wrong.")
    submit(world, made, "ben", AGAIN)
    return made


def send_back(world: World, case_id: str, name: str, reason: str) -> None:
    with world.writing() as session:
        query = select(Entry).where(Entry.case_id == case_id, Entry.coder_id == world.user(name).id)
        entry = session.scalars(query).one()
        return_entry(session, world.actor("dana"), entry, reason)


def table(page: Page, caption: str) -> list[list[str]]:
    found = next(one for one in page.root.iter("table") if words(next(one.iter("caption"))) == caption)
    return [[words(cell) for cell in line] for line in found.iter("tr")][1:]


def test_the_overview_says_in_one_line_what_changed(case_id: str, client_for: ClientFor) -> None:
    page = client_for("carol").page(address(case_id))
    assert "1 value and 2 rows changed; 1 decision carried over, 1 to be made anew" in page.words
    assert "See what changed" in page.links


def test_the_page_lists_values_rows_links_and_decisions(case_id: str, client_for: ClientFor) -> None:
    page = client_for("carol").page(address(case_id, "/changes"))
    assert "The year is wrong." in page.words
    assert table(page, "Values that a coder has otherwise now") == [["Report: Year of death", "B", "2017", "2015"]]  # fmt: skip
    assert [line[1:] for line in table(page, "Rows that came or went")] == [
        ["B", "taken out"],
        ["B", "added"],
    ]
    assert [line[3] for line in table(page, "Links that are new or gone")] == [
        "a row was taken out",
        "no longer alone",
        "stands alone now",
        "linked now",
    ]
    assert table(page, "Decisions that do not stand any more") == [
        ["Report: Year of death", "B’s value: 2017", "A coder says something else now."]
    ]
    assert table(page, "Decisions that still stand") == [["Report: Region", "A’s value: North"]]


def test_a_case_that_was_compared_once_has_nothing_to_list(world: World, client_for: ClientFor) -> None:
    case_id = submitted_case(world, A, B, "DHR-002")
    carol = client_for("carol")
    assert "See what changed" not in carol.page(address(case_id)).links
    assert "this is its first comparison" in carol.page(address(case_id, "/changes")).words


def test_no_coder_reads_what_the_other_one_changed(case_id: str, client_for: ClientFor) -> None:
    for name in ("amara", "ben"):
        assert client_for(name).get(address(case_id, "/changes")).status_code == 403


def test_a_decision_about_a_row_that_was_taken_out_says_that_the_row_is_gone(
    world: World, client_for: ClientFor
) -> None:
    case_id = submitted_case(world, A, B, "DHR-002")
    carol = client_for("carol")
    revision = comparison(world, case_id).row.revision
    carol.submit(address(case_id, "/rows/confirm"), {"revision": revision}, page=address(case_id, "/rows"))
    pair = next(pair for pair in comparison(world, case_id).pairs if pair.row_a == "advice00002")
    sent = {"path": f"recommendations.{pair.id}", "choice": "keep_row", "revision": revision + 1}
    carol.submit(address(case_id, "/resolve"), sent, page=address(case_id, "/resolve"))
    send_back(world, case_id, "amara", "The second is from another report.")
    submit(
        world, case_id, "amara", extract({"region": "north", "death_year": 2016}, recommendations=ADVICE[:1])
    )
    page = carol.page(address(case_id, "/changes"))
    assert [line[2] for line in table(page, "Decisions that do not stand any more")] == [
        "Its rows are gone, or are linked otherwise."
    ]
