"""A database that is busy, full, read-only or gone: said calmly, what was typed is kept, and work goes on when it is back."""

from __future__ import annotations

import fcntl
import os
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from schema.problem import Refused
from schema.store.database import Database
from schema.store.migrate import upgrade
from schema.store.queue import WriteQueue
from tests.support.databases import StoppablePostgres
from tests.support.entry_desk import Desk, build_desk, post
from tests.support.policing import PolicingClient
from tests.support.world import World, populate

CANARY = "Exampleshire and a canary 7f3a"
LONG = f"{CANARY} " + "x" * 20_000


@contextmanager
def _each_connection(database: Database, prepare: Callable[[Any], None]) -> Iterator[None]:
    """Let new connections begin like this, and no old one be used, for the length of the block."""

    def begin(connection: Any, _record: Any) -> None:
        prepare(connection)

    database.engine.dispose()
    event.listen(database.engine, "connect", begin)
    try:
        yield
    finally:
        event.remove(database.engine, "connect", begin)
        database.engine.dispose()


def _full(connection: Any) -> None:
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count={pages}")


def _saved_after_all(desk: Desk, client: PolicingClient, text: str) -> None:
    """The page that was given back is sent as it stands, and then everything is there."""
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', text))
    assert hidden["report.area"].startswith(CANARY)
    client.outages = ()
    assert client.post(desk.section("report"), data=hidden).status_code == 303
    assert str(desk.document().get("report.area")).startswith(CANARY)


def _refused(client: PolicingClient, desk: Desk, page: Any, status: int, typed: str = CANARY) -> str:
    """Send a section and have it refused with the status; gives the page that came back."""
    client.outages = (status,)
    answer = post(client, desk.section("report"), page, report__area=typed)
    assert (answer.status_code, int(answer.headers["Retry-After"]) > 0) == (status, True)
    text = answer.get_data(as_text=True)
    assert "Nothing you typed is lost" in text
    return text


def test_a_full_disk_is_said_and_nothing_typed_is_lost(desk: Desk, amara: PolicingClient) -> None:
    page = amara.page(desk.section("report"))
    with _each_connection(desk.world.database, _full):
        text = _refused(amara, desk, page, 507, LONG)
        by_script = desk.save(amara, ("report.area", LONG), base=0)
        assert (by_script.status_code, by_script.get_json()["problems"][0]["code"]) == (507, "DB-507")
        assert desk.document().get("report.area") is None
        assert amara.page(desk.section("report")).heading  # reading goes on
    _saved_after_all(desk, amara, text)


def test_a_database_that_somebody_else_holds_is_busy(desk: Desk, amara: PolicingClient) -> None:
    page = amara.page(desk.section("report"))
    database = desk.world.database
    other = sqlite3.connect(str(database.url.database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")  # as another program would, past our queue
    with _each_connection(database, lambda one: one.execute("PRAGMA busy_timeout=50")):
        text = _refused(amara, desk, page, 503)
    other.execute("ROLLBACK")
    other.close()
    _saved_after_all(desk, amara, text)


def test_a_read_only_database_can_still_be_read(desk: Desk, amara: PolicingClient) -> None:
    page = amara.page(desk.section("report"))
    database = desk.world.database

    @event.listens_for(database.engine, "begin")
    def stay_read_only(connection: Any) -> None:
        connection.connection.dbapi_connection.execute("PRAGMA query_only=ON")

    try:
        text = _refused(amara, desk, page, 503)
        assert amara.page(desk.section("report")).heading
    finally:
        event.remove(database.engine, "begin", stay_read_only)
    _saved_after_all(desk, amara, text)


@pytest.mark.skipif(os.name != "posix", reason="flock is POSIX")
def test_whoever_waits_too_long_for_the_queue_is_refused_and_the_queue_goes_on(tmp_path: Path) -> None:
    queue = WriteQueue(tmp_path / "lock", patience=0.05)
    with (tmp_path / "lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(Refused, match="DB-503"), queue.turn():
            raise AssertionError("two writers at once")
    with queue.turn():
        pass
    queue.close()


@pytest.mark.postgres
def test_postgresql_goes_away_and_comes_back(tmp_path: Path) -> None:
    server = StoppablePostgres()
    database = Database(server.url)
    upgrade(database)
    with database.writing() as session:
        populate(session)
    world = World(database, tmp_path)
    desk = build_desk(world)
    amara = world.client_for("amara")
    page = amara.page(desk.section("report"))
    server.stop()
    try:
        text = _refused(amara, desk, page, 503)
        by_script = amara.post(
            desk.section("report") + "/autosave", json={}, headers={"X-CSRFToken": "unknown"}
        )
        assert by_script.status_code == 503
        assert amara.get(desk.section("report")).status_code == 503
    finally:
        server.start()
    _saved_after_all(desk, amara, text)
    assert desk.entry().revision == 1  # once, not twice
    database.dispose()
