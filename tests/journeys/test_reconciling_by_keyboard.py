"""The cases of the sample study, matched, settled and signed off in a browser with the keys alone.

Always the first of each reconciler's cases; ``make test-full`` goes on with all others, to the 33rd.

The reconciler of the script takes A's answers throughout and leaves out the rows that only B has, so what is signed off must be
A's entry. The counts on the pages are held against rows counted in the database, and against the script's own tally of keys.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from sqlalchemy import func, select

from schema.answers.document import Document
from schema.store.assignments import current_assignments
from schema.store.database import Database
from schema.store.loaded import find_live, load
from schema.store.migrate import upgrade
from schema.store.models import Case, Decision, Discrepancy, RowPair, User
from schema.store.reopening import signings
from schema.store.snapshots import thaw
from tests.support.browser import Site, served, visit
from webapp.sample import loading
from webapp.sample.study import study

pytestmark = pytest.mark.browser
FIRST = 3
EACH_GROUP = 8
"""In every eighth case the groups are looked at and confirmed one by one, in the others all at once."""


@dataclass(frozen=True)
class Studied:
    """The study as loaded: entered twice, nothing matched yet."""

    site: Site
    database: Database

    def cases(self, reconciler: str) -> list[tuple[str, str]]:
        """Ids and references of a reconciler's cases."""
        with self.database.reading() as session:
            found = session.scalars(select(Case).order_by(Case.reference)).all()
            people = {user.id: user.name for user in session.scalars(select(User))}
            own = [
                one
                for one in found
                if people[current_assignments(session, one.id)["reconciler"].user_id] == reconciler
            ]
            return [(one.id, one.reference) for one in own]

    def counted(self, case_id: str) -> Mapping[str, int]:
        """What the database holds of a case's comparison, counted row by row."""
        with self.database.reading() as session:
            row = find_live(session, case_id)
            assert row is not None
            states = Counter(
                session.scalars(select(Discrepancy.state).where(Discrepancy.comparison_id == row.id))
            )
            links = session.scalars(select(RowPair).where(RowPair.comparison_id == row.id)).all()
            alone = sum(not (one.row_a and one.row_b) for one in links)
            made = session.scalar(select(func.count()).where(Decision.comparison_id == row.id, Decision.superseded_at.is_(None)))  # fmt: skip
            asked = sum(count for state, count in states.items() if state != "moot")
            return {
                "asked": asked,
                "settled": states["decided"],
                "linked": len(links) - alone,
                "alone": alone,
                "decisions": made or 0,
                "agreed": row.agreed,
            }

    def entry_and_final(self, case_id: str) -> tuple[Document, Document]:
        """A's entry as submitted, and what was signed off."""
        with self.database.reading() as session:
            row = find_live(session, case_id)
            assert row is not None
            loaded = load(session, row)
            return loaded.a, thaw(session, signings(session, row.id)[0].id)


@pytest.fixture(scope="module")
def studied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studied]:
    folder: Path = tmp_path_factory.mktemp("study") / "data"
    folder.mkdir(mode=0o700)
    database = Database(f"sqlite:///{folder / 'tandem.sqlite3'}")
    upgrade(database)
    loading.load_people(database)
    loading.load_project(database, loading.STUDY_KEY, "Sample study", "")
    loading.load_entries(database, loading.STUDY_KEY, study(), lambda _: None)
    with served(folder) as site:
        yield Studied(site, database)
    database.dispose()


def test_cases_are_reconciled_with_the_keys_alone(browser: Browser, studied: Studied) -> None:
    done = reconcile_some(browser, studied, slice(FIRST))
    assert done == FIRST * len(loading.RECONCILERS)


@pytest.mark.full
def test_all_other_cases_are_reconciled_with_the_keys_alone(browser: Browser, studied: Studied) -> None:
    done = reconcile_some(browser, studied, slice(FIRST, None))
    assert done + FIRST * len(loading.RECONCILERS) == study().size


def reconcile_some(browser: Browser, studied: Studied, some: slice) -> int:
    """Reconcile a part of each reconciler's cases; gives how many that were."""
    done = 0
    for reconciler in loading.RECONCILERS:
        with visit(browser, studied.site) as seen:
            sign_in(seen.page, reconciler)
            for case_id, reference in studied.cases(reconciler)[some]:
                reconcile(seen.page, studied, case_id, reference, each_group=done % EACH_GROUP == 0)
                done += 1
    return done


