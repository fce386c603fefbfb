"""A backup is one file: a ZIP archive of tables as JSON lines, of stored files, and a manifest with the hash of each.

The manifest is sealed with the key of the audit trail, which is never in the backup: whoever has only the file can neither
change it unnoticed nor make one that would be taken for ours.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from typing import IO, Any

from pydantic import BaseModel, ConfigDict, ValidationError
from sqlalchemy.orm import Session

from schema.problem import Refused, refuse
from schema.store import migrate, portable
from schema.store.audit_chain import head
from schema.store.audit_keys import Keyring
from schema.store.audit_verify import Verified, follow
from schema.store.database import now
from schema.store.outages import NO_ROOM
from schema.store.portable import Sum
from webapp.shelves import DOCUMENTS, EXPORTS, Shelf

FORMAT = 1
MANIFEST, SEAL, TABLES, FILES = "manifest.json", "seal.json", "tables", "files"
LABEL = b"tandem backup manifest\n"
BLOCK = 1024 * 1024
DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError, OSError, ValueError)
FIND_ANOTHER = "Use another backup."
#: The tables whose rows name the stored files of each kind, and the hash that each must have.
NAMED_BY: Mapping[str, str] = {EXPORTS: "export_file", DOCUMENTS: "report_file"}
Lines = Callable[[str], Iterable[bytes]]


class Rows(BaseModel):
    """One table of a backup."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    rows: int
    sha256: str


class Stored(BaseModel):
    """One file of a backup; ``size`` in bytes."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    size: int
    sha256: str


class Manifest(BaseModel):
    """What a backup holds. ``step``: the migration the database was at; ``audit_head``: the trail's head at that moment."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    format: int
    made_at: datetime
    made_by: str
    database: str
    step: str
    audit_rows: int
    audit_head: str
    tables: dict[str, Rows]
    files: dict[str, Stored]

    @property
    def sums(self) -> dict[str, Sum]:
        """Number and hash of each table."""
        return {name: Sum(held.rows, held.sha256) for name, held in self.tables.items()}

    @property
    def rows(self) -> int:
        """How many rows all tables have together."""
        return sum(held.rows for held in self.tables.values())


@dataclass(frozen=True, slots=True)
class Flaw:
    """A stored file that a backup lacks, or holds otherwise than the database in it knows it; ``said`` tells how."""

    name: str
    said: str

    def __str__(self) -> str:
        """Return it as a sentence."""
        return f"{self.name} {self.said}"


@dataclass(frozen=True, slots=True)
class Written:
    """What was written, and what of the files that the rows name could not be, or not as they name it."""

    manifest: Manifest
    flaws: tuple[Flaw, ...]


def write(target: IO[bytes], session: Session, shelves: Mapping[str, Shelf]) -> Written:
    """Write a backup of what the reading session sees, and of the files on ``shelves`` (by kind).

    A stored file that is missing, changed or not to be read does not keep the rest from being written.
    """
    connection = session.connection()
    last = head(session)
    with zipfile.ZipFile(target, "w") as archive:
        carried = {one.name: one for one in portable.carried_tables(connection)}
        tables = {
            name: _write_table(archive, name, portable.lines(connection, one))
            for name, one in carried.items()
        }
        named = _named(
            [kind for kind in shelves if NAMED_BY[kind] in carried],
            lambda table: portable.lines(connection, carried[table]),
        )
        unread: dict[str, str] = {}
        files = dict(_write_files(archive, shelves, named, unread))
        manifest = Manifest(
            format=FORMAT,
            made_at=now(session),
            made_by=f"tandem {version('tandem')}",
            database=connection.dialect.name,
            step=str(migrate.reached(connection)),
            audit_rows=last.seq,
            audit_head=last.hash,
            tables=tables,
            files=files,
        )
        content = manifest.model_dump_json(indent=1).encode()
        key = session.info["audit_keys"].current
        archive.writestr(_entry(MANIFEST), content)
        archive.writestr(_entry(SEAL), json.dumps({"key_name": key.name, "seal": key.seal(LABEL + content)}))
    return Written(manifest, _flaws(named, files, unread))


