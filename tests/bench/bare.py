"""A bare Flask route with the statements of a save and nothing else: ``python -m tests.bench.bare ADDRESS PORT``.

No sign-in, no policy, no judging, no page state: what the product's autosave over HTTP is measured against.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import psycopg
import waitress
from flask import Flask, request

from schema.store.database import PRAGMAS
from webapp.serving import THREADS

app = Flask(__name__)
local, one_writer = threading.local(), threading.Lock()
PART = "entry_id = ? AND section = 'report' AND row_id = ''"


class OnSqlite:
    """The driver with the product's pragmas; one writer at a time."""

    def __init__(self, address: str) -> None:
        self._connection = sqlite3.connect(address.removeprefix("sqlite:///"), isolation_level=None)
        for pragma in PRAGMAS:
            self._connection.execute(pragma)

    @contextmanager
    def saving(self) -> Iterator[Any]:
        """A transaction; gives what runs a statement."""
        with one_writer:
            self._connection.execute("BEGIN IMMEDIATE")
            yield self._connection.execute
            self._connection.execute("COMMIT")


class OnPostgresql:
    """The driver, which commits for every writer by itself."""

    def __init__(self, address: str) -> None:
        self._connection = psycopg.connect(address)

    @contextmanager
    def saving(self) -> Iterator[Any]:
        """A transaction; gives what runs a statement."""
        with self._connection.cursor() as cursor:
            yield lambda text, given=(): cursor.execute(text.replace("?", "%s"), given)
        self._connection.commit()


def _database() -> OnSqlite | OnPostgresql:
    if not hasattr(local, "database"):
        kind = OnSqlite if sys.argv[1].startswith("sqlite") else OnPostgresql
        local.database = kind(sys.argv[1])
    held: OnSqlite | OnPostgresql = local.database
    return held


@app.get("/health")
def health() -> str:
    """Whether it is there."""
    return "ok"


@app.post("/<entry_id>/autosave")
def save(entry_id: str) -> Any:
    """Read the entry and its part, write both, and a line of the log."""
    sent = json.loads(request.get_data())
    value = sent["changes"][0]["value"]
    with _database().saving() as run:
        revision, coder = run("SELECT revision, coder_id FROM entry WHERE id = ?", (entry_id,)).fetchone()
        run("SELECT source_hash FROM template_version").fetchone()
        part = run(f"SELECT body FROM entry_part WHERE {PART}", (entry_id,)).fetchone()
        body = json.dumps({"v": {"area": value}, "e": {}})
        now = datetime.now(UTC).replace(tzinfo=None).isoformat(" ")
        run(
            "UPDATE entry SET revision = ?, state = 'in_progress', updated_at = ? WHERE id = ? AND revision = ?",
            (revision + 1, now, entry_id, revision),
        )
        if part is None:
            run(
                "INSERT INTO entry_part (entry_id, section, row_id, position, body, revision, deleted) "
                "VALUES (?, 'report', '', 0, ?, ?, FALSE)",
                (entry_id, body, revision + 1),
            )
        else:
            run(
                f"UPDATE entry_part SET body = ?, revision = ? WHERE {PART}",
                (body, revision + 1, entry_id),
            )
        line = json.dumps([{"what": "set", "path": "report.area", "old": "", "new": value}])
        run(
            'INSERT INTO entry_change (entry_id, revision, at, "by", changes) VALUES (?, ?, ?, ?, ?)',
            (entry_id, revision + 1, now, coder, line),
        )
    return {"revision": revision + 1}


if __name__ == "__main__":
    waitress.serve(app, host="127.0.0.1", port=int(sys.argv[2]), threads=THREADS, ident=None)
