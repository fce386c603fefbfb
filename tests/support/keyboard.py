"""A person at the keyboard: goes by Tab, presses keys and types, and points at nothing."""

from __future__ import annotations

from playwright.sync_api import Page, expect

MOST_STOPS = 150
"""Tab stops that somebody has the patience for."""
AT_HAND = """() => {
  const one = document.activeElement;
  return one === document.body ? "" : ((one.labels?.[0] ?? one).innerText ?? "").trim();
}"""


def tab_to(page: Page, *names: str) -> str:
    """Press Tab until something with one of the names has the focus; gives the name. Fails where none is reached."""
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        if (name := page.evaluate(AT_HAND)) in names:
            return str(name)
    raise AssertionError(f"Tab reaches none of {names} on {page.url}")


def follow(page: Page, name: str) -> None:
    """Go on to the link or button with the name, and press Enter there."""
    tab_to(page, name)
    lead(page, "Enter")


def lead(page: Page, key: str) -> None:
    """Press a key that leads to another page."""
    with page.expect_navigation():
        page.keyboard.press(key)


def press(page: Page, key: str) -> None:
    """Press a single key that leads from one page that listens to keys to another."""
    bound(page)
    lead(page, key)
    bound(page)


def bound(page: Page) -> None:
    """Wait until the page's script has bound the keys: it then shows their button."""
    expect(page.get_by_role("button", name="Keys")).to_be_visible()


def sign_in(page: Page, name: str, password: str) -> None:
    """Sign in at the page of signing in, the one address that has to be typed."""
    page.goto("/sign-in")
    tab_to(page, "Sign-in name")
    page.keyboard.type(name)
    tab_to(page, "Password")
    page.keyboard.type(password)
    lead(page, "Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your work")
