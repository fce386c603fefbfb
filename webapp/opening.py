"""The one way in which an installation's database is opened: with the keys that seal its audit trail."""

from __future__ import annotations

from schema.store.audit_keys import keyring
from schema.store.database import Database
from webapp.settings import Settings


def open_database(found: Settings) -> Database:
    """Return the installation's database. Raises Refused for an address that is neither SQLite nor PostgreSQL."""
    return Database(found.database_url, audit_keys=keyring(found.secret_key, found.earlier_secret_keys))
