"""Sessions keep what they promise: one writer at a time, readers that cannot write, nothing lost, nothing left open."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError, IntegrityError

from schema.problem import Refused
from schema.store.database import Database, new_id, now, random_id, sqlite_address
from schema.store.migrate import current
from schema.store.models import Setting, User
from schema.store.queue import WriteQueue
from tests.support.databases import PostgresServer, sqlite_database

ELSEWHERE = """
import sys
from schema.store.database import Database
from schema.store.models import Setting
database = Database(sys.argv[1])
for _ in range(50):
    with database.writing() as session:
        row = session.get_one(Setting, "count")
        row.value = str(int(row.value) + 1)
"""


def _count(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(Setting)) or 0


def _value(database: Database) -> str:
    with database.reading() as session:
        return session.get_one(Setting, "count").value


def test_a_writing_session_commits_at_its_end(database: Database) -> None:
    with database.writing() as session:
        session.add(Setting(key="a", value="1"))
    assert _count(database) == 1


def test_a_writing_session_that_raises_leaves_nothing(database: Database) -> None:
    with pytest.raises(ValueError, match="stop"), database.writing() as session:
        session.add(Setting(key="a", value="1"))
        session.flush()
        raise ValueError("stop")
    assert _count(database) == 0


def test_what_was_written_can_be_used_after_the_session(database: Database) -> None:
    with database.writing() as session:
        row = Setting(key="a", value="1")
        session.add(row)
    assert row.value == "1"


def test_a_reading_session_cannot_write(database: Database) -> None:
    with pytest.raises(DatabaseError), database.reading() as session:
        session.execute(text("INSERT INTO setting (key, value) VALUES ('a', '1')"))
        session.commit()
    assert _count(database) == 0


@pytest.mark.postgres
def test_what_postgresql_prepared_outlasts_a_reading(postgres_server: PostgresServer) -> None:
    database = postgres_server.empty()
    for _ in range(10):  # psycopg has a statement prepared that came five times
        with database.reading() as session:
            session.execute(text("SELECT 1 AS asked_again"))
    with database.reading() as session:
        prepared = session.scalars(text("SELECT statement FROM pg_prepared_statements")).all()
    postgres_server.drop(database)
    assert "SELECT 1 AS asked_again" in prepared


def test_a_connection_of_sqlite_is_told_nothing_by_which_it_forgets_what_it_prepared(tmp_path: Path) -> None:
    database, told = sqlite_database(tmp_path / "tandem.sqlite3"), list[str]()
    for session_of in (database.reading, database.writing):
        with session_of() as session:
            driver: Any = session.connection().connection.dbapi_connection
            driver.set_trace_callback(told.append)
    for session_of in (database.reading, database.writing, database.reading, database.writing):
        with session_of() as session:
            assert session.scalar(text("SELECT 1")) == 1
    assert [one for one in told if "PRAGMA" in one] == []
    assert told.count("SELECT 1") == 4
    database.dispose()


def test_a_reading_that_failed_leaves_a_connection_that_works(database: Database) -> None:
    for _ in range(3):
        with pytest.raises(DatabaseError), database.reading() as session:
            session.execute(text("SELECT nothing FROM nowhere"))
    assert _count(database) == 0


def test_a_connection_that_was_read_from_can_be_written_to_afterwards(database: Database) -> None:
    for number in range(30):
        assert _count(database) == number
        with database.writing() as session:
            session.add(Setting(key=f"key {number}", value=""))


def test_a_reading_session_on_sqlite_sees_one_moment(tmp_path: Path) -> None:
    database = sqlite_database(tmp_path / "tandem.sqlite3")
    with database.reading() as session:
        before = session.scalar(select(func.count()).select_from(Setting))
        with database.writing() as other:
            other.add(Setting(key="a", value="1"))
        assert session.scalar(select(func.count()).select_from(Setting)) == before
    assert _count(database) == 1
    database.dispose()


def test_many_writers_lose_no_update(database: Database) -> None:
    with database.writing() as session:
        session.add(Setting(key="count", value="0"))

    def add() -> None:
        for _ in range(10):
            with database.writing() as session:
                row = session.get_one(Setting, "count", with_for_update=True)
                row.value = str(int(row.value) + 1)

    threads = [threading.Thread(target=add) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert _value(database) == "80"


def test_several_processes_on_one_sqlite_file_lose_no_update(tmp_path: Path) -> None:
    database = sqlite_database(tmp_path / "tandem.sqlite3")
    with database.writing() as session:
        session.add(Setting(key="count", value="0"))
    address = database.url.render_as_string(hide_password=False)
    running = [subprocess.Popen([sys.executable, "-c", ELSEWHERE, address]) for _ in range(2)]
    assert [one.wait(timeout=60) for one in running] == [0, 0]
    assert _value(database) == "100"
    database.dispose()


def test_a_writer_that_has_only_read_so_far_holds_off_the_next(tmp_path: Path) -> None:
    database = sqlite_database(tmp_path / "tandem.sqlite3")
    other = sqlite3.connect(tmp_path / "tandem.sqlite3", timeout=0, isolation_level=None)
    with database.writing() as session:
        session.scalar(select(func.count()).select_from(Setting))
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
    with database.reading() as session:
        session.scalar(select(func.count()).select_from(Setting))
        other.execute("BEGIN IMMEDIATE")
    other.close()
    database.dispose()


def test_the_lock_file_holds_off_another_process(tmp_path: Path) -> None:
    here, elsewhere = WriteQueue(tmp_path / "lock"), WriteQueue(tmp_path / "lock")
    entered = threading.Event()

    def write() -> None:
        with elsewhere.turn():
            entered.set()

    thread = threading.Thread(target=write)
    with here.turn():
        thread.start()
        assert not entered.wait(0.2)
    thread.join()
    assert entered.is_set()


def test_a_thread_that_is_writing_and_asks_again_is_told_instead_of_waiting_for_ever(tmp_path: Path) -> None:
    database = sqlite_database(tmp_path / "tandem.sqlite3")
    with database.writing(), pytest.raises(RuntimeError, match="writing already"), database.writing():
        pass
    with database.writing() as session:
        session.add(Setting(key="a", value="1"))
    assert _count(database) == 1
    database.dispose()


def test_writers_come_in_the_order_in_which_they_asked(tmp_path: Path) -> None:
    queue = WriteQueue(tmp_path / "lock")
    came: list[int] = []
    waiting = 0

    def write(number: int) -> None:
        with queue.turn():
            came.append(number)

    with queue.turn():
        threads = [threading.Thread(target=write, args=(number,)) for number in range(5)]
        for thread in threads:
            thread.start()
            waiting += 1
            while len(queue._waiting) < waiting:
                threading.Event().wait(0.001)
    for thread in threads:
        thread.join()
    assert came == [0, 1, 2, 3, 4]


def test_a_row_that_points_at_nothing_is_refused(database: Database) -> None:
    orphan = (
        "INSERT INTO web_session (token_hash, user_id, created_at, last_seen_at, expires_at) "
        "VALUES ('t', 'nobody', '2020-01-01', '2020-01-01', '2020-01-01')"
    )
    with pytest.raises(IntegrityError), database.writing() as session:
        session.execute(text(orphan))


def test_moments_come_back_in_utc(database: Database) -> None:
    moment = datetime(2024, 7, 1, 12, 30, tzinfo=UTC)
    with database.writing() as session:
        session.add(User(id="u", name="amara", display_name="Amara", created_at=moment))
    with database.reading() as session:
        found = session.get_one(User, "u").created_at
    assert (found, found.tzinfo) == (moment, UTC)


def test_a_moment_without_a_time_zone_is_refused(database: Database) -> None:
    with pytest.raises(Exception, match="needs a time zone"), database.writing() as session:
        session.add(User(id="u", name="amara", display_name="Amara", created_at=datetime(2024, 7, 1)))  # noqa: DTZ001


def test_clock_and_ids_can_be_set_from_outside(tmp_path: Path) -> None:
    moment = datetime(2020, 1, 1, tzinfo=UTC)
    database = sqlite_database(tmp_path / "tandem.sqlite3", clock=lambda: moment, new_id=lambda: "fixed")
    with database.reading() as session:
        assert (now(session), new_id(session)) == (moment, "fixed")
    database.dispose()


def test_ids_are_sixteen_small_letters_and_digits() -> None:
    made = {random_id() for _ in range(1000)}
    assert len(made) == 1000
    assert all(len(one) == 16 and one.isalnum() and one == one.lower() and one.isascii() for one in made)


@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("foreign_keys", 1),
        ("recursive_triggers", 1),
        ("secure_delete", 1),
    ],
)
def test_every_sqlite_connection_has_its_pragmas(tmp_path: Path, pragma: str, value: object) -> None:
    database = sqlite_database(tmp_path / "tandem.sqlite3")
    with database.reading() as one, database.reading() as two:
        assert one.execute(text(f"PRAGMA {pragma}")).scalar() == value
        assert two.execute(text(f"PRAGMA {pragma}")).scalar() == value
    database.dispose()


@pytest.mark.skipif(os.name != "posix", reason="rights are POSIX ones")
def test_folder_and_files_belong_to_their_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "made"
    database = Database(f"sqlite:///{folder / 'tandem.sqlite3'}")
    with database.writing() as session:
        session.execute(text("CREATE TABLE t (x)"))
        rights = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert len(rights) == 4  # the file, its -wal and -shm, the lock
    assert set(rights.values()) == {0o600}
    database.dispose()


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("mysql://localhost/x", "SET-010"),
        ("postgresql://tandem:marma@de:lade@db/x", "SET-010"),
        ("postgresql://tandem:marma@lade@db/x", "SET-010"),
        ("postgresql://db:port/x", "SET-010"),
        ("postgresql://[::1/x", "SET-010"),
        ("no address", "SET-010"),
        ("sqlite://", "SET-011"),
        ("sqlite:///:memory:", "SET-011"),
        ("sqlite:////dev/null/x.sqlite3", "SET-012"),
    ],
)
def test_an_address_that_cannot_be_used_is_refused(address: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        Database(address)
    assert [problem.code for problem in refused.value.problems] == [code]
    assert "lade" not in str(refused.value)


def test_an_address_that_is_refused_does_not_print_its_password() -> None:
    with pytest.raises(Refused) as refused:
        Database("postgresql//tandem:marmalade@db/x")
    assert "marmalade" not in str(refused.value)


def test_a_database_that_does_not_answer_is_refused_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("This is a letter, and no database. " * 9)
    for address, code, status in (
        (f"sqlite:///{tmp_path / 'letter.txt'}", "DB-008", 409),
        ("postgresql://tandem:marmalade@127.0.0.1:1/x", "SET-014", 503),
    ):
        database = Database(address)
        with pytest.raises(Refused) as refused:
            current(database)
        database.dispose()
        assert (code in str(refused.value), refused.value.status) == (True, status)
        assert "marmalade" not in str(refused.value)


@pytest.mark.parametrize("name", ["a?b", "a%20b", "a b#c@d", "é"])
def test_a_file_lies_where_it_is_said_to_whatever_its_name(tmp_path: Path, name: str) -> None:
    path = tmp_path / name / "tandem.sqlite3"
    database = Database(sqlite_address(path))
    with database.writing() as session:
        session.execute(text("CREATE TABLE t (x)"))
    database.dispose()
    assert path.stat().st_size > 0
    assert [one.name for one in tmp_path.iterdir()] == [name]


def test_a_log_whose_database_was_moved_away_is_not_thrown_away(tmp_path: Path) -> None:
    path, log = tmp_path / "tandem.sqlite3", tmp_path / "tandem.sqlite3-wal"
    log.write_bytes(b"what was saved last")
    with pytest.raises(Refused, match="SET-048"):
        Database(sqlite_address(path))
    assert (path.exists(), log.read_bytes()) == (False, b"what was saved last")
