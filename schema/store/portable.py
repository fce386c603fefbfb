"""Rows in a form that no database owns: JSON lines in a fixed order, the same bytes from SQLite and from PostgreSQL.

Backups and moves from one database to another rest on it. Tables and columns are asked of the database and not of the models,
so that a database of an earlier version can be carried too.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Connection,
    Date,
    DateTime,
    LargeBinary,
    Select,
    String,
    TableClause,
    column,
    inspect,
    select,
    table,
)
from sqlalchemy.types import TypeEngine

from schema.store.running import HERE_ONLY

ROWS_AT_ONCE = 500

#: Nothing in these outlives the machine: who is signed in, who guessed at passwords, and Alembic's own note.
LEFT_OUT = frozenset({"alembic_version", "throttle", "web_session"})
#: One-time codes open an account. They are not carried, so that no copy of a database holds one that still works.
EMPTIED: Mapping[str, frozenset[str]] = {
    "user_account": frozenset({"reset_code_hash", "reset_code_expires_at"})
}


@dataclass(frozen=True, slots=True)
class Carried:
    """One table as a database has it now: its columns with their types, and its primary key, in order."""

    name: str
    columns: Mapping[str, TypeEngine[Any]]
    key: tuple[str, ...]

    @property
    def clause(self) -> TableClause:
        """The table for SQLAlchemy Core."""
        return table(self.name, *(column(name, kind) for name, kind in self.columns.items()))


@dataclass(frozen=True, slots=True)
class Sum:
    """What was carried of one table: its number of rows and the SHA-256 of its lines."""

    rows: int
    sha256: str


def carried_tables(connection: Connection) -> tuple[Carried, ...]:
    """Return every table that is carried, by name."""
    seen = inspect(connection)
    return tuple(
        Carried(
            name,
            {one["name"]: one["type"] for one in seen.get_columns(name)},
            tuple(seen.get_pk_constraint(name)["constrained_columns"]),
        )
        for name in sorted(set(seen.get_table_names()) - LEFT_OUT)
    )


def lines(connection: Connection, carried: Carried) -> Iterator[bytes]:
    """Give the table's rows, each a line of JSON with a line break, in the order of its primary key."""
    dropped = EMPTIED.get(carried.name, frozenset())
    names = list(carried.columns)
    query = _in_order(connection, carried).execution_options(yield_per=ROWS_AT_ONCE)
    for row in connection.execute(query):
        if carried.name == "setting" and row.key in HERE_ONLY:
            continue
        held = {
            name: None if name in dropped else _plain(value) for name, value in zip(names, row, strict=True)
        }
        yield json.dumps(held, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def summed(carried_lines: Iterable[bytes]) -> Sum:
    """Return number and hash of lines; they are read once and not kept."""
    seen, rows = hashlib.sha256(), 0
    for line in carried_lines:
        seen.update(line)
        rows += 1
    return Sum(rows, seen.hexdigest())


def sums(connection: Connection) -> dict[str, Sum]:
    """Return number and hash of every table that is carried."""
    return {one.name: summed(lines(connection, one)) for one in carried_tables(connection)}


def values(carried: Carried, line: bytes) -> dict[str, Any]:
    """Read a line back into what the table's columns take. Raises ValueError where it does not fit them."""
    held = json.loads(line)
    if not isinstance(held, dict) or set(held) != set(carried.columns):
        raise ValueError(f"a row of {carried.name} has other columns than the table")
    return {name: _read(carried.columns[name], value) for name, value in held.items()}


def batches(carried: Carried, carried_lines: Iterable[bytes]) -> Iterator[Sequence[dict[str, Any]]]:
    """Give rows to insert, some hundred at once."""
    batch: list[dict[str, Any]] = []
    for line in carried_lines:
        batch.append(values(carried, line))
        if len(batch) == ROWS_AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


def _in_order(connection: Connection, carried: Carried) -> Select[Any]:
    clause = carried.clause
    # PostgreSQL sorts text by a language's rules; bytes sort alike everywhere.
    binary = connection.dialect.name == "postgresql"
    keys = [
        clause.c[name].collate("C") if binary and isinstance(kind, String) else clause.c[name]
        for name in carried.key
        for kind in (carried.columns[name],)
    ]
    return select(*clause.c).order_by(*keys)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        aware = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
        return aware.isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(value).decode("ascii")
    return value


def _read(kind: TypeEngine[Any], value: Any) -> Any:
    if value is None:
        return None
    if isinstance(kind, DateTime):
        return datetime.fromisoformat(value)
    if isinstance(kind, Date):
        return date.fromisoformat(value)
    if isinstance(kind, LargeBinary):
        return base64.b64decode(value, validate=True)
    if isinstance(kind, Boolean):
        return bool(value)
    return value
