"""What is written reaches the disk: files, and the names that folders give them."""

from __future__ import annotations

import os
import sys
from pathlib import Path

if sys.platform == "darwin":
    import fcntl


def sync(descriptor: int) -> None:
    """Wait until the disk holds what was written to an open file.

    On macOS ``fsync`` leaves it in the disk's own cache, which power takes along; ``F_FULLFSYNC`` asks the disk itself (fsync(2) there), and
    not every file system of macOS knows it.
    """
    if sys.platform == "darwin":
        try:
            fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
        except OSError:
            os.fsync(descriptor)
    else:
        os.fsync(descriptor)


def sync_names(folder: Path) -> None:
    """Wait until the disk holds the names of a folder's files: a file that was renamed is under its new name after a loss of power.

    Windows opens no folders, and keeps names by itself.
    """
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        sync(descriptor)
    finally:
        os.close(descriptor)
