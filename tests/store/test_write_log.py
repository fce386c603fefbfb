"""SQLite's log of writes stays small beside readers that overlap, and nobody waits for a reader who stays."""

from __future__ import annotations

import sqlite3
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import func, select

from schema.store import write_log
from schema.store.database import Database
from schema.store.models import Setting
from tests.support.databases import sqlite_database

KIB = 2**10
LARGE = "x" * 200 * KIB


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """A database whose log is folded back at a fifth of a megabyte."""
    monkeypatch.setattr(write_log, "FOLD_AT", 200 * KIB)
    monkeypatch.setattr(write_log, "TRY_AGAIN_AFTER", 500 * KIB)
    database = sqlite_database(tmp_path / "kept.sqlite3")
    yield database
    database.dispose()


def _log(database: Database) -> int:
    return Path(f"{database.url.database}-wal").stat().st_size


def _write(database: Database, key: str, value: str = LARGE) -> None:
    with database.writing() as session:
        session.merge(Setting(key=key, value=value))


def _value(database: Database, key: str) -> int | None:
    with database.reading() as session:
        return session.scalar(select(func.length(Setting.value)).where(Setting.key == key))


@contextmanager
def _overlapping_readers(database: Database) -> Iterator[None]:
    """Two who read by turns, each ending only once the other has begun anew, so that at no moment nobody reads."""
    begun, over, changed = 0, False, threading.Condition()

    def read() -> None:
        while not over:
            with database.reading() as session:
                session.scalar(select(func.count()).select_from(Setting))
                wait_for_the_other()
                time.sleep(0.01)

    def wait_for_the_other() -> None:
        nonlocal begun
        with changed:
            begun += 1
            mine = begun
            changed.notify_all()
            changed.wait_for(lambda: over or begun > mine)

    threads = [threading.Thread(target=read) for _ in range(2)]
    for thread in threads:
        thread.start()
    with changed:
        changed.wait_for(lambda: begun > 1)
    try:
        yield
    finally:
        with changed:
            over = True
            changed.notify_all()
        for thread in threads:
            thread.join()


def _largest_log(database: Database) -> int:
    largest = 0
    with _overlapping_readers(database):
        for number in range(100):
            _write(database, f"key {number % 3}", LARGE[number:])
            largest = max(largest, _log(database))
    return largest


def test_readers_that_overlap_do_not_let_the_log_grow(kept: Database) -> None:
    assert _largest_log(kept) < 3_000 * KIB


def test_without_folding_it_grows_with_every_save(kept: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(write_log.WriteLog, "keep_small", lambda self: None)
    assert _largest_log(kept) > 10_000 * KIB


def test_a_reader_who_stays_sees_one_moment_and_stops_nobody(kept: Database) -> None:
    _write(kept, "before")
    with kept.reading() as session:
        before = session.scalar(select(func.count()).select_from(Setting))
        for number in range(20):
            _write(kept, f"key {number}")
        assert _log(kept) > 20 * len(LARGE)
        assert session.scalar(select(func.count()).select_from(Setting)) == before
    _write(kept, "once more, at its end")
    grown = _log(kept)
    for number in range(30):
        _write(kept, f"afterwards {number}")
    assert _log(kept) <= grown  # written over from its beginning
    assert all(_value(kept, f"key {number}") == len(LARGE) for number in range(20))


def test_a_reader_who_stays_is_not_asked_for_at_every_save(
    kept: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[Path] = []
    monkeypatch.setattr(write_log.WriteLog, "_fold", lambda self: tries.append(self._log))
    with kept.reading() as session:
        session.scalar(select(func.count()).select_from(Setting))
        for number in range(20):
            _write(kept, "one", LARGE[number:])
    assert 2 <= len(tries) <= 10


def test_what_another_process_folded_back_is_not_waited_for_again(kept: Database) -> None:
    with kept.reading() as session:
        session.scalar(select(func.count()).select_from(Setting))
        for number in range(20):
            _write(kept, f"key {number}")
    with closing(sqlite3.connect(str(kept.url.database))) as other:
        assert other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0
    for number in range(5):
        _write(kept, f"afterwards {number}")
    assert _log(kept) < 3 * len(LARGE)


def test_a_log_that_grew_beside_a_reader_gives_its_room_back(tmp_path: Path) -> None:
    database = sqlite_database(tmp_path / "large.sqlite3")
    with database.reading() as session:
        session.scalar(select(func.count()).select_from(Setting))
        for number in range(25):
            _write(database, f"key {number}", LARGE * 5)
        assert _log(database) > 24 * write_log.MIB
    for number in range(8):
        _write(database, f"afterwards {number}", LARGE * 5)
    assert _log(database) <= write_log.FOLD_AT
    database.dispose()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on the size of a file")
def test_a_save_counts_though_the_database_has_no_room_to_be_folded_into(kept: Database) -> None:
    import resource  # noqa: PLC0415 - absent on Windows

    for number in range(8):
        _write(kept, f"key {number}")
    database = Path(str(kept.url.database))
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    with ExitStack() as afterwards:
        session = afterwards.enter_context(kept.reading())
        session.scalar(select(func.count()).select_from(Setting))
        for number in range(3):
            _write(kept, f"more {number}")
        session.close()
        afterwards.callback(resource.setrlimit, resource.RLIMIT_FSIZE, limit)
        resource.setrlimit(resource.RLIMIT_FSIZE, (database.stat().st_size, limit[1]))
        _write(kept, "without room")
        assert _log(kept) > 3 * len(LARGE)  # it was tried, and could not be
    assert _value(kept, "without room") == len(LARGE)
    grown = _log(kept)
    for number in range(10):
        _write(kept, f"with room again {number}")
    assert _log(kept) <= grown
