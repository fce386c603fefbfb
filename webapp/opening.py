"""The one way in which an installation's database is opened: with the keys that seal its audit trail; and as its owner, where that is needed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from schema.problem import refuse
from schema.store import guards, migrate, privileges
from schema.store.audit_chain import require_key
from schema.store.audit_keys import Keyring, keyring
from schema.store.database import Database, refuse_lone_log, sqlite_file
from schema.store.privileges import Role
from webapp.settings import Settings


def open_database(found: Settings) -> Database:
    """Return the installation's database. Raises Refused for an address that is neither SQLite nor PostgreSQL."""
    return _opened(found, found.database_url)


def open_existing(found: Settings) -> Database:
    """Return it as it is, for those who only look: a file is not made. Raises Refused as above, and where there is none (DB-007)."""
    path = sqlite_file(found.database_url)
    if path is not None and not path.exists():
        refuse_lone_log(path)
        raise refuse(
            "DB-007",
            f"There is no database at {path}.",
            "Check TANDEM_DATA_DIR and TANDEM_DATABASE_URL; tandem serve makes it at the first start.",
        )
    return open_database(found)


def open_owner(found: Settings) -> Database:
    """Return it as the owner of its tables, which is who serves too unless the owner is named apart. Raises Refused as above."""
    return _opened(found, found.database_owner_url or found.database_url)


def keyring_of(found: Settings) -> Keyring:
    """The keys that seal and check the audit trail of an installation."""
    return keyring(found.secret_key, found.earlier_secret_keys, found.lost_secret_keys)


@contextmanager
def as_owner(database: Database, found: Settings) -> Iterator[Database]:
    """Give an open database as the owner of its tables: itself, unless the owner is named apart."""
    if not found.database_owner_url:
        yield database
        return
    owner = open_owner(found)
    try:
        yield owner
    finally:
        owner.dispose()


def upgrade(database: Database, found: Settings) -> None:
    """Take the database through all steps that it lacks, as its owner, and set what the role that serves may do; all or nothing.

    Raises Refused where the database is from a later version of Tandem, or the roles do not do (DB-004, DB-005, DB-006).
    """
    role = serving_role(found)
    with as_owner(database, found) as owner, migrate.allowed(), owner.altering() as connection:
        migrate.apply(connection)
        if role is not None:
            privileges.give(connection, role)


def require_fit(database: Database, found: Settings) -> None:
    """Raise Refused where no server or worker may start.

    What is append-only is not kept by privileges (DB-004) or triggers (DB-003), or the trail was sealed with another key (AUD-002, AUD-003).
    """
    privileges.require(database, apart=bool(found.database_owner_url))
    guards.require(database)
    with database.reading() as session:
        require_key(session)


def serving_role(found: Settings) -> Role | None:
    """The role that serves, where the owner is named apart; None where one role does both."""
    if not found.database_owner_url:
        return None
    database = open_database(found)
    try:
        return privileges.role_of(database)
    finally:
        database.dispose()


def _opened(found: Settings, address: str) -> Database:
    return Database(address, audit_keys=keyring_of(found))
