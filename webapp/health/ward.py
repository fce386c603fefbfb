"""What is looked at by ``tandem doctor``: each check gives its findings, with a remedy wherever something is wrong."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from schema.problem import Refused
from schema.store import counters, guards, kept_backups, migrate, privileges, running
from schema.store.audit_verify import verify
from schema.store.database import Database, now, sqlite_file
from schema.store.kept_backups import Kept
from schema.store.models import Audit, ExportFile, ReportFile
from webapp.place import Bucket
from webapp.secret_key import KEY_FILE
from webapp.settings import Settings
from webapp.shelves import DOCUMENTS, EXPORTS, Shelf, shelf_at, shelf_of
from webapp.sign_on import LOOPBACK

OK, WARN, FAIL = "ok", "warning", "failed"
POSTGRESQL = (
    "fsync",
    "full_page_writes",
    "synchronous_commit",
    "synchronous_standby_names",
    "server_version",
)
LITTLE_ROOM = 1024**3  # bytes
NO_ROOM = 100 * 1024**2
CLOCK_DIFFERS = timedelta(seconds=5)
WORKER_SILENT = timedelta(minutes=3)
AHEAD = "Set the clock (NTP). Where it is right now, it was ahead when that was done: nothing is lost, and this line ends when that moment is past."
#: The rows that know a stored file, by its kind, and what to do where it is not well.
STORED: Mapping[str, tuple[type[ExportFile] | type[ReportFile], str]] = {
    EXPORTS: (ExportFile, "Take it from a backup, or export again."),
    DOCUMENTS: (ReportFile, "Take it from a backup, or attach the report again."),
}
#: Of the ways in which a connection to PostgreSQL can be asked for, the one that compares the certificate with the name.
CHECKS_CERTIFICATE = "verify-full"
ENCRYPT = "Add ?sslmode=verify-full to its address, see docs/deploying.md, What Tandem connects to."
EXPECTED_PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": "2",
    "foreign_keys": "1",
    "recursive_triggers": "1",
    "secure_delete": "1",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor: what was looked at, how it is, and what to do where it is not well."""

    check: str
    state: str
    said: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Ward:
    """What a check may look at."""

    settings: Settings
    database: Database
    session: Session


def of_files_modes(settings: Settings) -> Iterator[Finding]:
    """Nobody else on the machine reads the data folder, the key or the database."""
    private = [settings.data_dir, settings.data_dir / KEY_FILE]
    if (file := sqlite_file(settings.database_url)) is not None:
        private.append(file)
    if isinstance(settings.files_place, Path):
        private += [settings.files_place / kind for kind in STORED]
    open_to_others = [path for path in private if _others_may(path)]
    for path in open_to_others:
        mode = "700" if path.is_dir() else "600"
        yield Finding(
            "settings", FAIL, f"Other accounts of this machine can use {path}.", f"chmod {mode} {path}"
        )
    if not open_to_others:
        yield Finding("settings", OK, f"Data folder {settings.data_dir}; nobody else can read it.")


def of_room(settings: Settings) -> Iterator[Finding]:
    """There is room to write."""
    places = dict.fromkeys((settings.data_dir, settings.files_place, settings.backup_dir))
    for folder in (one for one in places if isinstance(one, Path) and one.is_dir()):
        free = shutil.disk_usage(folder).free
        said = f"{free / 1024**3:,.1f} GB free in {folder}."
        if free < LITTLE_ROOM:
            state = FAIL if free < NO_ROOM else WARN
            yield Finding("disk", state, said, "Make room, or move the folder to a larger disk.")
        else:
            yield Finding("disk", OK, said)


def of_migrations(ward: Ward) -> Iterator[Finding]:
    """The schema is this version's."""
    yield _unless_refused("migrations", migrate.check, ward.database, f"At step {migrate.head()}.")


def of_durability(ward: Ward) -> Iterator[Finding]:
    """What was acknowledged is on the disk, and the file is whole."""
    if ward.database.dialect == "postgresql":
        yield from _of_postgresql(ward.session)
        return
    found = {name: str(ward.session.scalar(text(f"PRAGMA {name}"))) for name in EXPECTED_PRAGMAS}
    wrong = [
        f"{name}={found[name]}" for name, expected in EXPECTED_PRAGMAS.items() if found[name] != expected
    ]
    whole = ward.session.scalar(text("PRAGMA quick_check(1)"))
    if wrong:
        yield Finding("database", FAIL, f"SQLite runs with {', '.join(wrong)}.", "Please report this.")
    elif whole != "ok":
        yield Finding("database", FAIL, f"The file is damaged: {whole}", "Restore the latest backup.")
    else:
        yield Finding("database", OK, "SQLite answers, its file is whole, each commit reaches the disk.")


def of_connection(ward: Ward) -> Iterator[Finding]:
    """What goes to a PostgreSQL on another machine is encrypted, and it is known to be that machine."""
    if ward.database.dialect == "sqlite":
        return
    held: Any = ward.session.connection().connection.driver_connection
    checked = ward.database.url.query.get("sslmode") == CHECKS_CERTIFICATE
    yield of_way_there(held.info.host, encrypted=held.pgconn.ssl_in_use, checked=checked)


