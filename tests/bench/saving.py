"""One autosave in the data layer, one writer: against the driver with the same statements; its syncs and its WAL.

The statements are taken from a save of the product, so that the driver runs the same ones with the same parameters, but for the revision.
"""

from __future__ import annotations

import math
import secrets
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import event

from schema.answers.document import Change
from schema.store.database import PRAGMAS, Database
from schema.store.entries import save_changes
from schema.store.models import Entry
from schema.store.people import actor_for, find_user
from tests.bench.measuring import CLOCK, Figure, Work, alternate
from tests.bench.studio import LARGEST, Studio, all_answers, template
from tests.support.nodes import wait_until

PATH = "report.csp"
SQLITE, POSTGRESQL, KIBIBYTES = 2.5, 1.4, 15.0
LOGGED = """
    SELECT pg_current_wal_insert_lsn() - '0/0',
           (SELECT sum(fsyncs) FROM pg_stat_io WHERE object = 'wal' AND backend_type = 'client backend')
"""
OTHERS = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
FAR = 700_000  # a revision that no other parameter equals
TRACED = 30
#: The revision of each entry as its savers know it; forgotten where somebody else has saved.
REVISIONS: dict[str, int] = {}
FRAMES = (
    "A save changes three pages (the entry, the part, and the log of saves, which lies by entry and revision without an index beside "
    "it), and a page of 4 KiB takes 4.02 KiB in the log: 12.1 KiB, and more now and then where a page is split. It does not "
    "depend on the entry's size."
)
ROUND_TRIPS = (
    "Beside the same statements the product reads and writes a body of JSON, judges whether each change can be made, and runs its statements, which are "
    "built once, through SQLAlchemy: 15 to 20 microseconds of the processor each where the driver takes 2 to 4, and 60 for a session's beginning and "
    "end. That is when the same is run again and again; in a save each takes longer, because after the wait for the disk the processor's caches hold little "
    "of so much code. Statements given as text take as long as those that are built. A connection of SQLite that is told before each transaction whether it "
    "may write forgets what it has prepared: one that reads is never the one that writes. Where anybody listens to a connection's events SQLAlchemy asks four times around each "
    "statement who else does, a tenth of a save: SQLite's transactions begin without one."
)
ON_POSTGRESQL = (
    "PostgreSQL's sessions end, and are told how long to wait, by two events of the connection. The entry and its "
    "part are read by two statements: a row that had to be waited for is read anew only itself, so that one would give the part as it was before. "
    "On PostgreSQL a pooled connection is also asked whether it is still there, so that a database that came back is noticed: a further round trip, "
    "3% of a save on one machine. Looking at its socket instead was tried, and would let a save meet a connection that is just being ended."
)
#: Run under strace: as many saves as it is told, and nothing else that syncs.
CHILD = "import sys; from tests.bench.saving import saves; saves(*sys.argv[1:3], int(sys.argv[3]))"


@dataclass
class Saver:
    """Saves one value of one entry again and again, as a request does."""

    database: Database
    entry_id: str
    path: str
    number: int = field(default_factory=lambda: secrets.randbelow(100_000))  # so that no two begin alike

    def __post_init__(self) -> None:
        with self.database.reading() as session:
            user = find_user(session, "amara")
            assert user is not None
            self.actor = actor_for(session, user)

    def save(self) -> None:
        """One save, each with another value."""
        self.number += 1
        change = Change("set", self.path, f"Exampleshire {self.number:06}")
        with self.database.writing() as session:
            saved = save_changes(session, self.actor, self.entry_id, self._revision(), [change])
        REVISIONS[self.entry_id] = saved.revision

    def _revision(self) -> int:
        """What the page of this save was drawn from: what the save before was told."""
        if self.entry_id not in REVISIONS:
            with self.database.reading() as session:
                REVISIONS[self.entry_id] = session.get_one(Entry, self.entry_id).revision
        return REVISIONS[self.entry_id]


@dataclass
class Recorded:
    """The statements of one save, with parameters in which the revision stands out."""

    statements: list[tuple[str, Any]] = field(default_factory=list)

    def at(self, revision: int) -> list[tuple[str, Any]]:
        """The same statements for a save on this revision."""
        return [(text, _moved(given, revision)) for text, given in self.statements]


