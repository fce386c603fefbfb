"""Databases for tests of what happens when processes end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from schema.store.audit_keys import keyring
from schema.store.database import Database
from tests.store.conftest import BACKENDS, empty_database, postgres_server
from tests.support.databases import PostgresServer, sqlite_database
from tests.support.nodes import SECRET
from tests.support.world import populate

__all__ = ["empty_database", "postgres_server"]
Peopled = Callable[..., Database]


@pytest.fixture
def peopled(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Peopled]:
    """``peopled("sqlite")``: a database with the people of the test world, sealed with the key of its nodes.

    ``peopled("sqlite", folder)`` keeps it in a folder that outlives the test.
    """
    made: list[Database] = []

    def make(kind: str, folder: Path = tmp_path) -> Database:
        keys = keyring(SECRET)
        if kind == "sqlite":
            database = sqlite_database(folder / "tandem.sqlite3", audit_keys=keys)
        else:
            server: PostgresServer = request.getfixturevalue("postgres_server")
            database = server.migrated(audit_keys=keys)
        made.append(database)
        with database.writing() as session:
            populate(session)
        return database

    yield make
    for database in made:
        database.dispose()
        if database.dialect == "postgresql":
            request.getfixturevalue("postgres_server").drop(database)


@pytest.fixture(params=BACKENDS)
def either(request: pytest.FixtureRequest, peopled: Peopled) -> Database:
    """The same on SQLite and on PostgreSQL."""
    return peopled(request.param)
