"""The coder's desk in a real browser: what the page does between typing and saved, and when saving fails."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from werkzeug.serving import make_server

from tests.journeys import steps
from tests.support.browser import Site, Visit, visit
from tests.support.entry_desk import Desk, build_desk, filled
from tests.support.world import build_world

pytestmark = pytest.mark.browser
SAVED = re.compile(r"^Saved \d\d:\d\d:\d\d$")


@dataclass
class Window:
    """Amara's browser on her desk."""

    visit: Visit
    desk: Desk

    @property
    def page(self) -> Page:
        return self.visit.page

    def open(self, key: str) -> Page:
        self.page.goto(self.desk.section(key))
        return ready(self.page)

    def another(self, key: str) -> Page:
        page = self.visit.context.new_page()
        page.goto(self.desk.section(key))
        return ready(page)


@pytest.fixture
def window(browser: Browser, tmp_path: Path) -> Iterator[Window]:
    world = build_world(tmp_path)
    desk = build_desk(world)
    server = make_server("127.0.0.1", 0, world.app, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    site = Site(f"http://127.0.0.1:{server.port}", tmp_path)
    with visit(browser, site) as seen:
        steps.sign_in(seen.page, "amara")
        yield Window(seen, desk)
    server.shutdown()
    thread.join()
    world.database.dispose()


def ready(page: Page) -> Page:
    """Wait until the page's script is at work."""
    page.wait_for_selector("form[data-ready]")
    return page


def status(page: Page, text: str | re.Pattern[str]) -> None:
    expect(page.locator("[data-status]")).to_have_text(text, timeout=20_000)


def control(page: Page, path: str) -> str:
    return page.input_value(f'[name="{path}"]')


def test_what_is_typed_is_saved_without_a_button_and_nothing_is_kept_in_the_browser(window: Window):
    page = window.open("report")
    page.fill('[name="report.area"]', "Exampleshire")
    page.press('[name="report.area"]', "Enter")
    status(page, SAVED)
    page.fill('[name="report.published"]', "may 2018")
    expect(page.locator("#f-report-published-read")).to_have_text("= May 2018")
    assert window.desk.document().sections["report"] == {"area": "Exampleshire", "published": "2018-05"}
    assert page.url.endswith("/report")
    stored = "indexedDB.databases().then((kept) => kept.length + localStorage.length + sessionStorage.length)"
    assert page.evaluate(stored) == 0


def test_a_question_comes_and_goes_and_keeps_what_it_held(window: Window):
    page = window.open("report")
    note = page.locator('[name="report.children_note"]')
    expect(note).to_be_hidden()
    page.check('[name="report.children_known"][value="yes"]')
    expect(note).to_be_visible()
    note.fill("Two children.")
    status(page, SAVED)
    page.check('[name="report.children_known"][value="no"]')
    expect(note).to_be_hidden()
    page.check('[name="report.children_known"][value="yes"]')
    expect(note).to_have_value("Two children.")


def test_a_reason_by_its_key_takes_the_place_of_the_answer_and_typing_takes_it_back(window: Window):
    page = window.open("report")
    page.fill('[name="report.death_year"]', "2016")
    page.press('[name="report.death_year"]', "Alt+1")
    assert control(page, "report.death_year") == ""
    reason = page.locator('[name="report.death_year:missing"][value="not_reported"]')
    expect(reason).to_be_checked()
    page.fill('[name="report.death_year"]', "2017")
    expect(reason).not_to_be_checked()
    status(page, SAVED)
    assert window.desk.document().get("report.death_year") == 2017


def test_two_windows_on_one_field_show_both_values_and_the_coder_chooses(window: Window):
    page = window.open("report")
    other = window.another("report")
    other.fill('[name="report.area"]', "Theirs")
    status(other, SAVED)
    page.fill('[name="report.area"]', "Mine")
    box = page.locator(".conflict")
    expect(box).to_contain_text("Mine")
    expect(box).to_contain_text("Theirs")
    assert window.desk.document().get("report.area") == "Theirs"
    page.get_by_role("button", name="Keep mine").click()
    status(page, SAVED)
    assert window.desk.document().get("report.area") == "Mine"


def test_a_save_takes_over_what_another_window_wrote_elsewhere(window: Window):
    page = window.open("report")
    other = window.another("report")
    other.fill('[name="report.area"]', "Theirs")
    status(other, SAVED)
    page.fill('[name="report.death_year"]', "2016")
    expect(page.locator('[name="report.area"]')).to_have_value("Theirs")
    assert window.desk.document().sections["report"] == {"area": "Theirs", "death_year": 2016}


def test_a_server_that_does_not_answer_is_tried_again_and_leaving_is_warned_of(window: Window):
    page = window.open("report")
    window.visit.context.set_offline(True)
    page.fill('[name="report.area"]', "Exampleshire")
    status(page, "Not saved: trying again")
    assert page.evaluate("!window.dispatchEvent(new Event('beforeunload', { cancelable: true }))")
    assert control(page, "report.area") == "Exampleshire"
    window.visit.context.set_offline(False)
    status(page, SAVED)
    assert window.desk.document().get("report.area") == "Exampleshire"


def test_a_text_that_is_not_accepted_stays_and_does_not_hold_up_the_others(window: Window):
    page = window.open("report")
    page.fill('[name="report.area"]', "x" * 100_001)
    page.fill('[name="report.death_year"]', "2016")
    status(page, "Not saved")
    expect(page.locator("[data-alert]")).not_to_be_empty()
    expect(page.locator("[name=base_revision]")).to_have_value("1")
    assert window.desk.document().sections["report"] == {"death_year": 2016}
    page.fill('[name="report.area"]', "Exampleshire")
    status(page, SAVED)
    assert window.desk.document().get("report.area") == "Exampleshire"


def test_typed_text_outlives_the_session_and_is_saved_after_signing_in_again(window: Window):
    page = window.open("report")
    other = window.another("report")
    other.locator(".user-menu summary").click()
    other.get_by_role("button", name="Sign out").click()
    page.fill('[name="report.area"]', "Exampleshire")
    expect(page.get_by_role("link", name="Sign in in a new tab")).to_be_visible()
    assert control(page, "report.area") == "Exampleshire"
    steps.sign_in(other, "amara")
    status(page, SAVED)
    assert window.desk.document().get("report.area") == "Exampleshire"


def test_text_typed_after_submission_in_another_window_stays_on_the_page(window: Window):
    page = window.open("report")
    client = window.desk.world.client_for("amara")
    filled(window.desk, client)
    client.submit(window.desk.section("submit"), {"statement": "yes"})
    page.fill('[name="report.area"]', "Typed too late")
    status(page, "Not saved")
    expect(page.get_by_role("alert").first).to_contain_text("submitted")
    assert control(page, "report.area") == "Typed too late"
    assert window.desk.document().get("report.area") == "Exampleshire"


def test_rows_are_added_filled_moved_and_deleted_with_undo_without_loading_the_page(window: Window):
    page = window.open("recommendations")
    for count, number in enumerate(("4.1", "4.2"), 1):
        page.keyboard.press("Alt+N")
        expect(page.locator(".rows [data-row]")).to_have_count(count)
        added = page.locator(".rows [data-row]").last
        expect(added.locator("input.control").first).to_be_focused()
        page.keyboard.type(number)
        expect(added.locator("[data-row-summary]")).to_have_text(number)
    page.locator(".rows [data-row]").last.get_by_role("button", name="Move up").click()
    lines = page.locator(".rows [data-row-summary]")
    expect(lines).to_have_text(["4.2", "4.1"])
    page.locator(".rows [data-row]").first.get_by_role("button", name="Delete").click()
    expect(lines).to_have_text(["4.1"])
    page.get_by_role("button", name="Undo").click()
    expect(lines).to_have_text(["4.2", "4.1"])
    rows = window.desk.document().rows("recommendations")
    assert [row.values["number"] for row in rows] == ["4.2", "4.1"]


def test_keys_lead_from_section_to_section(window: Window):
    page = window.open("report")
    page.fill('[name="report.area"]', "Exampleshire")
    page.keyboard.press("Alt+PageDown")
    steps.heading(page, "Victims")
    assert window.desk.document().get("report.area") == "Exampleshire"
    ready(page).keyboard.press("Alt+PageUp")
    steps.heading(page, "Report")
    ready(page).keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()


def test_a_key_undoes_what_was_typed_last_and_then_what_was_saved_before(window: Window):
    page = window.open("report")
    page.fill('[name="report.area"]', "Exampleshire")
    status(page, SAVED)
    page.fill('[name="report.death_year"]', "2016")
    page.keyboard.press("Alt+z")
    expect(page.locator('[name="report.death_year"]')).to_have_value("")
    expect(page.locator("[data-alert]")).to_have_text("Undone: Report: Year of death.")
    expect(page.locator('[name="report.death_year"]')).to_be_focused()
    page.keyboard.press("Alt+z")
    expect(page.locator('[name="report.area"]')).to_have_value("")
    assert window.desk.document().sections.get("report", {}) == {}
    page.fill('[name="report.area"]', "Exampleshire")
    status(page, SAVED)
    assert window.desk.document().get("report.area") == "Exampleshire"


def test_nothing_jumps_when_it_saves(window: Window):
    """Every question stands where it stood while the save was on its way and after it was answered."""
    page = window.open("report")
    places = "[...document.querySelectorAll('[data-question]')].map((one) => one.getBoundingClientRect().top)"
    page.focus('[name="report.area"]')
    before = page.evaluate(places)
    page.keyboard.type("Exampleshire")
    during = page.evaluate(places)
    status(page, SAVED)
    assert before == during == page.evaluate(places)


def test_typing_selects_an_answer_by_its_letters_or_its_number_and_finds_boxes(window: Window):
    page = window.open("report")
    page.focus("#f-report-region-clear")
    page.keyboard.type("so")
    expect(page.get_by_role("radio", name="South")).to_be_checked()
    page.keyboard.press("3")
    expect(page.get_by_role("radio", name="Wales")).to_be_checked()
    status(page, SAVED)
    assert window.desk.document().get("report.region") == "wales"
    window.open("recommendations").get_by_role("button", name="Add recommendation").click()
    first = page.locator(".tick input").first
    first.focus()
    for word in ("t2", "t1"):  # at once after each other: the second word is not a part of the first
        page.keyboard.type(word)
        page.keyboard.press("Space")
    status(page, SAVED)
    (row,) = window.desk.document().rows("recommendations")
    assert row.values["themes"] == ("T1", "T2")


def test_keys_go_from_question_to_question_and_from_row_to_row(window: Window):
    page = window.open("report")
    page.focus('[name="report.area"]')
    held = "document.activeElement.closest('[data-question]')?.dataset.question"
    seen = []
    for _ in range(4):
        page.keyboard.press("Alt+.")
        seen.append(page.evaluate(held))
    assert seen == [f"report.{key}" for key in ("region", "death_year", "published", "children_known")]
    page.keyboard.press("Alt+,")
    assert page.evaluate(held) == "report.published"
    with window.visit.context.expect_page() as opened:
        page.keyboard.press("Alt+Shift+H")
    expect(opened.value.locator("h3:target")).to_have_text("Published")
    opened.value.close()
    page = window.open("recommendations")
    page.get_by_role("button", name="Add recommendation").click()
    expect(page.locator('[name$=".number"]')).to_be_focused()
    page.keyboard.type("7.1")
    page.keyboard.press("Alt+Shift+N")
    expect(page.locator("[data-row]")).to_have_count(2)
    page.keyboard.press("Alt+Shift+PageUp")
    expect(page.locator("[data-row] summary").first).to_be_focused()
    page.keyboard.press("Alt+Shift+PageDown")
    page.keyboard.press("Alt+.")
    expect(page.locator('[name$=".number"]').nth(1)).to_be_focused()  # from the head of a row into that row
    status(page, re.compile("^Saved"))
    assert [row.values for row in window.desk.document().rows("recommendations")] == [{"number": "7.1"}] * 2


def test_a_key_pressed_before_the_page_is_bound_is_pressed_again(window: Window):
    page = window.page
    held: list[Route] = []
    page.route("**/js/entry.js*", lambda one: held.append(one))
    page.goto(window.desk.section("victims"), wait_until="commit")
    page.wait_for_selector('[data-act="add"]')
    page.keyboard.press("Alt+n")
    expect(page.locator("form[data-ready]")).to_have_count(0)
    while not held:
        page.wait_for_timeout(20)
    for one in held:
        one.continue_()
    expect(page.locator("[data-rows-list] > [data-row]")).to_have_count(1)


def test_a_question_is_flagged_and_noted_by_key_and_found_on_the_list(window: Window):
    page = window.open("report")
    page.focus('[name="report.death_year"]')
    page.keyboard.press("Alt+k")
    page.keyboard.press("Alt+m")
    page.keyboard.type("Page 12 says 2015.")
    page.keyboard.press("Alt+m")
    expect(page.locator('[name="report.death_year"]')).to_be_focused()
    status(page, SAVED)
    note = window.desk.document().notes["report.death_year"]
    assert (note.flagged, note.memo) == (True, "Page 12 says 2015.")
    page.focus('[name="report.area"]')
    page.keyboard.press("Alt+Shift+K")
    expect(page.locator('[name="report.death_year"]')).to_be_focused()
    page.keyboard.press("Alt+l")
    page.wait_for_url("**/entry#notes")
    expect(page.locator("#notes")).to_contain_text("Page 12 says 2015.")
