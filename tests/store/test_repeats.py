"""What is coded again, as lists and figures have it and as erasing takes it away: on both databases."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from schema.store.database import Database, now
from schema.store.erasing import erase_case
from schema.store.feedback import settled_for
from schema.store.models import Comparison, Entry, Project, RepeatCoding
from schema.store.repeats import repeatable
from schema.store.repeats_read import repeat_lines, self_agreement
from schema.store.worklist import entries_to_code, own_entry_counts, repeats_to_code, signed_off_entries
from tests.support.reconciling import extract
from tests.support.repeating import code_again, give, old_case
from tests.support.world import World, populate


@pytest.fixture
def world(database: Database, tmp_path: Path) -> World:
    """A case that both of its coders were given again: amara has not begun, ben has submitted."""
    with database.writing() as session:
        populate(session)
    made = World(database, tmp_path)
    old_case(made, "DHR-1")
    with made.writing() as session:
        session.execute(update(Comparison).values(signed_off_at=now(session) - timedelta(days=2)))
    for name in ("amara", "ben"):
        give(made, name, "DHR-1")
    code_again(made, "DHR-1", "ben", extract({"region": "wales"}))
    return made


def test_what_is_coded_again_waits_for_its_coder_and_hides_what_came_of_the_case(world: World) -> None:
    seen = {}
    with world.reading() as session:
        for name in ("amara", "ben"):
            who = (session, world.user(name).id, world.project.id)
            lists = (repeats_to_code(*who), signed_off_entries(*who), entries_to_code(*who))
            seen[name] = [[line.reference for line in lines] for lines in lists]
            assert own_entry_counts(*who)["submitted"] == 1, "the second coding is not counted"
            settled = settled_for(session, world.user(name).id, world.project)
            assert len(settled) == (name == "ben"), "the region was settled, and amara codes again"
            assert repeatable(session, world.project, world.user(name), 1) == [], "each has it already"
        lines = [(line.coder, line.state) for line in repeat_lines(session, world.project)]
        (ben,) = self_agreement(session, world.project)
    assert seen == {"amara": [["DHR-1"], [], []], "ben": [[], ["DHR-1"], []]}
    assert lines == [("Amara Okafor", "not_started"), ("Ben Whitfield", "submitted")]
    assert (ben.coder, ben.figures.cases, ben.figures.overall.n - ben.figures.overall.agreed) == (
        "Ben Whitfield",
        1,
        1,
    )


def test_erasing_the_case_takes_its_second_codings_with_it(world: World) -> None:
    with world.writing() as session:
        project = session.get_one(Project, world.project.id)
        erase_case(session, world.actor("root"), project, "DHR-1", "Asked to.")
    with world.reading() as session:
        assert session.scalar(select(func.count()).select_from(RepeatCoding)) == 0
        assert session.scalar(select(func.count()).select_from(Entry)) == 0
