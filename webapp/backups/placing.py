"""Puts what a backup holds into a database: built apart and put in place whole, the one that was there set aside."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DatabaseError, OperationalError

from schema.problem import Refused, refuse
from schema.store import migrate, portable, privileges, sqlite_files, transfer
from schema.store.database import Database
from webapp.backups.archive import Backup
from webapp.opening import open_database, open_owner, serving_role
from webapp.settings import Settings

#: Asked when everything is ready, before it counts; raises where it must not.
LastCheck = Callable[[], None]


def place(backup: Backup, settings: Settings, aside: str, *, replace: bool, last_check: LastCheck) -> str:
    """Fill the database of the settings with the backup, and take it to the present version.

    Returns where the database that was there is kept, empty where there was nothing to keep. Raises Refused (BAK-011) where
    there is something and ``replace`` is not set.
    """
    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite" and url.database:
        return _place_file(backup, settings, Path(url.database), aside, replace, last_check)
    return _place_schema(backup, settings, aside.replace("-", "_").lower(), replace, last_check)


def is_used(settings: Settings) -> bool:
    """Whether the settings' database holds anything that somebody would miss; a damaged one does."""
    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite" and not sqlite_files.is_there(Path(str(url.database))):
        return False
    database = open_owner(settings)
    try:
        migrate.current(database)  # says what is wrong where the database does not answer
        with database.reading() as session:
            return transfer.is_used(session.connection())
    except Refused:
        if url.get_backend_name() == "sqlite":
            return True
        raise
    finally:
        database.dispose()


def _place_file(
    backup: Backup, settings: Settings, path: Path, aside: str, replace: bool, last_check: LastCheck
) -> str:
    used = _used_file(settings, replace)
    fresh = path.with_name(f"{path.name}.{aside}.new")
    database = open_database(dataclasses.replace(settings, database_url=f"sqlite:///{fresh}"))
    try:
        with database.altering() as connection:
            _build(connection, backup)
        database.dispose()
        sqlite_files.close_for_good(fresh)
        last_check()
        kept = str(sqlite_files.set_aside(path, aside)) if used else ""
        sqlite_files.replace(path, fresh)
    finally:
        database.dispose()
        for left in (fresh, *(Path(f"{fresh}{one}") for one in (*sqlite_files.BESIDES, ".lock"))):
            left.unlink(missing_ok=True)
    return kept


def _used_file(settings: Settings, replace: bool) -> bool:
    used = is_used(settings)
    if used and not replace:
        raise _in_the_way()
    path = Path(str(make_url(settings.database_url).database))
    if sqlite_files.is_there(path):
        sqlite_files.close_for_good(path)
    return used


def _place_schema(
    backup: Backup, settings: Settings, aside: str, replace: bool, last_check: LastCheck
) -> str:
    role, database = serving_role(settings), open_owner(settings)
    try:
        migrate.current(database)
        with migrate.allowed(), database.altering() as connection:
            used = transfer.is_used(connection)
            if used and not replace:
                raise _in_the_way()
            transfer.set_aside(connection, aside)
            if not used:
                transfer.drop_aside(connection, aside)
            _build(connection, backup)
            if role is not None:
                privileges.give(connection, role)
            last_check()
        return f"the schema {aside} of the same database" if used else ""
    except OperationalError as error:
        raise refuse(
            "BAK-012",
            "The database is in use: it could not be locked.",
            "Stop tandem serve and tandem worker, then try again.",
            status=409,
        ) from error
    finally:
        database.dispose()


def _build(connection: Connection, backup: Backup) -> None:
    migrate.apply(connection, backup.manifest.step)
    transfer.fill(connection, backup.lines, backup.manifest.sums)
    migrate.apply(connection)


def same_sums(database: Database, backup: Backup) -> bool:
    """Whether a database still holds what the backup holds."""
    try:
        with database.reading() as session:
            return portable.sums(session.connection()) == backup.manifest.sums
    except DatabaseError:
        return False


def _in_the_way() -> Refused:
    return refuse(
        "BAK-011",
        "The database is not empty.",
        "Name another one in TANDEM_DATABASE_URL or TANDEM_DATA_DIR; or give --replace, which sets the present one aside.",
        status=409,
    )
