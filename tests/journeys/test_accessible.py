"""Every page that a role finds on the loaded sample: axe finds nothing, by day and by night, and nothing sticks out of a
telephone's screen.

A green axe run is no evidence by itself; the structure of each answer is checked by the policing client beside it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.accessible import case_in, faults, links, shape, sign_in
from tests.support.browser import Site, visit

pytestmark = pytest.mark.browser
ROLES = ("dana", "carol", "amara", "victor", "root")
#: Of pages that differ by the state of their case, or by their questions, so many are looked at; of all others one.
SEVERAL = {
    "projects.project_page": 2,
    "cases.case_page": 4,
    "reconciliation.overview_page": 3,
    "reconciliation.group_page": 2,
    "entry.section_page": 20,
}
TWO_IN_ONE_CELL = """() => document.querySelector("main").insertAdjacentHTML("beforeend",
  "<table class=table-stacked><tr><td data-label=When>Today <b>at noon</b></td></tr></table>")"""
#: Looks alike to all who may open it: once is enough.
FOR_ALL = "questionnaires."
#: What the other of the two projects shows better: cases in every state, figures of a whole study.
ELSEWHERE = re.compile(r"^/projects/(dhr-study/cases/|dhr-follow-up/(findings|agreement))")


@pytest.fixture(scope="module")
def seen() -> Counter[tuple[str, str]]:
    """How many pages of each shape have been looked at, by role."""
    return Counter()


def kind(name: str, path: str) -> tuple[str, str]:
    """What makes a page another page: its shape, and for most pages who looks at it."""
    page = shape(path)
    return ("" if page.startswith(FOR_ALL) else name), page


@pytest.mark.parametrize("name", ROLES)
def test_axe_finds_nothing_on_any_page_that_a_role_can_reach(
    browser: Browser, sample: Site, seen: Counter[tuple[str, str]], name: str
):
    def wanted(path: str) -> bool:
        return not ELSEWHERE.match(path) and seen[kind(name, path)] < SEVERAL.get(shape(path), 1)

    wrong: list[str] = []
    visited: set[str] = set()
    with visit(browser, sample) as window:
        sign_in(window.page, name)
        waiting = ["/"]
        while waiting:
            path = waiting.pop(0)
            if path in visited or not wanted(path):
                continue
            visited.add(path)
            seen[kind(name, path)] += 1
            window.page.goto(path)
            arrived = urlsplit(window.page.url).path
            if arrived != path and (arrived in visited or not wanted(arrived)):
                continue
            waiting += [one for one in links(window.page) if one not in visited]
            wrong += faults(window.page)
    assert not wrong, "\n".join(wrong)
    assert len(visited) > 2


def opened(page: Page) -> None:
    """Every fold open: rows, long lists, evidence and guidance."""
    page.locator("details").evaluate_all("all => all.forEach((one) => { one.open = true; })")


def asked_for_keys(page: Page) -> None:
    page.get_by_role("button", name="Keys").first.click()


def sent_empty(page: Page) -> None:
    page.locator("main form button[type=submit]").first.click()


STATES: tuple[tuple[str, str, str, Callable[[Page], None]], ...] = (
    ("dana", "/projects/dhr-follow-up/cases/new", "", sent_empty),
    ("amara", "coding", "/entry/victims", opened),
    ("amara", "coding", "/entry/recommendations", opened),
    ("amara", "coding", "/entry/report", asked_for_keys),
    ("carol", "resolving", "/comparison/resolve", opened),
    ("carol", "matching_rows", "/comparison/rows", opened),
)


@pytest.mark.parametrize(("name", "state", "page_of_case", "act"), STATES)
def test_axe_finds_nothing_when_folds_are_open_keys_are_shown_and_forms_are_refused(
    browser: Browser, sample: Site, name: str, state: str, page_of_case: str, act: Callable[[Page], None]
):
    with visit(browser, sample) as window:
        sign_in(window.page, name)
        address = f"{case_in(window.page, page_of_case)}{page_of_case}" if page_of_case else state
        window.page.goto(address)
        act(window.page)
        found = faults(window.page)
    assert not found, "\n".join(found)


def test_axe_finds_nothing_in_the_report_beside_the_form_and_where_words_were_found(
    browser: Browser, sample: Site
):
    """The frame with the report is a page of its own, which axe is not shown with the form around it."""
    with visit(browser, sample) as window:
        page = window.page
        sign_in(page, "amara")
        case = case_in(page, "/entry")
        page.goto(f"{case}/entry/homicide")
        beside = page.locator(".report-pane iframe").get_attribute("src")
        assert beside
        found = []
        for address in (beside, f"{beside}&find=review", f"{beside.partition('?')[0]}?find=nowhere"):
            page.goto(address)
            expect(page.locator(".report-words text").first).to_be_attached()
            found += faults(page)
        page.goto(f"{case}/entry/recommendations/suggest")
        expect(page.locator("input[name=take]").first).to_be_visible()
        found += faults(page)
    assert not found, "\n".join(found)


def test_thirteen_questions_stand_on_one_screen(browser: Browser, sample: Site):
    """The longest row of the DHR questionnaire has twelve questions; one more of their height fits below its head."""
    with visit(browser, sample) as window:
        page = window.page
        sign_in(page, "amara")
        address = f"{case_in(page, '/entry/recommendations')}/entry/recommendations"
        page.set_viewport_size({"width": 1600, "height": 1000})
        page.goto(address)
        page.wait_for_selector("form[data-ready]")
        page.get_by_role("button", name="Hide", exact=True).click()  # the report, which stands beside it
        head = page.locator(".rows").bounding_box()
        page.get_by_role("button", name="Add recommendation").click()
        row = page.locator(".rows [data-row]").last
        expect(row.locator("[data-question]")).to_have_count(12)
        boxes = [one.bounding_box() for one in row.locator("[data-question]").all()]
        heights = [box["height"] for box in boxes if box]
        body = row.locator("[data-question]").first
        card, first = row.bounding_box(), body.bounding_box()
    assert head
    assert card
    assert first
    room = 1000 - head["y"] - (first["y"] - card["y"])
    assert len(heights) == 12
    assert sum(heights) / 12 * 13 <= room


def test_the_check_can_fail(browser: Browser, sample: Site):
    with visit(browser, sample) as window:
        window.page.goto("/sign-in")
        window.page.evaluate("document.querySelector('label[for]').remove()")
        window.page.evaluate("document.querySelector('main').style.minWidth = '600px'")
        window.page.evaluate("document.querySelector('h1').style.color = '#222222'")
        window.page.evaluate(TWO_IN_ONE_CELL)
        found = " ".join(faults(window.page))
    assert "label" in found
    assert "too wide at 360" in found
    assert "too wide at 320" in found
    assert "the cell “When” is scattered where it stacks" in found
    assert "by night: color-contrast" in found
