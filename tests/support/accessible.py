"""What is wrong with a page for whoever uses it on a narrow screen, by night, or by other means than a mouse and two eyes.

Axe takes a time that grows with the page, and the longest pages repeat themselves: 180 questions of a guide, 300 codes
of a codebook. So of neighbours that are built alike three are shown to it. Widths are measured on the whole page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from urllib.parse import urljoin, urlsplit

from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Page
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter

from webapp.app import ROOMS
from webapp.sample import loading

AXE = Axe()
RULES = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    },
    "resultTypes": ["violations"],
}
BY_NIGHT = {"runOnly": {"type": "rule", "values": ["color-contrast"]}, "resultTypes": ["violations"]}
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
NOT_A_PAGE = re.compile(r"\.(png|xlsx|csv|json|jsonl|sav|zip|pdf|docx|dta|yaml|txt)$|/file$|/download$")
NARROW = (360, 320)  # a telephone; and what 1280 pixels are at four times their size (WCAG 1.4.10)
LONG = 1000  # elements; a shorter page is shown to axe as it is
ALIKE = 3
SCATTERED = """() => {
  const held = (one) => (one.nodeType === 1 ? one.type !== "hidden" : one.textContent.trim());
  const cells = [...document.querySelectorAll(".table-stacked td[data-label]")];
  const several = cells.filter((cell) => [...cell.childNodes].filter(held).length > 1);
  return [...new Set(several.map((cell) => cell.dataset.label))];
}"""
#: A heading or a whole panel may be led to; a control has to say itself what is wrong with it.
UNSAID = """() => {
  const said = (id) => {
    const one = document.getElementById(id);
    if (!one) return false;
    if (!one.matches("input, select, textarea, fieldset, legend")) return true;
    const around = one.closest(".field, .field-wrong, fieldset, td, .form-check, details") ?? one;
    return [`${id}-error`, `${id}-problem`].some((told) => document.getElementById(told)) ||
      around.querySelector(".field-error, .problem") !== null;
  };
  const led = [...document.querySelectorAll(".error-summary a[href^='#']")].map((one) => one.hash.slice(1));
  return [...new Set(led.filter((id) => !said(decodeURIComponent(id))))];
}"""


def sign_in(page: Page, name: str) -> None:
    """Sign in as one of the people of the demonstration."""
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


def shape(path: str, method: str = "GET") -> str:
    """Which page of the product an address leads to: one template, whatever case or code it shows."""
    try:
        endpoint, _ = addresses().match(path, method=method)
    except HTTPException:
        return path
    return endpoint


def links(page: Page) -> list[str]:
    """The paths of the pages that the page's links lead to, each once, in their order."""
    targets = page.locator("a[href]").evaluate_all("all => all.map((one) => one.getAttribute('href'))")
    paths = [urlsplit(urljoin(page.url, target)).path for target in targets]
    return [path for path in dict.fromkeys(paths) if not NOT_A_PAGE.search(path)]


def without_scripts(page: Page) -> None:
    """Give the page an empty script in the place of the one that starts all others, from its next load on."""
    page.route("**/js/main.js*", lambda route: route.fulfill(body="", content_type="text/javascript"))


def case_in(page: Page, page_of_case: str) -> str:
    """The first case of the follow-up project to which the person's work leads by such a page."""
    part = page_of_case.split("/")[1]
    target = page.locator(f'a[href*="/dhr-follow-up/cases/"][href*="/{part}"]').first.get_attribute("href")
    assert target
    return target.split(f"/{part}")[0]


def faults(page: Page) -> list[str]:
    """What sticks out where the screen is narrow, and what axe finds at 1440 pixels, by day and by night."""
    path = urlsplit(page.url).path
    page.emulate_media(reduced_motion="reduce")  # a colour half way to another is nobody's to read
    found = [f"{path}: {over} pixels too wide at {width}" for width, over in overhanging(page)]
    found += [f"{path}: the cell “{label}” is scattered where it stacks" for label in scattered(page)]
    found += [f"{path}: nothing stands beside “{one}”, to which the problems lead" for one in unsaid(page)]
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


def unsaid(page: Page) -> list[str]:
    """Controls to which the list of problems leads and beside which no problem stands, by id; or that are not there."""
    found: list[str] = page.evaluate(UNSAID)
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
