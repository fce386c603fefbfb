"""One new case through all roles, from an empty installation to a row of the master workbook, in a real browser."""

from __future__ import annotations

import re
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys import steps
from tests.support.browser import Site, visit

pytestmark = pytest.mark.browser
PEOPLE = {"dana": "Dana", "amara": "Amara", "ben": "Ben", "carol": "Carol"}


def test_one_case_from_an_empty_installation_to_the_master_workbook(
    browser: Browser, site: Site, tmp_path: Path
):
    with visit(browser, site) as admin:
        codes = set_up(admin.page, site)
        start_project(admin.page)
    for name, code in codes.items():
        with visit(browser, site) as first:
            steps.choose_password(first.page, name, code)
    with visit(browser, site) as dana:
        steps.sign_in(dana.page, "dana")
        add_members(dana.page)
        people = {"Coder 1": "Amara", "Coder 2": "Ben", "Reconciler": "Carol"}
        case = steps.register_and_assign(dana.page, "sar", "SAR-001", people)
    with visit(browser, site) as amara:
        steps.sign_in(amara.page, "amara")
        code_as_amara(amara.page, case)
    with visit(browser, site) as ben:
        steps.sign_in(ben.page, "ben")
        code_as_ben(ben.page, case)
    with visit(browser, site) as carol:
        steps.sign_in(carol.page, "carol")
        steps.confirm_rows(carol.page, case)
        resolve_by_keyboard(carol.page, case)
        steps.accept_and_sign_off(carol.page, case)
    with visit(browser, site) as manager:
        steps.sign_in(manager.page, "dana")
        check_workbook(steps.fetch_workbook(manager.page, "sar", tmp_path))


def set_up(page: Page, site: Site) -> dict[str, str]:
    """Make the first administrator with the code that the server printed, and everybody's account."""
    page.goto("/set-up")
    page.get_by_label("Set-up code").fill(steps.code_in(site.said()))
    page.get_by_label("Sign-in name").fill("root")
    page.get_by_label("Your name").fill("Ruth")
    page.get_by_label("New password", exact=True).fill(steps.PASSWORD)
    page.get_by_label("New password again").fill(steps.PASSWORD)
    page.get_by_role("button", name="Make the account and sign in").click()
    steps.heading(page, "Your work")
    codes = {}
    for name, display_name in PEOPLE.items():
        page.goto("/people/new")
        page.get_by_label("Name", exact=True).fill(display_name)
        page.get_by_label("Sign-in name").fill(name)
        page.get_by_role("button", name="Add").click()
        codes[name] = steps.code_in(page.get_by_role("main").inner_text())
        assert codes[name]
    return codes


def start_project(page: Page) -> None:
    page.goto("/projects/new")
    page.get_by_label("Title").fill("Reviews of adults")
    page.get_by_label("Short name").fill("sar")
    steps.choose(page, "Questionnaire", "Safeguarding Adults Reviews")
    steps.choose(page, "First manager", "Dana")
    page.get_by_role("button", name="Start the project").click()
    expect(page.get_by_role("main")).to_contain_text("Dana")


def add_members(page: Page) -> None:
    for person, role in (("Amara", "Coder"), ("Ben", "Coder"), ("Carol", "Reconciler")):
        page.goto("/projects/sar/members")
        steps.choose(page, "Person", person)
        steps.choose(page, "Role", role)
        page.get_by_role("button", name="Add").click()
        expect(page.get_by_role("table")).to_contain_text(person)


def code_as_amara(page: Page, case: str) -> None:
    """Every kind of question; saved while typing, never by a button."""
    page.goto(f"{case}/entry/review")
    steps.fill(page, "review.board", "Northmere Safeguarding Adults Board")
    steps.fill(page, "review.published", "3 May 2018")
    steps.pick(page, "review.basis", "mandatory")
    expect(page.locator('[name="review.self_neglect_years"]')).to_be_hidden()
    steps.pick(page, "review.abuse", "self_neglect")
    steps.pick(page, "review.abuse", "neglect")
    steps.fill(page, "review.self_neglect_years", "6 months")
    steps.wait_saved(page)
    page.reload()
    expect(page.locator('[name="review.self_neglect_years"]')).to_have_value("0.5")
    page.goto(f"{case}/entry/adult")
    steps.fill(page, "adult.happened", "March 2017")
    steps.fill(page, "adult.age", "74")
    steps.pick(page, "adult.died", "yes")
    steps.wait_saved(page)
    steps.paste_lessons(page, case, steps.LESSONS)
    finish_lessons(page)
    steps.wait_saved(page)
    steps.submit_entry(page, case)


def code_as_ben(page: Page, case: str) -> None:
    """The same report read a little differently: an age slipped, one tick less, one lesson missed, one reworded."""
    page.goto(f"{case}/entry/review")
    steps.fill(page, "review.board", "Northmere  Safeguarding Adults Board")
    steps.fill(page, "review.published", "2018-05-03")
    steps.pick(page, "review.basis", "mandatory")
    steps.pick(page, "review.abuse", "neglect")
    steps.wait_saved(page)
    page.goto(f"{case}/entry/adult")
    steps.fill(page, "adult.happened", "2017-03")
    steps.fill(page, "adult.age", "47")
    steps.pick(page, "adult.died", "yes")
    steps.wait_saved(page)
    two = "\n".join(steps.LESSONS.splitlines()[:2]).replace("is reviewed", "gets reviewed")
    steps.paste_lessons(page, case, two)
    finish_lessons(page)
    steps.wait_saved(page)
    steps.submit_entry(page, case)


def finish_lessons(page: Page) -> None:
    """Open each row and give its domain and page."""
    for card in page.locator("details[data-row]").all():
        if card.get_attribute("open") is None:
            card.locator("summary").first.click()
        card.locator('[name$=".page"]').fill("12")
        card.locator('[name$=".page"]').blur()
        domain = card.locator('[name$=".domain"]').first
        if domain.evaluate("one => one.tagName") == "SELECT":
            domain.select_option(index=1)
        else:
            domain.check()


def resolve_by_keyboard(page: Page, case: str) -> None:
    """Settle everything with the keys; at every step one is settled and one fewer is left."""
    page.goto(f"{case}/comparison/resolve")
    for settled in range(20):
        if page.locator("[data-position]").count() == 0:
            break
        expect(page.get_by_text(re.compile(rf"^{settled} of \d+ settled"))).to_be_visible()
        expect(page.get_by_role("button", name="Keys")).to_be_visible()  # shown once the keys are bound
        page.keyboard.press("a")
        expect(page.get_by_text(re.compile(rf"^{settled + 1} of \d+ settled"))).to_be_visible()
    expect(page.locator("[data-position]")).to_have_count(0)
    assert settled >= 4


def check_workbook(path: Path) -> None:
    book = openpyxl.load_workbook(path)
    cases = list(book["cases"].iter_rows(values_only=True))
    header, row = [str(one) for one in cases[0]], cases[1]
    values = {name: value for name, value in zip(header, row, strict=True) if value is not None}
    assert "SAR-001" in values.values()
    assert 74 in values.values()
    assert 0.5 in values.values()
    assert len(list(book["lessons"].iter_rows(values_only=True))) == 4
    assert "Dana" in " ".join(str(cell.value) for line in book.worksheets[0].iter_rows() for cell in line)
