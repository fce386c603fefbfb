"""Where a process of Tandem puts what it writes for a moment: a folder beside the database, for its owner alone.

Libraries that write spreadsheets and take uploads in use temporary files, and these hold answers. In the folder that all programs of a
machine share they would stay behind where a process is killed; here they lie where answers lie anyway, and are cleared away.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from schema.problem import refuse
from schema.store.database import Database
from webapp.settings import Settings
from webapp.shelves import KINDS, shelf_of
from webapp.shelves.shelf import remove_left

NAME = "scratch"


def folder_of(settings: Settings) -> Path:
    """The folder, made where it is not there yet. Raises Refused (SET-016) where it cannot be."""
    folder = settings.data_dir / NAME
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise refuse(
            "SET-016",
            f"{settings.data_dir} cannot be written to: {error.strerror}.",
            "Give the folder to Tandem’s own account, or name another one with TANDEM_DATA_DIR.",
        ) from error
    return folder


def take(settings: Settings) -> Path:
    """From now on every temporary file of this process is made in the installation's own folder."""
    folder = folder_of(settings)
    tempfile.tempdir = str(folder)
    return folder


@contextmanager
def used(settings: Settings) -> Iterator[Path]:
    """The same for a while."""
    before = tempfile.tempdir
    try:
        yield take(settings)
    finally:
        tempfile.tempdir = before


def clear(_: Database, settings: Settings) -> None:
    """Remove what processes left behind that were killed while they wrote a file; make the folder anew where somebody removed it."""
    remove_left(folder_of(settings))
    for kind in KINDS:
        shelf_of(settings, kind).clear_scratch()