@dataclass(frozen=True)
class Backup:
    """A backup that was opened; what :func:`opened` gives."""

    manifest: Manifest
    key_name: str
    seal: str
    _archive: zipfile.ZipFile
    _content: bytes

    def lines(self, name: str) -> Iterator[bytes]:
        """Give the rows of one table. Raises Refused (BAK-003) where the file is damaged."""
        with _or_damaged(name), self._archive.open(f"{TABLES}/{name}.jsonl") as held:
            yield from held

    def check_content(self) -> None:
        """Read everything once. Raises Refused for the first table or file that is not what the manifest says (BAK-003), or that it does not name (BAK-007)."""
        named = [MANIFEST, SEAL, *(f"{TABLES}/{name}.jsonl" for name in self.manifest.tables)]
        named += [f"{FILES}/{name}" for name in self.manifest.files]
        if set(self._archive.namelist()) - set(named) or len(self._archive.namelist()) > len(named):
            raise _changed()
        for name, expected in self.manifest.sums.items():
            if portable.summed(self.lines(name)) != expected:
                raise _damaged(name)
        for name, stored in self.manifest.files.items():
            with _or_damaged(name), self._archive.open(f"{FILES}/{name}") as held:
                found = _sum_file(held)
            if found != stored:
                raise _damaged(name)

    def flaws(self) -> tuple[Flaw, ...]:
        """Every stored file that the rows in the backup name and that it lacks, or holds with another hash than they name."""
        known = [kind for kind, table in NAMED_BY.items() if table in self.manifest.tables]
        return _flaws(_named(known, self.lines), self.manifest.files, {})

    def check_seal(self, keys: Keyring) -> None:
        """Raise Refused (BAK-006, BAK-007) unless the manifest was sealed with a key of the ring."""
        key = keys.find(self.key_name)
        if key is None:
            raise refuse(
                "BAK-006",
                f"The backup is sealed with the key {self.key_name}, which is not known here, so nobody can tell whether it is genuine.",
                "Give the secret key of the installation it came from, as TANDEM_SECRET_KEY or in TANDEM_EARLIER_SECRET_KEYS; "
                "or, where that is lost, use --unverified.",
                status=409,
            )
        if key.seal(LABEL + self._content) != self.seal:
            raise _changed()

    def check_trail(self, keys: Keyring) -> Verified:
        """Follow the audit trail inside the backup with the keys of the ring."""
        return follow(self._trail(), keys, [self.manifest.audit_head])

    def check_step(self) -> None:
        """Raise Refused (BAK-027) where the backup is from a later version of Tandem than this one."""
        if not migrate.is_known(self.manifest.step):
            raise refuse(
                "BAK-027",
                f"The backup is at step {self.manifest.step}, which this version of Tandem does not know.",
                "It was made by a later version: install that one, or use an earlier backup.",
                status=409,
            )

    def extract(self, folders: Mapping[str, Path]) -> None:
        """Write the stored files into ``folders`` (name -> path), readable by their owner alone.

        Raises Refused (BAK-003) where the backup is damaged, and OSError where a file cannot be written.
        """
        for folder in folders.values():
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in self.manifest.files:
            place, inner = _place(name)
            target = folders[place] / inner
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with target.open("wb") as file:
                target.chmod(0o600)
                for block in self._blocks(name):
                    file.write(block)

    def _blocks(self, name: str) -> Iterator[bytes]:
        """Give a stored file piece by piece; what fails where a piece is used is no damage of the backup."""
        with _or_damaged(name), self._archive.open(f"{FILES}/{name}") as held:
            while block := held.read(BLOCK):
                yield block

    def _trail(self) -> Iterator[dict[str, Any]]:
        for line in self.lines("audit"):
            with _or_damaged("audit"):
                row = json.loads(line)
                row["at"] = datetime.fromisoformat(row["at"])
            yield row


@contextmanager
def opened(path: Path) -> Iterator[Backup]:
    """Open a backup that is not encrypted. Raises Refused (BAK-002, BAK-004) for anything else."""
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError) as error:
        raise refuse(
            "BAK-002", f"{path.name} is not a whole backup of Tandem.", FIND_ANOTHER, where=str(path)
        ) from error
    with archive:
        yield _read(archive, path)


def _read(archive: zipfile.ZipFile, path: Path) -> Backup:
    try:
        content, seal = archive.read(MANIFEST), json.loads(archive.read(SEAL))
        if json.loads(content)["format"] != FORMAT:
            raise refuse(
                "BAK-004",
                f"{path.name} is in a format that this version of Tandem does not know.",
                "Use the version of Tandem that made it, or a later one.",
                where=str(path),
            )
        manifest = Manifest.model_validate_json(content)
        for name in manifest.files:
            _place(name)
        return Backup(manifest, str(seal["key_name"]), str(seal["seal"]), archive, content)
    except (*DAMAGED, TypeError, ValidationError) as error:
        raise _damaged("the manifest") from error


