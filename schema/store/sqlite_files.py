"""A SQLite database as files: found out whether somebody uses it, set aside whole, and replaced by another in one step."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from schema.disk import sync_names
from schema.problem import refuse

BESIDES = ("-wal", "-shm", "-journal")
WAIT_SECONDS = 2.0


def is_there(path: Path) -> bool:
    """Whether there is a database with anything in it."""
    return path.is_file() and path.stat().st_size > 0


def close_for_good(path: Path) -> None:
    """Write what waits beside the file back into it, so that it is one file again.

    Raises Refused (BAK-012) where another program has it open. A file that is damaged is left as it is.
    """
    try:
        connection = sqlite3.connect(path, timeout=WAIT_SECONDS)
        try:
            mode = connection.execute("PRAGMA journal_mode=DELETE").fetchone()[0]
        finally:
            connection.close()
    except sqlite3.OperationalError as error:
        if "locked" not in str(error):
            return
        mode = "locked"
    except sqlite3.DatabaseError:
        return
    if mode != "delete":
        raise refuse(
            "BAK-012",
            f"{path} is in use.",
            "Stop tandem serve and tandem worker, and whatever else has it open, then try again.",
            status=409,
        )


def beside(path: Path, ending: str) -> Path:
    """Where a database is kept that is set aside."""
    return path.with_name(f"{path.name}.{ending}")


def set_aside(path: Path, ending: str) -> Path:
    """Keep the database under another name, beside where it was, and return that name. It is still in its place as well."""
    kept = beside(path, ending)
    if kept.exists():
        raise FileExistsError(kept)
    try:
        os.link(path, kept)
    except OSError:  # a file system without links
        path.rename(kept)
    for besides in BESIDES:
        stray = Path(f"{path}{besides}")
        if stray.exists():
            stray.rename(f"{kept}{besides}")
    return kept


def replace(path: Path, fresh: Path) -> None:
    """Put the closed database ``fresh`` in the place of ``path``, in one step; what lay beside the old one goes."""
    for besides in BESIDES:
        Path(f"{path}{besides}").unlink(missing_ok=True)
    fresh.replace(path)
    Path(f"{fresh}.lock").unlink(missing_ok=True)
    sync_names(path.parent)
