"""Entries from files, and a rehearsal settled in one go, where a section is checked instead of coded twice."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select, update

from schema.store.models import Audit, Case, Project
from schema.store.verification import load_verification
from tests.support.casework import ANSWERS
from tests.support.databases import sqlite_database
from tests.support.reconciling import comparison
from tests.support.verifying import SETTING, check, corrected, round_of, verified_world
from tests.support.world import World
from webapp.cli import main

Tandem = Callable[..., Result]
RECONCILE = ("reconcile", "pilot", "--as", "carol", "--take", "a", "--reason", "Training day")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = verified_world(sqlite_database(tmp_path / "tandem.sqlite3"), tmp_path)
    with made.writing() as session:
        session.execute(update(Project).where(Project.id == made.project.id).values(rehearsal=True))
    yield made
    made.database.dispose()


@pytest.fixture
def tandem(world: World) -> Tandem:
    environment = {"TANDEM_DATA_DIR": str(world.folder), "TANDEM_DATABASE_URL": world.settings.database_url}

    def run(*words: str) -> Result:
        return CliRunner().invoke(main, words, env=environment, catch_exceptions=False)

    return run


@pytest.fixture
def imported(world: World, tandem: Tandem) -> Result:
    """Both entries of DHR-001 and the first of DHR-002, from a file."""
    first = {**ANSWERS, "setting": SETTING}
    lines = [("DHR-001", "amara", first), ("DHR-001", "ben", ANSWERS), ("DHR-002", "amara", first)]
    file = world.folder / "drill.jsonl"
    form = ({"case": case, "coder": coder, "submit": True, "answers": said} for case, coder, said in lines)
    file.write_text("\n".join(json.dumps(line) for line in form), encoding="utf-8")
    return tandem("import", "entries", str(file), "--project", "pilot", "--create")


def _case(world: World) -> Case:
    return world.case("DHR-001")


def test_an_import_names_the_cases_that_wait_for_their_checks(imported: Result) -> None:
    assert imported.exit_code == 0, imported.output
    assert "Waiting for coder 2’s checks, which no file carries: DHR-001." in imported.output


@pytest.mark.usefixtures("imported")
def test_a_case_that_waits_for_its_checks_is_passed_over_by_name(world: World, tandem: Tandem) -> None:
    done = tandem(*RECONCILE)
    assert done.exit_code == 2
    assert "Signed off 0 of 0 cases" in done.stdout
    assert "DHR-001 was passed over: it waits for coder 2’s checks." in done.stderr
    assert "--agree-checks" in done.stderr
    assert "DHR-002" not in done.output
    assert round_of(world, _case(world)).finished_at is None


@pytest.mark.usefixtures("imported")
def test_checks_are_agreed_with_on_request_and_what_was_checked_stays(world: World, tandem: Tandem) -> None:
    check(world, _case(world), {"household": corrected(5, "Page 9 lists five.")})
    done = tandem(*RECONCILE, "--agree-checks")
    assert done.exit_code == 0, done.output
    assert "Agreed with 3 values in 1 case for coder 2." in done.output
    assert "Signed off 1 of 1 cases" in done.output
    assert comparison(world, _case(world).id).row.state == "signed_off"
    with world.reading() as session:
        checks = load_verification(session, round_of(world, _case(world))).checks
        told = session.scalars(select(Audit).where(Audit.action == "comparison.rehearse")).all()
    (first,) = (line for line in told if "checks_agreed" in json.loads(line.detail))
    assert {path: (said.outcome, said.comment) for path, said in checks.items()} == {
        "setting.county": ("agreed", "Training day"),
        "setting.household": ("corrected", "Page 9 lists five."),
        "setting.rural": ("agreed", "Training day"),
        "setting.miles": ("agreed", "Training day"),
    }
    assert first.actor_name == "carol"
    assert json.loads(first.detail) == {"rehearsal": True, "checks_agreed": 3, "reason": "Training day"}
