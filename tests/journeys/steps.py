"""What people do on the pages, step by step, so that both journeys take the same way."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

PASSWORD = "violet kettle harbour nineteen"
LESSONS = """4.1 The board should see that the referral pathway is reviewed with every partner each year.
4.2 Services should record who is the lead worker for an adult who does not engage.
4.3 Training on mental capacity should be offered to housing officers."""


def sign_in(page: Page, name: str) -> None:
    """Sign in on a fresh window."""
    page.goto("/sign-in")
    page.get_by_label("Sign-in name").fill(name)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button").click()
    heading(page, "Your work")


def choose_password(page: Page, name: str, code: str) -> None:
    """Open an account with its one-time code."""
    page.goto("/reset")
    page.get_by_label("Sign-in name").fill(name)
    page.get_by_label("One-time code").fill(code)
    page.get_by_label("New password", exact=True).fill(PASSWORD)
    page.get_by_label("New password again").fill(PASSWORD)
    page.get_by_role("button", name="Set the password and sign in").click()
    heading(page, "Your work")


def code_in(text: str) -> str:
    """The one-time code in what was printed or shown."""
    found = re.search(r"\b[a-z0-9]{4}(?:-[a-z0-9]{4}){2,}\b", text, re.IGNORECASE)
    return found.group(0) if found else ""


def heading(page: Page, text: str | re.Pattern[str]) -> None:
    """Wait until the page has this heading."""
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def choose(page: Page, label: str, text: str) -> None:
    """Choose the option of a list that has the text in it."""
    control = page.get_by_label(label, exact=True)
    option = control.locator("option", has_text=text).first
    control.select_option(value=option.get_attribute("value"))


def register_and_assign(page: Page, project: str, reference: str, people: dict[str, str]) -> str:
    """Register a case by hand and give it its people; gives the case's address."""
    page.goto(f"/projects/{project}/cases/new")
    page.get_by_label("Reference").fill(reference)
    page.get_by_role("button", name="Register").click()
    heading(page, f"Case {reference}")
    for part, person in people.items():
        choose(page, part, person)
    page.get_by_role("button", name="Assign").click()
    expect(page.get_by_role("status")).to_contain_text("set")
    return page.url


def pick(page: Page, name: str, value: str) -> None:
    """Choose a radio or tick a box by its name and value."""
    page.locator(f'[name="{name}"][value="{value}"]').check()


def fill(page: Page, name: str, text: str) -> None:
    """Type into a text control and leave it."""
    page.locator(f'[name="{name}"]').fill(text)
    page.locator(f'[name="{name}"]').blur()


def wait_saved(page: Page) -> None:
    """Wait until the page says that it has saved everything."""
    expect(page.locator("[data-status]")).to_have_text(re.compile(r"^Saved \d\d:\d\d:\d\d"))


def row_names(page: Page, key: str) -> list[str]:
    """Names of a field's controls in all rows of a repeating group, in order."""
    found: list[Locator] = page.locator(f'[name^="lessons."][name$=".{key}"]').all()
    return list(dict.fromkeys(str(one.get_attribute("name")) for one in found))


def paste_lessons(page: Page, case: str, text: str) -> None:
    """Make rows from a pasted list."""
    page.goto(f"{case}/entry/lessons")
    page.get_by_role("link", name="Paste several").click()
    page.get_by_label("Text to paste").fill(text)
    page.get_by_role("button", name="Show what it becomes").click()
    page.get_by_role("button", name="Make these rows").click()
    heading(page, "Lessons")


def submit_entry(page: Page, case: str) -> None:
    """Check the entry and submit it."""
    page.goto(f"{case}/entry/submit")
    expect(page.get_by_role("main")).not_to_contain_text("Before you can submit")
    page.get_by_label("I coded this case from the report itself").check()
    page.get_by_role("button", name="Submit my entry").click()
    expect(page.get_by_role("main")).to_contain_text("submitted")


def confirm_rows(page: Page, case: str) -> None:
    """Look at the pairs and confirm them all."""
    page.goto(f"{case}/comparison")
    heading(page, re.compile("Comparison of"))
    page.goto(f"{case}/comparison/rows")
    page.get_by_role("button", name="Confirm all rows").click()
    expect(page.get_by_role("main")).not_to_contain_text("Confirm all rows")


def accept_and_sign_off(page: Page, case: str) -> None:
    """Accept what agrees, and sign the case off."""
    page.goto(f"{case}/comparison/agreed")
    page.get_by_role("button", name=re.compile(r"Accept all \d+ agreed values")).click()
    page.goto(f"{case}/comparison/sign-off")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign off the case").click()
    expect(page.get_by_role("main")).to_contain_text("Signed off")


def fetch_workbook(page: Page, project: str, folder: Path) -> Path:
    """Make the master workbook and download it."""
    page.goto(f"/projects/{project}/exports")
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Make the file").click()
    link = page.get_by_role("link", name=re.compile(r"^Download .*\.xlsx"))
    for _ in range(60):
        if link.count():
            break
        page.wait_for_timeout(500)
        page.reload()
    link.click()
    page.get_by_label("What it is for").fill("For the analysis")
    page.get_by_label("Your password").fill(PASSWORD)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    target = folder / "master.xlsx"
    download.value.save_as(target)
    return target
