"""``python -m tests.usability``: does and counts the tasks, prints the counts, and writes docs/usability.md."""

from __future__ import annotations

import logging
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser

from tests.support.browser import browsing
from tests.usability.assigning import assign, assign_in_sheet
from tests.usability.entering import enter
from tests.usability.hands import Hands
from tests.usability.page import Compared, page
from tests.usability.place import place
from tests.usability.reconciling import both_submitted, reconcile, reconcile_in_sheet
from tests.usability.sheet import enter_in_sheet

PAGE = Path(__file__).resolve().parents[2] / "docs" / "usability.md"


def main() -> int:
    """Do every task in an installation of its own; gives 0."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory() as folder, browsing() as browser:
        found = []
        for task in (_entering, _reconciling, _assigning):
            found.append(task(browser, Path(tempfile.mkdtemp(dir=folder))))
            sys.stdout.write("\n".join(_lines(found[-1])) + "\n")
            sys.stdout.flush()
    PAGE.write_text(page(found), encoding="utf-8")
    return 0


def _entering(browser: Browser, folder: Path) -> Compared:
    with place(folder) as where:
        ours = enter(browser, where)
        truth = where.truth()
        sheet = enter_in_sheet(where.template, truth, folder / "entry.xlsx")
        values = sum(len(held) for held in truth.sections.values())
        values += sum(len(row.values) for rows in truth.groups.values() for row in rows)
        about = f"{values} answers, {len(truth.rows('recommendations'))} recommendations"
        return Compared(
            "Enter the longest review of the sample from its report", about, ours, sheet, ours.machine
        )


def _reconciling(browser: Browser, folder: Path) -> Compared:
    with place(folder) as where:
        case, loaded = both_submitted(where)
        sheet = reconcile_in_sheet(loaded, folder / "reconciled.xlsx")
        about = f"{loaded.row.positions} positions compared, {loaded.row.discrepancies} of them need a person"
        ours = reconcile(browser, where, case)
        return Compared("Reconcile it", about, ours, sheet, ours.machine)


def _assigning(browser: Browser, folder: Path) -> Compared:
    with place(folder) as where:
        ours = assign(browser, where)
        sheet = assign_in_sheet(folder / "assigned.xlsx")
        about = "six coders, two reconcilers"
        return Compared("Draw up who codes and reconciles 300 cases", about, ours, sheet, ours.machine)


def _lines(found: Compared) -> Iterator[str]:
    yield f"{found.task} ({found.about})"
    for name, hands in (("Tandem", found.ours), ("Spreadsheet", found.sheet)):
        yield f"  {name:12} {_said(hands)}"
    yield f"  waiting for pages {found.machine:.1f} s"


def _said(hands: Hands) -> str:
    return f"{hands.actions:6,} actions {hands.seconds / 60:6.1f} min  {dict(hands.done)}"


if __name__ == "__main__":
    sys.exit(main())