def run(place: Studio) -> Iterator[Figure]:
    """Both databases; the entry has 480 answers in 40 rows beside its plain sections."""
    changes = [one for key in ("report", "homicide", LARGEST) for one in all_answers(template().by_key[key])]
    coding = place.coding(place.sqlite("saving"), changes)
    yield from _sqlite(place, coding.database, coding.entry_id)
    coding = place.coding(place.postgresql(), changes)
    yield from _postgresql(place, coding.database, coding.entry_id)


def _sqlite(place: Studio, database: Database, entry_id: str) -> Iterator[Figure]:
    recorded = _recorded(database, entry_id)
    floor = _sqlite_floor(place.folder, database, entry_id, recorded)
    saver = Saver(database, entry_id, PATH)
    duel = alternate(saver.save, floor, rounds=21, times=5, clock=CLOCK)
    yield duel.figure("SQLite, synchronous=FULL", "the driver, same statements", SQLITE, ROUND_TRIPS)
    yield _syncs(str(database.url.database), entry_id)
    for words, path in (
        ("a value of a section", PATH),
        ("a value of one of 40 rows", _row_path(database, entry_id)),
    ):
        size = _sqlite_wal(database, Saver(database, entry_id, path))
        yield Figure(
            f"SQLite, write-ahead log for {words}", "itself", size, KIBIBYTES, unit="KiB", remark=FRAMES
        )


def _postgresql(place: Studio, database: Database, entry_id: str) -> Iterator[Figure]:
    recorded = _recorded(database, entry_id)
    other = place.coding(place.postgresql(), all_answers(template().by_key["report"]))
    floor = _postgresql_floor(place, database, entry_id, recorded)
    saver = Saver(database, entry_id, PATH)
    duel = alternate(saver.save, floor, rounds=21, times=5, clock=CLOCK)
    yield duel.figure("PostgreSQL", "the driver, same statements", POSTGRESQL, ON_POSTGRESQL)
    for words, one, path in (
        ("a value of a large entry", Saver(database, entry_id, PATH), PATH),
        ("a value of one of 40 rows", Saver(database, entry_id, _row_path(database, entry_id)), ""),
        ("a value of a small entry", Saver(other.database, other.entry_id, PATH), PATH),
    ):
        size, syncs = _postgresql_wal(one)
        yield Figure(f"PostgreSQL, write-ahead log for {words}", "itself", size, KIBIBYTES, unit="KiB")
        if path and one.database is database:
            yield Figure("PostgreSQL, syncs for each save", "itself", syncs, 1.0, unit="")


def saves(url: str, entry_id: str, number: int) -> None:
    """Make so many saves: what the traced process does."""
    saver = Saver(Database(url), entry_id, PATH)
    for _ in range(number):
        saver.save()


