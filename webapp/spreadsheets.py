"""Uploaded spreadsheets, however hostile: looked at from outside first (what a zip declares), then read by
:mod:`webapp.sheet_reader` in a process with limits of its own.
"""

from __future__ import annotations

import subprocess
import sys
import zipfile
from io import BytesIO
from typing import Literal

from schema.limits import UNPACKED_BYTES
from webapp.children import OUT_OF_TIME, bare_environment

Wanted = Literal["xlsx", "csv", "book"]
ROWS, COLUMNS = 10_001, 40  # of a list, at most; the reader says so where there are more
PARTS = 500
SECONDS = 10.0  # by the clock, which other work on the machine takes its share of; what the process is given counts processor time
SIGNATURE = b"PK\x03\x04"


class Unreadable(Exception):
    """The file is no workbook that can be read."""


class Swelling(Exception):
    """The file would unpack to far more than it needs."""


class TooSlow(Exception):
    """Reading the file took too long."""


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
    """Give the lines that the reader prints, which gets the content without a file being written. Raises ``TooSlow``, or ``Unreadable`` where it gave up."""
    command = [sys.executable, "-m", "webapp.sheet_reader", wanted]
    try:
        done = subprocess.run(  # noqa: S603 - our own module, no shell, words that we chose
            command,
            input=content,
            capture_output=True,
            timeout=SECONDS,
            check=False,
            env=bare_environment(),
        )
    except subprocess.TimeoutExpired as error:
        raise TooSlow from error
    if done.returncode != 0:
        raise TooSlow if done.returncode == OUT_OF_TIME else Unreadable
    return done.stdout.decode().splitlines()
