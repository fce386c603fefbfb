"""A shelf: one kind of stored files (reports, exports, backups), wherever they lie, behind one small set of acts.

Files are known by what is in them: a name begins with the SHA-256 of the content, so that a shelf can be checked without any
database, and goes on with random digits, so that two uploads of the same file are two files and removing one never takes the
other away. Whoever reads a file gives the hash that it must have.
"""

from __future__ import annotations

import os
import secrets
import shutil
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from hashlib import file_digest
from pathlib import Path
from typing import IO

from schema.problem import Refused

LEFT_BEHIND = 3600.0  # seconds after which what is unfinished belongs to nobody who still works on it
UNFINISHED = "."  # names of unfinished files begin with it; no shelf counts them among its own
SET_ASIDE = (
    "before-restore-"  # the ending of what a restore sets aside begins with it, and goes on with the moment
)
FRESH = ".new"  # the end of the name of what is to take its place


class Lost(Exception):
    """A file is not there, or it is not what was stored."""


@dataclass(frozen=True, slots=True)
class Held:
    """A file on a shelf; ``size`` in bytes."""

    name: str
    size: int
    changed_at: datetime


class Shelf(ABC):
    """Files of one kind. Where they cannot be reached at all, every act raises ``Refused`` (FIL-001, 503)."""

    scratch: Path
    """The folder of this machine in which files are written before they are put on the shelf."""

    @abstractmethod
    def put(self, name: str, source: Path) -> None:
        """Put a finished file of the scratch folder on the shelf, whole or not at all; afterwards it is there no more."""

    @abstractmethod
    def at(self, name: str) -> AbstractContextManager[Path]:
        """Give a path of this machine under which the file can be read meanwhile. Raises FileNotFoundError."""

    @abstractmethod
    def held(self) -> Iterator[Held]:
        """Every file on the shelf, by name."""

    @abstractmethod
    def remove(self, name: str) -> None:
        """Take a file off the shelf; nothing happens where it is not there."""

    @abstractmethod
    def address(self, name: str = "") -> str:
        """Where the shelf, or a file on it, is, for whoever looks after the server."""

    @abstractmethod
    def fresh(self, ending: str) -> Path:
        """Give the folder of this machine for files that are to take the place of all on the shelf: :meth:`swap` puts them there."""

    @abstractmethod
    def prepare(self, ending: str) -> None:
        """Do what can be done before :meth:`swap` without touching a file of the shelf. Raises Refused where it could not be done."""

    @abstractmethod
    def swap(self, endings: Sequence[str]) -> list[str]:
        """Put the prepared files of the last ending in place of all that are there, which are set aside; again where it was interrupted.

        ``endings``: of all attempts, the first one first. What was set aside under one of them stays as it is. Returns where it is kept.
        """

    @abstractmethod
    def clear_fresh(self) -> None:
        """Remove what was prepared, now or by an attempt that was interrupted, and did not come to its place."""

    @abstractmethod
    def check(self) -> None:
        """Raise Refused (FIL-001, FIL-002) where files cannot be reached, with what to do."""

    def answers(self) -> bool:
        """Whether the place answers within two seconds; a folder of this machine always does."""
        return True

    @contextmanager
    def checked(self, name: str, sha256: str) -> Iterator[Path]:
        """Give a path under which the file can be read, once its hash has been compared. Raises Lost."""
        try:
            with self.at(name) as path:
                if _sum(path) != sha256:
                    raise Lost(name)
                yield path
        except FileNotFoundError as error:
            raise Lost(name) from error

    def opened(self, name: str, sha256: str) -> IO[bytes]:
        """Open a file whose hash has been compared, to send it; who gets it closes it. Raises Lost."""
        with self.checked(name, sha256) as path:
            return path.open("rb")

    def let_go(self, name: str) -> None:
        """Take a file off the shelf that no row knows any more; where the shelf is away, it stays, and does no harm."""
        with suppress(Refused):
            self.remove(name)

    def sum(self, name: str) -> str:
        """The SHA-256 of a file as it lies there now. Raises FileNotFoundError."""
        with self.at(name) as path:
            return _sum(path)

    def unfinished(self, ending: str) -> Path:
        """Make a new, empty file in the scratch folder, readable by its owner alone."""
        self.scratch.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self.scratch / f"{UNFINISHED}{secrets.token_hex(16)}{ending}"
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        return path

    def clear_scratch(self) -> None:
        """Remove unfinished files that a process left behind when it was killed."""
        remove_left(self.scratch, f"{UNFINISHED}*")


def remove_left(folder: Path, pattern: str = "*", seconds: float = LEFT_BEHIND) -> None:
    """Remove files and folders in which nothing was written for an hour, or so long: whoever made them works no more."""
    before = time.time() - seconds
    for path in folder.glob(pattern):
        with suppress(FileNotFoundError):  # somebody was quicker
            if max(one.stat().st_mtime for one in (path, *path.rglob("*"))) < before:
                shutil.rmtree(path) if path.is_dir() else path.unlink()


def name_for(sha256: str, ending: str) -> str:
    """A new name for a file with this hash: ``<sha-256>-<random digits><ending>``."""
    return f"{sha256}-{secrets.token_hex(8)}{ending}"


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