def _recorded(database: Database, entry_id: str) -> Recorded:
    """Note the statements of one save that is made on a revision which stands out."""
    with database.writing() as session:
        session.connection().exec_driver_sql(f"UPDATE entry SET revision = {FAR} WHERE id = '{entry_id}'")
    REVISIONS.pop(entry_id, None)
    saver, recorded = Saver(database, entry_id, PATH), Recorded()
    saver.save()

    def note(_c: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:
        recorded.statements += [(statement, one) for one in (parameters if many else [parameters])]

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        saver.save()
    finally:
        event.remove(database.engine, "before_cursor_execute", note)
    return recorded


def _moved(given: Any, revision: int) -> Any:
    """Parameters of the recorded save (from FAR + 1 to FAR + 2) for the save that follows ``revision``."""
    held = given.items() if isinstance(given, dict) else enumerate(given)
    moved = {
        key: revision + one - FAR - 1 if isinstance(one, int) and one in (FAR + 1, FAR + 2) else one
        for key, one in held
    }
    return moved if isinstance(given, dict) else tuple(moved.values())


def _sqlite_floor(folder: Path, database: Database, entry_id: str, recorded: Recorded) -> Work:
    """The driver alone, on a copy of the database with the same pragmas."""
    copy = folder / "floor.sqlite3"
    with sqlite3.connect(str(database.url.database)) as source, sqlite3.connect(copy) as target:
        source.backup(target)
    connection = sqlite3.connect(copy, isolation_level=None)
    for pragma in PRAGMAS:
        connection.execute(pragma)
    revision = connection.execute("SELECT revision FROM entry WHERE id = ?", (entry_id,)).fetchone()[0]

    def begin_and_save() -> None:
        nonlocal revision
        connection.execute("BEGIN IMMEDIATE")
        for text, given in recorded.at(revision):
            held = connection.execute(text, given)
            if text.startswith("SELECT"):
                held.fetchall()
        connection.execute("COMMIT")
        revision += 1

    return begin_and_save


def _postgresql_floor(place: Studio, database: Database, entry_id: str, recorded: Recorded) -> Work:
    """The driver alone, on a copy of the database."""
    connection = psycopg.connect(_address(place.copied(database)))
    found = connection.execute("SELECT revision FROM entry WHERE id = %s", (entry_id,)).fetchone()
    assert found is not None
    revision = int(found[0])
    connection.commit()

    def save() -> None:
        nonlocal revision
        with connection.cursor() as cursor:
            for text, given in recorded.at(revision):
                cursor.execute(text, given)
                if text.startswith("SELECT"):
                    cursor.fetchall()
        connection.commit()
        revision += 1

    return save


def _address(database: Database) -> str:
    return database.url.set(drivername="postgresql").render_as_string(hide_password=False)


def _syncs(file: str, entry_id: str) -> Figure:
    """Syncs for each save, as the kernel saw them; not counted where there is no strace or no right to trace."""
    what, counts = "SQLite, syncs for each save", []
    if shutil.which("strace") is None:
        return Figure(what, "itself", math.nan, math.inf, unit="", remark="strace is absent.")
    for number in (TRACED, 2 * TRACED):
        with sqlite3.connect(
            file
        ) as connection:  # or the log is full in the midst of it, and a checkpoint syncs as well
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        command = [
            "strace",
            "-f",
            "-e",
            "trace=fsync,fdatasync",
            "-o",
            f"{file}.calls",
            sys.executable,
            "-c",
            CHILD,
        ]
        subprocess.run([*command, f"sqlite:///{file}", entry_id, str(number)], check=True)
        REVISIONS.pop(entry_id, None)
        counts.append(Path(f"{file}.calls").read_text(encoding="utf-8").count("sync("))
    return Figure(what, "itself", (counts[1] - counts[0]) / TRACED, 1.0, unit="")


def _sqlite_wal(database: Database, saver: Saver) -> float:
    """KiB that one save adds to the write-ahead log, over fifty of them."""
    log, number = Path(f"{database.url.database}-wal"), 50
    with sqlite3.connect(str(database.url.database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for _ in range(number):
        saver.save()
    return log.stat().st_size / number / 1024


def _postgresql_wal(saver: Saver) -> tuple[float, float]:
    """KiB of write-ahead log and syncs of it for one save, over two hundred of them after a checkpoint."""
    number = 200
    with psycopg.connect(_address(saver.database), autocommit=True) as connection:
        connection.execute("CHECKPOINT")
        before = _logged(saver.database, connection)
        for _ in range(number):
            saver.save()
        after = _logged(saver.database, connection)
    return (after[0] - before[0]) / number / 1024, (after[1] - before[1]) / number


def _logged(database: Database, connection: psycopg.Connection[Any]) -> tuple[float, float]:
    """Bytes of write-ahead log, and syncs of it that savers waited for, since the server began.

    A connection reports what it did once a second at most, and when it ends: so the database's are ended first.
    """
    database.dispose()
    wait_until(lambda: connection.execute(OTHERS).fetchone() is None, "a connection did not end")
    found = connection.execute(LOGGED).fetchone()
    assert found is not None
    return float(found[0]), float(found[1])


def _row_path(database: Database, entry_id: str) -> str:
    with database.reading() as session:
        found = session.connection().exec_driver_sql(
            f"SELECT row_id FROM entry_part WHERE entry_id = '{entry_id}' AND section = '{LARGEST}' LIMIT 1"
        )
        return f"{LARGEST}.{found.scalar_one()}.text"
