"""A database on PostgreSQL whose tables belong to one role while another one serves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from schema.store.database import Database
from tests.support.databases import PostgresServer
from webapp import opening
from webapp.settings import Settings

SECRET = "a key for tests, long enough: 0123456789"  # that of the test world


@dataclass(frozen=True, slots=True)
class Parted:
    """The two ways into one database; ``settings`` name both, as where commands are given."""

    owner: Database
    serving: Database
    settings: Settings

    @property
    def role(self) -> str:
        """The name of the role that serves."""
        return str(self.serving.url.username)

    def by_owner(self, statement: str) -> None:
        """Run a statement as the owner, for good."""
        with self.owner.altering() as connection:
            connection.exec_driver_sql(statement)


@contextmanager
def parted(server: PostgresServer, folder: Path) -> Iterator[Parted]:
    """An empty database that belongs to a plain role, and another role that may connect and nothing else; gone at the end."""
    with _parted(server, folder, server.empty(), server.role(), server.role()) as made:
        yield made


@contextmanager
def copied(server: PostgresServer, like: Parted, folder: Path) -> Iterator[Parted]:
    """A copy of one with the same two roles, made sooner than from nothing; gone at the end."""
    like.owner.dispose()
    like.serving.dispose()
    copy = server.copy(like.owner)
    with _parted(server, folder, copy, str(like.owner.url.username), like.role) as made:
        yield made


@contextmanager
def _parted(
    server: PostgresServer, folder: Path, database: Database, owner: str, serving: str
) -> Iterator[Parted]:
    name = database.url.database
    server.run(f'ALTER DATABASE "{name}" OWNER TO "{owner}"')
    server.run(f'REVOKE TEMPORARY ON DATABASE "{name}" FROM PUBLIC')
    urls = [
        database.url.set(username=role, password="pw").render_as_string(hide_password=False)
        for role in (owner, serving)
    ]
    settings = Settings(urls[1], SECRET, folder, database_owner_url=urls[0])
    made = Parted(opening.open_owner(settings), opening.open_database(settings), settings)
    yield made
    made.owner.dispose()
    made.serving.dispose()
    server.drop(database)
