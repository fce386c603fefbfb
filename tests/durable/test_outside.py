"""A server asks nobody outside this machine for anything, and starts no shell, whatever people do with it.

It is watched by strace while people walk over its pages, send files and have files made; where strace is absent or may not trace,
the test is skipped, and counted.
"""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import openpyxl
import pytest
import requests
from html5lib import parse

from schema.store.audit_keys import keyring
from tests.support.calls import Calls, watched
from tests.support.casework import ready_case
from tests.support.databases import sqlite_database
from tests.support.nodes import SECRET, TANDEM, cluster
from tests.support.raw_requests import REQUESTS, statuses
from tests.support.reports import FIRST, sheet
from tests.support.signed_off import signed_off_case
from tests.support.world import PASSWORD, World, populate

PATIENCE = 60.0
#: Who walks over how many pages while the rest is tried, and in the walk over all of them. Of pages whose addresses differ in names alone one is opened.
FEW, ALL = (("dana", "amara"), 18), (("dana", "amara", "carol", "root"), 200)
NAMED = re.compile(r"[0-9a-z]{16}|(?<=/)[0-9]+(?=/|$)")
ELSEWHERE = "http://192.0.2.7/taken"  # TEST-NET-1: an address that nobody has


class Browser:
    """Somebody who is signed in, and opens what pages lead to."""

    def __init__(self, base: str, name: str) -> None:
        """Sign in."""
        self.base, self.client = base, requests.Session()
        answer = self.send("/sign-in", {"name": name, "password": PASSWORD})
        assert answer.status_code == 200, answer.text

    def token(self, page: str) -> str:
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.client.get(self.base + page).text)
        assert found, page
        return found[1]

    def send(self, page: str, data: dict[str, str], **files: tuple[str, bytes]) -> requests.Response:
        sent = {"csrf_token": self.token(page), **data}
        return self.client.post(self.base + page, data=sent, files=files or None)

    def walk(self, most: int) -> int:
        """Open one page of every kind that can be reached by links, up to so many; gives how many were opened."""
        waiting, met, opened = ["/"], set[str](), 0
        while waiting and opened < most:
            path = waiting.pop(0)
            kind = NAMED.sub("*", urlsplit(path).path)
            if kind in met:
                continue
            met.add(kind)
            answer = self.client.get(self.base + path)
            assert answer.status_code < 500, path
            opened += 1
            if answer.headers["Content-Type"].startswith("text/html"):
                waiting += self._links(path, answer.text)
        return opened

    def _links(self, page: str, text: str) -> Iterator[str]:
        for link in parse(text, namespaceHTMLElements=False).iter("a"):
            target = urlsplit(urljoin(page, link.get("href", "")))
            if not target.netloc and target.path.startswith("/"):
                yield target.path + (f"?{target.query}" if target.query else "")


def _list_with_links() -> bytes:
    """A list of cases whose workbook names things elsewhere, in every way that Excel would ask for."""
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    page.append(["reference", "title"])
    page.append(["DHR-NEW", f'=WEBSERVICE("{ELSEWHERE}")'])
    page["B2"].hyperlink = ELSEWHERE
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def _report_with_links() -> bytes:
    pdf = sheet()
    pdf.add_page()
    for text in FIRST:
        pdf.multi_cell(0, 6, text, new_x="LMARGIN", new_y="NEXT", link=ELSEWHERE)
    return bytes(pdf.output())


def _wait_for(done: Callable[[], Any]) -> Any:
    until = time.monotonic() + PATIENCE
    while not (found := done()):
        assert time.monotonic() < until, "it was not done in time"
        time.sleep(0.2)
    return found


def _files_come_and_go(dana: Browser, case_id: str) -> None:
    """A list is read, a report is attached and read, and the workbook of everything is made and taken away."""
    listed = dana.send("/projects/pilot/cases/import", {}, file=("list.xlsx", _list_with_links()))
    assert "DHR-NEW" in listed.text
    room = f"/projects/pilot/cases/{case_id}/reports"
    attached = dana.send(room, {"kind": "overview"}, file=("report.pdf", _report_with_links()))
    assert attached.status_code == 200, attached.text
    exports = "/projects/pilot/exports"
    asked = dana.send(exports, {"format": "xlsx", "entries": "y", "password": PASSWORD})
    job = urlsplit(asked.url).path
    made = _wait_for(
        lambda: re.search(rf'href="({exports}/[0-9a-z]{{16}})"', dana.client.get(dana.base + job).text)
    )
    fetched = dana.send(made[1], {"reason": "To see that it is made.", "password": PASSWORD})
    assert fetched.content.startswith(b"PK")


@dataclass
class Used:
    """A server that has been used: where its files lie, how many pages each person opened, what it asked the system for, and what it
    said to requests that contradict themselves.
    """

    folder: Path
    opened: int
    seen: Calls
    said: dict[str, list[int]]


@contextmanager
def usual_umask() -> Iterator[None]:
    """What programs write is for all to read unless they say otherwise, as on most machines."""
    before = os.umask(0o022)
    try:
        yield
    finally:
        os.umask(before)


