"""Sections that coder 1 extracts and coder 2 checks: when they open, who writes, what comes of it, on both databases."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook

from exports.provenance import write_json
from exports.workbook import write_workbook
from exports.written import Order
from schema.coding.agreement import Estimate
from schema.problem import Refused
from schema.store.agreement_read import study_agreement
from schema.store.case_state import state_for
from schema.store.comparisons import accept_agreed, confirm_pairing, decide, find_live, sign_off
from schema.store.database import Database
from schema.store.entries import pin_to_version
from schema.store.loaded import LoadedComparison, load
from schema.store.models import Case, Comparison, Entry, Snapshot, TemplateVersion, ValueCheck
from schema.store.readmodel import master_study
from schema.store.snapshots import thaw
from schema.store.templates import publish
from schema.store.verification import find_verification, load_verification, save_checks
from tests.support.casework import entry_of, fill, give_back, start_case, submit
from tests.support.verifying import (
    AGREED,
    NOT_FOUND,
    SETTING,
    both_submitted,
    check,
    corrected,
    finish,
    round_of,
    verified_source,
    verified_world,
)
from tests.support.world import SYSTEM, World, small_template

ALL = {"county": AGREED, "household": corrected(3, "Table 2.", "9"), "rural": AGREED, "miles": NOT_FOUND}


@pytest.fixture
def world(database: Database, tmp_path: Path) -> World:
    return verified_world(database, tmp_path)


def _state(world: World, case: Case, who: str = "dana") -> str:
    with world.reading() as session:
        return state_for(session, case.id, world.user(who).id)


def _compared(world: World, case: Case) -> LoadedComparison:
    with world.reading() as session:
        row = find_live(session, case.id)
        assert row is not None
        return load(session, row)


def _code(act: Callable[..., Any], *args: Any) -> tuple[str, str, int]:
    with pytest.raises(Refused) as caught:
        act(*args)
    problem = caught.value.problems[0]
    return problem.code, problem.where, caught.value.status


def _checked(world: World, case: Case) -> LoadedComparison:
    check(world, case, ALL)
    finish(world, case)
    return _compared(world, case)


def test_nothing_opens_before_both_coders_have_submitted(world: World) -> None:
    case = start_case(world, "DHR-001")
    fill(world, case, "amara", setting=SETTING)
    submit(world, case, "amara")
    with world.reading() as session:
        assert find_verification(session, case.id) is None
    assert _state(world, case) == "coding"
    fill(world, case, "ben")
    submit(world, case, "ben")
    assert _state(world, case) == "verifying"
    assert _state(world, case, "ben") == "coding"
    with world.reading() as session:
        assert find_live(session, case.id) is None


def test_a_later_check_supersedes_an_earlier_one_and_the_same_leaves_no_trace(world: World) -> None:
    case = both_submitted(world, "DHR-001")
    assert check(world, case, {"county": AGREED}) == 1
    assert check(world, case, {"county": AGREED}) == 1
    assert check(world, case, {"county": corrected("Sampleshire")}) == 2
    with world.reading() as session:
        held = session.query(ValueCheck).order_by(ValueCheck.id).all()
    assert [(one.outcome, one.superseded_at is None) for one in held] == [
        ("agreed", False),
        ("corrected", True),
    ]
    assert _code(finish, world, case) == ("CHECK-009", "setting.household", 422)


def test_only_coder_two_checks_and_nothing_is_saved_over_another_window(world: World) -> None:
    case = both_submitted(world, "DHR-001")
    for who in ("amara", "carol", "dana"):
        assert _code(check, world, case, {"county": AGREED}, who)[0] == "CHECK-004"
    row = round_of(world, case)
    check(world, case, {"county": AGREED})
    with world.writing() as session, pytest.raises(Refused) as caught:
        save_checks(session, world.actor("ben"), row.id, row.revision, {"setting.rural": AGREED})
    assert (caught.value.problems[0].code, caught.value.status) == ("CHECK-003", 409)


def test_snapshot_consensus_and_files_say_which_mode_produced_each_value(
    world: World, tmp_path: Path
) -> None:
    case = both_submitted(world, "DHR-001")
    loaded = _checked(world, case)
    assert loaded.row.discrepancies == 2
    with world.reading() as session:
        report = study_agreement(session, world.actor("dana"), world.project).report
    assert "setting" not in {held.section for held in report.fields} | {held.key for held in report.sections}
    assert [(one.agreed, one.corrected, one.not_found) for one in report.verified] == [
        (1, 0, 0),
        (0, 1, 0),
        (1, 0, 0),
        (0, 0, 1),
    ]
    assert report.overall.percent == Estimate(1.0, report.overall.percent.n)
    _sign_off(world, loaded.row.id)
    with world.reading() as session:
        snapshots = session.query(Snapshot).filter(Snapshot.comparison_id == loaded.row.id).all()
        consensus = thaw(session, snapshots[-1].id)
        checked = thaw(session, loaded.row.snapshot_2_id)
        study = master_study(session, world.actor("dana"), world.project)
        frozen = next(iter(study.cases)).document
        write_workbook(tmp_path / "master.xlsx", Order(study))
        write_json(tmp_path / "master.zip", Order(study))
    outcomes = {"county": "agreed", "household": "corrected", "rural": "agreed", "miles": "not_found"}
    for document in (checked, consensus, frozen):
        assert {path: held.outcome for path, held in document.checks.items()} == {
            **{f"setting.{key}": outcome for key, outcome in outcomes.items()},
            "setting.memo": "not_checked",
        }
        assert document.verified == {"setting"}
    sheet = load_workbook(tmp_path / "master.xlsx")["verification"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    assert [(row[2], row[4], row[5], row[8]) for row in rows] == [
        ("county", "verify", "agreed", "Exampleshire"),
        ("household", "verify", "corrected", "3"),
        ("rural", "verify", "agreed", "Yes, stated"),
        ("miles", "verify", "not_found", "7"),
        ("memo", "verify", "not_checked", "Check again."),
    ]
    with ZipFile(tmp_path / "master.zip") as archive:
        record = json.loads(archive.read("cases.jsonl"))
    told = {value["path"]: (value["mode"], value["check"]) for value in record["values"]}
    assert told["setting.household"] == ("verify", {"outcome": "corrected", "comment": "Table 2."})
    assert told["report.area"] == ("double", None)
    assert checked.checks["setting.household"].comment == "Table 2."
    assert consensus.get("setting.household") == 3
    assert consensus.get("setting.miles") == 7


def _sign_off(world: World, comparison_id: str) -> None:
    carol = world.actor("carol")

    def now() -> int:
        with world.reading() as session:
            return session.get_one(Comparison, comparison_id).revision

    with world.writing() as session:
        confirm_pairing(session, carol, comparison_id, revision=now())
    for path, choice in (("setting.household", "b"), ("setting.miles", "a")):
        with world.writing() as session:
            decide(session, carol, comparison_id, path, choice, revision=now())
    with world.writing() as session:
        accept_agreed(session, carol, comparison_id)
    with world.writing() as session:
        sign_off(session, carol, comparison_id, revision=now())


def test_a_returned_entry_sets_the_checks_aside_and_what_still_holds_is_carried_over(world: World) -> None:
    case = both_submitted(world, "DHR-001")
    _checked(world, case)
    give_back(world, case, "amara")
    with world.reading() as session:
        assert find_verification(session, case.id) is None
    assert _state(world, case) == "coding"
    fill(world, case, "amara", setting={**SETTING, "household": 5})
    submit(world, case, "amara")
    with world.reading() as session:
        loaded = load_verification(session, round_of(world, case))
        own = thaw(session, loaded.row.second_id)
    assert [one.field.key for one in loaded.unchecked()] == ["household"]
    assert not own.checks, "the base is what coder 2 submitted, not what came of the checks before"
    check(world, case, {"household": AGREED})
    finish(world, case)
    assert _compared(world, case).result.positions


def test_a_case_whose_checked_sections_do_not_apply_is_compared_at_once(world: World) -> None:
    source = verified_source(2).replace(
        "    mode: verify\n",
        '    mode: verify\n    visible_when: {field: report.children_known, equals: "yes"}\n',
    )
    with world.writing() as session:
        version = publish(session, SYSTEM, source, small_template()[1], reason="routed")
        case_version = version.id
    case = start_case(world, "DHR-009")
    with world.writing() as session:
        for name in ("amara", "ben"):
            entry = session.get_one(Entry, entry_of(world, case, name).id)
            pin_to_version(session, world.actor(name), entry, case_version)
    fill(world, case, "amara")
    fill(world, case, "ben")
    submit(world, case, "amara")
    submit(world, case, "ben")
    assert _compared(world, case).row.state == "open"


def test_coder_two_finishes_with_the_mode_that_they_began_with(world: World) -> None:
    case = start_case(world, "DHR-001")
    source = verified_source(2).replace("    mode: verify\n", "")
    with world.writing() as session:
        later = publish(session, SYSTEM, source, small_template()[1], reason="coded twice again").id
    assert _code(_lift, world, case, "ben", later) == ("ENTRY-023", "", 409)
    _lift(world, case, "amara", later)
    with world.reading() as session:
        assert session.get_one(TemplateVersion, later).version == 2


def _lift(world: World, case: Case, name: str, version: str) -> None:
    with world.writing() as session:
        pin_to_version(
            session, world.actor(name), session.get_one(Entry, entry_of(world, case, name).id), version
        )
