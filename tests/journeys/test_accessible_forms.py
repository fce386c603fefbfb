"""Every page that only a form leads to: what is answered to each form sent empty and sent as it stands, and the previews that
come of a form filled in. Axe finds nothing on them, by day and by night, and nothing sticks out of a telephone's screen.

Forms are sent as a browser without scripts sends them, so that each answer is a page. Each person works on a copy of the
demonstration, whose cases are theirs to spoil.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, FilePayload, Locator, Page
from pyotp import TOTP

from tests.support.accessible import case_in, faults, links, shape, sign_in, without_scripts
from tests.support.browser import Site, served, visit
from tests.support.form_walk import Form, answered_by_forms
from tests.support.reports import scanned, small_report
from webapp.sample import loading

pytestmark = [pytest.mark.browser, pytest.mark.full]
PEOPLE = ("amara", "chidi", "carol", "victor", "dana", "root")
#: Acts after which whoever did them, or whoever comes next, finds less to look at.
LAST = {
    "account.end_session_now",
    "account.end_sessions_now",
    "entry.hand_back_now",
    "people.disable_now",
    "projects.end_member_now",
    "projects.erase_now",
}
#: How many pages of one shape are gone to for their forms, where they differ by the state of their case.
SEVERAL = 4
OF_A_CASE = ("cases.", "entry.", "reconciliation.", "reports.")
NEW_CASES = b"reference,title,coder_1,coder_2,reconciler\nFUP-101,A review,amara,ben,carol\n"
POOR_CASES = NEW_CASES + b"FUP-102,Another,amara,amara,carol\n,No reference,nobody,ben,carol\n"
MAIN = "main form button[type=submit]"


@pytest.fixture
def copy(demonstration: Path, tmp_path: Path) -> Iterator[Site]:
    """The demonstration, to be spoilt by one test."""
    shutil.copytree(demonstration, tmp_path / "data")
    with served(tmp_path / "data") as running:
        yield running


def pages(page: Page) -> Iterator[str]:
    """Paths that one page after another leads to, some of each shape."""
    seen: Counter[str] = Counter()
    visited: set[str] = set()
    waiting = ["/"]
    while waiting:
        path = waiting.pop(0)
        name = shape(path)
        most = SEVERAL if name.startswith(OF_A_CASE) else 1
        if path in visited or seen[name] >= most:
            continue
        visited.add(path)
        seen[name] += 1
        page.goto(path)
        waiting += [one for one in links(page) if one not in visited]
        yield path


@pytest.mark.parametrize("name", PEOPLE)
def test_axe_finds_nothing_on_what_is_answered_to_a_form(browser: Browser, copy: Site, name: str):
    sent: set[tuple[str, str, bool]] = set()
    looked: set[tuple[str, int]] = set()
    wrong: list[str] = []

    def wanted(form: Form, empty: bool) -> bool:
        one = (*form.kind, empty)
        if one in sent or form.kind[0] in LAST:
            return False
        sent.add(one)
        return True

    with visit(browser, copy) as window:
        sign_in(window.page, name)
        without_scripts(window.page)
        for path in pages(window.page):
            for answered in answered_by_forms(window.page, path, wanted):
                if answered not in looked:
                    looked.add(answered)
                    wrong += [f"{answered}: {one}" for one in faults(window.page)]
    assert not wrong, "\n".join(wrong)
    assert len(looked) > 2


def sent(page: Page, button: Locator) -> None:
    """Press a button, and wait for the page that comes of it."""
    with page.expect_navigation():
        button.click()


def imported(page: Page, rows: bytes) -> None:
    page.goto("/projects/dhr-follow-up/cases/import")
    page.set_input_files("#file", {"name": "cases.csv", "mimeType": "text/csv", "buffer": rows})
    sent(page, page.locator(MAIN).first)


def good_list(page: Page) -> None:
    imported(page, NEW_CASES)


def poor_list(page: Page) -> None:
    imported(page, POOR_CASES)


def replacing(page: Page) -> None:
    page.goto("/projects/dhr-follow-up/cases/board")
    for tick in page.locator("main input[name=case]").all()[2:6]:
        tick.check()
    page.select_option("#leaver", label="Amara Okafor")
    page.select_option("#successor", label="Ben Whitfield")
    sent(page, page.get_by_role("button", name="Show what would change"))


def drawing(page: Page) -> None:
    page.goto("/projects/dhr-follow-up/cases/draw")
    sent(page, page.locator(MAIN).first)


def sharing(page: Page) -> None:
    page.goto("/projects/dhr-study/exports/shared")
    sent(page, page.locator(MAIN).last)


def many_reports(page: Page) -> None:
    page.goto("/projects/dhr-follow-up/reports")
    named = {
        "FUP-001 overview.pdf": small_report(),
        "a name without a reference that goes on and on.pdf": scanned(),
    }
    page.set_input_files(
        "#files",
        [FilePayload(name=name, mimeType="application/pdf", buffer=held) for name, held in named.items()],
    )
    sent(page, page.locator(MAIN).first)


def describing(page: Page) -> None:
    page.goto("/projects/dhr-study/coding-frame/codes/theme/T1/describe")
    page.fill("#label", "Working together")
    page.fill("#reason", "Shorter.")
    sent(page, page.get_by_role("button", name="Look at what it would change"))


def recoding(page: Page) -> None:
    page.goto("/projects/dhr-study/coding-frame/codes/theme/T1/recode")
    page.locator("input[name=rows]").first.check()
    page.locator("input[name=into]").first.check()
    page.fill("#reason", "They say the same.")
    sent(page, page.get_by_role("button", name="Look at what it would change"))


def checking_a_draft(page: Page) -> None:
    page.goto("/projects/dhr-study/findings/check")
    page.locator("main textarea").fill("Of the reviews 24/33 (73%) and 29 (88%) said so, and 3 of 33 (90%).")
    sent(page, page.locator(MAIN).first)


def fetching(page: Page) -> None:
    page.goto("/projects/dhr-study/exports")
    page.fill("#password", loading.PASSWORD)
    sent(page, page.locator(MAIN).first)


def pasted(page: Page) -> None:
    page.goto("/")
    page.goto(f"{case_in(page, '/entry')}/entry/recommendations/paste")
    page.fill("main textarea", "1. Share what is known about children.\n2. Train the school.\n")
    sent(page, page.locator(MAIN).first)


def beginning_a_second_step(page: Page) -> None:
    page.goto("/account/two-step")
    page.fill("main input[type=password]", loading.PASSWORD)
    sent(page, page.locator(MAIN).first)


def mistaking_a_code(page: Page) -> None:
    page.goto("/account/two-step")  # where the step that was begun waits for its first code
    page.fill("main input[name=code]", "000000")
    sent(page, page.locator(MAIN).first)


def inviting(page: Page) -> None:
    page.goto("/people/new")
    page.fill("#name", "newcomer")
    page.fill("#display_name", "A Newcomer")
    sent(page, page.locator(MAIN).first)


def led_to(page: Page, address: str, *wanted: str) -> list[str]:
    """Where the links of a page lead whose addresses end in one of these."""
    page.goto(address)
    return [path for path in links(page) if path.endswith(wanted)]


def describing_done(page: Page) -> None:
    describing(page)
    sent(page, page.get_by_role("button", name="Do it in the draft"))


def adopting(page: Page) -> None:
    page.goto("/projects/dhr-study/coding-frame/adopt")


def undoing(page: Page) -> None:
    page.goto("/projects/dhr-study/coding-frame/undo?act=1")


def piloting(page: Page) -> None:
    page.goto("/projects/dhr-study/pilot")
    page.fill("#size", "3")
    sent(page, page.locator(MAIN).first)


def deciding_on_a_pilot(page: Page) -> None:
    page.goto("/projects/dhr-study/pilot/decide")


def cancelling_a_pilot(page: Page) -> None:
    page.goto("/projects/dhr-study/pilot/cancel")


def scheduling(page: Page) -> None:
    page.goto("/projects/dhr-study/agreement/repeats/schedule")
    soon = datetime.now(tz=UTC).date() + timedelta(days=30)
    for field, value in {"number": "2", "days": "1", "next_day": soon.isoformat()}.items():
        page.fill(f"#{field}", value)
    sent(page, page.locator(MAIN).first)


def changing_a_schedule(page: Page) -> None:
    (first, *_) = [
        path for path in links(page) if "/schedules/" in path and not path.endswith(("/end", "/give"))
    ]
    page.goto(first)


def giving_a_round(page: Page) -> None:
    page.goto(led_to(page, "/projects/dhr-study/agreement/repeats", "/give")[0])


def ending_a_schedule(page: Page) -> None:
    page.goto(led_to(page, "/projects/dhr-study/agreement/repeats", "/end")[0])


def confirming_a_code(page: Page) -> None:
    """Shows the codes for the day on which the telephone is lost."""
    page.goto("/account/two-step")
    page.fill("main input[name=code]", TOTP(page.locator(".once").inner_text().replace(" ", "")).now())
    sent(page, page.locator(MAIN).first)


def giving_the_password_first(page: Page) -> None:
    page.goto("/sign-in")
    page.fill("#name", "chidi")
    page.fill("#password", loading.PASSWORD)
    sent(page, page.locator(MAIN).first)


def taking_a_second_step_off(page: Page) -> None:
    page.goto("/people")
    page.goto(page.get_by_role("link", name="Chidi Eze").get_attribute("href") or "")
    page.goto(next(path for path in links(page) if path.endswith("/reset-two-step")))


def deciding(page: Page) -> None:
    page.goto("/projects/dhr-study/pilot/decide")
    page.locator("input[name=decision]").first.check()
    page.locator("input[name=in_master]").first.check()
    page.fill("#reason", "They agree well enough.")
    sent(page, page.locator(MAIN).first)


def choosing_otherwise(page: Page) -> None:
    page.goto("/projects/dhr-study/pilot/rounds/1/master")


def retiring(page: Page) -> None:
    page.goto("/projects/dhr-study/coding-frame/codes/subtheme/T1.1/retire")
    page.fill("#reason", "Too near to another.")
    sent(page, page.get_by_role("button", name="Look at what it would change"))
    sent(page, page.get_by_role("button", name="Do it in the draft"))


def rows_that_wait(page: Page) -> None:
    page.goto("/projects/dhr-study/coding-frame/waiting")


def fetched_later(page: Page) -> None:
    """The file that was asked for, once it is made."""
    page.goto("/projects/dhr-study/exports")
    made = page.locator("main table a[href*='/exports/']").first
    while not made.count():
        page.wait_for_timeout(1_000)
        page.reload()
    page.goto(made.get_attribute("href") or "")


def reopening(page: Page) -> None:
    page.goto("/projects/dhr-study/cases")
    page.goto(next(path for path in links(page) if shape(path) == "cases.case_page"))
    page.goto(f"{urlsplit(page.url).path}/comparison/reopen")
    page.fill("#reason", "One page number is wrong.")
    page.fill("#password", loading.PASSWORD)
    sent(page, page.locator(MAIN).first)


def what_was_changed(page: Page) -> None:
    page.goto(f"{urlsplit(page.url).path.partition('/comparison')[0]}/comparison/changes")


def noting_content(page: Page) -> None:
    page.goto("/projects/dhr-follow-up/settings")
    page.fill("#content_note", "These reports tell of deaths, and of children who were there.")
    sent(page, page.locator(MAIN).first)


def reading_the_note(page: Page) -> None:
    page.goto("/")
    page.goto(f"{case_in(page, '/entry')}/content-note")


def asking(page: Page) -> None:
    page.goto("/")
    page.goto(f"{case_in(page, '/comparison')}/comparison/resolve")
    page.locator(".asking").evaluate("one => { one.open = true; }")
    page.check("#whom-a")
    page.fill("#text", "On which page does the report say so?")
    sent(page, page.get_by_role("button", name="Ask", exact=True))


def being_asked(page: Page) -> None:
    page.goto("/")
    page.goto(next(path for path in links(page) if "/questions/" in path))


def mistaking_a_password(page: Page) -> None:
    page.goto("/sign-in")
    page.fill("#name", "amara")
    page.fill("#password", "not what it is")
    sent(page, page.locator(MAIN).first)


def mistaking_a_one_time_code(page: Page) -> None:
    page.goto("/reset")
    page.fill("#name", "amara")
    sent(page, page.locator(MAIN).first)


STRANGER = ""
#: Who does what, one after the other on one copy of the demonstration; a name of ``STRANGER``: nobody who is signed in.
FILLED_IN: tuple[tuple[str, Callable[[Page], None]], ...] = (
    ("dana", good_list),
    ("dana", poor_list),
    ("dana", replacing),
    ("dana", drawing),
    ("dana", sharing),
    ("dana", many_reports),
    ("dana", describing),
    ("dana", describing_done),
    ("dana", retiring),
    ("dana", rows_that_wait),
    ("dana", adopting),
    ("dana", undoing),
    ("dana", recoding),
    ("dana", checking_a_draft),
    ("dana", fetching),
    ("dana", piloting),
    ("dana", deciding_on_a_pilot),
    ("dana", cancelling_a_pilot),
    ("dana", deciding),
    ("dana", choosing_otherwise),
    ("dana", scheduling),
    ("dana", changing_a_schedule),
    ("dana", giving_a_round),
    ("dana", ending_a_schedule),
    ("farid", asking),
    ("chidi", being_asked),
    ("chidi", pasted),
    ("chidi", beginning_a_second_step),
    ("chidi", mistaking_a_code),
    ("chidi", confirming_a_code),
    (STRANGER, giving_the_password_first),
    ("root", taking_a_second_step_off),
    ("dana", fetched_later),
    ("dana", reopening),
    ("dana", what_was_changed),
    ("dana", noting_content),
    ("chidi", reading_the_note),
    ("root", inviting),
    (STRANGER, mistaking_a_password),
    (STRANGER, mistaking_a_one_time_code),
)


def test_axe_finds_nothing_on_what_comes_of_a_form_that_is_filled_in(browser: Browser, copy: Site):
    wrong: list[str] = []
    with ExitStack() as all_of_them:
        windows: dict[str, Page] = {}
        for name, act in FILLED_IN:
            if name not in windows:
                windows[name] = all_of_them.enter_context(visit(browser, copy)).page
                without_scripts(windows[name])
                if name:
                    sign_in(windows[name], name)
            act(windows[name])
            wrong += [f"{act.__name__}: {one}" for one in faults(windows[name])]
    assert not wrong, "\n".join(wrong)
