"""Reconciling the longest review: by keys in a browser, and cell by cell in a workbook. Coder A's answers are taken throughout."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from openpyxl import Workbook, load_workbook
from playwright.sync_api import Browser, expect

from schema.answers.document import Row
from schema.answers.interchange import read_entry
from schema.store.database import new_id
from schema.store.entries import save_document
from schema.store.loaded import LoadedComparison, find_live, load
from schema.store.models import Case, Entry
from schema.store.reopening import signings
from schema.store.snapshots import thaw
from schema.store.submission import submit_entry
from schema.template.model import Section, Template
from schema.template.value import Value
from tests.support.keyboard import bound
from tests.support.world import PASSWORD
from tests.usability.browser_hands import BrowserHands
from tests.usability.entering import plain
from tests.usability.hands import Hands
from tests.usability.place import Place, at_screen
from tests.usability.sheet import typed


def both_submitted(where: Place) -> tuple[Case, LoadedComparison]:
    """A case that both coders have submitted as the sample study has it, and its comparison."""
    case = where.register("DHR-RECONCILED")
    for name, line in zip(("amara", "ben"), where.review.entries, strict=True):
        with where.world.writing() as session:
            entry = session.get_one(Entry, where.entry(case, name).id)
            read = read_entry(where.template, {**line, "coder": name}, choose_id=lambda: new_id(session))
            save_document(session, where.world.actor(name), entry, read.document)
        with where.world.writing() as session:
            entry = session.get_one(Entry, where.entry(case, name).id)
            template = where.template.for_slot(entry.slot)
            submit_entry(
                session, where.world.actor(name), entry, template, {rule.key for rule in template.rules}
            )
    with where.world.reading() as session:
        row = find_live(session, case.id)
        assert row is not None
        return case, load(session, row)


def reconcile(browser: Browser, where: Place, case: Case) -> BrowserHands:
    """Match, settle and sign off; fails unless what is signed off is coder A's entry."""
    with at_screen(browser, where, "carol") as page:
        hands = BrowserHands(page)
        _follow(hands, case.reference)
        _follow(hands, "Match rows")
        counts = page.locator("td[data-label=Pairs], td[data-label=Alone]").all_inner_texts()
        hands.think(sum(int(count) for count in counts))  # for each line: is this the same one?
        _lead(hands, "m")
        while page.locator("[data-position]").count() or page.locator("[data-item]").count():
            if page.locator("[data-position]").count():
                _lead(hands, "s")
            _settle(hands)
        _follow(hands, "Look at what agrees")
        hands.think()
        with hands.waiting():
            hands.click_on(page.get_by_role("button", name=re.compile(r"Accept all [\d,]+ agreed values")))
        _sign_off(hands)
    with where.world.reading() as session:
        row = find_live(session, case.id)
        assert row is not None
        assert row.state == "signed_off"
        final, loaded = thaw(session, signings(session, row.id)[0].id), load(session, row)
        assert plain(final) == plain(loaded.a)
    return hands


def _settle(hands: BrowserHands) -> None:
    """Choose on every card of the page with one key, then save them all; rows that only B has are left out."""
    for card in hands.page.locator("[data-item]").all():
        hands.think()
        lone = card.locator("[data-choice][value=drop_row]").count()
        only_b = lone and card.locator(".side-letter").first.inner_text() == "B"
        hands.press("b" if only_b else "a")
    _lead(hands, "m")


def _sign_off(hands: BrowserHands) -> None:
    _follow(hands, "Sign off")
    for box in hands.page.locator("[name=confirmed]").all():
        hands.think()
        hands.click_on(box)
    hands.think()
    hands.click_on(hands.page.get_by_label("Your password"))
    hands.type(PASSWORD)
    with hands.waiting():
        hands.press("Enter")
    expect(hands.page.get_by_role("heading", level=1)).to_have_text(re.compile("^Final extract of"))


def _follow(hands: BrowserHands, name: str) -> None:
    hands.think()
    with hands.waiting():
        hands.click_on(hands.page.get_by_role("main").get_by_role("link", name=name).first)


def _lead(hands: BrowserHands, key: str) -> None:
    bound(hands.page)
    with hands.waiting():
        hands.press(key)


# ---------------------------------------------------------------------------------- the same in a workbook


Cells = list[list[str]]
COPY_OF_ONE_SHEET = ("Control+a", "Control+c", "Shift+F11", "Control+v")


