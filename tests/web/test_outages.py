"""A database that is busy, full, read-only or gone: said calmly, what was typed is kept, and work goes on when it is back."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import event

from schema.problem import Refused
from schema.store.database import OVERFLOW, POOL_SIZE, Database
from schema.store.migrate import current, head, upgrade
from schema.store.queue import WriteQueue
from tests.support.databases import StoppablePostgres
from tests.support.entry_desk import Desk, build_desk, post
from tests.support.policing import Page, PolicingClient
from tests.support.world import World, populate

CANARY = "Exampleshire and a canary 7f3a"
LONG = f"{CANARY} " + "x" * 20_000
NOT_REACHED, BUSY = "The database cannot be reached just now.", "Too many people are saving at this moment."


@contextmanager
def _each_connection(database: Database, prepare: Callable[[Any], None]) -> Iterator[None]:
    """Let new connections begin like this, and no old one be used, for the length of the block."""

    def begin(connection: Any, _record: Any) -> None:
        prepare(connection)

    database.dispose()
    for engine in database.engines:
        event.listen(engine, "connect", begin)
    try:
        yield
    finally:
        for engine in database.engines:
            event.remove(engine, "connect", begin)
        database.dispose()


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
        database.dispose()  # of connections that were told so behind its back
    _saved_after_all(desk, amara, text)


@pytest.mark.skipif(os.name != "posix", reason="flock is POSIX")
def test_whoever_waits_too_long_for_the_queue_is_refused_and_the_queue_goes_on(tmp_path: Path) -> None:
    import fcntl  # noqa: PLC0415 - absent on Windows

    queue = WriteQueue(tmp_path / "lock", patience=0.05)
    with (tmp_path / "lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(Refused, match="DB-503"), queue.turn():
            raise AssertionError("two writers at once")
    with queue.turn():
        pass
    queue.close()


@dataclass
class Away:
    """A desk on a PostgreSQL of its own, which can be taken away; ``other`` is a connection beside the application's."""

    server: StoppablePostgres
    desk: Desk
    other: psycopg.Connection[tuple[Any, ...]]

    def at_work(self, condition: str = "") -> list[int]:
        """The processes of the server that serve the application's connections."""
        asked = (
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return [pid for (pid,) in self.other.execute(f"{asked} {condition}".encode())]


@pytest.fixture(scope="module", params=["postgresql"])
def own_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[StoppablePostgres, Desk]]:
    server = StoppablePostgres()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("schema.store.database.POOL_SECONDS", 0.2)
        database = Database(server.url)
    upgrade(database)
    with database.writing() as session:
        populate(session)
    yield server, build_desk(World(database, tmp_path_factory.mktemp("away")))
    database.dispose()


@pytest.fixture
def away(own_server: tuple[StoppablePostgres, Desk]) -> Iterator[Away]:
    """In whatever order: a test that stops the server ends the connections of those before it."""
    server, desk = own_server
    address = server.url.replace("postgresql+psycopg", "postgresql")
    with psycopg.connect(address, autocommit=True) as other:
        yield Away(server, desk, other)


@contextmanager
def _saving(away: Away, amara: PolicingClient, page: Page, typed: str) -> Iterator[list[Any]]:
    """A save that goes on while the block runs; its answer is in the list afterwards."""
    answers: list[Any] = []
    address = away.desk.section("report")
    saving = threading.Thread(target=lambda: answers.append(post(amara, address, page, report__area=typed)))
    saving.start()
    yield answers
    saving.join()


@pytest.mark.postgres
def test_connections_that_postgresql_ended_are_not_used_again(away: Away) -> None:
    amara, before = away.desk.world.client_for("amara"), away.desk.entry().revision
    page = amara.page(away.desk.section("report"))
    assert away.at_work()
    away.other.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
    assert post(amara, away.desk.section("report"), page, report__area="Northmere").status_code == 303
    assert away.desk.entry().revision == before + 1


@pytest.mark.postgres
def test_a_save_whose_connection_ends_in_the_middle_is_said_and_done_once_when_it_is_sent_again(
    away: Away,
) -> None:
    amara, entry = away.desk.world.client_for("amara"), away.desk.entry()
    page, amara.outages = amara.page(away.desk.section("report")), (503,)
    with away.other.transaction():
        away.other.execute("SELECT id FROM entry WHERE id = %s FOR UPDATE", (entry.id,))
        with _saving(away, amara, page, CANARY) as answers:
            while not (waiting := away.at_work("AND wait_event_type = 'Lock'")):
                time.sleep(0.01)
            away.other.execute("SELECT pg_terminate_backend(%s)", (waiting[0],))
    assert answers[0].status_code == 503
    assert away.desk.entry().revision == entry.revision
    _saved_after_all(away.desk, amara, answers[0].text)
    assert away.desk.entry().revision == entry.revision + 1


