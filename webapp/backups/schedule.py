"""Backups by themselves: made by a worker when they are due, the oldest removed; and one before every migration."""

from __future__ import annotations

import logging
import re
from datetime import timedelta
from pathlib import Path

from schema.actor import Actor
from schema.store import migrate, running
from schema.store.database import Database, now
from webapp.backups import operations
from webapp.backups.operations import ENDING, Made
from webapp.settings import Settings

LOG = logging.getLogger("tandem.backups")
SCHEDULE = Actor(id="", name="schedule", is_admin=True)
AGAIN_AFTER = timedelta(minutes=15)  # where one failed
BY_SCHEDULE = re.compile(r"tandem-[0-9]{8}T[0-9]{6}Z" + re.escape(ENDING))


def make_due(database: Database, settings: Settings) -> None:
    """Make a backup in TANDEM_BACKUP_DIR where one is due, then remove those beyond TANDEM_BACKUP_KEEP.

    Of several workers one does it. Failing raises; the next try is a quarter of an hour later.
    """
    folder = settings.backup_dir
    if folder is None:
        return
    with database.writing() as session:
        if not running.claim(session, running.BACKUP_BEGUN, settings.backup_every):
            return
        path = folder / operations.file_name(now(session))
    try:
        made = operations.make_backup(database, settings, path, settings.backup_passphrase, actor=SCHEDULE)
    except BaseException:
        with database.writing() as session:
            moment = now(session) - settings.backup_every + AGAIN_AFTER
            running.note(session, running.BACKUP_BEGUN, moment)
        raise
    with database.writing() as session:
        running.note(session, running.BACKUP_DONE)
    LOG.info("backup made: %s, %s bytes", made.path.name, made.size)
    for old in scheduled(folder)[settings.backup_keep :]:
        old.unlink(missing_ok=True)


def scheduled(folder: Path) -> list[Path]:
    """The backups in a folder that the schedule made, the latest first; others are nobody's to remove."""
    return sorted((path for path in folder.iterdir() if BY_SCHEDULE.fullmatch(path.name)), reverse=True)


def before_migration(database: Database, settings: Settings) -> Made | None:
    """Make a backup of a database that is about to be migrated; None where it is empty or at its last step already."""
    step = migrate.current(database)
    migrate.refuse_unknown(step)
    if step is None or step == migrate.head():
        return None
    folder = settings.backup_dir or settings.data_dir / "backups"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return operations.make_backup(
        database,
        settings,
        folder,
        settings.backup_passphrase,
        actor=None,
        stem=f"tandem-before-{migrate.head()}",
    )
