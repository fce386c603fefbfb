"""Coder 2 checks coder 1's values on the pages: only then, only there, and nothing that was typed is lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from schema.store.models import Audit, Case
from schema.store.verification import load_verification
from tests.support.casework import entry_of, fill, give_back, start_case, submit
from tests.support.databases import sqlite_database
from tests.support.policing import Page
from tests.support.verifying import SETTING, both_submitted, round_of, verified_world
from tests.support.world import World

PATHS = ("setting.county", "setting.household", "setting.rural", "setting.miles")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = verified_world(sqlite_database(tmp_path / "tandem.sqlite3"), tmp_path)
    yield made
    made.database.dispose()


def _here(case: Case) -> str:
    return f"/projects/pilot/cases/{case.id}/check"


def _send(world: World, case: Case, act: str = "save", **said: str) -> Page:
    client = world.client_for("ben")
    revision = client.page(_here(case)).values()["base_revision"]
    sent = {name.replace("__", ":").replace("_in_", "."): value for name, value in said.items()}
    return Page(client.submit(_here(case), {"base_revision": revision, "act": act, **sent}))


def _agree(*paths: str) -> dict[str, str]:
    return {f"outcome:{path}": "agreed" for path in paths}


def test_nobody_but_coder_two_sees_the_values_and_only_when_both_have_submitted(world: World) -> None:
    case = start_case(world, "DHR-001")
    fill(world, case, "amara", setting={**SETTING, "county": "Canaryshire"})
    fill(world, case, "ben")
    submit(world, case, "amara")
    ben = world.client_for("ben")
    assert ben.get(_here(case)).status_code == 403
    assert "Setting: not entered here" in ben.page(f"/projects/pilot/cases/{case.id}/entry").words
    assert ben.get(f"/projects/pilot/cases/{case.id}/entry/setting").status_code == 404
    submit(world, case, "ben")
    page = ben.page(_here(case))
    assert "Canaryshire" in page.words
    assert "34" not in page.words, "what amara coded blind stays with her"
    assert "DHR-001: check the other coder’s values" in ben.page("/").links
    for name in ("amara", "carol", "dana", "victor", "root"):
        assert world.client_for(name).get(_here(case)).status_code in (403, 404), name
    assert world.client_for("carol").get(f"/projects/pilot/cases/{case.id}/comparison").status_code == 403
    give_back(world, case, "amara")
    assert ben.get(_here(case)).status_code == 403


def test_checking_is_on_record(world: World) -> None:
    case = both_submitted(world, "DHR-001")
    world.client_for("ben").page(_here(case))
    world.client_for("ben").page(_here(case))
    with world.reading() as session:
        acts = [row.action for row in session.query(Audit).filter_by(case_id=case.id)]
    assert acts.count("verification.open") == 1
    assert acts.count("verification.read") == 1


def test_what_can_be_kept_is_kept_and_what_cannot_stands_there_again(world: World) -> None:
    case = both_submitted(world, "DHR-001")
    said = {
        **_agree("setting.county"),
        "outcome:setting.household": "corrected",
        "setting.household": "many",
        "comment:setting.household": "Table 2 says otherwise.",
        "setting.miles": "9",
    }
    page = _send(world, case, **said)
    assert page.response.status_code == 422
    assert "a value is entered, but “Correct” is not chosen" in page.words
    assert page.values()["setting.household"] == "many"
    assert page.values()["setting.miles"] == "9"
    assert "Table 2 says otherwise." in page.words
    with world.reading() as session:
        checks = load_verification(session, round_of(world, case)).checks
    assert list(checks) == ["setting.county"]


def test_finishing_needs_every_value_and_then_the_case_can_be_compared(world: World) -> None:
    case = both_submitted(world, "DHR-001")
    page = _send(world, case, "finish", **_agree("setting.county"))
    assert page.response.status_code == 422
    assert "People in the household is not checked yet." in page.words
    world.client_for("ben").most_statements = 80  # finishing compares the two entries
    done = _send(
        world,
        case,
        "finish",
        **_agree(*PATHS[1:3]),
        **{"outcome:setting.miles": "corrected", "setting.miles": "9", "comment:setting.miles": "Page 3."},
    )
    assert done.response.status_code == 303
    read = world.client_for("ben").page(_here(case))
    assert "Corrected: 9" in read.words
    assert "Save" not in read.words
    carol = world.client_for("carol")
    rows = f"/projects/pilot/cases/{case.id}/comparison/rows"
    revision = carol.page(rows).values()["revision"]
    carol.submit(f"{rows}/confirm", {"revision": revision}, page=rows)
    position = carol.page(f"/projects/pilot/cases/{case.id}/comparison/resolve?at=setting.miles")
    assert "the other checked it there and corrected it. They say: “Page 3.”" in position.words
    agreement = world.client_for("dana").page("/projects/pilot/agreement")
    assert "Verified: 3 agreed, 1 corrected, 0 not found." in agreement.words


def test_a_page_from_before_another_save_is_refused_with_what_it_says(world: World) -> None:
    case = both_submitted(world, "DHR-001")
    client = world.client_for("ben")
    _send(world, case, **_agree("setting.county"))
    sent = {
        "base_revision": "0",
        "act": "save",
        "outcome:setting.miles": "not_found",
        "comment:setting.miles": "Nowhere.",
    }
    page = Page(client.submit(_here(case), sent))
    assert page.response.status_code == 409
    assert "Nowhere." in page.words
    assert entry_of(world, case, "ben").state == "submitted"
