"""A case is made anew from the trail alone and compared with what is stored, on both databases. Random lives: ``test_workflow.py``."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text, update

from schema.answers.document import Change, Evidence, Note
from schema.store.assignments import assign
from schema.store.cases import describe_case
from schema.store.comparisons import find_live, link, load_comparison, undo_pairing, unlink
from schema.store.database import Database, now
from schema.store.decisions import Choice, decide_batch, decide_several, undo_batch
from schema.store.entries import pin_to_version, save_changes
from schema.store.models import Case, Comparison, Entry, TemplateVersion, User
from schema.store.pairings import confirm_group, confirm_pairing
from schema.store.repeats import give_up
from schema.store.templates import publish
from schema.store.unblinding import unblind
from tests.support.casework import entry_of, fill, give_back, start_case, submit
from tests.support.rebuilding import case_from_trail, stored_case
from tests.support.reconciling import extract
from tests.support.repeating import code_again, entry_again, give
from tests.support.signed_off import settle
from tests.support.verifying import AGREED, both_submitted, check, corrected, finish, verified_world
from tests.support.world import SYSTEM, World, populate, small_template

ADVICE = [
    {"number": str(number), "text": text, "themes": ["T2"]}
    for number, text in enumerate(("Share what is known.", "Train every school.", "Ask at each visit."), 1)
]
SECOND = (
    small_template()[0].replace("version: 1", "version: 2").replace("label: Area,", "label: Area reviewed,")
)


@pytest.fixture
def world(database: Database, tmp_path: Path) -> World:
    made = World(database, tmp_path)
    with made.writing() as session:
        populate(session)
    made.add_person("esi", "coder")
    return made


def _same(world: World, case: Case) -> None:
    with world.reading() as session:
        assert case_from_trail(session, case.id) == stored_case(session, case.id)


def _on(world: World, case: Case, who: str, verb: Callable[..., Any], *args: Any, **more: Any) -> Any:
    """Do something to the live comparison, with the revision it has."""
    with world.writing() as session:
        row = find_live(session, case.id)
        assert row is not None
        return verb(session, world.actor(who), row.id, *args, revision=row.revision, **more)


def _several(world: World, case: Case, verb: Callable[..., Any], choices: list[Choice], **more: Any) -> Any:
    with world.writing() as session:
        row = find_live(session, case.id)
        assert row is not None
        return verb(session, world.actor("carol"), load_comparison(session, row.id), choices, **more)


def _change(world: World, case: Case, who: str, *changes: Change) -> None:
    with world.writing() as session:
        entry = session.get_one(Entry, entry_of(world, case, who).id)
        save_changes(session, world.actor(who), entry, entry.revision, changes)


def _coded(world: World) -> Case:
    """Described, given from one coder to another, lifted, with rows moved, deleted and restored."""
    case = start_case(world, "DHR-001", {"coder_1": "amara", "coder_2": "esi", "reconciler": "carol"})
    fill(world, case, "esi")
    with world.writing() as session:
        case = session.get_one(Case, case.id)
        describe_case(session, world.actor("dana"), case, reference="DHR-1", title="A", source="B", note="C")
        assign(session, world.actor("dana"), case, "coder_2", session.get_one(User, world.user("ben").id))
        second = publish(session, SYSTEM, SECOND, small_template()[1])
    with world.writing() as session:
        entry = session.get_one(Entry, entry_of(world, case, "amara").id)
        pin_to_version(session, world.actor("amara"), entry, session.get_one(TemplateVersion, second.id).id)
    _same(world, case)
    fill(world, case, "amara", recommendations=ADVICE)
    fill(world, case, "ben", recommendations=ADVICE[::-1], victims=[{"age": 36, "sex": "female"}])
    rows = _rows(world, case)
    _change(
        world,
        case,
        "amara",
        Change("evidence", "report.area", evidence=Evidence("4", "in the north")),
        Change("note", "report.area", note=Note(flagged=True, memo="Look again.")),
        Change("move_row", f"recommendations.{rows[0]}", position=2),
        Change("delete_row", f"recommendations.{rows[1]}"),
    )
    _same(world, case)
    _change(world, case, "amara", Change("restore_row", f"recommendations.{rows[1]}"))
    return case


def _rows(world: World, case: Case) -> list[str]:
    with world.reading() as session:
        answers = stored_case(session, case.id).entries[entry_of(world, case, "amara").id]["answers"]
    return [row for row, _ in answers["rows"]["recommendations"]]


def test_a_case_with_all_that_can_be_done_follows_from_the_trail(world: World) -> None:
    case = _coded(world)
    submit(world, case, "amara")
    submit(world, case, "ben")
    with world.reading() as session:
        pairs = {pair.row_a: pair for pair in load_comparison(session, _live(world, case)).pairs}
    first = next(pair for pair in pairs.values() if pair.group == "recommendations")
    _on(world, case, "carol", unlink, first.id)
    _on(world, case, "carol", undo_pairing)
    _on(world, case, "carol", confirm_group, "victims")
    _on(world, case, "carol", undo_pairing)
    _on(world, case, "carol", unlink, first.id)
    _on(world, case, "carol", link, "recommendations", first.row_a, first.row_b)
    _same(world, case)
    _on(world, case, "carol", confirm_pairing)
    asked = [one.path for one in _open(world, case)]
    _several(
        world,
        case,
        decide_several,
        [Choice(asked[0], "a", reason="Page 4.", cause="judgement")],
        revision=10**6,
    )
    batch = _several(world, case, decide_batch, [Choice(one, "b") for one in asked[:1]], reason="Seen again.")
    _same(world, case)
    _on(world, case, "carol", undo_batch, batch)
    _several(world, case, decide_batch, [Choice(one, "b") for one in asked[:1]], reason="Seen once more.")
    give_back(world, case, "ben")
    _same(world, case)
    submit(world, case, "ben")
    _same(world, case)
    settle(world.database, world.actor("carol"), _live(world, case))
    _again(world, case)
    with world.writing() as session:
        unblind(session, world.actor("dana"), session.get_one(Case, case.id), "Both coders write the paper.")
    _same(world, case)


def _again(world: World, case: Case) -> None:
    """Amara codes it again, gives up, and then codes it again after all; ben begins."""
    with world.writing() as session:
        session.execute(update(Comparison).values(signed_off_at=now(session) - timedelta(days=2)))
    for name in ("amara", "ben"):
        give(world, name, "DHR-1")
    with world.writing() as session:
        give_up(session, world.actor("dana"), session.get_one(Entry, entry_again(world, "DHR-1", "amara").id))
    _same(world, case)
    give(world, "amara", "DHR-1")
    code_again(world, "DHR-1", "amara", extract(victims=[{"id": "victim00009", "age": 41}]))
    code_again(world, "DHR-1", "ben", extract(), submit=False)
    _same(world, case)


def test_a_checked_case_follows_from_the_trail(database: Database, tmp_path: Path) -> None:
    world = verified_world(database, tmp_path)
    case = both_submitted(world, "DHR-001")
    check(world, case, {"county": AGREED, "household": corrected(3, "Table 2.", "9")})
    give_back(world, case, "amara")
    submit(world, case, "amara")
    check(world, case, {"rural": AGREED, "miles": AGREED})
    _same(world, case)
    finish(world, case)
    _same(world, case)


def test_what_leaves_no_trace_is_seen(world: World) -> None:
    """The comparison itself: were it blind, equal would prove nothing."""
    case = _coded(world)
    with world.database.writing() as session:
        session.execute(
            text("UPDATE entry_part SET position = 7 - position WHERE section = 'recommendations'")
        )
    with pytest.raises(AssertionError):
        _same(world, case)


def _live(world: World, case: Case) -> str:
    with world.reading() as session:
        row = find_live(session, case.id)
        assert row is not None
        return row.id


def _open(world: World, case: Case) -> list[Any]:
    with world.reading() as session:
        return list(load_comparison(session, _live(world, case)).agenda().undecided())
