"""The cases of the sample study, matched, settled and signed off in a browser with the keys alone.

Always the first of each reconciler's cases; ``make test-full`` goes on with all others, to the 33rd.

Nothing is clicked, focused by a script or reached by an address but the page of signing in. The reconciler of the script takes A's
answers and leaves out the rows that only B has; in every case each of the other acts is done once, where an answer
offers it on which no other hangs. What is signed off must be A's entry with just these answers changed, worked out here from the
two entries. The counts on the pages are held against rows counted in the database, and against the script's own tally of keys.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from sqlalchemy import func, select

from schema.answers.document import Change, Document
from schema.store.assignments import current_assignments
from schema.store.database import Database
from schema.store.loaded import find_live, load
from schema.store.migrate import upgrade
from schema.store.models import Case, Decision, Discrepancy, RowPair, User
from schema.store.reopening import signings
from schema.store.snapshots import thaw
from schema.template.value import Value
from tests.support.browser import Site, served, visit
from tests.support.keyboard import bound, follow, lead, press, sign_in, tab_to
from webapp.sample import loading
from webapp.sample.study import study

pytestmark = pytest.mark.browser
FIRST = 2
EACH_GROUP = 8
"""In every eighth case the groups are looked at and confirmed one by one, in the others all at once."""
TEXTS, PLACES, BODIES = ("text", "extract"), ("page", "number"), ("agencies", "lives_with")
ACTS: Mapping[str, tuple[str, ...]] = {
    "d": (*TEXTS, *PLACES, *BODIES),
    "e": TEXTS,
    "w": TEXTS,
    "o": PLACES,
    "b": (*TEXTS, *PLACES, *BODIES),
    "u": BODIES,
    "i": BODIES,
}
"""Keys besides A's, in the order in which a case tries them, and the questions to answer with them: no other hangs on these."""
TYPED, REASON, COMMENT = "p. 199", "Neither is what is printed.", "Said so in section 4."


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
                "deferred": states["deferred"],
                "linked": len(links) - alone,
                "alone": alone,
                "decisions": made or 0,
                "agreed": row.agreed,
            }

    def commented(self, case_id: str) -> set[tuple[str, str]]:
        """Causes and reasons of a case's decisions that stand."""
        with self.database.reading() as session:
            row = find_live(session, case_id)
            assert row is not None
            query = select(Decision.cause, Decision.reason).where(
                Decision.comparison_id == row.id, Decision.superseded_at.is_(None), Decision.reason != ""
            )
            return {(cause or "", reason) for cause, reason in session.execute(query)}

    def expected_and_final(self, case_id: str, chosen: Mapping[str, str]) -> tuple[Document, Document]:
        """A's entry as submitted with the answers changed that the keys changed, and what was signed off."""
        with self.database.reading() as session:
            row = find_live(session, case_id)
            assert row is not None
            loaded = load(session, row)
            links = {pair.id: (pair.row_a, pair.row_b) for pair in loaded.pairs}
            changes = [_change(loaded.a, loaded.b, links, path, key) for path, key in chosen.items()]
            expected = loaded.a.with_changes(change for change in changes if change)
            return expected, thaw(session, signings(session, row.id)[0].id)


def _change(
    a: Document, b: Document, links: Mapping[str, tuple[str, str]], path: str, key: str
) -> Change | None:
    """What a key changes in A's answer; nothing where it keeps it, or is about a row."""
    group, *rest = path.split(".")
    if key in ("a", "e") or (len(rest) == 1 and rest[0] in links):
        return None
    rows = links.get(rest[0], ("", "")) if len(rest) == 2 else ("", "")
    paths = [".".join(filter(None, (group, row, rest[-1]))) for row in rows]
    return Change("set", paths[0], _taken(key, a.get(paths[0]), b.get(paths[1])))


def _taken(key: str, a: Value, b: Value) -> Value:
    if key == "o":
        return TYPED
    if key not in ("u", "i"):
        return b
    assert isinstance(a, tuple)
    assert isinstance(b, tuple)
    return tuple({*a, *b}) if key == "u" else tuple(one for one in a if one in b)


