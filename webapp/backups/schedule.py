"""Backups by themselves: made by a worker when they are due, the oldest removed; and one before every migration."""

from __future__ import annotations

import logging
import re
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from schema.actor import SCHEDULE, Actor
from schema.problem import Refused
from schema.store import kept_backups, migrate, running
from schema.store.database import Database, now
from schema.store.kept_backups import Kept
from webapp.backups import operations
from webapp.backups.operations import ENDING, STAMP, Made, Sent
from webapp.beating import beating
from webapp.place import Place
from webapp.settings import Settings
from webapp.shelves import Shelf, shelf_at
from webapp.shelves.shelf import remove_left

LOG = logging.getLogger("tandem.backups")
AGAIN_AFTER = timedelta(minutes=15)  # where one did not end
LEFT_FOR_SECONDS = (
    24 * 3600.0
)  # until what a killed process left unfinished beside the backups is cleared away
NAMED = 20  # of the files that a backup lacks, in a line of the log
BY_SCHEDULE = re.compile(r"tandem-([0-9]{8}T[0-9]{6}Z)" + re.escape(ENDING))


def make_due(database: Database, settings: Settings) -> None:
    """Make a backup in TANDEM_BACKUP_DIR where one is due, then remove those beyond TANDEM_BACKUP_KEEP.

    Of several workers one does it. Failing raises, and the log says why; the next try is a quarter of an hour later, as it is where the
    process was killed.
    """
    place = settings.backup_dir
    if place is None:
        return
    with database.writing() as session:
        if not _claim(session, settings):
            return
        moment = now(session)
    try:
        _make_one(database, settings, place, moment)
    except Refused as refused:
        LOG.error("the backup by schedule failed: %s", " ".join(map(str, refused.problems)))
        raise
    except OSError as error:
        LOG.error("the backup by schedule failed: %s", error.strerror)
        raise


def _make_one(database: Database, settings: Settings, place: Place, moment: datetime) -> None:
    if isinstance(place, Path):
        remove_left(place, f".tandem-*{ENDING}.*", LEFT_FOR_SECONDS)
    with _beating(database):
        made = _make(database, settings, place / operations.file_name(moment), SCHEDULE)
    _tell(made)
    shelf = shelf_at(settings, place)
    fresh = Kept(operations.file_name(moment), moment, len(made.flaws))
    _list(database, shelf, fresh)
    _remove_superfluous(database, settings, shelf, fresh)


def _claim(session: Session, settings: Settings) -> bool:
    """Whether one is due: by the last that was made, and by the last attempt, which may be another worker's and go on still."""
    moment = now(session)
    last = kept_backups.latest(kept_backups.kept(session) or (), moment)
    if last is not None and moment - last.at < settings.backup_every:
        return False
    return running.claim(session, running.BACKUP_BEGUN, AGAIN_AFTER)


def _beating(database: Database) -> AbstractContextManager[None]:
    """Let the attempt count as begun just now for as long as it lasts, so that no other worker begins one beside it."""

    def beat() -> None:
        with database.writing() as session:
            running.note(session, running.BACKUP_BEGUN)

    return beating(beat, "the backup", LOG)


def _tell(made: Made | Sent) -> None:
    LOG.info("backup made: %s, %s bytes", made.address, made.size)
    if made.flaws:
        LOG.error("backup not complete: %s: %s", made.address, " ".join(map(str, made.flaws[:NAMED])))


def _list(database: Database, shelf: Shelf, fresh: Kept) -> None:
    """Put it on the list of those that this installation made, which begins with what an earlier version of Tandem made there."""
    with database.reading() as session:
        unlisted = kept_backups.kept(session) is None and running.noted(session, running.BACKUP_DONE)
    earlier = _by_name(shelf) if unlisted else ()
    with database.writing() as session:
        known = kept_backups.kept(session) or earlier
        kept_backups.keep(session, [*(one for one in known if one.name != fresh.name), fresh])


def _remove_superfluous(database: Database, settings: Settings, shelf: Shelf, fresh: Kept) -> None:
    """Remove backups of this installation alone, and none on account of one that is of the future or no longer there."""
    there = {held.name for held in shelf.held()}
    with database.reading() as session:
        known = [one for one in kept_backups.kept(session) or () if one.at <= fresh.at and one.name in there]
    gone = kept_backups.superfluous(known, settings.backup_keep)
    for one in gone:
        shelf.remove(one.name)
    if gone:
        with database.writing() as session:
            left = [one for one in kept_backups.kept(session) or () if one not in gone]
            kept_backups.keep(session, left)


def _by_name(shelf: Shelf) -> tuple[Kept, ...]:
    found = filter(None, (BY_SCHEDULE.fullmatch(held.name) for held in shelf.held()))
    return tuple(Kept(one[0], datetime.strptime(one[1], STAMP).replace(tzinfo=UTC)) for one in found)


def before_migration(database: Database, settings: Settings) -> Made | Sent | None:
    """Make a backup of a database that is about to be migrated; None where it is empty or at its last step already."""
    step = migrate.current(database)
    migrate.refuse_unknown(step)
    if step is None or step == migrate.head():
        return None
    place = settings.backup_dir or settings.data_dir / "backups"
    if isinstance(place, Path):
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
    return _make(database, settings, place, None, f"tandem-before-{migrate.head()}")


def _make(
    database: Database, settings: Settings, place: Place, actor: Actor | None, stem: str = "tandem"
) -> Made | Sent:
    passphrase = settings.backup_passphrase
    if isinstance(place, Path):
        return operations.make_backup(database, settings, place, passphrase, actor=actor, stem=stem)
    return operations.send_backup(database, settings, place, passphrase, actor=actor, stem=stem)
