"""The same case without any script: every page works by links and buttons alone."""

from __future__ import annotations

import re
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.journeys import steps
from tests.support.browser import Site, visit

pytestmark = pytest.mark.browser
PEOPLE = {"dana": "manager", "amara": "coder", "ben": "coder", "carol": "reconciler"}


def test_one_case_through_all_roles_without_javascript(browser: Browser, site: Site, tmp_path: Path):
    site.tandem("project", "create", "sar", "--title", "Reviews of adults", "--template", "sar-learning")
    for name, role in PEOPLE.items():
        said = site.tandem("user", "add", name, "--role", role, "--project", "sar")
        with visit(browser, site, javascript=False) as first:
            steps.choose_password(first.page, name, steps.code_in(said))
    with visit(browser, site, javascript=False) as dana:
        steps.sign_in(dana.page, "dana")
        people = {"Coder 1": "amara", "Coder 2": "ben", "Reconciler": "carol"}
        case = steps.register_and_assign(dana.page, "sar", "SAR-002", people)
    for name, age in (("amara", "74"), ("ben", "47")):
        with visit(browser, site, javascript=False, width=360) as coder:
            steps.sign_in(coder.page, name)
            code(coder.page, case, age)
    with visit(browser, site, javascript=False) as carol:
        steps.sign_in(carol.page, "carol")
        steps.confirm_rows(carol.page, case)
        resolve(carol.page, case)
        steps.accept_and_sign_off(carol.page, case)
    with visit(browser, site, javascript=False) as manager:
        steps.sign_in(manager.page, "dana")
        book = openpyxl.load_workbook(steps.fetch_workbook(manager.page, "sar", tmp_path))
        assert 74 in next(book["cases"].iter_rows(min_row=2, values_only=True))


def save(page: Page) -> None:
    page.get_by_role("button", name="Save", exact=True).first.click()
    expect(page.locator("[data-status]")).to_contain_text("Saved")


def code(page: Page, case: str, age: str) -> None:
    page.goto(f"{case}/entry/review")
    page.locator('[name="review.board"]').fill("Northmere Safeguarding Adults Board")
    steps.pick(page, "review.basis", "mandatory")
    steps.pick(page, "review.abuse", "neglect")
    save(page)
    expect(page.locator('[name="review.board"]')).to_have_value("Northmere Safeguarding Adults Board")
    page.goto(f"{case}/entry/adult")
    page.locator('[name="adult.age"]').fill(age)
    steps.pick(page, "adult.died", "yes")
    save(page)
    steps.paste_lessons(page, case, steps.LESSONS)
    for number in range(3):
        card = open_row(page, number)
        card.locator('[name$=".page"]').fill("12")
        domain = card.locator('[name$=".domain"]').first
        if domain.evaluate("one => one.tagName") == "SELECT":
            domain.select_option(index=1)
        else:
            domain.check()
        save(page)
    steps.submit_entry(page, case)


def open_row(page: Page, number: int) -> Locator:
    """Without scripts a folded row is drawn by a button that saves first."""
    card = page.locator("details[data-row]").nth(number)
    if card.get_attribute("open") is None:
        card.locator("summary").first.click()
    if not card.locator('[name$=".page"]').count():
        card.get_by_role("button", name=re.compile("Open lesson")).click()
        if card.get_attribute("open") is None:
            card.locator("summary").first.click()
    return card


def resolve(page: Page, case: str) -> None:
    page.goto(f"{case}/comparison/resolve")
    for _ in range(20):
        if not page.locator("[data-position]").count():
            break
        page.locator('button[name="choice"][value="a"]').click()
    expect(page.locator("[data-position]")).to_have_count(0)
