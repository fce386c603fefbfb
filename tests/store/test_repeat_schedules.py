"""A round of coding again is given once, whichever of several workers looks, on both databases. The rest: ``tests/web``."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from schema.store.database import Database, now
from schema.store.models import Audit, Comparison, Entry, Notice, Project, RepeatCoding, RepeatSchedule
from schema.store.repeat_schedules import Terms, set_schedule
from schema.store.repeats import drawn, repeatable
from tests.support.repeating import old_case
from tests.support.world import World, populate
from webapp.agreement.repeat_rounds import give_due_rounds


@pytest.fixture
def world(database: Database, tmp_path: Path) -> World:
    """Two cases that amara and ben coded, signed off ten days ago."""
    with database.writing() as session:
        populate(session)
    made = World(database, tmp_path)
    for reference in ("DHR-1", "DHR-2"):
        old_case(made, reference)
    with made.writing() as session:
        session.execute(update(Comparison).values(signed_off_at=now(session) - timedelta(days=10)))
    return made


def test_a_round_is_given_once_however_many_workers_look_and_its_lot_can_be_drawn_again(world: World) -> None:
    with world.writing() as session:
        project = session.get_one(Project, world.project.id)
        free = repeatable(session, project, world.user("amara"), 5)
        today = now(session).date()
        terms = Terms(coder_id=None, number=1, days=5, seed=7, next_day=today, every_weeks=4)
        schedule_id = set_schedule(session, world.actor("dana"), project, terms).id
    with ThreadPoolExecutor(4) as workers:
        list(workers.map(lambda _: give_due_rounds(world.database, world.settings), range(4)))
    with world.reading() as session:
        again = dict(session.execute(select(Entry.coder_id, Entry.case_id).where(Entry.repeats)).all())
        amara, ben = world.user("amara").id, world.user("ben").id
        assert set(again) == {amara, ben}
        assert (again[amara],) == drawn(free, 1, 7), "the schedule's seed is that of its first lot"
        one = session.get_one(RepeatSchedule, schedule_id)
        assert (one.rounds, one.next_day) == (1, today + timedelta(weeks=4))
        (act,) = session.scalars(select(Audit).where(Audit.action == "repeat.give_round"))
        assert act.actor_name == "schedule"
        assert json.loads(act.detail) == {
            "round": 1,
            "seed": 7,
            "given": {amara: 1, ben: 1},
            "next_day": one.next_day.isoformat(),
        }
        assert set(session.scalars(select(RepeatCoding.given_by))) == {world.user("dana").id}
        told = select(Notice.case_id).where(Notice.kind == "repeat", Notice.user_id == amara)
        assert session.scalars(told).all() == [again[amara]]
