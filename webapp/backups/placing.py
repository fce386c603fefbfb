"""Puts what a backup holds into a database: built apart and put in place whole, the one that was there set aside."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.orm import Session

from schema.actor import COMMAND_LINE
from schema.problem import Refused, refuse
from schema.store import audit_chain, migrate, portable, privileges, sqlite_files, transfer
from schema.store.audit import record
from schema.store.database import Database, sqlite_address, sqlite_file, utc_now
from webapp.backups.archive import Backup
from webapp.opening import keyring_of, open_database, open_owner, serving_role
from webapp.settings import Settings
from webapp.shelves.shelf import FRESH, SET_ASIDE

#: Asked when everything is ready, before it counts; raises where it must not.
LastCheck = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Act:
    """What is recorded in the trail of the filled database, before it is put in place: an action, and its particulars."""

    action: str
    detail: Mapping[str, object]


def place(
    backup: Backup,
    settings: Settings,
    endings: Sequence[str],
    act: Act,
    *,
    replace: bool,
    last_check: LastCheck,
) -> list[str]:
    """Fill the database of the settings with the backup, and take it to the present version.

    What is there is set aside under the first of the endings under which nothing is kept yet: an attempt that was interrupted may have
    set aside what was there first. Returns where it is kept. Raises Refused (BAK-011) where there is something and ``replace`` is not set.
    """
    path = sqlite_file(settings.database_url)
    if path is not None:
        return _place_file(backup, settings, path, endings, act, replace, last_check)
    names = [ending.replace("-", "_").lower() for ending in endings]
    return _place_schema(backup, settings, names, act, replace, last_check)


def require_free(settings: Settings, *, replace: bool) -> bool:
    """Raise Refused where there is something that is not to be replaced (BAK-011), or is in use (BAK-012); gives whether there is."""
    used = is_used(settings)
    if used and not replace:
        raise _in_the_way()
    path = sqlite_file(settings.database_url)
    if path is not None and sqlite_files.is_there(path):
        sqlite_files.close_for_good(path)
    return used


def clear_left(settings: Settings) -> None:
    """Remove databases that a restore built and did not come to put in place, because it was killed."""
    path = sqlite_file(settings.database_url)
    if path is not None:
        for left in path.parent.glob(f"{path.name}.{SET_ASIDE}*{FRESH}*"):
            left.unlink(missing_ok=True)


def is_used(settings: Settings) -> bool:
    """Whether the settings' database holds anything that somebody would miss; a damaged one does."""
    path = sqlite_file(settings.database_url)
    if path is not None and not sqlite_files.is_there(path):
        return False
    database = open_owner(settings)
    try:
        migrate.current(database)  # says what is wrong where the database does not answer
        with database.reading() as session:
            return transfer.is_used(session.connection())
    except Refused:
        if path is not None:
            return True
        raise
    finally:
        database.dispose()


def _place_file(
    backup: Backup,
    settings: Settings,
    path: Path,
    endings: Sequence[str],
    act: Act,
    replace: bool,
    last_check: LastCheck,
) -> list[str]:
    used = require_free(settings, replace=replace)
    places = [sqlite_files.beside(path, ending) for ending in endings]
    fresh = sqlite_files.beside(path, f"{endings[-1]}{FRESH}")
    database = open_database(dataclasses.replace(settings, database_url=sqlite_address(fresh)))
    try:
        with database.altering() as connection:
            _build(connection, backup, settings, act)
        database.dispose()
        sqlite_files.close_for_good(fresh)
        last_check()
        if used:
            free = next(ending for ending, place in zip(endings, places, strict=True) if not place.exists())
            sqlite_files.set_aside(path, free)
        sqlite_files.replace(path, fresh)
    finally:
        database.dispose()
        for left in (fresh, *(Path(f"{fresh}{one}") for one in (*sqlite_files.BESIDES, ".lock"))):
            left.unlink(missing_ok=True)
    return [str(place) for place in places if place.exists()]


def _place_schema(
    backup: Backup,
    settings: Settings,
    endings: Sequence[str],
    act: Act,
    replace: bool,
    last_check: LastCheck,
) -> list[str]:
    role, database = serving_role(settings), open_owner(settings)
    try:
        migrate.current(database)
        with migrate.allowed(), database.altering() as connection:
            used = transfer.is_used(connection)
            if used and not replace:
                raise _in_the_way()
            kept = transfer.schemas(connection) & set(endings)
            aside = next(ending for ending in endings if ending not in kept)
            transfer.set_aside(connection, aside)
            if not used:
                transfer.drop_aside(connection, aside)
            _build(connection, backup, settings, act)
            if role is not None:
                privileges.give(connection, role)
            last_check()
        kept |= {aside} if used else set()
        return [f"the schema {one} of the same database" for one in endings if one in kept]
    except OperationalError as error:
        raise refuse(
            "BAK-012",
            "The database is in use: it could not be locked.",
            "Stop tandem serve and tandem worker, then try again.",
            status=409,
        ) from error
    finally:
        database.dispose()


def _build(connection: Connection, backup: Backup, settings: Settings, act: Act) -> None:
    migrate.apply(connection, backup.manifest.step)
    transfer.fill(connection, backup.lines, backup.manifest.sums)
    migrate.apply(connection)
    with Session(connection, info={"clock": utc_now}) as session:
        # Whatever sealed the trail has been judged by now, or was asked to be let pass.
        names = frozenset(audit_chain.key_names(session))
        session.info["audit_keys"] = dataclasses.replace(keyring_of(settings), lost=names)
        record(session, COMMAND_LINE, act.action, detail=act.detail)
        audit_chain.write(session)


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
