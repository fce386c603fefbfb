"""The state that the database keeps of a case, where two people act on it at the same moment; on both databases."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from schema.store.case_state import case_state_expression
from schema.store.database import Database
from schema.store.models import Case, Entry
from schema.store.outages import outage
from tests.support.casework import start_case
from tests.support.databases import PostgresServer
from tests.support.world import World, populate


@pytest.fixture
def world(database: Database, tmp_path: Path) -> World:
    with database.writing() as session:
        populate(session)
    return World(database, tmp_path)


def _submit(session: Session, case: Case, slot: int) -> None:
    """Submit an entry with nothing but its own row in hand."""
    mine = update(Entry).where(Entry.case_id == case.id, Entry.slot == slot)
    session.execute(mine.values(state="submitted"))


def _submit_and_stay(world: World, case: Case, done: threading.Event, second_comes: threading.Event) -> None:
    """Submit the first entry, and keep the transaction open until the second is at it, if the database lets it begin."""
    with world.database.writing() as session:
        _submit(session, case, 1)
        done.set()
        second_comes.wait(20 if world.database.dialect == "postgresql" else 0.1)
        time.sleep(0.3)


def test_of_two_acts_at_once_the_later_one_keeps_what_follows_from_both(world: World) -> None:
    case = start_case(world, "DHR-001")
    done, second_comes = threading.Event(), threading.Event()
    first = threading.Thread(target=_submit_and_stay, args=(world, case, done, second_comes))
    first.start()
    done.wait()
    with world.database.writing() as session:
        session.execute(text("SELECT 1"))  # so that it is connected
        second_comes.set()
        _submit(session, case, 2)
    first.join()
    with world.reading() as session:
        states = session.execute(
            select(Case.kept_state, case_state_expression()).where(Case.id == case.id)
        ).one()
    assert states == ("ready to compare", "ready to compare")


def test_acts_that_wait_for_each_other_are_told_to_try_again(postgres_server: PostgresServer) -> None:
    database = postgres_server.migrated()
    with pytest.raises(DBAPIError) as raised, database.writing() as session:
        session.execute(text("DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = 'deadlock_detected'; END $$"))
    postgres_server.drop(database)
    refused = outage(raised.value)
    assert refused is not None
    assert (refused.status, refused.problems[0].code) == (503, "DB-503")
