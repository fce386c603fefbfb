"""A reconciler works through a case with the keyboard alone, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import browsing, served, visit
from tests.support.reconciling import address, as_second, comparison, extract, submitted_case
from tests.support.world import PASSWORD, World

pytestmark = pytest.mark.browser

ADVICE = [
    {"id": "advice00001", "number": "1", "text": "Train every practitioner in asking about children.", "themes": ["T1", "T2"]},
    {"id": "advice00002", "number": "2", "text": "Publish the action plan of the partnership.", "themes": ["T3"]},
]  # fmt: skip
A = extract({"region": "north", "death_year": 2016, "published": "2018"}, recommendations=ADVICE)
B = as_second(
    extract(
        {"region": "south", "death_year": 2017, "published": "2018-05"},
        recommendations=[{**ADVICE[0], "text": "Train all practitioners in asking about children.", "themes": ["T2", "T3"]}],
    )
)  # fmt: skip


@pytest.fixture
def case_id(world: World) -> str:
    return submitted_case(world, A, B)


@pytest.fixture
def page(world: World, case_id: str) -> Iterator[Page]:
    """Carol's window on the comparison, signed in by keyboard."""
    with served(world.folder) as site, browsing() as browser, visit(browser, site) as seen:
        page = seen.page
        page.goto("/sign-in")
        page.get_by_label("Sign-in name").fill("carol")
        page.get_by_label("Password").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url("**/")
        yield page


def press(page: Page, keys: str) -> None:
    """Press a key that leads to another page, and wait until that listens to keys."""
    with page.expect_navigation():
        page.keyboard.press(keys)
    listening(page)


def listening(page: Page) -> None:
    """Wait until the page's script has bound its keys; it then shows their button."""
    expect(page.get_by_role("button", name="Keys")).to_be_visible()


def question(page: Page) -> str:
    return page.locator("#position").inner_text()


def test_a_case_is_settled_with_single_keys(world: World, page: Page, case_id: str) -> None:
    page.goto(address(case_id, "/rows"))
    page.get_by_role("button", name="Confirm all rows").press("Enter")
    page.wait_for_url("**/resolve")
    listening(page)
    expect(page.locator("#position")).to_be_focused()
    assert question(page) == "Region"
    press(page, "j")
    assert question(page) == "Year of death"
    press(page, "k")
    assert question(page) == "Region"
    press(page, "a")
    assert question(page) == "Year of death"
    press(page, "d")
    assert question(page) == "Published"
    page.keyboard.press("c")
    page.keyboard.type("a note with b and d in it")
    page.keyboard.press("Escape")
    press(page, "b")
    assert question(page) == "Text of the recommendation"
    press(page, "e")
    assert question(page) == "Themes"
    press(page, "u")
    assert question(page) == "Is this recommendation in the report?"
    press(page, "a")
    assert question(page) == "Year of death"
    page.keyboard.press("c")
    page.keyboard.type("The cover says 2015.")
    page.keyboard.press("Escape")
    page.keyboard.press("o")
    page.keyboard.press("Control+a")
    page.keyboard.type("2015")
    press(page, "Enter")
    expect(page.get_by_role("heading", name="Everything is settled")).to_be_visible()
    document = comparison(world, case_id).consensus()
    report = document.sections["report"]
    assert (report["region"], report["death_year"], report["published"]) == ("north", 2015, "2018-05")
    first, second = document.rows("recommendations")
    assert first.values["themes"] == ("T1", "T2", "T3")
    assert second.values["number"] == "2"


def test_the_list_of_keys_opens_and_closes_by_its_key(page: Page, case_id: str) -> None:
    page.goto(address(case_id, "/rows/recommendations"))
    listening(page)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()


def test_rows_are_matched_with_single_keys(world: World, page: Page, case_id: str) -> None:
    """A lone row is linked with its nearest, undone, and a certain pair is found, unlinked and put back."""
    page.goto(address(case_id, "/rows/recommendations"))
    listening(page)
    before = links(world, case_id)
    lone = page.locator("[data-item]").first
    expect(lone).to_be_focused()
    page.keyboard.press("x")  # means nothing here: there is no link at this row
    press(page, "n")
    assert links(world, case_id) == {("advice00001", ""), ("advice00002", "advice00001b")}
    press(page, "z")
    assert links(world, case_id) == before
    page.keyboard.press("f")
    expect(page.get_by_role("article", name="A 1").last).to_be_focused()
    press(page, "x")
    assert len(links(world, case_id)) == 3
    press(page, "z")
    assert links(world, case_id) == before
    press(page, "m")
    assert page.url.endswith("/rows/victims")
    press(page, "m")
    assert page.url.endswith("/rows")
    press(page, "m")
    expect(page.locator("#position")).to_be_focused()


def links(world: World, case_id: str) -> set[tuple[str, str]]:
    pairs = comparison(world, case_id).pairs
    return {(pair.row_a, pair.row_b) for pair in pairs if pair.group == "recommendations"}
