"""The report beside the form in a real browser: words are selected and taken by one key, and the report is turned by another."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import Browser, Frame, Page, expect
from werkzeug.serving import make_server

from tests.journeys import steps
from tests.support.browser import Site, Visit, visit
from tests.support.entry_desk import Desk, build_desk
from tests.support.reports import FIRST, SECOND, attach, small_report, written
from tests.support.world import build_world

pytestmark = pytest.mark.browser
NOTE = "report.children_note"


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Site, Desk]]:
    """A case with a report of three numbered pages."""
    world = build_world(tmp_path)
    desk = build_desk(world)
    attach(world, world.case("DHR-001"), written(FIRST, SECOND, FIRST))
    server = make_server("127.0.0.1", 0, world.app, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Site(f"http://127.0.0.1:{server.port}", tmp_path), desk
    server.shutdown()
    thread.join()
    world.database.dispose()


@pytest.fixture
def section(browser: Browser, served: tuple[Site, Desk]) -> Iterator[tuple[Visit, str]]:
    """Amara's browser, and the address of a section with the report beside it."""
    site, desk = served
    with visit(browser, site) as seen:
        steps.sign_in(seen.page, "amara")
        yield seen, desk.section("report")


def _beside(page: Page, part: str) -> Frame:
    """The frame with the report, once it has turned to an address with this part."""
    expect(page.locator("iframe")).to_be_visible()
    page.wait_for_function(
        "part => document.querySelector('iframe').contentWindow.location.href.includes(part)"
        " && document.querySelector('iframe').contentDocument.readyState === 'complete'",
        arg=part,
    )
    return page.frames[1]


def test_words_are_taken_from_the_report_by_one_key(section: tuple[Visit, str]) -> None:
    seen, address = section
    page = seen.page
    page.goto(address)
    page.wait_for_selector("form[data-ready]")
    page.check('[name="report.children_known"][value="yes"]')
    page.focus(f'[name="{NOTE}"]')
    report = _beside(page, "beside=1")
    report.locator(".report-words text", has_text=FIRST[1]).select_text()
    page.keyboard.press("Alt+c")
    expect(page.locator(f'[name="{NOTE}:quote"]')).to_have_value(FIRST[1])
    expect(page.locator(f'[name="{NOTE}:page"]')).to_have_value("1")
    note = page.locator(f'[data-question="{NOTE}"] [data-quote-note]')
    expect(note).to_have_text("Found on page 1.")
    page.fill(f'[name="{NOTE}:page"]', "2")
    expect(note).to_have_text("Found on page 1, not on “2”.")
    page.keyboard.press("Alt+g")
    report = _beside(page, "printed=2")
    expect(report.locator("h1")).to_have_text("Overview report, page 2")
    page.keyboard.press("Alt+r")
    expect(report.locator("#find")).to_be_focused()
    page.keyboard.press("Alt+r")
    expect(page.locator(f'[name="{NOTE}:page"]')).to_be_focused()


def test_on_paper_the_form_has_the_whole_width(section: tuple[Visit, str]) -> None:
    seen, address = section
    seen.page.goto(address)
    expect(seen.page.locator("iframe")).to_be_visible()
    seen.page.emulate_media(media="print")
    expect(seen.page.locator("iframe")).to_be_hidden()
    width = "() => document.querySelector('.desk-work').clientWidth / document.body.clientWidth"
    assert seen.page.evaluate(width) > 0.9


def test_only_width_and_place_are_remembered(section: tuple[Visit, str]) -> None:
    seen, address = section
    page = seen.page
    page.goto(f"{address}")
    report = _beside(page, "beside=1")
    report.fill("#find", "health")
    report.press("#find", "Enter")
    report = _beside(page, "find=health")
    report.get_by_role("link", name="Page 2").first.click()
    _beside(page, "page=2")
    page.locator("[data-grip]").press("ArrowLeft")
    width = page.evaluate("document.querySelector('.report-pane').offsetWidth")
    page.wait_for_function("sessionStorage.getItem('tandem-report-pane')?.endsWith('page=2')")
    kept = page.evaluate("[JSON.stringify(localStorage), JSON.stringify(sessionStorage)]")
    assert str(width) in kept[0]
    assert "health" not in "".join(kept)
    page.goto(address.replace("/report", "/recommendations"))
    expect(_beside(page, "page=2").locator("h1")).to_have_text("Overview report, page 2")
    assert page.evaluate("document.querySelector('.report-pane').offsetWidth") == width


def test_on_a_narrow_screen_a_link_leads_to_the_report(section: tuple[Visit, str]) -> None:
    seen, address = section
    seen.page.set_viewport_size({"width": 360, "height": 800})
    seen.page.goto(address)
    expect(seen.page.locator("iframe")).to_be_hidden()
    seen.page.get_by_role("link", name="Report", exact=True).last.click()
    expect(seen.page.locator("h1")).to_have_text("Overview report, page 1")
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= 360


#: Lets files fall onto a place as a person does: a browser makes the event from what lies under the pointer.
DROP = """(place, files) => {
  const held = new DataTransfer();
  for (const [name, content] of files) {
    held.items.add(new File([Uint8Array.from(atob(content), (one) => one.charCodeAt(0))], name, { type: "application/pdf" }));
  }
  for (const name of ["dragenter", "dragover", "drop"]) {
    place.dispatchEvent(new DragEvent(name, { dataTransfer: held, bubbles: true, cancelable: true }));
  }
}"""


def test_files_are_dropped_each_shows_how_far_it_is_and_one_that_is_refused_keeps_no_other_back(
    browser: Browser, served: tuple[Site, Desk]
) -> None:
    site, desk = served
    good, bad = base64.b64encode(small_report()).decode(), base64.b64encode(b"no PDF").decode()
    with visit(browser, site) as seen:
        page = seen.page
        steps.sign_in(page, "dana")
        page.goto("/projects/pilot/reports")
        page.wait_for_selector(".drop-place")
        page.locator(".drop-place").evaluate(DROP, [["DHR-001 plan.pdf", good], ["DHR-001 bad.pdf", bad]])
        expect(page.locator(".drop-place .hint").last).to_have_text("DHR-001 plan.pdf, DHR-001 bad.pdf")
        page.get_by_role("button", name="Upload them").click()
        lines = page.locator(".drop-list li")
        expect(lines.nth(0)).to_have_text("DHR-001 plan.pdf: uploaded")
        expect(lines.nth(1)).to_contain_text("DHR-001 bad.pdf: ")
        expect(lines.nth(1)).to_have_class("drop-wrong")
        expect(page.locator("progress").first).to_have_js_property("value", 1)
        page.get_by_role("link", name="Go on with the files that were taken").click()
        expect(page.get_by_role("heading", name="1 file to be attached")).to_be_visible()
        page.goto(desk.address.replace("/entry", "/reports"))
        page.wait_for_selector(".drop-place")
        page.locator(".drop-place").evaluate(DROP, [["one.pdf", good], ["two.pdf", good]])
        expect(page.locator(".drop-place [role=status]")).to_have_text(
            "Drop one file here, or attach many at once."
        )
        assert page.locator("input[type=file]").evaluate("input => input.files.length") == 0
