"""Drawing up who codes and who reconciles 300 cases: by the page of the draw, and by formulas and sorting in a sheet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import combinations, cycle, islice
from pathlib import Path
from random import Random

from openpyxl import Workbook, load_workbook
from playwright.sync_api import Browser

from schema.store.assignments import parts_of_cases
from schema.store.cases import register_case
from schema.store.models import Case, Project
from tests.usability.browser_hands import BrowserHands
from tests.usability.hands import Hands
from tests.usability.place import PROJECT, Place, at_screen

CASES = 300
CODERS = ("amara", "ben", "esi", "femi", "gita", "hana")
RECONCILERS = ("carol", "cleo")
Parts = tuple[str, str, str]


def assign(browser: Browser, where: Place) -> BrowserHands:
    """Draw people for all cases that have none, by the page; fails unless the draw is fair and the three of a case differ."""
    _people_and_cases(where)
    with at_screen(browser, where, "dana") as page:
        page.goto(f"/projects/{PROJECT}")
        hands = BrowserHands(page)
        hands.think()
        with hands.waiting():
            hands.click_on(page.get_by_role("link", name="Assign 300 cases to coders"))
        hands.think()
        with hands.waiting():
            hands.click_on(page.get_by_role("button", name="Show the draw"))
        hands.think()
        with hands.waiting():
            hands.click_on(page.get_by_role("button", name="Assign these people"))
    _check(_assigned(where))
    return hands


def _people_and_cases(where: Place) -> None:
    world = where.world
    with world.reading() as session:
        project = session.get_one(Project, where.project_id)
    for name in CODERS[2:]:
        world.add_person(name, "coder", project=project)
    world.add_person(RECONCILERS[1], "reconciler", project=project)
    with world.writing() as session:
        project, dana = session.get_one(Project, where.project_id), world.actor("dana")
        for number in range(1, CASES + 1):
            register_case(session, dana, project, f"NEW-{number:03}")


def _assigned(where: Place) -> list[Parts]:
    with where.world.reading() as session:
        cases = session.query(Case).filter(Case.reference.like("NEW-%")).all()
        found = parts_of_cases(session, cases)
        return [
            (held["coder_1"], held["coder_2"], held["reconciler"])
            for held in (found[case.id].held for case in cases)
        ]


def _check(assigned: Sequence[Parts]) -> None:
    """Everybody has as much to do as everybody else, give or take one case, and the three of each case are different people."""
    assert len(assigned) == CASES
    assert all(len(set(parts)) == 3 for parts in assigned)
    coding = Counter(person for parts in assigned for person in parts[:2])
    reconciling = Counter(parts[2] for parts in assigned)
    for load, people in ((coding, CODERS), (reconciling, RECONCILERS)):
        assert len(load) == len(people)
        assert max(load.values()) - min(load.values()) <= 1


def assign_in_sheet(path: Path) -> Hands:
    """The same in a sheet that lists the cases: every pair of coders written once and copied down, a column of random numbers, a sort.

    With as many cases as a multiple of the pairs the loads come out even; with other numbers the rest would be evened by hand.
    """
    hands = Hands()
    pairs = list(combinations(CODERS, 2))
    for one, two in pairs:  # D and E: the list of pairs
        hands.think()
        hands.type(one)
        hands.press("Tab")
        hands.type(two)
        hands.press("Enter")
    _copy_down(hands, "D2:E16", "D17:E301")
    for name in RECONCILERS:
        hands.think()
        hands.type(name)
        hands.press("Enter")
    _copy_down(hands, "F2:F3", "F4:F301")
    _fill(hands, "G2:G301", "=RAND()")
    hands.think()  # sort the people, and not the cases, by the random column
    _go_to(hands, "D2:G301")
    hands.click(3)  # the tab Data, Sort, the column
    hands.press("Enter")
    for formula in (
        "=COUNTIF(D$2:E$301,J2)",
        "=COUNTIF(F$2:F$301,J10)",
    ):  # everybody's load, beside a list of names
        for name in CODERS if "D$2" in formula else RECONCILERS:
            hands.type(name)
            hands.press("Enter")
        _fill(hands, "K2:K7", formula)
    hands.think()
    _write(path, pairs)
    _check(_read(path))
    return hands


def _go_to(hands: Hands, cells: str) -> None:
    hands.press("Control+g")
    hands.type(cells)
    hands.press("Enter")


def _copy_down(hands: Hands, source: str, target: str) -> None:
    hands.think()
    _go_to(hands, source)
    hands.press("Control+c")
    _go_to(hands, target)
    hands.press("Control+v")


def _fill(hands: Hands, cells: str, formula: str) -> None:
    hands.think()
    _go_to(hands, cells)
    hands.type(formula)
    hands.press("Control+Enter")


def _write(path: Path, pairs: Sequence[tuple[str, str]]) -> None:
    """What the sheet holds afterwards: the lines of people in random order beside the cases."""
    people = [
        (*pair, who) for pair, who in zip(islice(cycle(pairs), CASES), cycle(RECONCILERS), strict=False)
    ]
    Random(7).shuffle(people)
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(["case", "coder 1", "coder 2", "reconciler"])
    for number, parts in enumerate(people, 1):
        sheet.append([f"NEW-{number:03}", *parts])
    book.save(path)


def _read(path: Path) -> list[Parts]:
    lines = load_workbook(path, read_only=True).worksheets[0].iter_rows(min_row=2, values_only=True)
    return [(str(line[1]), str(line[2]), str(line[3])) for line in lines]
