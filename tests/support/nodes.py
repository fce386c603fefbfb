"""Real processes of Tandem, and people who work over HTTP: for tests of what happens when processes end."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from schema.store.assignments import assign
from schema.store.cases import register_case
from schema.store.database import Database
from schema.store.models import Case, Entry
from schema.store.people import find_user, start_session
from schema.store.projects import find_project
from tests.support.world import PROJECT, SYSTEM
from webapp.serving import first_free_port

ROOT = Path(__file__).resolve().parents[2]
SECRET = "a key for all nodes of a test, long enough: 0123456789"
TANDEM = "import sys; from webapp.cli import main; sys.exit(main())"
PATIENCE = 60.0


def wait_until(holds: Callable[[], bool], what: str) -> None:
    """Wait until something holds; ``what`` is said where it never does."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, what
        time.sleep(0.05)


@dataclass
class Node:
    """One process in a group of its own, with the settings of the installation."""

    process: subprocess.Popen[str]
    port: int = 0

    def kill(self) -> None:
        """Kill the process and whatever it started, at once."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> int:
        """Ask it to end, wait, and give its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE)

    def wait_until_up(self) -> None:
        """Wait until it answers."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            if self.process.poll() is not None:
                raise AssertionError(f"the server ended with {self.process.returncode}")
            try:
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
                connection.request("GET", "/health")
                if connection.getresponse().status == 200:
                    return
            except OSError:
                time.sleep(0.05)
        raise AssertionError("the server did not come up")


@dataclass
class Cluster:
    """An installation on one database, of which any number of processes run."""

    url: str
    folder: Path
    settings: dict[str, str] = field(default_factory=dict)
    nodes: list[Node] = field(default_factory=list)

    def serve(self, port: int = 0) -> Node:
        """Start a server and wait until it answers."""
        port = port or first_free_port("127.0.0.1", 19_000 + os.getpid() % 500 * 20, tries=500)
        node = self.start([TANDEM, "serve", "--port", str(port)], port)
        node.wait_until_up()
        return node

    def start(self, words: list[str], port: int = 0) -> Node:
        """Start ``python -c …``."""
        given = {
            "TANDEM_DATABASE_URL": self.url,
            "TANDEM_DATA_DIR": str(self.folder),
            "TANDEM_SECRET_KEY": SECRET,
            **self.settings,
        }
        kept = {name: value for name, value in os.environ.items() if not name.startswith("TANDEM_")}
        process = subprocess.Popen(
            [sys.executable, "-c", *words],
            env=kept | given,
            cwd=ROOT,
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.nodes.append(Node(process, port))
        return self.nodes[-1]

    def kill_all(self) -> None:
        """End what still runs."""
        for node in self.nodes:
            if node.process.poll() is None:
                node.kill()


@contextmanager
def cluster(url: str, folder: Path, **settings: str) -> Iterator[Cluster]:
    """An installation whose processes end with the block."""
    folder.mkdir(mode=0o700, exist_ok=True)
    made = Cluster(url, folder, settings)
    try:
        yield made
    finally:
        made.kill_all()


@dataclass
class Coder:
    """Somebody who is signed in and saves one answer of one case again and again, over a connection of their own."""

    case_id: str
    entry_id: str
    token: str
    acknowledged: int = 0
    number: int = 0
    cookies: dict[str, str] = field(default_factory=dict)
    csrf: str = ""

    def enter(self, port: int) -> None:
        """Fetch a page, for its security token."""
        self.cookies["tandem-session"] = self.token
        status, text = self._ask(port, "GET", "/account")
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', text)
        assert status == 200
        assert found
        self.csrf = found[1]

    def save(self, port: int, base: int) -> int:
        """Save the next number; gives the status, and notes what was acknowledged."""
        self.number += 1
        body = {"base_revision": base, "changes": [{"path": "report.area", "value": f"number {self.number}"}]}
        path = f"/projects/{PROJECT}/cases/{self.case_id}/entry/report/autosave"
        status, text = self._ask(port, "POST", path, json.dumps(body))
        if status == 200:
            self.acknowledged = json.loads(text)["revision"]
        return status

    def look(self, port: int) -> int:
        """Read the page on which it is saved; gives the status."""
        return self._ask(port, "GET", f"/projects/{PROJECT}/cases/{self.case_id}/entry/report")[0]

    def _ask(self, port: int, method: str, path: str, body: str = "") -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        headers = {"Cookie": "; ".join(f"{key}={value}" for key, value in self.cookies.items())}
        if body:
            headers |= {"Content-Type": "application/json", "X-CSRFToken": self.csrf}
        try:
            connection.request(method, path, body or None, headers)
            answer = connection.getresponse()
            for cookie in answer.headers.get_all("Set-Cookie") or []:
                name, _, value = cookie.partition(";")[0].partition("=")
                self.cookies[name] = value
            return answer.status, answer.read().decode()
        finally:
            connection.close()


@dataclass
class Guesser:
    """Somebody without an account who tries passwords at one node."""

    port: int

    def guess(self, name: str) -> int:
        """Try a wrong password for a name; gives the status."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        connection.request("GET", "/sign-in")
        page = connection.getresponse()
        cookie = (page.headers["Set-Cookie"] or "").partition(";")[0]
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.read().decode())
        assert token
        sent = urlencode({"csrf_token": token[1], "name": name, "password": "not the right one at all"})
        headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", "/sign-in", sent, headers)
        status = connection.getresponse().status
        connection.close()
        return status


def coders(
    database: Database, number: int, prefix: str = "STORM", signed_in: timedelta = timedelta(hours=1)
) -> list[Coder]:
    """So many cases of the pilot, each coded by amara, with a sign-in session of its own."""
    made = []
    for count in range(number):
        with database.writing() as session:
            project, amara = find_project(session, PROJECT), find_user(session, "amara")
            assert project is not None
            assert amara is not None
            case = register_case(session, SYSTEM, project, f"{prefix}-{count:03}")
            assign(session, SYSTEM, session.get_one(Case, case.id), "coder_1", amara)
            entry = session.query(Entry).filter_by(case_id=case.id).one()
            token = start_session(session, amara, signed_in)
            made.append(Coder(case.id, entry.id, token))
    return made


def held(database: Database, coder: Coder) -> dict[str, Any]:
    """What the database has of a coder's entry: its revision, and every number that was ever saved, in order."""
    with database.reading() as session:
        entry = session.get_one(Entry, coder.entry_id)
        rows = session.connection().exec_driver_sql(
            f"SELECT revision, changes FROM entry_change WHERE entry_id = '{coder.entry_id}' ORDER BY revision"
        )
        saved = [(row[0], json.loads(row[1])[0]["new"]) for row in rows]
        return {"revision": entry.revision, "saved": saved}


def as_anybody(command: list[str]) -> list[str]:
    """Without the right to write wherever it likes, which the administrator of a machine has."""
    if os.geteuid() != 0:
        return command
    return ["setpriv", "--bounding-set", "-dac_override,-dac_read_search", *command]