def of_way_there(host: str, *, encrypted: bool, checked: bool) -> Finding:
    """What is to be said of a connection to the database. ``checked``: the other side's certificate is compared with its name."""
    if not host or host.startswith(("/", "@")) or host in LOOPBACK:
        return Finding("connection", OK, "PostgreSQL is on this machine.")
    if not encrypted:
        said = f"What goes to PostgreSQL on {host} is not encrypted."
        return Finding("connection", FAIL, said, ENCRYPT)
    if not checked:
        said = f"Nobody looks whether PostgreSQL on {host} is who it says: any certificate is taken."
        return Finding("connection", WARN, said, ENCRYPT)
    return Finding(
        "connection", OK, f"What goes to PostgreSQL on {host} is encrypted, and its certificate is checked."
    )


def of_way_to_bucket(ward: Ward) -> Iterator[Finding]:
    """What goes to a store of files on another machine is encrypted."""
    if any(isinstance(place, Bucket) for place in (ward.settings.files, ward.settings.backup_dir)):
        from webapp.shelves.bucket import endpoint  # noqa: PLC0415 - its libraries take a second to load

        yield of_store_at(endpoint() or "https://s3.amazonaws.com")


def of_store_at(address: str) -> Finding:
    """What is to be said of the way to a store of files at this address."""
    parts = urlsplit(address)
    if parts.scheme == "https" or parts.hostname in LOOPBACK:
        return Finding(
            "connection", OK, "What goes to the store of files is encrypted, or stays on this machine."
        )
    said = f"What goes to the store of files at {parts.hostname or address} is not encrypted."
    return Finding("connection", FAIL, said, "Give AWS_ENDPOINT_URL_S3 an https address.")


def of_guards(ward: Ward) -> Iterator[Finding]:
    """Every trigger that keeps rows as they were written is in place."""
    good = "All that keep rows as they were written are in place."
    yield _unless_refused("triggers", guards.require, ward.database, good)


def of_privileges(ward: Ward) -> Iterator[Finding]:
    """On PostgreSQL: whether the role that serves is apart from the owner, and may do what it should and no more."""
    if ward.database.dialect == "sqlite":
        return
    check = partial(privileges.require, apart=bool(ward.settings.database_owner_url))
    good = "The role that serves owns nothing, and can change or remove nothing that is append-only."
    if privileges.is_owner(ward.session):
        good = "The role that serves owns the tables: triggers and chain keep what is append-only."
    yield _unless_refused("privileges", check, ward.database, good)


def _unless_refused(name: str, check: Callable[[Database], object], database: Database, good: str) -> Finding:
    """What a check that every start makes says of the database."""
    try:
        check(database)
    except Refused as refused:
        problem = refused.problems[0]
        return Finding(name, FAIL, problem.message, problem.remedy)
    return Finding(name, OK, good)


def of_counters(ward: Ward) -> Iterator[Finding]:
    """Stored counters, and kept states of cases, are what counting gives."""
    wrong = list(counters.drifts(ward.session))
    for drift in wrong:
        yield Finding("counters", FAIL, f"{drift}.", "tandem doctor --fix")
    if not wrong:
        yield Finding("counters", OK, "Every stored counter is what counting gives.")


def of_trail(ward: Ward) -> Iterator[Finding]:
    """The audit trail holds, with every head that was printed here."""
    heads = ward.settings.audit_heads
    known = heads.read_text(encoding="ascii").split() if heads.is_file() else []
    found = verify(ward.session, known)
    if found.holds:
        yield Finding("audit trail", OK, f"Holds: {found.head.seq:,} rows.")
    else:
        yield Finding(
            "audit trail", FAIL, found.reason, "See docs/audit-trail.md; compare with the latest backup."
        )


def of_files(ward: Ward) -> Iterator[Finding]:
    """Reports and exports can be reached, and every one is there and is what was stored."""
    found, wrong = 0, False
    try:
        for kind, (model, remedy) in STORED.items():
            shelf = shelf_of(ward.settings, kind)
            shelf.check()
            for name, sha256 in ward.session.execute(select(model.stored_name, model.sha256)):
                found += 1
                if said := _wrong_with(shelf, name, sha256):
                    wrong = True
                    yield Finding("files", FAIL, f"{shelf.address(name)} {said}", remedy)
    except Refused as refused:
        problem = refused.problems[0]
        yield Finding("files", FAIL, problem.message, problem.remedy)
        return
    if not wrong:
        yield Finding("files", OK, f"{found:,} stored files are as they were written.")