def _place(name: str) -> tuple[str, str]:
    """Split a file's name into folder and rest. Raises ValueError for one that would lead elsewhere."""
    parts = PurePosixPath(name).parts
    if len(parts) < 2 or name.startswith("/") or "\\" in name or any(part in ("..", ".") for part in parts):
        raise ValueError(f"{name!r} is not a place inside a folder")
    return parts[0], "/".join(parts[1:])


def _entry(name: str) -> zipfile.ZipInfo:
    """A member that is compressed and bears no moment, because the format has none for a clock before 1980."""
    entry = zipfile.ZipInfo(name)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _write_table(archive: zipfile.ZipFile, name: str, lines: Iterable[bytes]) -> Rows:
    with archive.open(_entry(f"{TABLES}/{name}.jsonl"), "w", force_zip64=True) as held:

        def copied() -> Iterator[bytes]:
            for line in lines:
                held.write(line)
                yield line

        found = portable.summed(copied())
    return Rows(rows=found.rows, sha256=found.sha256)


def _named(kinds: Iterable[str], lines: Lines) -> dict[str, str]:
    """Every stored file of these kinds that rows name, with the hash that it must have. ``lines`` gives the rows of a table."""
    rows = ((kind, json.loads(line)) for kind in kinds for line in lines(NAMED_BY[kind]))
    return {f"{kind}/{row['stored_name']}": row["sha256"] for kind, row in rows}


def _flaws(
    named: Mapping[str, str], files: Mapping[str, Stored], unread: Mapping[str, str]
) -> tuple[Flaw, ...]:
    missing = {name: "is missing." for name in named if name not in files}
    changed = {
        name: "was changed."
        for name, sha256 in named.items()
        if name in files and files[name].sha256 != sha256
    }
    return tuple(Flaw(name, said) for name, said in sorted({**missing, **changed, **unread}.items()))


def _write_files(
    archive: zipfile.ZipFile, shelves: Mapping[str, Shelf], named: Iterable[str], unread: dict[str, str]
) -> Iterator[tuple[str, Stored]]:
    """Write what lies on the shelves, and what rows name though no list shows it; ``unread`` gets what cannot be read, and why."""
    for kind, shelf in sorted(shelves.items()):
        names = {name for name in named if name.startswith(f"{kind}/")}
        try:
            names |= {f"{kind}/{held.name}" for held in shelf.held()}
        except PermissionError as error:
            unread[kind] = _unreadable(error)
        for name in sorted(names):
            with _opened(shelf, name, unread) as file:
                if file is not None:
                    yield name, _write_file(archive, name, _blocks(file, name, unread))


@contextmanager
def _opened(shelf: Shelf, name: str, unread: dict[str, str]) -> Iterator[IO[bytes] | None]:
    """Open a stored file; gives None where it is not there - missing if a row names it, otherwise swept up - or cannot be read."""
    file = None
    with ExitStack() as stack:
        try:
            path = stack.enter_context(shelf.at(name.partition("/")[2]))
            file = stack.enter_context(path.open("rb"))
        except FileNotFoundError:
            pass
        except OSError as error:
            if error.errno in NO_ROOM:  # to fetch it in
                raise
            unread[name] = _unreadable(error)
        yield file


def _blocks(file: IO[bytes], name: str, unread: dict[str, str]) -> Iterator[bytes]:
    """Read a file to its end, or as far as the disk gives it."""
    try:
        while block := file.read(BLOCK):
            yield block
    except OSError as error:
        unread[name] = _unreadable(error)


def _unreadable(error: OSError) -> str:
    return f"cannot be read: {error.strerror}."


def _write_file(archive: zipfile.ZipFile, name: str, blocks: Iterable[bytes]) -> Stored:
    entry = zipfile.ZipInfo(f"{FILES}/{name}")  # what is stored is compressed already
    seen, size = hashlib.sha256(), 0
    with archive.open(entry, "w", force_zip64=True) as held:
        for block in blocks:
            held.write(block)
            seen.update(block)
            size += len(block)
    return Stored(size=size, sha256=seen.hexdigest())


def _sum_file(held: IO[bytes]) -> Stored:
    seen, size = hashlib.sha256(), 0
    while block := held.read(BLOCK):
        seen.update(block)
        size += len(block)
    return Stored(size=size, sha256=seen.hexdigest())


@contextmanager
def _or_damaged(name: str) -> Iterator[None]:
    try:
        yield
    except DAMAGED as error:
        raise _damaged(name) from error


def _changed() -> Refused:
    return refuse("BAK-007", "The backup was changed after it was made.", FIND_ANOTHER, status=409)


def _damaged(name: str) -> Refused:
    return refuse("BAK-003", f"The backup is damaged in {name}.", FIND_ANOTHER, status=409)
