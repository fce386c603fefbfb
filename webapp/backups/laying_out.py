"""What a restore lays out beside the places of stored files, so that nothing but renaming is left once the database is switched."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from schema.disk import sync, sync_names
from schema.problem import Refused, refuse
from webapp.backups import placing
from webapp.backups.archive import Backup
from webapp.settings import Settings
from webapp.shelves import Shelf, shelves


@contextmanager
def laid_out(backup: Backup, settings: Settings, ending: str) -> Iterator[list[Shelf]]:
    """Lay the files out beside their places, read each again there, and wait until the disk has them; gives the shelves that are ready."""
    mine = shelves(settings)
    _clear_left(settings, mine.values())
    try:
        fresh = {kind: shelf.fresh(ending) for kind, shelf in mine.items()}
        backup.extract(fresh)
        for name, stored in backup.manifest.files.items():
            kind, _, inner = name.partition("/")
            _compare(fresh[kind] / inner, stored.sha256)
        for folder in fresh.values():
            for one in (folder, *(path for path in folder.rglob("*") if path.is_dir())):
                sync_names(one)
        for shelf in mine.values():
            shelf.prepare(ending)
        yield list(mine.values())
    finally:
        for shelf in mine.values():
            with suppress(Refused):  # where the store is away, the next restore removes it
                shelf.clear_fresh()


def set_heads_aside(settings: Settings, endings: Iterable[str]) -> list[str]:
    """Set the heads aside that were printed of the other trail."""
    heads = settings.audit_heads
    places = [heads.with_name(f"{heads.name}.{ending}") for ending in endings]
    if heads.is_file():
        heads.rename(next(place for place in places if not place.exists()))
    return [str(place) for place in places if place.exists()]


def _clear_left(settings: Settings, mine: Iterable[Shelf]) -> None:
    """Remove what restores that were killed left behind; earlier versions laid files out in ``.restoring-…``."""
    for left in settings.data_dir.glob(".restoring-*"):
        shutil.rmtree(left, ignore_errors=True)
    for shelf in mine:
        shelf.clear_fresh()
    placing.clear_left(settings)


def _compare(path: Path, sha256: str) -> None:
    with path.open("rb+") as file:
        sync(file.fileno())
        if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
            raise refuse(
                "BAK-024",
                f"What was written is not what was read, in: {path}. Nothing was changed.",
                "Look after the disk; the backup itself is unharmed.",
                status=409,
            )
