"""Backups by themselves: made by a worker when they are due, the oldest removed; and one before every migration."""

from __future__ import annotations

import logging
import re
from datetime import timedelta
from pathlib import Path

from schema.actor import SCHEDULE, Actor
from schema.store import migrate, running
from schema.store.database import Database, now
from webapp.backups import operations
from webapp.backups.operations import ENDING, Made, Sent
from webapp.place import Place
from webapp.settings import Settings
from webapp.shelves import Shelf, shelf_at

LOG = logging.getLogger("tandem.backups")
AGAIN_AFTER = timedelta(minutes=15)  # where one failed
BY_SCHEDULE = re.compile(r"tandem-[0-9]{8}T[0-9]{6}Z" + re.escape(ENDING))


def make_due(database: Database, settings: Settings) -> None:
    """Make a backup in TANDEM_BACKUP_DIR where one is due, then remove those beyond TANDEM_BACKUP_KEEP.

    Of several workers one does it. Failing raises; the next try is a quarter of an hour later.
    """
    place = settings.backup_dir
    if place is None:
        return
    with database.writing() as session:
        if not running.claim(session, running.BACKUP_BEGUN, settings.backup_every):
            return
        path = place / operations.file_name(now(session))
    try:
        made = _make(database, settings, path, SCHEDULE)
    except BaseException:
        with database.writing() as session:
            moment = now(session) - settings.backup_every + AGAIN_AFTER
            running.note(session, running.BACKUP_BEGUN, moment)
        raise
    with database.writing() as session:
        running.note(session, running.BACKUP_DONE)
    LOG.info("backup made: %s, %s bytes", made.address, made.size)
    shelf = shelf_at(settings, place)
    for old in scheduled(shelf)[settings.backup_keep :]:
        shelf.remove(old)


def scheduled(shelf: Shelf) -> list[str]:
    """The backups at a place that the schedule made, the latest first; others are nobody's to remove."""
    return sorted((held.name for held in shelf.held() if BY_SCHEDULE.fullmatch(held.name)), reverse=True)


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