def reconcile(page: Page, studied: Studied, case_id: str, reference: str, *, each_group: bool) -> None:
    """Take one case from two entries to its sign-off, looking at the counts after every step."""
    page.goto(f"/projects/{loading.STUDY_KEY}/cases/{case_id}/comparison/rows")
    check_rows(page, studied.counted(case_id))
    if each_group:
        confirm_each_group(page)
    press(page, "m")
    pressed = 0
    while page.locator("[data-position]").count() or page.locator("[data-item]").count():
        check_settled(page, studied.counted(case_id), pressed)
        if page.locator("[data-position]").count():
            press(page, "s")
        pressed += settle_what_is_shown(page)
    check_settled(page, studied.counted(case_id), pressed)
    accept_and_sign(page, studied.counted(case_id)["agreed"], reference)
    submitted, final = studied.entry_and_final(case_id)
    assert comparable(final) == comparable(submitted)


def check_rows(page: Page, counted: Mapping[str, int]) -> None:
    """The list of groups adds up to the pairs and lone rows that are stored."""
    bound(page)
    for name, label in (("linked", "Pairs"), ("alone", "Alone")):
        shown = page.locator(f'td[data-label="{label}"]').all_inner_texts()
        assert sum(int(text) for text in shown) == counted[name]


def confirm_each_group(page: Page) -> None:
    press(page, "t")
    while not page.url.endswith("/rows"):
        headings = " ".join(page.locator("h2").all_inner_texts())
        numbers = [int(one) for one in re.findall(r"\((\d+)\)", headings)]
        assert sum(numbers) == page.locator("[data-item]").count()
        if page.locator("[data-item]:visible").count():
            expect(page.locator("[data-item]:focus")).to_have_count(1)
        press(page, "m")


def check_settled(page: Page, counted: Mapping[str, int], pressed: int) -> None:
    """The line of progress says what is stored, and what is stored is what the keys chose."""
    line = page.locator(".progress-line label").inner_text()
    assert line.startswith(f"{counted['settled']} of {counted['asked']} settled")
    assert counted["decisions"] == pressed


def settle_what_is_shown(page: Page) -> int:
    """Choose on each card with one key, which leads on to the next; save; gives how many were chosen."""
    cards = page.locator("[data-item]")
    keys = cards.evaluate_all(
        """cards => cards.map(card => {
          const drops = card.querySelector("[data-choice][value=drop_row]");
          return drops && card.querySelector(".side-letter").textContent.trim() === "B" ? "b" : "a";
        })"""
    )
    for number, key in enumerate(keys, 1):
        assert page.evaluate("document.activeElement.closest('[data-item]')?.id") == f"item-{number}"
        page.keyboard.press(key)
    assert page.locator("[data-choice]:checked:not([value=''])").count() == len(keys)
    press(page, "m")
    return len(keys)


def accept_and_sign(page: Page, agreed: int, reference: str) -> None:
    follow(page, page.get_by_role("link", name="Look at what agrees"))
    follow(page, page.get_by_role("button", name=f"Accept all {agreed} agreed values"))
    follow(page, page.get_by_role("link", name="Sign off"))
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Sign off {reference}")
    for box in page.locator("[name=confirmed]").all():
        box.press("Space")
    page.get_by_label("Your password").focus()
    page.keyboard.type(loading.PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Final extract of {reference}")


def comparable(document: Document) -> object:
    """What a document says, without the names of its rows."""
    return dict(document.sections), {
        key: [dict(row.values) for row in rows] for key, rows in document.groups.items() if rows
    }


def sign_in(page: Page, name: str) -> None:
    page.goto("/sign-in")
    page.get_by_label("Sign-in name").focus()
    page.keyboard.type(name)
    page.keyboard.press("Tab")
    page.keyboard.type(loading.PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/")


def press(page: Page, key: str) -> None:
    """Press a key that leads to another page, and wait until that one has bound its keys."""
    bound(page)
    with page.expect_navigation():
        page.keyboard.press(key)
    bound(page)


def bound(page: Page) -> None:
    """Wait until the page's script has bound the keys: it then shows their button."""
    expect(page.get_by_role("button", name="Keys")).to_be_visible()


def follow(page: Page, target: Locator) -> None:
    """Go to a link or button by focus and Enter."""
    target.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
