"""A restore that is under way: a mark in the data folder, from before the first thing is switched until everything is.

While it is there, database and files may not belong together, so nothing but another restore may use them. It names the backup, and the
endings under which what was there is set aside: one for each attempt, the first one first.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy.exc import OperationalError

from schema.disk import sync, sync_names
from schema.problem import Refused, refuse
from schema.store.file_lock import try_lock
from webapp.settings import Settings

NAME = "restore-under-way"
LOCK = "restore.lock"
INTERRUPTED = "BAK-021"


@dataclass(frozen=True, slots=True)
class UnderWay:
    """What the mark says: the backup, in words, and the ending of each attempt."""

    backup: str
    endings: tuple[str, ...]


def under_way(settings: Settings) -> UnderWay | None:
    """Return what is under way, or was interrupted; None where nothing is."""
    try:
        held = json.loads(_mark(settings).read_text(encoding="utf-8"))
        return UnderWay(str(held["backup"]), tuple(map(str, held["endings"])))
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError):  # not as it was written: something was under way all the same
        return UnderWay("a backup", ())


def begin(settings: Settings, what: UnderWay) -> None:
    """Set the mark; it is on the disk when this returns."""
    mark = _mark(settings)
    unfinished = mark.with_name(f".{NAME}")
    with unfinished.open("w", encoding="utf-8") as file:
        file.write(json.dumps(asdict(what)))
        file.flush()
        sync(file.fileno())
    unfinished.replace(mark)
    sync_names(mark.parent)


def end(settings: Settings) -> None:
    """Take the mark away: everything is in its place."""
    _mark(settings).unlink()
    sync_names(settings.data_dir)


def refuse_unfinished(settings: Settings) -> None:
    """Raise Refused (BAK-021) where a restore is under way or was interrupted."""
    found = under_way(settings)
    if found is not None:
        raise interrupted(found)


def interrupted(what: UnderWay) -> Refused:
    """Return the refusal of whatever would use database and files that may not belong together."""
    return refuse(
        INTERRUPTED,
        f"Restoring {what.backup} has not come to its end, so database and files may not belong together.",
        "Where it does not run any more, run it again: tandem restore FILE --replace. What was there before is kept; "
        "see docs/backups.md, A restore that was interrupted.",
        status=409,
    )


@contextmanager
def alone(settings: Settings) -> Iterator[None]:
    """Hold off every other restore into this data folder: it would take what this one lays out for left behind. Raises Refused (BAK-028)."""
    descriptor = os.open(settings.data_dir / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if not try_lock(descriptor):
            raise refuse(
                "BAK-028",
                "Another tandem restore is at work in this data folder.",
                "Let it come to its end; then look whether another one is needed still.",
                status=409,
            )
        yield
    finally:
        os.close(descriptor)


@contextmanager
def telling(settings: Settings) -> Iterator[None]:
    """Say of whatever breaks a restore off whether anything was changed by then. Raises Refused (BAK-021, BAK-022)."""
    try:
        yield
    except Refused as refused:
        found = under_way(settings)
        if found is None or any(problem.code == INTERRUPTED for problem in refused.problems):
            raise
        raise Refused([*refused.problems, *interrupted(found).problems], status=refused.status) from refused
    except (OSError, OperationalError) as error:
        found = under_way(settings)
        if found is None and isinstance(error, PermissionError):
            raise
        said = error.strerror if isinstance(error, OSError) else str(error.orig)
        problems = [] if found is None else interrupted(found).problems
        nothing = "" if problems else " Nothing was changed."
        raise Refused([*_no_place(f"{said}.{nothing}").problems, *problems]) from error


def _no_place(said: str) -> Refused:
    return refuse(
        "BAK-022",
        f"The backup cannot be put here: {said}",
        "Make room for a second database, and for the files a second time, on the disks where they are; then try again.",
    )


def _mark(settings: Settings) -> Path:
    return settings.data_dir / NAME
