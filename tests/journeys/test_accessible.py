"""Every page that a role finds on the loaded sample: axe finds nothing, by day and by night, and nothing sticks out of a
telephone's screen.

A green axe run is no evidence by itself; the structure of each answer is checked by the policing client beside it.

Axe takes a time that grows with the page, and the longest pages repeat themselves: 180 questions of a guide, 300 codes
of a codebook. So of neighbours that are built alike three are shown to it. Widths are measured on the whole page.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from urllib.parse import urljoin, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter

from tests.support.browser import Site, visit
from webapp.app import ROOMS
from webapp.sample import loading

pytestmark = pytest.mark.browser
AXE = Axe()
RULES = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    },
    "resultTypes": ["violations"],
}
#: Innermost first, so that what holds many alike is itself alike to its neighbours once they are thinned.
THIN = """(most) => {
  const built = (one) => [one, ...one.querySelectorAll("*")].map((part) =>
    [part.tagName, part.className, ...part.getAttributeNames().sort()].join(" ")).join();
  for (const parent of [...document.querySelectorAll("main, main *")].reverse()) {
    const alike = {};
    for (const one of [...parent.children]) {
      const kind = built(one);
      alike[kind] = (alike[kind] ?? 0) + 1;
      if (alike[kind] > most) one.remove();
    }
  }
}"""
BY_NIGHT = {"runOnly": {"type": "rule", "values": ["color-contrast"]}, "resultTypes": ["violations"]}
NARROW = (360, 320)  # a telephone; and what 1280 pixels are at four times their size (WCAG 1.4.10)
LONG = 1000  # elements; a shorter page is shown to axe as it is
ALIKE = 3
ROLES = ("dana", "carol", "amara", "victor", "root")
#: Of pages that differ by the state of their case, or by their questions, so many are looked at; of all others one.
SEVERAL = {
    "projects.project_page": 2,
    "cases.case_page": 4,
    "reconciliation.overview_page": 3,
    "reconciliation.group_page": 2,
    "entry.section_page": 20,
}
SCATTERED = """() => {
  const held = (one) => (one.nodeType === 1 ? one.type !== "hidden" : one.textContent.trim());
  const cells = [...document.querySelectorAll(".table-stacked td[data-label]")];
  const several = cells.filter((cell) => [...cell.childNodes].filter(held).length > 1);
  return [...new Set(several.map((cell) => cell.dataset.label))];
}"""
TWO_IN_ONE_CELL = """() => document.querySelector("main").insertAdjacentHTML("beforeend",
  "<table class=table-stacked><tr><td data-label=When>Today <b>at noon</b></td></tr></table>")"""
NOT_A_PAGE = re.compile(r"\.(png|xlsx|csv|json|jsonl|sav|zip|pdf|docx|dta|yaml|txt)$|/file$|/download$")
#: Looks alike to all who may open it: once is enough.
FOR_ALL = "questionnaires."
#: What the other of the two projects shows better: cases in every state, figures of a whole study.
ELSEWHERE = re.compile(r"^/projects/(dhr-study/cases/|dhr-follow-up/(findings|agreement))")


@pytest.fixture(scope="module")
def seen() -> Counter[tuple[str, str]]:
    """How many pages of each shape have been looked at, by role."""
    return Counter()


def sign_in(page: Page, name: str) -> None:
    page.goto("/sign-in")
    page.fill("[name=name]", name)
    page.fill("[name=password]", loading.PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url("**/")


@cache
def addresses() -> MapAdapter:
    """The product's own table of its addresses."""
    rooms = Flask("addresses")
    for room in ROOMS:
        rooms.register_blueprint(room)
    return rooms.url_map.bind("localhost")


def shape(path: str) -> str:
    """Which page of the product an address leads to: one template, whatever case or code it shows."""
    try:
        endpoint, _ = addresses().match(path)
    except HTTPException:
        return path
    return endpoint


def faults(page: Page) -> list[str]:
    """What sticks out where the screen is narrow, and what axe finds at 1440 pixels, by day and by night."""
    path = urlsplit(page.url).path
    page.emulate_media(reduced_motion="reduce")  # a colour half way to another is nobody's to read
    found = [f"{path}: {over} pixels too wide at {width}" for width, over in overhanging(page)]
    found += [f"{path}: the cell “{label}” is scattered where it stacks" for label in scattered(page)]
    if page.evaluate("document.querySelectorAll('*').length") > LONG:
        page.evaluate(THIN, ALIKE)
    found += [f"{path}: {one}" for one in violations(page, RULES)]
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    found += [f"{path}: by night: {one}" for one in violations(page, BY_NIGHT)]
    page.emulate_media(color_scheme="light", reduced_motion="no-preference")
    return found


def scattered(page: Page) -> list[str]:
    """Cells of tables that stack on a narrow screen, by label, which hold several things: beside the label there is room for one."""
    found: list[str] = page.evaluate(SCATTERED)
    return found


def overhanging(page: Page) -> Iterator[tuple[int, int]]:
    """Widths at which the page has to be scrolled sideways, each with by how much."""
    for width in NARROW:
        page.set_viewport_size({"width": width, "height": 800})
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if over > 0:
            yield width, over
    page.set_viewport_size({"width": 1440, "height": 1000})


def violations(page: Page, rules: Mapping[str, object]) -> list[str]:
    """What axe finds: each rule with the first places."""
    found = AXE.run(page, options=dict(rules)).response["violations"]
    return [f"{one['id']}: {[node['target'] for node in one['nodes']][:3]}" for one in found]


def links(page: Page) -> list[str]:
    targets = page.locator("a[href]").evaluate_all("all => all.map((one) => one.getAttribute('href'))")
    paths = [urlsplit(urljoin(page.url, target)).path for target in targets]
    return [path for path in dict.fromkeys(paths) if not NOT_A_PAGE.search(path)]


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


def case_in(page: Page, page_of_case: str) -> str:
    """The first case of the follow-up project to which the person's work leads by such a page."""
    part = page_of_case.split("/")[1]
    target = page.locator(f'a[href*="/dhr-follow-up/cases/"][href*="/{part}"]').first.get_attribute("href")
    assert target
    return target.split(f"/{part}")[0]


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
