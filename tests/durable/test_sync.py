"""An answer of 200 to a save is sent after the sync that puts the save on the disk, and every connection asks for it."""

from __future__ import annotations

import re
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from schema.store.database import Database
from tests.durable.conftest import Peopled
from tests.support.nodes import Node, cluster, coders
from tests.support.reports import small_report
from tests.support.visitor import visitor
from tests.support.world import PROJECT

EXPECTED = {
    "journal_mode": "wal",
    "synchronous": 2,
    "fullfsync": 1,  # is asked for on macOS alone, and must be
    "checkpoint_fullfsync": 1,
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


def _calls(database: Database, folder: Path, act: Callable[[Node], None]) -> list[str]:
    """What a server asks the system for while the act is done to it: reads, writes and syncs, in their order."""
    seen = folder / "calls"
    with cluster(database.url.render_as_string(hide_password=False), folder / "data") as running:
        node = running.serve()
        calls = "trace=fsync,fdatasync,rename,sendto,sendmsg,write,recvfrom,read"
        tracing = subprocess.Popen(
            ["strace", "-f", "-y", "-s", "400", "-e", calls, "-o", str(seen), "-p", str(node.process.pid)],
            stderr=subprocess.PIPE,
            text=True,
        )
        assert tracing.stderr is not None
        assert "attached" in tracing.stderr.readline()
        act(node)
        time.sleep(0.3)
        tracing.send_signal(signal.SIGINT)
        tracing.wait(30)
    return seen.read_text(errors="replace").splitlines()


def _between(lines: list[str], asked: str, answered: str) -> list[str]:
    """The calls between the request and its answer."""
    begin = next(place for place, line in enumerate(lines) if asked in line)
    end = next(place for place, line in enumerate(lines) if place > begin and f'"HTTP/1.1 {answered}' in line)
    return lines[begin:end]


@pytest.mark.strace
def test_the_sync_comes_before_the_answer(peopled: Peopled, tmp_path: Path) -> None:
    database = peopled("sqlite")
    (coder,) = coders(database, 1)

    def save(node: Node) -> None:
        coder.enter(node.port)
        assert coder.save(node.port, 0) == 200

    meanwhile = _between(_calls(database, tmp_path, save), "autosave HTTP/1.1", "200")
    synced = [line for line in meanwhile if re.search(r"f(data)?sync\(\d+<[^>]*sqlite3-wal>", line)]
    assert synced, "the answer was sent before the write-ahead log was synced"
    assert len(synced) == 1, "one save costs one sync"


@pytest.mark.strace
def test_a_report_and_its_name_are_on_the_disk_before_the_row_that_names_it(
    peopled: Peopled, tmp_path: Path
) -> None:
    database = peopled("sqlite")
    (coder,) = coders(database, 1)
    room = f"/projects/{PROJECT}/cases/{coder.case_id}/reports"

    def attach(node: Node) -> None:
        dana = visitor(database, node, "dana")
        assert dana.send(room, {"kind": "other"}, file=small_report()).status_code == 303

    meanwhile = _between(_calls(database, tmp_path, attach), f"POST {room}", "303")
    found = {
        what: max(place for place, line in enumerate(meanwhile) if re.search(sought, line))
        for what, sought in {
            "content": r"fsync\(\d+<[^>]*/data/documents/[^>]+>",
            "renamed": r"rename\(\"[^\"]*/data/documents/",
            "name": r"fsync\(\d+<[^>]*/data/documents>",
            "row": r"f(data)?sync\(\d+<[^>]*sqlite3-wal>",
        }.items()
    }
    assert sorted(found, key=found.__getitem__) == ["content", "renamed", "name", "row"]
