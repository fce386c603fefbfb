"""Studies of any size on a database: a few invented cases, signed off through the product, and copies of them."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from schema.actor import COMMAND_LINE, Actor
from schema.store.database import Database
from schema.store.models import Project
from schema.store.projects import find_project
from tests.bench.studio import Studio
from webapp.sample import loading
from webapp.sample.study import study

KEY = "study"
SEEDS = 11
#: Table -> the rows that are a case's, in the order in which they are needed.
TABLES = {
    "study_case": "id = :case",
    "assignment": "case_id = :case",
    "entry": "case_id = :case",
    "comparison": "case_id = :case",
    "snapshot": "comparison_id = :comparison OR entry_id IN (SELECT id FROM entry WHERE case_id = :case)",
    "row_pair": "comparison_id = :comparison",
    "discrepancy": "comparison_id = :comparison",
    "decision": "comparison_id = :comparison",
}
PATH = "path"
MARK = "~~~~~~"  # stands in what is copied for the number of the case
REFERENCE = f"DHR-{MARK}"
#: Columns of a consensus -> the function that makes them of its text and the number of the case.
FROZEN = {"body": "frozen", "sha256": "hash_of"}
#: What an open case has not.
LACKING = {"decision": "NOT is_open", "snapshot": "comparison_id IS NULL OR NOT is_open"}
FAST = ("foreign_keys = OFF", "synchronous = OFF", "journal_mode = MEMORY", "cache_size = -200000")
Row = dict[str, Any]


@dataclass(frozen=True)
class Copied:
    """A database with one study of ``cases`` signed-off cases."""

    database: Database
    cases: int

    @property
    def file(self) -> Path:
        """Where the database lies."""
        return Path(str(self.database.url.database))

    def project(self) -> Project:
        """The study's project."""
        with self.database.reading() as session:
            found = find_project(session, KEY)
        assert found is not None
        return found

    @property
    def actor(self) -> Actor:
        """Whoever exports."""
        return COMMAND_LINE


def copied(place: Studio, cases: int, *, open_share: int = 0) -> Copied:
    """A study of so many cases, made once in a run. Of every ten ``open_share`` are still being reconciled."""
    name = f"study-{cases}-{open_share}"
    file = place.folder / f"{name}.sqlite3"
    if not file.exists():
        shutil.copyfile(_seeded(place), file)
        with sqlite3.connect(file) as connection:
            _copy(connection, cases, open_share)
    database = Database(f"sqlite:///{file}")
    place.stack.callback(database.dispose)
    return Copied(database, cases)


def _seeded(place: Studio) -> Path:
    file = place.folder / "seeds.sqlite3"
    if not file.exists():
        database = place.sqlite("seeds")
        loading.load_people(database)
        loading.load_project(database, KEY, "Study", "")
        loading.load_study(database, KEY, study(SEEDS), lambda _: None)
        database.dispose()
    return file


def _copy(connection: sqlite3.Connection, cases: int, open_share: int) -> None:
    """Copy rows within the database, which writes a million of them in the time in which Python makes a tenth."""
    connection.row_factory = sqlite3.Row
    for pragma in FAST:
        connection.execute(f"PRAGMA {pragma}")
    connection.create_function("frozen", 2, _frozen, deterministic=True)
    connection.create_function("hash_of", 2, _hash, deterministic=True)
    connection.execute("CREATE TEMP TABLE copy (seed INTEGER, number TEXT, is_open INTEGER)")
    numbers = ((number % SEEDS, f"{number:06}", number % 10 < open_share) for number in range(SEEDS, cases))
    connection.executemany("INSERT INTO copy VALUES (?, ?, ?)", numbers)
    seeds = [
        _marked(_rows_of(connection, case["id"]))
        for case in connection.execute("SELECT id FROM study_case").fetchall()
    ]
    with _without_triggers(connection):
        for table in TABLES:
            _multiply(connection, table, [seed[table] for seed in seeds])
    # No two are signed off at the same moment: the microseconds of a copy are its number, with which its ids end.
    connection.execute(
        "UPDATE comparison SET signed_off_at = substr(signed_off_at, 1, 20) || substr(id, -6) "
        "WHERE substr(id, -6) IN (SELECT number FROM copy)"
    )
    _open(connection)
    connection.commit()
    connection.execute("ANALYZE")