def _used(folder: Path, names: Sequence[str], pages: int) -> Used:
    world = World(sqlite_database(folder / "tandem.sqlite3", audit_keys=keyring(SECRET)), folder)
    with world.writing() as session:
        populate(session)
    case = ready_case(world, "DHR-001")
    signed_off_case(world, "DHR-002")
    world.database.dispose()
    address = world.database.url.render_as_string(hide_password=False)
    (folder / "kept").mkdir(mode=0o700)
    with usual_umask(), cluster(address, folder / "data") as running:
        node = running.serve()
        with watched(node.process.pid, folder / "calls") as seen:
            people = {name: Browser(f"http://127.0.0.1:{node.port}", name) for name in names}
            opened = min(browser.walk(pages) for browser in people.values())
            _files_come_and_go(people["dana"], case.id)
            said = {name: statuses(node.port, request) for name, (request, _) in REQUESTS.items()}
        assert running.start([TANDEM, "backup", str(folder / "kept")]).process.wait(PATIENCE) == 0
    return Used(folder, opened, seen, said)


def _assert_kept_to_itself(seen: Calls) -> None:
    assert len(seen.programs) >= 2, "the list and the report were not opened by programs of their own"
    ours = Path(sys.executable).resolve()
    assert [one for one in seen.programs if Path(one).resolve() != ours] == []
    assert seen.outside == []


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> Used:
    return _used(tmp_path_factory.mktemp("used"), *FEW)


@pytest.mark.full
@pytest.mark.strace
def test_a_server_connects_to_nobody_outside_and_starts_no_shell(used: Used) -> None:
    assert used.opened == FEW[1]
    _assert_kept_to_itself(used.seen)


@pytest.mark.full
@pytest.mark.strace
def test_all_that_a_server_writes_is_its_owners_alone(used: Used) -> None:
    """Database, locks, keys, uploads, exports, backups and what is being written, under the umask that most machines have."""
    written = [
        one for part in ("data", "kept") for one in (used.folder / part, *(used.folder / part).rglob("*"))
    ]
    written += used.folder.glob("tandem.sqlite3*")
    rights = {str(one.relative_to(used.folder)): stat.S_IMODE(one.stat().st_mode) for one in written}
    assert {"data/documents", "data/exports", "data/scratch", "kept"} <= rights.keys()
    assert len([one for one in written if one.parent.name in ("documents", "exports", "kept")]) >= 3
    open_to_others = {name: oct(mode) for name, mode in rights.items() if mode & 0o077}
    assert open_to_others == {}


@pytest.mark.full
@pytest.mark.strace
def test_a_request_that_contradicts_itself_is_refused_and_none_is_hidden_in_it(used: Used) -> None:
    assert used.said.keys() == REQUESTS.keys()
    assert {name: len(statuses) for name, statuses in used.said.items()} == dict.fromkeys(REQUESTS, 1)
    assert [name for name, (_, fine) in REQUESTS.items() if used.said[name][0] not in fine] == []


@pytest.mark.full
@pytest.mark.strace
def test_the_same_on_every_page_that_links_lead_to(tmp_path: Path) -> None:
    used = _used(tmp_path, *ALL)
    assert used.opened > FEW[1]
    _assert_kept_to_itself(used.seen)


@pytest.mark.full
@pytest.mark.strace
def test_what_goes_outside_is_seen(tmp_path: Path) -> None:
    """A process that waits for a line, then asks a shell, a name server and an address that nobody has."""
    doing = (
        "import os, socket; input(); os.system('true');"
        "one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); one.connect(('127.0.0.1', 53));"
        "one.connect(('127.0.0.1', 9)); one.connect(('127.0.0.2', 9)); "
        "\ntry: one.connect(('192.0.2.7', 80))\nexcept OSError: pass"
    )
    with subprocess.Popen([sys.executable, "-c", doing], stdin=subprocess.PIPE, env=os.environ) as process:
        assert process.stdin is not None
        with watched(process.pid, tmp_path / "calls") as seen:
            process.stdin.write(b"\n")
            process.stdin.close()
            process.wait(PATIENCE)
    assert [Path(one).name for one in seen.programs][:1] == ["sh"]
    assert seen.outside == ["127.0.0.1 port 53", "192.0.2.7 port 80"]


def test_lines_of_either_family_are_read() -> None:
    seen = Calls()
    seen.note('7 connect(5, {sa_family=AF_UNIX, sun_path="/run/x"}, 110) = 0')
    seen.note('7 connect(5, {sa_family=AF_INET6, sin6_port=htons(80), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, "::1", &sin6_addr), sin6_scope_id=0}, 28) = 0')  # fmt: skip
    seen.note('7 connect(5, {sa_family=AF_INET6, sin6_port=htons(443), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, "2001:db8::1", &sin6_addr), sin6_scope_id=0}, 28) = -1')  # fmt: skip
    assert (seen.programs, seen.outside) == ([], ["2001:db8::1 port 443"])
