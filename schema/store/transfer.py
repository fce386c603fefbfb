"""Fills an empty database with carried rows, and sets a database in use aside, whole, where it is to be replaced.

All of it happens in one transaction of :meth:`~schema.store.database.Database.altering`: it is done wholly or not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, delete, func, insert, inspect, select, text

from schema.problem import refuse
from schema.store.portable import LEFT_OUT, Carried, Sum, batches, carried_tables, sums
from schema.store.running import HERE_ONLY

#: Gives the lines of a table by its name.
Source = Callable[[str], Iterable[bytes]]
PATIENCE = "10s"


def is_used(connection: Connection) -> bool:
    """Whether the database holds anything that somebody would miss."""
    tables = set(inspect(connection).get_table_names())
    if tables and "alembic_version" not in tables:
        return True  # somebody else's tables
    return any(_holds_rows(connection, one) for one in carried_tables(connection))


def fill(connection: Connection, source: Source, expected: dict[str, Sum]) -> None:
    """Insert every row of the source, then read all back and compare with the expected sums.

    The tables must be there, empty, in the shape of the source. Raises Refused (BAK-005) where what came out is not what went in.
    """
    here = {one.name: one for one in carried_tables(connection)}
    if set(here) != set(expected):
        raise _differs(sorted(set(here) ^ set(expected)))
    with _rules_aside(connection):
        for carried in here.values():
            connection.execute(delete(carried.clause))  # a migration may have left rows of its own
        for carried in here.values():
            _insert(connection, carried, source(carried.name))
    found = sums(connection)
    if found != expected:
        raise _differs(sorted(name for name in found if found[name] != expected[name]))


def set_aside(connection: Connection, schema: str) -> None:
    """Move everything in PostgreSQL's present schema into another one, named ``schema``, which is made.

    Raises sqlalchemy's OperationalError where somebody keeps a table locked for ten seconds.
    """
    connection.execute(text(f"SET LOCAL lock_timeout = '{PATIENCE}'"))
    quoted = connection.dialect.identifier_preparer.quote(schema)
    connection.execute(text(f"CREATE SCHEMA {quoted}"))
    for name in inspect(connection).get_table_names():
        held = connection.dialect.identifier_preparer.quote(name)
        connection.execute(text(f"ALTER TABLE {held} SET SCHEMA {quoted}"))
    routines = connection.scalars(
        text(
            "SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = current_schema()::regnamespace "
            "AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')"
        )
    )
    for routine in routines.all():
        connection.execute(text(f"ALTER ROUTINE {routine} SET SCHEMA {quoted}"))


def schemas(connection: Connection) -> set[str]:
    """The names of PostgreSQL's schemas, among them those that were set aside."""
    return set(inspect(connection).get_schema_names())


def drop_aside(connection: Connection, schema: str) -> None:
    """Drop what was set aside, where nobody would miss it."""
    connection.execute(text(f"DROP SCHEMA {connection.dialect.identifier_preparer.quote(schema)} CASCADE"))


def _differs(names: list[str]) -> Exception:
    return refuse(
        "BAK-005",
        f"What was written is not what was read, in: {', '.join(names)}. Nothing was changed.",
        "Please report this; the backup itself is unharmed.",
        status=409,
    )


def _holds_rows(connection: Connection, carried: Carried) -> bool:
    clause = carried.clause
    query = select(func.count()).select_from(clause)
    if carried.name == "setting":
        query = query.where(clause.c.key.not_in(HERE_ONLY))
    return bool(connection.scalar(query))


def _insert(connection: Connection, carried: Carried, carried_lines: Iterable[bytes]) -> None:
    statement = insert(carried.clause)
    for batch in batches(carried, carried_lines):
        connection.execute(statement, list(batch))


@contextmanager
def _rules_aside(connection: Connection) -> Iterator[None]:
    """Let rows in as they were: triggers judge what people do, and references are checked at the end."""
    aside = _sqlite_aside if connection.dialect.name == "sqlite" else _postgresql_aside
    with aside(connection):
        yield


@contextmanager
def _sqlite_aside(connection: Connection) -> Iterator[None]:
    triggers = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
    for name, _ in triggers:
        connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
    yield
    for _, source in triggers:
        connection.exec_driver_sql(source)


@contextmanager
def _postgresql_aside(connection: Connection) -> Iterator[None]:
    quote = connection.dialect.identifier_preparer.quote
    tables = [quote(name) for name in inspect(connection).get_table_names() if name not in LEFT_OUT]
    references = connection.execute(
        text(
            "SELECT conrelid::regclass::text, conname FROM pg_constraint "
            "WHERE contype = 'f' AND connamespace = current_schema()::regnamespace"
        )
    ).all()
    for name in tables:
        connection.execute(text(f"ALTER TABLE {name} DISABLE TRIGGER USER"))
    for name, reference in references:
        connection.execute(
            text(f"ALTER TABLE {name} ALTER CONSTRAINT {quote(reference)} DEFERRABLE INITIALLY DEFERRED")
        )
    yield
    connection.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    for name, reference in references:
        connection.execute(text(f"ALTER TABLE {name} ALTER CONSTRAINT {quote(reference)} NOT DEFERRABLE"))
    for name in tables:
        connection.execute(text(f"ALTER TABLE {name} ENABLE TRIGGER USER"))
    _continue_numbers(connection)


def _continue_numbers(connection: Connection) -> None:
    """Let PostgreSQL's counters go on after the highest number that was carried."""
    quote = connection.dialect.identifier_preparer.quote
    for carried in carried_tables(connection):
        for name in carried.key:
            found = {"table": quote(carried.name), "column": name}
            counter = connection.scalar(text("SELECT pg_get_serial_sequence(:table, :column)"), found)
            if counter is None:
                continue
            last = connection.scalar(select(func.max(carried.clause.c[name])))
            connection.execute(
                text("SELECT setval(CAST(:counter AS regclass), :value, :used)"),
                {"counter": counter, "value": last or 1, "used": last is not None},
            )