def reconcile_in_sheet(loaded: LoadedComparison, path: Path) -> Hands:
    """Reconcile two workbooks laid beside each other as sheets A and B; fails unless what is saved as final is what A has.

    Rows are brought into one order by hand, a formula marks the cells that differ, and each of these is decided and marked, so that one
    can tell what has been looked at. The final is a copy of A.
    """
    hands, book = Hands(), Workbook()
    del book["Sheet"]
    for section in loaded.template.sections:
        first, second = _aligned(hands, loaded, section)
        _write(book, f"A {section.key}"[:31], first)
        _write(book, f"B {section.key}"[:31], second)
        _mark_what_differs(hands, section, len(first))
        _write(book, f"D {section.key}"[:31], _decided(hands, first, second))
        hands.press(*COPY_OF_ONE_SHEET)
        _write(book, f"F {section.key}"[:31], [line for line in first if any(line)])
    hands.press("Control+s")
    book.save(path)
    _compare(loaded, path)
    return hands


def _aligned(hands: Hands, loaded: LoadedComparison, section: Section) -> tuple[Cells, Cells]:
    """The lines of A and of B in one order; rows of B that stand elsewhere are cut and inserted, gaps are made for lone ones."""
    if section.repeats is None:
        sides = ((loaded.template_a, loaded.a), (loaded.template_b, loaded.b))
        first, second = (
            [_line(template, section, one.sections.get(section.key, {}))] for template, one in sides
        )
        return first, second
    pairs = [pair for pair in loaded.pairs if pair.group == section.key]
    order = {row.id: place for place, row in enumerate(loaded.b.rows(section.key))}
    moves = _out_of_place([order[pair.row_b] for pair in pairs if pair.row_a and pair.row_b])
    for _ in range(moves):
        hands.click()
        hands.press("Control+x")
        hands.click()
        hands.press("Control+Shift+=")
    for _ in [pair for pair in pairs if not (pair.row_a and pair.row_b)]:
        hands.click()
        hands.press("Control+Shift+=")
    hands.think(len(pairs))  # for each line: is this the same one?
    lines_a = [_row(loaded.template_a, section, loaded.a.row(section.key, pair.row_a)) for pair in pairs]
    lines_b = [_row(loaded.template_b, section, loaded.b.row(section.key, pair.row_b)) for pair in pairs]
    return lines_a, lines_b


def _out_of_place(order: Sequence[int]) -> int:
    """How many have to be moved, at least, for the others to stand in order (all but a longest increasing subsequence)."""
    longest = [0] * len(order)
    for place, value in enumerate(order):
        longest[place] = 1 + max(
            (longest[before] for before in range(place) if order[before] < value), default=0
        )
    return len(order) - max(longest, default=0)


def _mark_what_differs(hands: Hands, section: Section, lines: int) -> None:
    """A new sheet whose formula says of each cell whether A and B are alike, then the first that is not."""
    hands.think()
    hands.press("Shift+F11", "Control+g")
    hands.type(f"A2:{chr(ord('A') + len(section.fields) - 1)}{lines + 1}")
    hands.press("Enter")
    hands.type("=A!A2=B!A2")
    hands.press("Control+Enter", "Control+f")
    hands.type("FALSE")
    hands.press("Enter")


def _decided(hands: Hands, first: Cells, second: Cells) -> Cells:
    """Decide on every cell that differs: go to the next, think, write whose it is."""
    marks: Cells = []
    for line_a, line_b in zip(first, second, strict=True):
        marks.append(["a" if a != b else "" for a, b in zip(line_a, line_b, strict=True)])
        for _ in filter(None, marks[-1]):
            hands.press("Shift+F4")
            hands.think()
            hands.press("a", "Enter")
    return marks


def _row(template: Template, section: Section, row: Row | None) -> list[str]:
    return _line(template, section, row.values if row else {})


def _line(template: Template, section: Section, values: Mapping[str, Value]) -> list[str]:
    return [
        "" if (value := values.get(field.key)) is None else typed(field, value, template)
        for field in section.fields
    ]


def _write(book: Workbook, name: str, lines: Cells) -> None:
    sheet = book.create_sheet(name)
    for line in lines:
        sheet.append([text or None for text in line])


def _compare(loaded: LoadedComparison, path: Path) -> None:
    """The sheets of the final hold A's answers, line by line, whatever their order."""
    book = load_workbook(path, read_only=True)
    for section in loaded.template.sections:
        if section.repeats is None:
            wanted = [_line(loaded.template_a, section, loaded.a.sections.get(section.key, {}))]
        else:
            wanted = [_row(loaded.template_a, section, row) for row in loaded.a.rows(section.key)]
        found = [
            [str(cell or "") for cell in line]
            for line in book[f"F {section.key}"[:31]].iter_rows(values_only=True)
        ]
        padded = [line + [""] * (len(section.fields) - len(line)) for line in found]
        assert sorted(padded) == sorted(line for line in wanted if any(line)), section.key
