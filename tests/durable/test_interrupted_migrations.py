"""A migration that is killed, wherever it is, leaves the old schema with every row, or the new one: never anything between.

A process is forked for each statement and kills itself as it comes to it. Here every eleventh statement is tried; ``make soak`` tries each.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from sqlalchemy import text

from schema.store import migrate
from schema.store.database import Database
from tests.support.nodes import ROOT

STEP = "0005"
STRIDE = 1 if os.environ.get("TANDEM_SOAK_ROUNDS") else 23
ROWS = 40

#: Kills a child at statement 1, 1 + stride …, until one comes to the end; prints the step found after each.
DRIVER = """
import json, os, signal, sys
from sqlalchemy import event
from schema.store import migrate
from schema.store.database import Database

url, stride, rows = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])

def upgrade_until(last):
    database = Database(url)
    seen = [0]
    def count(*_):
        seen[0] += 1
        if seen[0] == last:
            os.kill(os.getpid(), signal.SIGKILL)
    event.listen(database.engine, "before_cursor_execute", count)
    event.listen(database.engine, "commit", count)
    migrate.upgrade(database)
    os._exit(0)

def state():
    database = Database(url)
    with database.reading() as session:
        found = session.connection().exec_driver_sql("SELECT count(*) FROM user_account").scalar()
        step = migrate.reached(session.connection())
    database.dispose()
    return [step, found]

found, last = [], 1
while True:
    child = os.fork()
    if child == 0:
        upgrade_until(last)
    _, status = os.waitpid(child, 0)
    found.append([last, os.WIFSIGNALED(status), *state()])
    if not os.WIFSIGNALED(status):
        break
    last += stride
print(json.dumps(found))
"""


@pytest.fixture
def filled(empty_database: Database) -> Database:
    """A database at an earlier step, with rows in it."""
    with empty_database.altering() as connection:
        migrate.apply(connection, STEP)
        for number in range(ROWS):
            connection.execute(
                text(
                    "INSERT INTO user_account (id, name, display_name, is_admin, created_at) "
                    "VALUES (:id, :id, 'A name', false, '2026-01-02 03:04:05')"
                ),
                {"id": f"u{number}"},
            )
    empty_database.dispose()
    return empty_database


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_killed_migration_leaves_the_old_schema_or_the_new_one(filled: Database) -> None:
    address = filled.url.render_as_string(hide_password=False)
    ran = subprocess.run(
        [sys.executable, "-c", DRIVER, address, str(STRIDE), str(ROWS)],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    tried = json.loads(ran.stdout)
    assert len(tried) > 3, "hardly any statement was interrupted, so this test proves little"
    assert {(step, rows) for _, killed, step, rows in tried if killed} <= {
        (STEP, ROWS),
        (migrate.head(), ROWS),
    }
    assert tried[-1][1:] == [False, migrate.head(), ROWS]
    migrate.check(filled)
