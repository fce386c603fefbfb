"""Copies all stored files to another place, another folder or a bucket, and compares each with what the database knows of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from sqlalchemy import select

from schema.actor import COMMAND_LINE
from schema.problem import Problem, Refused, refuse
from schema.store.audit import record
from schema.store.database import Database
from schema.store.models import ExportFile, ReportFile
from webapp.backups import locked
from webapp.place import Bucket, Place
from webapp.settings import Settings
from webapp.shelves import DOCUMENTS, EXPORTS, KINDS, Shelf, shelf_at, shelves

#: The hash that each stored file must have, by kind and name.
Sums = Mapping[str, Mapping[str, str]]
ROWS: Mapping[str, type[ExportFile] | type[ReportFile]] = {EXPORTS: ExportFile, DOCUMENTS: ReportFile}


def move_files(database: Database, settings: Settings, place: Place) -> int:
    """Copy every stored file to another place, read each again there and compare its hash; gives how many are there.

    A file that has arrived already, from a run that was interrupted, is not copied again. The present files are left as they are. Raises
    Refused: BAK-019 where the place holds other files, BAK-020 where one arrived changed, BAK-025 for each file that is missing or was
    changed, before any is copied; BAK-026 for a place where the files are now.
    """
    place = place.absolute() if isinstance(place, Path) else place
    _require_elsewhere(settings, place)
    known = _known(database)
    if problems := list(_lost(settings, known)):
        raise Refused(problems, status=409)
    if isinstance(place, Path):
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
    targets = {kind: shelf_at(settings, place / kind) for kind in KINDS}
    held = {kind: [one.name for one in shelf.held()] for kind, shelf in shelves(settings).items()}
    for kind, target in targets.items():
        target.check()
        if {one.name for one in target.held()} - set(held[kind]):
            raise refuse(
                "BAK-019", f"{target.address()} holds other files.", "Name another place.", status=409
            )
    for kind, source in shelves(settings).items():
        for name in held[kind]:
            _copy(source, name, targets[kind], known[kind].get(name))
    done = sum(map(len, held.values()))
    with database.writing() as session:
        record(session, COMMAND_LINE, "files.move", detail={"files": done, "to": str(place)})
    return done


def _require_elsewhere(settings: Settings, place: Place) -> None:
    for kind in KINDS:
        now = settings.files_place / kind
        if any(_is_in(place / other, now) for other in KINDS):
            raise refuse(
                "BAK-026",
                f"{place} is where the files are now, or inside it.",
                "Name another place.",
                where="--files-to",
            )


def _is_in(place: Place, outer: Place) -> bool:
    if isinstance(place, Bucket) or isinstance(outer, Bucket):
        return f"{place}/".startswith(f"{outer}/")
    return place.resolve().is_relative_to(outer.resolve())


def _known(database: Database) -> Sums:
    with database.reading() as session:
        return {
            kind: {
                row.stored_name: row.sha256
                for row in session.execute(select(model.stored_name, model.sha256))
            }
            for kind, model in ROWS.items()
        }


def _lost(settings: Settings, known: Sums) -> Iterator[Problem]:
    for kind, shelf in shelves(settings).items():
        for name, sha256 in known[kind].items():
            found = _sum(shelf, name)
            if found != sha256:
                what = "is missing" if found is None else "was changed"
                yield Problem(
                    "BAK-025",
                    f"{shelf.address(name)} {what}, so nothing was copied.",
                    f"Put it back from a backup, where it is files/{kind}/{name}, then try again; where no backup has it, see "
                    "docs/backups.md, Moving the files.",
                )


def _copy(source: Shelf, name: str, target: Shelf, sha256: str | None) -> None:
    """Copy one file unless it is there as it should be; where no row knows it, as it is."""
    sha256 = sha256 or source.sum(name)
    if _sum(target, name) == sha256:
        return
    unfinished = target.unfinished(".copied")
    try:
        with source.at(name) as path:
            locked.copy(path, unfinished)
        target.put(name, unfinished)
    finally:
        unfinished.unlink(missing_ok=True)
    if target.sum(name) != sha256:
        raise refuse("BAK-020", f"{target.address(name)} is not what was copied.", "Try again.", status=409)


def _sum(shelf: Shelf, name: str) -> str | None:
    try:
        return shelf.sum(name)
    except FileNotFoundError:
        return None
