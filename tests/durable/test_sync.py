"""An answer of 200 to a save is sent after the sync that puts the save on the disk, and every connection asks for it."""

from __future__ import annotations

import re
import signal
import subprocess
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from schema.store.database import Database
from tests.durable.conftest import Peopled
from tests.support.nodes import cluster, coders

EXPECTED = {
    "journal_mode": "wal",
    "synchronous": 2,
    "foreign_keys": 1,
    "recursive_triggers": 1,
    "secure_delete": 1,
}


def test_every_pooled_connection_has_the_pragmas(peopled: Peopled) -> None:
    database = peopled("sqlite")
    assert len(database.engines) == 2
    for cannot_write, engine in enumerate(database.engines):
        with ExitStack() as held:
            connections = [
                held.enter_context(engine.connect()) for _ in range(12)
            ]  # more than the pool keeps
            for connection in connections:
                driver: Any = connection.connection.driver_connection
                found = {name: driver.execute(f"PRAGMA {name}").fetchone()[0] for name in EXPECTED}
                assert found == EXPECTED
                assert driver.execute("PRAGMA query_only").fetchone()[0] == cannot_write
                assert driver.execute("PRAGMA busy_timeout").fetchone()[0] >= 5_000


def test_postgresql_is_never_asked_to_acknowledge_before_its_sync(either: Database) -> None:
    if either.dialect == "postgresql":
        with either.writing() as session:
            assert session.scalar(text("SHOW synchronous_commit")) == "on"


@pytest.mark.strace
def test_the_sync_comes_before_the_answer(peopled: Peopled, tmp_path: Path) -> None:
    database = peopled("sqlite")
    (coder,) = coders(database, 1)
    database.dispose()
    seen = tmp_path / "calls"
    with cluster(database.url.render_as_string(hide_password=False), tmp_path / "data") as running:
        node = running.serve()
        coder.enter(node.port)
        calls = "trace=fsync,fdatasync,sendto,sendmsg,write,recvfrom,read"
        tracing = subprocess.Popen(
            ["strace", "-f", "-y", "-s", "400", "-e", calls, "-o", str(seen), "-p", str(node.process.pid)],
            stderr=subprocess.PIPE,
            text=True,
        )
        assert tracing.stderr is not None
        assert "attached" in tracing.stderr.readline()
        assert coder.save(node.port, 0) == 200
        time.sleep(0.3)
        tracing.send_signal(signal.SIGINT)
        tracing.wait(30)
    lines = seen.read_text(errors="replace").splitlines()
    asked = next(place for place, line in enumerate(lines) if "autosave HTTP/1.1" in line)
    answered = next(place for place, line in enumerate(lines) if place > asked and '"HTTP/1.1 200' in line)
    synced = [
        line for line in lines[asked:answered] if re.search(r"f(data)?sync\(\d+<[^>]*sqlite3-wal>", line)
    ]
    assert synced, "the answer was sent before the write-ahead log was synced"
    assert len(synced) == 1, "one save costs one sync"
