"""Uploaded spreadsheets, however hostile: looked at from outside first (what a zip declares), then read by
:mod:`webapp.sheet_reader` in a process with limits of its own.
"""

from __future__ import annotations

import zipfile
from io import BytesIO
from typing import Literal

from schema.limits import UNPACKED_BYTES
from webapp.children import run_apart

Wanted = Literal["xlsx", "csv", "book"]
ROWS, COLUMNS = 10_001, 40  # of a list, at most; the reader says so where there are more
PARTS = 500
TOO_MUCH = 3  # what the reader ends with where the file holds more than anybody needs
SECONDS = 10.0  # by the clock
SIGNATURE = b"PK\x03\x04"


class Unreadable(Exception):
    """The file is no workbook that can be read."""


class Swelling(Exception):
    """The file unpacks to far more than it needs."""


def look_at(content: bytes) -> None:
    """Look at a workbook without unpacking it. Raises ``Unreadable`` (macros count as such) or ``Swelling``."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise Unreadable from error
    names = {part.filename for part in parts}
    if "xl/workbook.xml" not in names or any(name.endswith("vbaProject.bin") for name in names):
        raise Unreadable
    if len(parts) > PARTS or sum(part.file_size for part in parts) > UNPACKED_BYTES:
        raise Swelling


def read_apart(content: bytes, wanted: Wanted) -> list[str]:
    """Give the lines that the reader prints, which gets the content without a file being written. Raises ``TooSlow``, ``Swelling``, or ``Unreadable`` where it gave up."""
    done = run_apart("webapp.sheet_reader", wanted, seconds=SECONDS, content=content)
    if done.returncode != 0:
        raise Swelling if done.returncode == TOO_MUCH else Unreadable
    return done.stdout.decode().splitlines()
