"""Findings in a real browser: copied as table and as text, readable without scripts, and free of axe's faults."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.support.browser import Site, visit
from webapp.sample import loading

pytestmark = pytest.mark.browser
FINDINGS = f"/projects/{loading.STUDY_KEY}/findings"
READ = "async () => { const [held] = await navigator.clipboard.read(); return Object.fromEntries(await Promise.all(held.types.map(async (type) => [type, await (await held.getType(type)).text()]))); }"


def sign_in(page: Page) -> None:
    page.goto("/sign-in")
    page.fill("[name=name]", "dana")
    page.fill("[name=password]", loading.PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url("**/")


def test_a_table_is_copied_for_a_spreadsheet_and_as_text(browser: Browser, sample: Site) -> None:
    with visit(browser, sample) as window:
        window.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page = window.page
        sign_in(page)
        page.goto(FINDINGS)
        section = page.locator("#finding-themes")
        section.get_by_role("button", name="Copy as table").click()
        expect(section.get_by_role("status")).to_have_text("Copied.")
        held = page.evaluate(READ)
        lines = [line.split("\t") for line in held["text/plain"].splitlines()]
        assert lines[0] == ["What is counted (DHRs)", "n / valid N", "%", "No answer"]
        assert lines[1] == ["T1 Multi-agency working and information management", "24/33", "73%", "0"]
        assert "<td>24/33</td>" in held["text/html"]
        section.get_by_role("button", name="Copy as text").click()
        expect(section.get_by_role("status")).to_have_text("Copied.")
        page.wait_for_function(
            "async () => (await navigator.clipboard.readText()).startsWith('Themes (DHRs)')"
        )
        copied = page.evaluate("() => navigator.clipboard.readText()")
        assert copied.splitlines()[1] == "T1 Multi-agency working and information management: 24/33, 73%"
        page.locator("[data-table=cross-theme_agency-1] button").click()
        page.wait_for_function(
            "async () => (await navigator.clipboard.readText()).startsWith('n / valid N, %\\t')"
        )
        head, *lines = (line.split("\t") for line in page.evaluate(READ)["text/plain"].splitlines())
        assert (head[1], len(head), {len(line) for line in lines}) == ("Children's Social Care", 9, {9})
        page.emulate_media(media="print")
        expect(section.locator("table").first).to_be_visible()
        expect(section.locator(".copy button").first).to_be_hidden()


def test_without_scripts_the_text_can_be_read_and_the_cases_narrowed(browser: Browser, sample: Site) -> None:
    with visit(browser, sample, javascript=False, width=360) as window:
        page = window.page
        sign_in(page)
        page.goto(FINDINGS)
        assert page.get_by_role("button", name="Copy as").count() == 0
        page.locator("#finding-themes summary").click()
        assert "26/33, 79%" in page.locator("#text-themes").inner_text()
        page.locator("#f-homicide_type").select_option("afh")
        page.get_by_role("button", name="Show", exact=True).click()
        assert page.get_by_text("3 of 33 signed-off cases counted").is_visible()


def test_a_draft_is_checked_and_axe_finds_nothing(browser: Browser, sample: Site) -> None:
    with visit(browser, sample) as window:
        page = window.page
        sign_in(page)
        page.goto(FINDINGS + "/check")
        page.get_by_label("Paste the text").fill(
            "Victims were White British in 22/33, 70%, and women in 29/33 (88%)."
        )
        page.get_by_role("button", name="Check the figures").click()
        assert page.get_by_text("22/33 is 67% (66.67%), not 70%.").is_visible()
        for path in ("", FINDINGS + "?homicide_type=iph&compare=y", FINDINGS + "/figures/themes/theme.T4"):
            if path:
                page.goto(path)
            page.locator("details").evaluate_all("all => all.forEach((one) => { one.open = true; })")
            violations = Axe().run(page).response["violations"]
            assert [(one["id"], one["nodes"][0]["target"]) for one in violations] == [], page.url
