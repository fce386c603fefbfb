"""A manager sees what waits for whom and how fast it goes, and nothing of open cases that they code."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from schema.store.projects import add_member
from tests.support.casework import fill, give_back, ready_case, start_case, submit
from tests.support.clock import Clock
from tests.support.policing import Page, PolicingClient, words
from tests.support.signed_off import signed_off_case
from tests.support.world import SYSTEM, World, build_world

ClientFor = Callable[[str], PolicingClient]
PROGRESS = "/projects/pilot/progress"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime(2026, 11, 2, 9, tzinfo=UTC))


@pytest.fixture
def world(tmp_path: Path, clock: Clock) -> Iterator[World]:
    made = build_world(tmp_path, clock=clock)
    yield made
    made.database.dispose()


def table(page: Page, caption: str) -> list[list[str]]:
    """The body of the table with this caption, cell by cell."""
    for one in page.root.iter("table"):
        if words(next(one.iter("caption"))) == caption:
            body = next(one.iter("tbody"))
            return [[words(cell) for cell in row if cell.tag in ("th", "td")] for row in body.iter("tr")]
    raise AssertionError(f"no table {caption}")


def test_a_manager_sees_what_waits_for_whom_and_for_how_long(world: World, clock: Clock) -> None:
    start_case(world, "DHR-01", {})
    begun = start_case(world, "DHR-02")
    fill(world, begun, "amara")
    submit(world, begun, "amara")
    clock.forward(days=3)
    ready_case(world, "DHR-03")
    back = start_case(world, "DHR-04")
    fill(world, back, "ben")
    submit(world, back, "ben")
    clock.forward(days=5)
    give_back(world, back, "ben")
    clock.forward(days=7)
    page = world.client_for("dana").page(PROGRESS)
    assert table(page, "Open cases by state and days in it") == [
        ["Registered", "1", "–", "–", "1", "–", "DHR-01, 15 days"],
        ["Coding", "2", "–", "1", "1", "–", "DHR-02, 15 days"],
        ["Ready to compare", "1", "–", "1", "–", "–", "DHR-03, 12 days"],
    ]
    assert table(page, "What waits for each person") == [
        ["Ben Whitfield", "–", "1", "1", "–", "15"],
        ["Amara Okafor", "–", "1", "–", "–", "12"],
        ["Carol Iqbal", "–", "–", "–", "1", "12"],
        ["A manager", "1", "–", "–", "–", "15"],
    ]
    assert table(page, "What waits longest")[1] == ["DHR-02", "Coding", "Code", "Ben Whitfield", "15"]
    assert [row[:3] for row in table(page, "Entries without a save for 14 days or more")] == [
        ["DHR-02", "Ben Whitfield", "Not started"]
    ]
    assert "Every open entry was saved, returned or assigned less than 16 days ago." in (
        world.client_for("dana").page(PROGRESS + "?days=16").words
    )
    assert len(list(page.root.iter(SVG + "svg"))) == 1


def test_the_pace_of_full_weeks_gives_the_forecast(world: World, clock: Clock) -> None:
    for number in range(3):
        signed_off_case(world, f"DHR-{number}")
    start_case(world, "DHR-8")
    start_case(world, "DHR-9")
    clock.forward(days=15)  # Tuesday of the third week: 3 cases in two full weeks
    page = world.client_for("dana").page(PROGRESS)
    assert table(page, "Cases signed off by week") == [
        ["Week of 2 November 2026", "3", "3"],
        ["Week of 9 November 2026", "–", "3"],
        ["Week of 16 November 2026 (not over)", "–", "3"],
    ]
    assert "the last 2 full weeks is kept (3 cases, that is 1.5 a week)" in page.words
    assert "week of 23 November 2026" in page.words  # 2 ÷ 1.5 weeks are 9.3 days: 27 November
    assert table(page, "Cases of each pair of coders") == [
        ["Amara Okafor and Ben Whitfield", "2", "–", "3", "100%"]
    ]


def test_agreement_is_of_signed_off_cases_alone(world: World) -> None:
    signed_off_case(world, "DHR-1")
    before = world.client_for("dana").page(PROGRESS)
    ready_case(
        world,
        "DHR-2",
        report={"area": "Elsewhere", "region": "south", "death_year": 2011, "children_known": "no"},
    )
    after = world.client_for("dana").page(PROGRESS)
    pairs = [table(page, "Cases of each pair of coders")[0] for page in (before, after)]
    assert [pair[2:] for pair in pairs] == [["–", "1", "100%"], ["1", "1", "100%"]]


def test_a_manager_who_codes_sees_nothing_of_open_cases_that_they_code(world: World) -> None:
    with world.writing() as session:
        add_member(session, SYSTEM, world.project, world.user("dana"), "coder")
    start_case(world, "DHR-01", {"coder_1": "amara"})
    own = start_case(world, "DHR-77", {"coder_1": "dana", "coder_2": "ben", "reconciler": "carol"})
    before = world.client_for("dana").page(PROGRESS).words
    fill(world, own, "ben")
    submit(world, own, "ben")
    seen = world.client_for("dana").page(PROGRESS).words
    assert seen == before
    assert "You code cases of this project." in seen
    assert "Amara Okafor" in seen
    assert not [one for one in ("DHR-77", "Ben Whitfield", "Carol Iqbal") if one in seen]


def test_a_number_of_days_that_is_none_is_refused_at_its_field(world: World) -> None:
    start_case(world, "DHR-1")
    answer = world.client_for("dana").get(PROGRESS + "?days=soon")
    assert answer.status_code == 422
    assert "Enter a whole number of days from 1 to 999." in answer.get_data(as_text=True)


def test_an_empty_project_says_so(client_for: ClientFor) -> None:
    assert "There is nothing to show yet." in client_for("dana").page(PROGRESS).words


def test_the_page_needs_no_more_statements_for_many_cases(world: World) -> None:
    for number in range(40):
        start_case(world, f"DHR-{number:03}")
    dana = world.client_for("dana")
    dana.most_statements = 17  # four of them count what is signed off
    assert "55 more, that have waited less long." in dana.page(PROGRESS).words