@dataclass
class Sitting:
    """One case on the reconciler's screen: what was chosen so far, by path, and which acts were done.

    ``commented``: whether a decision of the case has been given a comment.
    """

    page: Page
    studied: Studied
    case_id: str
    chosen: dict[str, str] = field(default_factory=dict)
    acts: set[str] = field(default_factory=set)
    commented: bool = False

    def check(self) -> None:
        """The line of progress says what is stored, and what is stored is what the keys chose."""
        counted = self.studied.counted(self.case_id)
        line = self.page.locator(".progress-line label").inner_text()
        put_off = sum(key == "d" for key in self.chosen.values())
        assert line.startswith(f"{counted['settled']} of {counted['asked']} settled")
        assert counted["decisions"] == len(self.chosen)
        assert counted["deferred"] == put_off
        if not line.endswith("in this case"):
            assert (f", {put_off} deferred" in line) == bool(put_off)

    def settle_what_is_shown(self) -> None:
        """Choose on each card with one key, which leads on to the next; save all."""
        cards = self.page.locator("[data-item]")
        for number in range(1, cards.count() + 1):
            assert self.at_hand() == f"item-{number}"
            self._settle(cards.nth(number - 1))
        assert self.page.locator("[data-choice]:checked:not([value=''])").count() == cards.count()
        press(self.page, "m")

    def at_hand(self) -> str | None:
        """The card that has the focus, or that holds what has it."""
        found: str | None = self.page.evaluate("document.activeElement.closest('[data-item]')?.id")
        return found

    def _settle(self, card: Locator) -> None:
        path = card.locator("[name$='-path']").input_value()
        key = self._key(card, path.rpartition(".")[2])
        if key == "a" and not self.commented and path.count(".") == 2:
            self._say_why("Omission", COMMENT)
            self.commented = True
        self.page.keyboard.press(key)
        if key == "o":
            self._type_another()
        self.chosen[path] = key

    def _key(self, card: Locator, question: str) -> str:
        offered: list[str] = card.locator("[data-choice][data-key]").evaluate_all(
            "all => all.map(one => one.dataset.key)"
        )
        if card.locator("[data-choice][value=drop_row]").count():
            return "b" if card.locator(".side-letter").first.inner_text() == "B" else "a"
        for act, questions in ACTS.items():
            if act not in self.acts and act in offered and question in questions:
                self.acts.add(act)
                return act
        return "a"

    def _type_another(self) -> None:
        """Another value in the question's own control, which has the focus, and why: then on to the next card."""
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(TYPED)
        self.page.keyboard.press("Escape")
        self._say_why("Source ambiguous", REASON)
        self.page.keyboard.press("j")

    def _say_why(self, cause: str, reason: str) -> None:
        """State a cause and a reason; the key opens both, and Escape leads back to the card."""
        card = self.at_hand()
        self.page.keyboard.press("c")
        self.page.keyboard.type(cause[:3])
        self.page.keyboard.press("Tab")
        self.page.keyboard.type(reason)
        self.page.keyboard.press("Escape")
        assert self.page.evaluate("document.activeElement.id") == card


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
    assert len(done) == FIRST * len(loading.RECONCILERS)
    assert set().union(*(sitting.acts for sitting in done)) == set(ACTS)


@pytest.mark.full
def test_all_other_cases_are_reconciled_with_the_keys_alone(browser: Browser, studied: Studied) -> None:
    done = reconcile_some(browser, studied, slice(FIRST, None))
    assert len(done) + FIRST * len(loading.RECONCILERS) == study().size


def reconcile_some(browser: Browser, studied: Studied, some: slice) -> list[Sitting]:
    """Reconcile a part of each reconciler's cases, in the order in which they wait."""
    done: list[Sitting] = []
    for reconciler in loading.RECONCILERS:
        with visit(browser, studied.site) as seen:
            sign_in(seen.page, reconciler, loading.PASSWORD)
            for case_id, reference in studied.cases(reconciler)[some]:
                sitting = Sitting(seen.page, studied, case_id)
                reconcile(sitting, reference, each_group=len(done) % EACH_GROUP == 0)
                done.append(sitting)
    return done


def reconcile(sitting: Sitting, reference: str, *, each_group: bool) -> None:
    """Take one case from two entries to its sign-off, looking at the counts after every step; ends on the first page."""
    page, counted = sitting.page, sitting.studied.counted
    follow(page, reference)
    follow(page, "Match rows")
    check_rows(page, counted(sitting.case_id))
    if each_group:
        confirm_each_group(page)
    press(page, "m")
    while page.locator("[data-position]").count() or page.locator("[data-item]").count():
        sitting.check()
        if page.locator("[data-position]").count():
            press(page, "s")
        sitting.settle_what_is_shown()
    sitting.check()
    accept_and_sign(page, counted(sitting.case_id)["agreed"], reference)
    expected, final = sitting.studied.expected_and_final(sitting.case_id, sitting.chosen)
    assert comparable(final) == comparable(expected)
    check_reasons(sitting)
    follow(page, "Your work")


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


def check_reasons(sitting: Sitting) -> None:
    """The reason of another value and the comment on one that was taken are kept, each with its cause."""
    said = {("source_ambiguous", REASON): "o" in sitting.acts, ("omission", COMMENT): sitting.commented}
    assert sitting.studied.commented(sitting.case_id) == {one for one, was_said in said.items() if was_said}


def accept_and_sign(page: Page, agreed: int, reference: str) -> None:
    follow(page, "Look at what agrees")
    follow(page, f"Accept all {agreed} agreed values")
    follow(page, "Sign off")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Sign off {reference}")
    for text in page.locator("[name=confirmed] + label").all_inner_texts():
        tab_to(page, text)
        page.keyboard.press("Space")
    tab_to(page, "Your password")
    page.keyboard.type(loading.PASSWORD)
    lead(page, "Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Final extract of {reference}")


def comparable(document: Document) -> object:
    """What a document says, without the names of its rows and the order of what is ticked."""
    return {key: _said(values) for key, values in document.sections.items()}, {
        key: [_said(row.values) for row in rows] for key, rows in document.groups.items() if rows
    }


def _said(values: Mapping[str, Value]) -> Mapping[str, object]:
    return {key: frozenset(held) if isinstance(held, tuple) else held for key, held in values.items()}
