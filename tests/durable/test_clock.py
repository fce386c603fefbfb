"""A clock that is set back or forward: the order of acts is that of their numbers, and no sign-in lives for ever by it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from schema.store.audit_verify import verify
from schema.store.models import Audit, EntryChange
from tests.support.clock import Clock
from tests.support.entry_desk import build_desk
from tests.support.world import build_world


def test_acts_stay_in_order_and_saves_go_on_when_the_clock_steps(tmp_path: Path) -> None:
    clock = Clock(datetime(2026, 3, 29, 0, 30, tzinfo=UTC))
    world = build_world(tmp_path, clock=clock)
    desk = build_desk(world)
    for step in (timedelta(), timedelta(hours=-24), timedelta(hours=25), timedelta(minutes=-70)):
        clock.at += step
        client = world.new_client("amara")  # signs in, which is on record
        world._clients["amara"] = client
        assert desk.save(client, ("report.area", f"at {clock.at:%d %H:%M}")).status_code == 200
    with world.reading() as session:
        assert verify(session).holds
        numbers = session.scalars(select(Audit.seq).order_by(Audit.seq)).all()
        assert numbers == list(range(1, len(numbers) + 1))
        saved = session.scalars(select(EntryChange.revision).order_by(EntryChange.revision)).all()
        assert saved == [1, 2, 3, 4]
        assert {moment.utcoffset() for moment in session.scalars(select(Audit.at))} == {timedelta(0)}
    world.database.dispose()


def test_a_sign_in_is_over_after_its_time_however_the_clock_stepped(tmp_path: Path) -> None:
    clock = Clock(datetime(2026, 3, 29, 0, 30, tzinfo=UTC))
    world = build_world(tmp_path, clock=clock)
    client = world.client_for("amara")
    clock.at -= timedelta(days=1)
    assert client.get("/account").status_code == 200
    clock.at += timedelta(days=2)
    assert client.get("/account").status_code == 303
    world.database.dispose()


def test_idleness_counts_from_the_last_page_after_the_clock_was_set_back(tmp_path: Path) -> None:
    clock = Clock(datetime(2026, 3, 29, 0, 30, tzinfo=UTC))
    world = build_world(tmp_path, clock=clock)
    client = world.client_for("amara")
    clock.at -= timedelta(days=1)
    assert client.get("/account").status_code == 200
    clock.at += timedelta(minutes=31)
    assert client.get("/account").status_code == 303
    world.database.dispose()
