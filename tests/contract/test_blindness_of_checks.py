"""Where a section is checked, coder 2 sees coder 1's values of it in one place, once both have submitted, and of nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.blindness import (
    ADVICE,
    EVIDENCE,
    NOTE,
    NUMBER,
    OWN,
    PLACE,
    QUOTE,
    SECRET,
    browser_of,
    content,
    crawl,
    enter,
    everything,
    forms_of,
    holds_none,
)
from tests.support.casework import entry_of, start_case, submit
from tests.support.databases import sqlite_database
from tests.support.verifying import SETTING, verified_world

COUNTY, MEMO, SAID = "cnrycounty7x", "cnrymemo7x", "cnrysaid7x"
CHECKED: dict[str, Any] = {**SETTING, "county": COUNTY, "memo": MEMO}
DOUBLE = [PLACE, NOTE, QUOTE, ADVICE, NUMBER]


@pytest.mark.parametrize("second_submits", [False, True], ids=["coder 2 is coding", "both have submitted"])
def test_checked_values_stand_on_the_page_of_checks_only(tmp_path: Path, second_submits: bool) -> None:
    world = verified_world(sqlite_database(tmp_path / "tandem.sqlite3"), tmp_path)
    case = start_case(world, "DHR-001")
    quoted = {**EVIDENCE, "setting.county": {"page": "4", "quote": SAID}}
    enter(world, case, "amara", {**SECRET, "setting": CHECKED}, quoted)
    submit(world, case, "amara")
    if second_submits:
        enter(world, case, "ben", OWN)
        submit(world, case, "ben")
    here = f"/projects/pilot/cases/{case.id}"
    known = [
        *everything(world, case, entry_of(world, case, "amara")),
        f"{here}/check",
        f"{here}/entry/setting",
    ]
    for name in ("ben", "victor"):
        pages = list(crawl(browser_of(world, name), known))
        assert len(pages) > 60, "hardly anything was opened, so this proves nothing"
        holds_none(pages, [*DOUBLE, MEMO], name)
        holding = {page.request.path for page in pages if _holds_one(content(page))}
        assert holding == ({f"{here}/check"} if second_submits and name == "ben" else set()), name
    world.database.dispose()


def _holds_one(content: bytes) -> bool:
    """Whether one of the checked values stands here, in whatever form."""
    return any(form in content for secret in (COUNTY, SAID) for form in forms_of(secret))