@pytest.mark.postgres
def test_a_postgresql_that_is_set_read_only_can_still_be_read_and_saves_as_soon_as_that_ends(
    away: Away,
) -> None:
    desk, before = away.desk, away.desk.entry().revision
    amara, database = desk.world.client_for("amara"), desk.world.database
    page, name = amara.page(desk.section("report")), str(database.url.database)
    away.other.execute(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on'.encode())
    try:
        database.dispose()  # of connections that began before
        text = _refused(amara, desk, page, 503, f"{CANARY} only read")
        assert NOT_REACHED in text
        assert amara.page(desk.section("report")).heading
    finally:
        away.other.execute(f'ALTER DATABASE "{name}" RESET default_transaction_read_only'.encode())
    _saved_after_all(desk, amara, text)
    assert desk.entry().revision == before + 1


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("limit", "said"),
    [
        ("", NOT_REACHED),
        ("statement_timeout", NOT_REACHED),
        ("lock_timeout", BUSY),
    ],
)
def test_a_save_that_the_server_breaks_off_is_said_and_done_once_when_it_is_sent_again(
    away: Away, limit: str, said: str
) -> None:
    """By hand, or because a limit that is set on the server has passed."""
    desk, entry = away.desk, away.desk.entry()
    amara = desk.world.client_for("amara")
    page, amara.outages = amara.page(desk.section("report")), (503,)
    with _limited(away, limit), away.other.transaction():
        away.other.execute("SELECT id FROM entry WHERE id = %s FOR UPDATE", (entry.id,))
        with _saving(away, amara, page, f"{CANARY} {limit or 'by hand'}") as answers:
            while not limit and not (waiting := away.at_work("AND wait_event_type = 'Lock'")):
                time.sleep(0.01)
            if not limit:
                away.other.execute("SELECT pg_cancel_backend(%s)", (waiting[0],))
    assert (answers[0].status_code, said in answers[0].text) == (503, True)
    assert "It was not saved." in answers[0].text
    assert desk.entry().revision == entry.revision
    _saved_after_all(desk, amara, answers[0].text)
    assert desk.entry().revision == entry.revision + 1


@contextmanager
def _limited(away: Away, limit: str) -> Iterator[None]:
    """New connections wait no longer than a fifth of a second, by the limit of that name; by none, they wait."""
    database = away.desk.world.database
    if not limit:
        yield
        return
    with _each_connection(database, lambda one: _set(one, f"SET {limit} = 200")):
        yield


def _set(connection: Any, statement: str) -> None:
    connection.execute(statement)
    connection.commit()


@pytest.mark.postgres
@pytest.mark.skipif(os.name != "posix", reason="SIGSTOP is POSIX")
def test_a_save_waits_where_postgresql_stands_still_and_is_done_once(away: Away) -> None:
    amara, before = away.desk.world.client_for("amara"), away.desk.entry().revision
    page = amara.page(away.desk.section("report"))
    held = away.at_work()
    for pid in held:
        os.kill(pid, signal.SIGSTOP)
    try:
        with _saving(away, amara, page, "Southmere") as answers:
            time.sleep(1)
            assert answers == []
            for pid in held:
                os.kill(pid, signal.SIGCONT)
    finally:
        for pid in held:
            os.kill(pid, signal.SIGCONT)
    assert answers[0].status_code == 303
    assert away.desk.entry().revision == before + 1


@pytest.mark.postgres
@pytest.mark.full
@pytest.mark.skipif(os.name != "posix", reason="SIGSTOP is POSIX")
def test_while_postgresql_stands_still_for_half_a_minute_everybody_is_answered_and_then_everybody_is_served(
    away: Away,
) -> None:
    """The limits are those of every installation: whoever is not answered before the server goes on fails the test."""
    desk, before, ends = away.desk, away.desk.entry().revision, time.monotonic() + 30
    amara, ben = desk.world.client_for("amara"), desk.world.client_for("ben")
    page, answers = amara.page(desk.section("report")), list[Any]()
    ben.outages = (503,)
    with away.server.standing_still():
        reading = threading.Thread(target=lambda: answers.append(ben.get(desk.section("report"))))
        reading.start()
        text = _refused(amara, desk, page, 503, f"{CANARY} still")
        reading.join()
        assert [one.status_code for one in answers] == [503]
        time.sleep(max(0.0, ends - time.monotonic()))
    _saved_after_all(desk, amara, text)
    ben.outages = ()
    assert ben.page(desk.section("report")).heading
    assert desk.entry().revision == before + 1


@pytest.mark.postgres
def test_whoever_finds_no_connection_free_is_told_so_and_is_served_once_there_is_one(away: Away) -> None:
    amara, engine = away.desk.world.client_for("amara"), away.desk.world.database.engine
    before, page = away.desk.entry().revision, amara.page(away.desk.section("report"))
    with ExitStack() as held:
        for _ in range(POOL_SIZE + OVERFLOW):
            held.enter_context(engine.connect())
        text = _refused(amara, away.desk, page, 503)
    _saved_after_all(away.desk, amara, text)
    assert away.desk.entry().revision == before + 1


@pytest.mark.postgres
def test_a_postgresql_without_a_free_connection_is_not_one_at_a_wrong_address(away: Away) -> None:
    address, database = away.server.url.replace("postgresql+psycopg", "postgresql"), Database(away.server.url)
    with ExitStack() as held:
        with suppress(psycopg.OperationalError):
            for _ in range(1_000):
                held.enter_context(psycopg.connect(address))
        with pytest.raises(Refused, match=r"SET-014.*no connection is free"):
            current(database)
    assert current(database) == head()
    database.dispose()


@pytest.mark.postgres
def test_postgresql_goes_away_and_comes_back(away: Away) -> None:
    desk, before = away.desk, away.desk.entry().revision
    amara = desk.world.client_for("amara")
    page = amara.page(desk.section("report"))
    away.server.stop()
    try:
        text = _refused(amara, desk, page, 503, f"{CANARY} again")
        by_script = amara.post(
            desk.section("report") + "/autosave", json={}, headers={"X-CSRFToken": "unknown"}
        )
        assert by_script.status_code == 503
        assert amara.get(desk.section("report")).status_code == 503
    finally:
        away.server.start()
    _saved_after_all(desk, amara, text)
    assert desk.entry().revision == before + 1  # once, not twice
