"""A bare Flask route with the statements of a save and nothing else: ``python -m tests.bench.bare FILE PORT``.

No sign-in, no policy, no judging, no page state: what the product's autosave over HTTP is measured against.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import threading
from datetime import UTC, datetime
from typing import Any

import waitress
from flask import Flask, request

from schema.store.database import PRAGMAS
from webapp.serving import THREADS

app = Flask(__name__)
local, one_writer = threading.local(), threading.Lock()
PART = "entry_id = ? AND section = 'report' AND row_id = ''"


def _connection() -> sqlite3.Connection:
    if not hasattr(local, "connection"):
        local.connection = sqlite3.connect(sys.argv[1], isolation_level=None)
        for pragma in PRAGMAS:
            local.connection.execute(pragma)
    held: sqlite3.Connection = local.connection
    return held


@app.get("/health")
def health() -> str:
    """Whether it is there."""
    return "ok"


@app.post("/<entry_id>/autosave")
def save(entry_id: str) -> Any:
    """Read the entry and its part, write both, and a line of the log."""
    sent = json.loads(request.get_data())
    value, connection = sent["changes"][0]["value"], _connection()
    with one_writer:
        connection.execute("BEGIN IMMEDIATE")
        revision, coder = connection.execute(
            "SELECT revision, coder_id FROM entry WHERE id = ?", (entry_id,)
        ).fetchone()
        connection.execute("SELECT source_hash FROM template_version").fetchone()
        part = connection.execute(f"SELECT body FROM entry_part WHERE {PART}", (entry_id,)).fetchone()
        body = json.dumps({"v": {"area": value}, "e": {}})
        now = datetime.now(UTC).replace(tzinfo=None).isoformat(" ")
        connection.execute(
            "UPDATE entry SET revision = ?, state = 'in_progress', updated_at = ? WHERE id = ? AND revision = ?",
            (revision + 1, now, entry_id, revision),
        )
        if part is None:
            connection.execute(
                "INSERT INTO entry_part (entry_id, section, row_id, position, body, revision, deleted) "
                "VALUES (?, 'report', '', 0, ?, ?, 0)",
                (entry_id, body, revision + 1),
            )
        else:
            connection.execute(
                f"UPDATE entry_part SET body = ?, revision = ? WHERE {PART}", (body, revision + 1, entry_id)
            )
        line = json.dumps([{"what": "set", "path": "report.area", "old": "", "new": value}])
        connection.execute(
            'INSERT INTO entry_change (entry_id, revision, at, "by", changes) VALUES (?, ?, ?, ?, ?)',
            (entry_id, revision + 1, now, coder, line),
        )
        connection.execute("COMMIT")
    return {"revision": revision + 1}


if __name__ == "__main__":
    waitress.serve(app, host="127.0.0.1", port=int(sys.argv[2]), threads=THREADS, ident=None)
