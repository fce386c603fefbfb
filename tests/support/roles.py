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


@contextmanager
def parted(server: PostgresServer, folder: Path) -> Iterator[Parted]:
    """An empty database that belongs to a plain role, and another role that may connect; both go at the end."""
    owner_name, serving_name = server.role(), server.role()
    owner = server.empty(owner=owner_name)
    urls = [
        owner.url.set(username=name, password="pw").render_as_string(hide_password=False)
        for name in (owner_name, serving_name)
    ]
    settings = Settings(urls[1], SECRET, folder, database_owner_url=urls[0])
    made = Parted(opening.open_owner(settings), opening.open_database(settings), settings)
    yield made
    made.owner.dispose()
    made.serving.dispose()
    server.drop(owner)
