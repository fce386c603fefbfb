"""Studies of any size on a database: a few invented cases, signed off through the product, and copies of them."""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import zlib
from collections.abc import Iterator
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

#: Whether studies of 10,000 cases are measured too: the workbook's exponent, agreement and findings on them. It takes some ten minutes more.
LARGE = bool(os.environ.get("TANDEM_BENCH_LARGE"))
KEY = "study"
SEEDS = 11
#: Table -> the column that leads to its case, entry or comparison; in the order in which rows are needed.
TABLES = {
    "study_case": "id",
    "assignment": "case_id",
    "entry": "case_id",
    "comparison": "case_id",
    "snapshot": "",
    "row_pair": "comparison_id",
    "discrepancy": "comparison_id",
    "decision": "comparison_id",
}
PLACES = frozenset({"path"})
Row = dict[str, Any]


@dataclass(frozen=True)
class Copied:
    """A database with one study of ``cases`` signed-off cases."""

    database: Database
    cases: int

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
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA foreign_keys = OFF")
    connection.execute("PRAGMA synchronous = OFF")
    seeds = [
        _rows_of(connection, case["id"])
        for case in connection.execute("SELECT id FROM study_case").fetchall()
    ]
    for start in range(SEEDS, cases, 200):
        made: dict[str, list[Row]] = {table: [] for table in TABLES}
        for number in range(start, min(start + 200, cases)):
            is_open = number % 10 < open_share
            for table, row in _copies(seeds[number % SEEDS], number, is_open):
                made[table].append(row)
        for table, rows in made.items():
            names = list(rows[0])
            marks = ", ".join(f":{name}" for name in names)
            connection.executemany(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})", rows)
    connection.commit()
    connection.execute("ANALYZE")


def _rows_of(connection: sqlite3.Connection, case_id: str) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    comparison = connection.execute("SELECT id FROM comparison WHERE case_id = ?", (case_id,)).fetchone()[0]
    for table, column in TABLES.items():
        if table == "snapshot":
            where = "comparison_id = :comparison OR entry_id IN (SELECT id FROM entry WHERE case_id = :case)"
        else:
            where = f"{column} = " + (":comparison" if column == "comparison_id" else ":case")
        rows = connection.execute(
            f"SELECT * FROM {table} WHERE {where}", {"case": case_id, "comparison": comparison}
        )
        found[table] = [dict(row) for row in rows]
    return found


def _copies(seed: dict[str, list[Row]], number: int, is_open: bool) -> Iterator[tuple[str, Row]]:
    """The rows of one case under new ids; rows of the consensus are named by pairs, so those ids change in it too."""
    ids = {
        row["id"]: f"{row['id'][:10]}{number:06}"
        for table in TABLES
        if table != "decision"
        for row in seed[table]
    }
    for table in TABLES:
        for row in seed[table]:
            if is_open and (table == "decision" or (table == "snapshot" and row["comparison_id"])):
                continue
            copy = {name: _moved(ids, name, value) for name, value in row.items()}
            if table == "study_case":
                copy["reference"] = f"DHR-{number:06}"
            elif table == "decision":
                del copy["id"]
            elif table == "snapshot" and copy["comparison_id"]:
                copy |= _frozen(ids, row["body"])
            elif is_open and table == "comparison":
                copy |= {
                    "state": "resolving",
                    "undecided": row["discrepancies"],
                    "signed_off_at": None,
                    "signed_off_by": None,
                }
            elif is_open and table == "discrepancy":
                copy["state"] = "open"
            yield table, copy


def _moved(ids: dict[str, str], name: str, value: Any) -> Any:
    if name in PLACES:
        return ".".join(ids.get(part, part) for part in value.split("."))
    return ids.get(value, value) if isinstance(value, str) else value


def _frozen(ids: dict[str, str], body: bytes) -> Row:
    text = zlib.decompress(body).decode()
    for old, new in ids.items():
        text = text.replace(old, new)
    held = text.encode()
    return {"body": zlib.compress(held, 1), "sha256": hashlib.sha256(held).hexdigest()}