def _rows_of(connection: sqlite3.Connection, case_id: str) -> dict[str, list[Row]]:
    comparison = connection.execute("SELECT id FROM comparison WHERE case_id = ?", (case_id,)).fetchone()[0]
    names = {"case": case_id, "comparison": comparison}
    return {
        table: [dict(row) for row in connection.execute(f"SELECT * FROM {table} WHERE {where}", names)]
        for table, where in TABLES.items()
    }


def _marked(seed: dict[str, list[Row]]) -> dict[str, list[Row]]:
    """The rows of one case, its ids ending in the mark; rows of the consensus are named by pairs, so those ids change in it too."""
    ids = {
        row["id"]: f"{row['id'][:10]}{MARK}"
        for table, rows in seed.items()
        if table != "decision"
        for row in rows
    }
    marked = {
        table: [{name: _moved(ids, name, value) for name, value in row.items()} for row in rows]
        for table, rows in seed.items()
    }
    for case in marked["study_case"]:
        case["reference"] = REFERENCE
    for snapshot in marked["snapshot"]:
        if snapshot["comparison_id"]:
            text = zlib.decompress(snapshot["body"]).decode()
            for old, new in ids.items():
                text = text.replace(old, new)
            snapshot["body"] = text.encode()
    return marked


def _moved(ids: dict[str, str], name: str, value: Any) -> Any:
    if name == PATH:
        return ".".join(ids.get(part, part) for part in value.split("."))
    return ids.get(value, value) if isinstance(value, str) else value


@contextmanager
def _without_triggers(connection: sqlite3.Connection) -> Iterator[None]:
    """The triggers that guard rows and keep states would be asked for each copy; what they keep is copied too."""
    query = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
    triggers = [tuple(row) for row in connection.execute(query)]
    for name, _ in triggers:
        connection.execute(f"DROP TRIGGER {name}")
    yield
    for _, made in triggers:
        connection.execute(made)


def _multiply(connection: sqlite3.Connection, table: str, seeds: Sequence[Sequence[Row]]) -> None:
    """Every row of a table once for each copy of its case; a case that is open lacks its decisions and its consensus."""
    names = [name for name in seeds[0][0] if (table, name) != ("decision", "id")]
    connection.execute(f"CREATE TEMP TABLE seed_{table} (seed INTEGER, {', '.join(names)})")
    connection.executemany(
        f"INSERT INTO seed_{table} VALUES (?, {', '.join('?' for _ in names)})",
        ([number, *(row[name] for name in names)] for number, rows in enumerate(seeds) for row in rows),
    )
    moving = {name for rows in seeds for row in rows for name in names if MARK in str(row[name])}
    made = ", ".join(_column(name, name in moving) for name in names)
    connection.execute(
        f"INSERT INTO {table} ({', '.join(names)}) SELECT {made} FROM copy JOIN seed_{table} USING (seed) "
        f"WHERE {LACKING.get(table, 'TRUE')}"
    )


def _column(name: str, moving: bool) -> str:
    """What a copy holds in a column."""
    if name in FROZEN:
        return f"CASE WHEN comparison_id IS NULL THEN {name} ELSE {FROZEN[name]}(body, number) END"
    return f"replace({name}, '{MARK}', number)" if moving else name


def _frozen(text: bytes, number: str) -> bytes:
    return zlib.compress(text.replace(MARK.encode(), number.encode()), 1)


def _hash(text: bytes, number: str) -> str:
    return hashlib.sha256(text.replace(MARK.encode(), number.encode())).hexdigest()


def _open(connection: sqlite3.Connection) -> None:
    """Take the sign-off of open cases back; the triggers keep their state."""
    cases = f"SELECT id FROM study_case JOIN copy ON reference = replace('{REFERENCE}', '{MARK}', number) WHERE is_open"
    comparisons = f"SELECT id FROM comparison WHERE case_id IN ({cases})"
    connection.execute(f"UPDATE discrepancy SET state = 'open' WHERE comparison_id IN ({comparisons})")
    connection.execute(
        "UPDATE comparison SET state = 'resolving', undecided = discrepancies, signed_off_at = NULL, signed_off_by = NULL "
        f"WHERE case_id IN ({cases})"
    )
