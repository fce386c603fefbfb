"""SQLite's log of writes, folded back into the database while people read.

By itself SQLite starts the log anew only at a moment in which nobody reads from it. Readers that overlap leave it no such moment, and the
log grows with every save (measured: 1 MiB a second where thirty people each act three times a second). So the writer whose turn it
is waits a moment for those who read: whoever begins meanwhile reads from the database itself and is not waited for.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from pathlib import Path

MIB = 2**20
#: Beneath this the log is left to SQLite, which folds it back every 4 MiB wherever it meets no reader.
FOLD_AT = 16 * MIB
#: After a try that met a reader who stays, the next one comes when the log has grown by so much.
TRY_AGAIN_AFTER = 4 * MIB
#: How long a try waits for those who read, and with it the next writer: first for those who began before the last save, then for those who
#: began before all of it was folded back (measured: twice as long as one of them reads).
WAIT_SECONDS = 0.25


class WriteLog:
    """The log of writes of one SQLite file. Used by the writer whose turn it is, so by one thread at a time."""

    def __init__(self, database: Path) -> None:
        """Remember where the database and its log lie; neither need be there yet."""
        self._database = database
        self._log = Path(f"{database}-wal")
        self._left = 0

    def keep_small(self) -> None:
        """Fold the log back if it has grown. Never raises: what is in the log is saved, whatever becomes of the log."""
        size = self._size()
        self._left = min(self._left, size)  # somebody else may have folded it back
        if size >= max(FOLD_AT, self._left + TRY_AGAIN_AFTER):
            with suppress(sqlite3.Error):
                self._fold()
            self._left = self._size()

    def _fold(self) -> None:
        # A connection of its own, so that the writer waits for none of the pool's.
        with closing(
            sqlite3.connect(self._database, timeout=WAIT_SECONDS, isolation_level=None)
        ) as connection:
            connection.execute("PRAGMA synchronous=FULL")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _size(self) -> int:
        try:
            return self._log.stat().st_size
        except FileNotFoundError:
            return 0
