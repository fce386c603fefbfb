"""What waits for whom, on both databases."""

from __future__ import annotations

from pathlib import Path

import pytest

from schema.store.database import Database
from schema.store.worklist import (
    comparisons_to_settle,
    counts_of_projects,
    entries_to_code,
    own_entry_counts,
    reconciler_counts,
)
from tests.support.casework import fill, give_back, ready_case, start_case, submit
from tests.support.world import World, populate


@pytest.fixture
def world(database: Database, tmp_path: Path) -> World:
    with database.writing() as session:
        populate(session)
    return World(database, tmp_path)


def test_a_coder_takes_up_returned_then_begun_then_new_entries(world: World) -> None:
    for reference in ("DHR-001", "DHR-002", "DHR-003", "DHR-004"):
        start_case(world, reference)
    for reference in ("DHR-002", "DHR-003", "DHR-004"):
        fill(world, world.case(reference), "amara")
    for reference in ("DHR-003", "DHR-004"):
        submit(world, world.case(reference), "amara")
    give_back(world, world.case("DHR-003"), "amara")
    with world.reading() as session:
        lines = entries_to_code(session, world.user("amara").id, world.project.id)
        counts = own_entry_counts(session, world.user("amara").id, world.project.id)
    assert [(line.reference, line.state) for line in lines] == [
        ("DHR-003", "returned"),
        ("DHR-002", "in_progress"),
        ("DHR-001", "not_started"),
    ]
    assert counts == {"returned": 1, "in_progress": 1, "not_started": 1, "submitted": 1}


def test_a_reconciler_has_only_live_comparisons_of_their_own(world: World) -> None:
    start_case(world, "DHR-001")
    ready_case(world, "DHR-002", victims=[{"age": 35, "sex": "female"}])
    returned = ready_case(world, "DHR-003")
    give_back(world, returned, "ben")
    with world.reading() as session:
        lines = comparisons_to_settle(session, world.user("carol").id, world.project.id)
        counts = reconciler_counts(session, world.user("carol").id, world.project.id)
        others = comparisons_to_settle(session, world.user("dana").id, world.project.id)
    assert [line.reference for line in lines] == ["DHR-002"]
    assert lines[0].discrepancies >= lines[0].undecided >= 1
    assert counts == {"waiting": 2, "to_do": 1, "signed_off": 0}
    assert others == []


def test_cases_are_counted_by_state_in_each_project_and_as_the_person_may_see_them(world: World) -> None:
    other = world.another_project()
    start_case(world, "DHR-001", {})
    ready_case(world, "DHR-002")
    start_case(world, "OTHER-1", {}, project=other.id)
    with world.reading() as session:
        ids = [world.project.id, other.id]
        seen = counts_of_projects(session, ids, world.user("dana").id)
        as_coder = counts_of_projects(session, ids, world.user("amara").id)
    assert {state: number for state, number in seen[world.project.id].items() if number} == {
        "registered": 1,
        "ready to compare": 1,
    }
    assert seen[other.id]["registered"] == 1
    assert as_coder[world.project.id]["ready to compare"] == 0
    assert as_coder[world.project.id]["coding"] == 1
