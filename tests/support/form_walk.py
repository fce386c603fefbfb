"""Every page that only a form leads to: what is answered to a form sent empty, and to one sent as it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Page, Response

from tests.support.accessible import shape

#: The forms of a page with each button of theirs: where they stand, where they lead, and what the button says.
BUTTONS = """() => [...document.querySelectorAll("main form")].flatMap((form, at) =>
  form.method !== "post" ? [] : [...form.elements].filter((one) => one.type === "submit").map((button, which) =>
    ({at, which, says: button.name, leads: new URL(button.getAttribute("formaction") ?? form.getAttribute("action") ?? "",
      location.href).pathname})))"""
SEND = """([at, which, empty]) => {
  const form = document.querySelectorAll("main form")[at];
  const button = [...form.elements].filter((one) => one.type === "submit")[which];
  form.noValidate = true;
  button.formNoValidate = true;
  for (const one of empty ? form.elements : []) {
    if (one.matches("input[type=checkbox], input[type=radio]")) one.checked = false;
    else if (one.matches("select")) one.selectedIndex = 0;
    else if (one.matches("textarea, input:not([type=hidden], [type=file])")) one.value = "";
  }
  form.requestSubmit(button);
}"""


@dataclass(frozen=True)
class Form:
    """A form with one of its buttons, on the page where it stands."""

    at: int
    which: int
    leads: str
    says: str

    @property
    def kind(self) -> tuple[str, str]:
        """Forms that do the same, for whatever case or person."""
        return shape(self.leads, "POST"), self.says


def forms(page: Page) -> list[Form]:
    """The page's forms that send something, with each of their buttons."""
    found: list[dict[str, Any]] = page.evaluate(BUTTONS)
    return [Form(**one) for one in found]


def send(page: Page, form: Form, *, empty: bool) -> Response | None:
    """Send it without what the browser itself would ask for first; gives the answer, none where a file was sent."""
    with page.expect_navigation() as answered:
        page.evaluate(SEND, [form.at, form.which, empty])
    return answered.value


def answered_by_forms(
    page: Page, path: str, wanted: Callable[[Form, bool], bool]
) -> Iterator[tuple[str, int]]:
    """Send the forms of the page that is open at the path, each empty and then as it stands; stops at each page that comes of it.

    :returns: while ``page`` shows it, the endpoint that answered with a page of its own, and its status. It is left for where
        the form was before the next is sent.
    """
    for empty in (True, False):
        for form in forms(page):
            if not wanted(form, empty) or form not in forms(page):
                continue
            answer = send(page, form, empty=empty)
            if answer and not answer.request.redirected_from and "html" in answer.headers["content-type"]:
                yield shape(urlsplit(page.url).path, "POST"), answer.status
            page.goto(path)
