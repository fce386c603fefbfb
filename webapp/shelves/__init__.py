"""Where stored files lie: attached reports and exports, in the data folder, in another folder or in a bucket.

This is the only place that knows; everything else asks :func:`shelf_of` for a :class:`Shelf`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path

from webapp.place import Place
from webapp.settings import Settings
from webapp.shelves.folder import FolderShelf
from webapp.shelves.shelf import Lost, Shelf, name_for

DOCUMENTS, EXPORTS = "documents", "exports"
KINDS = (EXPORTS, DOCUMENTS)
#: Lasts as long as a file is being fetched; it may refuse.
Turn = Callable[[], AbstractContextManager[None]]


def shelf_of(settings: Settings, kind: str, turn: Turn | None = None) -> Shelf:
    """The shelf of one kind of files of this installation.

    ``turn`` is given where somebody waits for the answer. From another machine files are then fetched one in a turn, and it is not waited for as long.
    """
    return shelf_at(settings, settings.files_place / kind, turn)


def shelf_at(settings: Settings, place: Place, turn: Turn | None = None) -> Shelf:
    """The shelf at a place; where that is a bucket, the data folder has the files that are on their way."""
    if isinstance(place, Path):
        return FolderShelf(place)
    # Its libraries come with the extra "s3", and take a second to load.
    from webapp.shelves.bucket import BucketShelf

    return BucketShelf(place, settings.data_dir / "on-their-way", turn)


def shelves(settings: Settings) -> Mapping[str, Shelf]:
    """Every shelf whose files belong to what is in the database, by kind: what a backup takes along."""
    return {kind: shelf_of(settings, kind) for kind in KINDS}


__all__ = [
    "DOCUMENTS",
    "EXPORTS",
    "KINDS",
    "Lost",
    "Place",
    "Shelf",
    "Turn",
    "name_for",
    "shelf_at",
    "shelf_of",
    "shelves",
]