def of_clock(ward: Ward) -> Iterator[Finding]:
    """The clock is not behind what is on record, nor far from the database's."""
    last = ward.session.scalar(select(func.max(Audit.at)))
    moment = now(ward.session)
    if last is not None and last > moment + CLOCK_DIFFERS:
        yield Finding("clock", FAIL, f"The last act on record is {last - moment} in the future.", AHEAD)
        return
    if ward.database.dialect == "postgresql":
        there = ward.session.scalar(select(func.clock_timestamp()))
        if there is not None and abs(there - moment) > CLOCK_DIFFERS:
            yield Finding(
                "clock", WARN, f"The database's clock differs by {abs(there - moment)}.", "Use NTP on both."
            )
            return
    yield Finding("clock", OK, f"{moment:%Y-%m-%d %H:%M:%S} UTC.")


def of_worker(ward: Ward) -> Iterator[Finding]:
    """Somebody does long work."""
    since = running.since(ward.session, running.WORKER_SEEN)
    if since is None or since > WORKER_SILENT:
        seen = running.noted(ward.session, running.WORKER_SEEN)
        when = "never" if seen is None else f"last at {seen:%Y-%m-%d %H:%M} UTC"
        yield Finding(
            "worker", WARN, f"No worker is at work (seen {when}).", "Run tandem serve or tandem worker."
        )
    else:
        yield Finding("worker", OK, "A worker is at work.")


def of_backups(ward: Ward) -> Iterator[Finding]:
    """Backups are made, lately, of everything, and the latest is still where it was put."""
    if ward.settings.backup_dir is None:
        yield Finding(
            "backups", WARN, "None are made by themselves.", "Set TANDEM_BACKUP_DIR, see docs/backups.md."
        )
        return
    moment = now(ward.session)
    last = kept_backups.latest(kept_backups.kept(ward.session) or (), moment)
    if last is None or moment - last.at > 2 * ward.settings.backup_every:
        when = "never" if last is None else f"last at {last.at:%Y-%m-%d %H:%M} UTC"
        said, remedy = f"None was made when it was due ({when}).", "Look into the worker's log."
        yield Finding("backups", FAIL, said, remedy)
    else:
        yield _of_latest(shelf_at(ward.settings, ward.settings.backup_dir), last)


def _of_latest(shelf: Shelf, last: Kept) -> Finding:
    made = f"{last.at:%Y-%m-%d %H:%M} UTC"
    try:
        there = any(held.name == last.name for held in shelf.held())
    except Refused as refused:
        problem = refused.problems[0]
        return Finding("backups", FAIL, problem.message, problem.remedy)
    if not there:
        said = f"The latest, of {made}, is no longer there: {shelf.address(last.name)}."
        return Finding("backups", FAIL, said, "Find out who removed it; tandem backup makes another at once.")
    if last.lacks:
        said = f"The latest, of {made}, is not complete: {last.lacks:,} of its stored files were missing or changed."
        return Finding("backups", FAIL, said, "Keep the earlier ones, and set right what is said of files.")
    return Finding("backups", OK, f"The latest is of {made}.")


#: Each with the word that its findings begin with.
CHECKS: Sequence[tuple[str, Callable[[Ward], Iterator[Finding]]]] = (
    ("database", of_durability),
    ("connection", of_connection),
    ("connection", of_way_to_bucket),
    ("triggers", of_guards),
    ("privileges", of_privileges),
    ("counters", of_counters),
    ("audit trail", of_trail),
    ("files", of_files),
    ("clock", of_clock),
    ("worker", of_worker),
    ("backups", of_backups),
)


def not_looked_at(check: str, error: DBAPIError | OSError) -> Finding:
    """What is to be said where a check could not come to its end."""
    if isinstance(error, OSError):
        said = f"{error.filename or 'A file'} cannot be read: {error.strerror or error}."
        return Finding(check, FAIL, said, "Give it to the account that Tandem runs as.")
    if migrate.is_damaged(error):
        return Finding(check, FAIL, f"The file of the database is damaged: {error.orig}.", migrate.DAMAGED)
    return Finding(check, FAIL, f"The database gave no answer: {error.orig}.", migrate.ADDRESS)


def _of_postgresql(session: Session) -> Iterator[Finding]:
    found = {name: str(session.scalar(text(f"SHOW {name}"))) for name in POSTGRESQL}
    off = [name for name in POSTGRESQL[:3] if found[name] == "off"]
    standby = bool(found["synchronous_standby_names"])
    if off:
        yield Finding("database", FAIL, f"PostgreSQL runs with {', '.join(off)} off.", "Set them to on.")
    elif standby and found["synchronous_commit"] == "local":
        yield Finding(
            "database",
            FAIL,
            "PostgreSQL has a synchronous standby, and does not wait for it (synchronous_commit is local).",
            "Set synchronous_commit to on.",
        )
    else:
        reached = "the disk of a standby too" if standby else "the disk"
        version = found["server_version"]
        yield Finding("database", OK, f"PostgreSQL {version} answers, each commit reaches {reached}.")


def _others_may(path: Path) -> bool:
    return os.name == "posix" and path.exists() and bool(path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))


def _wrong_with(shelf: Shelf, name: str, sha256: str) -> str:
    try:
        return "" if shelf.sum(name) == sha256 else "was changed."
    except FileNotFoundError:
        return "is missing."
    except OSError as error:
        return f"cannot be read: {error.strerror}."
