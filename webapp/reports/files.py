"""The shelf of documents: how a file arrives on it, is read again with its hash compared, and is swept up.

A file is put on the shelf before its row and removed where the row does not come to stand; what a killed process leaves behind
without a row is swept up later. So no row is without its file, and no file stays without a row.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import IO

from schema.limits import REPORT_BYTES, megabytes
from schema.problem import Refused, refuse
from schema.store.outages import NO_ROOM
from webapp.filenames import LONGEST_NAME, plain_name
from webapp.shelves import Lost, Shelf, name_for
from webapp.shelves.shelf import LEFT_BEHIND

PIECE = 2**20
MOST_PICTURES = 500 * 2**20  # bytes of page pictures that are kept


@dataclass(slots=True)
class Received:
    """A file that has arrived: where it lies until it is kept, the name it will have, its size in bytes and its SHA-256."""

    shelf: Shelf
    path: Path
    name: str
    size: int
    sha256: str
    kept: bool = False

    def keep(self) -> None:
        """Put it on the shelf, once it has been looked at."""
        self.shelf.put(self.name, self.path)
        self.kept = True


@contextmanager
def received(shelf: Shelf, stream: IO[bytes]) -> Iterator[Received]:
    """Write down what arrives; where the block raises, the file goes again, also from the shelf.

    Raises ``Refused``: RPT-002 (empty), RPT-003 (413, too large), RPT-004 (no PDF by its first bytes), RPT-008 (507, disk full).
    """
    path = shelf.unfinished(".pdf")
    arrived = None
    try:
        size, digest = _write(path, stream)
        arrived = Received(shelf, path, name_for(digest, ".pdf"), size, digest)
        yield arrived
    except BaseException as error:
        if arrived is not None and arrived.kept:
            shelf.let_go(arrived.name)
        if isinstance(error, OSError) and error.errno in NO_ROOM:
            raise _disk_full() from error
        raise
    finally:
        path.unlink(missing_ok=True)


def _write(path: Path, stream: IO[bytes]) -> tuple[int, str]:
    size, digest = 0, sha256()
    with path.open("wb") as file:
        while piece := stream.read(PIECE):
            if not size:
                _check_beginning(piece)
            size += len(piece)
            if size > REPORT_BYTES:
                raise refuse(
                    "RPT-003",
                    f"The file is larger than {megabytes(REPORT_BYTES)}.",
                    "Save the PDF with smaller pictures, or split off its appendices.",
                    where="file",
                    status=413,
                )
            digest.update(piece)
            file.write(piece)
    if not size:
        raise refuse("RPT-002", "The file is empty.", "Choose the PDF of the report.", where="file")
    return size, digest.hexdigest()


def _check_beginning(piece: bytes) -> None:
    if not piece.startswith(b"%PDF-"):
        raise not_a_pdf()


def not_a_pdf() -> Refused:
    """Build the refusal of a file that is no PDF, or none that can be read."""
    return refuse(
        "RPT-004",
        "This is not a PDF that can be read.",
        "Choose a PDF. A document of another kind can be saved or printed as one.",
        where="file",
    )


def _disk_full() -> Refused:
    return refuse(
        "RPT-008",
        "There is no room left on the server’s disk, so the file was not kept.",
        "Tell whoever looks after the server, and try again later.",
        where="file",
        status=507,
    )


def clean_name(name: str) -> str:
    """The name under which a document is kept and offered: plain, a PDF, of at most 150 characters besides."""
    stem = plain_name(name)
    stem = stem[:-4].rstrip(". ") if stem.lower().endswith(".pdf") else stem
    return f"{stem[:LONGEST_NAME] or 'report'}.pdf"


@contextmanager
def whole(shelf: Shelf, stored_name: str, expected: str) -> Iterator[Path]:
    """A path of a stored file that still has its hash. Raises ``Refused`` (RPT-009, 410) where it is gone or changed."""
    try:
        with shelf.checked(stored_name, expected) as path:
            yield path
    except Lost as error:
        raise _not_whole() from error


def opened(shelf: Shelf, stored_name: str, expected: str) -> IO[bytes]:
    """The same, opened to be sent."""
    try:
        return shelf.opened(stored_name, expected)
    except Lost as error:
        raise _not_whole() from error


def _not_whole() -> Refused:
    return refuse(
        "RPT-009",
        "The file of this document is missing or damaged on the server.",
        "Tell whoever looks after the server; it can be brought back from a backup, or attached again.",
        status=410,
    )


def sweep(shelf: Shelf, known: Callable[[], Collection[str]]) -> list[str]:
    """Remove files that no row knows and no upload can still be writing; gives their names.

    ``known`` tells the names that rows have. It is asked after the files were listed, so that none has come since.
    """
    before = datetime.now(UTC) - timedelta(seconds=LEFT_BEHIND)
    left = [held.name for held in shelf.held() if held.changed_at < before]
    names = known()
    gone = [name for name in left if name not in names]
    for name in gone:
        shelf.remove(name)
    shelf.clear_scratch()
    return gone


def trim_pictures(folder: Path, most: int = MOST_PICTURES) -> None:
    """Keep the pictures of pages within a size in all, the oldest go first; they can be drawn again."""
    found = []
    for path in folder.glob("*.webp"):
        try:
            held = path.stat()
        except FileNotFoundError:  # another process was quicker
            continue
        found.append((held.st_mtime, held.st_size, path))
    total = sum(size for _, size, _ in found)
    for _, size, path in sorted(found):
        if total <= most:
            return
        path.unlink(missing_ok=True)
        total -= size
