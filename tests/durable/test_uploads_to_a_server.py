"""What is uploaded to a real server: while it reads the worst of it everybody else is served, and nothing is ever half there."""

from __future__ import annotations

import os
import random
import socket
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import requests
from sqlalchemy import func, select

from schema.store.audit_keys import keyring
from schema.store.database import Database
from schema.store.models import ReportFile
from schema.store.reports_read import every_stored_name
from tests.durable.conftest import Peopled
from tests.support.bombs import BOMBS
from tests.support.databases import sqlite_database
from tests.support.meanwhile import again_and_again
from tests.support.nodes import PATIENCE, SECRET, Node, cluster, coders
from tests.support.pdf_bombs import PDF_BOMBS
from tests.support.reports import small_report
from tests.support.visitor import Visitor, visitor
from tests.support.world import PROJECT, populate
from webapp.reports import files, operations
from webapp.serving import LARGEST_BODY
from webapp.shelves.folder import FolderShelf

IMPORT = f"/projects/{PROJECT}/cases/import"
MIB = 2**20
GROWTH = (
    16 * MIB
)  # of the server's own memory while a bomb is read; 1 MiB was seen, and what the bombs unpack to is 50
ANSWERS = 5  # to others while it is read, at least; 11 to 220 were seen
#: The bombs that are tried every day, because they keep their reader at work until it is stopped, and what whoever sent them is told.
DAILY = {
    "many cells": "Reading the file took too long.",
    "earlier tables": "Reading the PDF took too long.",
}
ROUNDS = int(os.environ.get("TANDEM_SOAK_ROUNDS", "1"))


@dataclass(frozen=True)
class Served:
    """A server with one case, and its manager's browser; ``reports`` is the page of the case's reports."""

    database: Database
    node: Node
    dana: Visitor
    reports: str
    documents: Path


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("served")
    database = sqlite_database(folder / "tandem.sqlite3", audit_keys=keyring(SECRET))
    with database.writing() as session:
        populate(session)
    (coder,) = coders(database, 1)
    with cluster(database.url.render_as_string(hide_password=False), folder / "data") as running:
        node = running.serve()
        dana = visitor(database, node, "dana")
        yield Served(database, node, dana, _room(coder.case_id), folder / "data" / "documents")
    database.dispose()


def _room(case_id: str) -> str:
    return f"/projects/{PROJECT}/cases/{case_id}/reports"


@dataclass
class Others:
    """What everybody else got meanwhile, by status, and the most memory that the server's own process held (bytes)."""

    answers: Counter[int] = field(default_factory=Counter)
    memory: int = 0


def _memory(node: Node) -> int:
    pages = Path(f"/proc/{node.process.pid}/statm").read_text().split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


@contextmanager
def _others(node: Node) -> Iterator[Others]:
    seen = Others()

    def ask() -> None:
        answer = requests.get(f"http://127.0.0.1:{node.port}/health", timeout=PATIENCE)
        seen.answers[answer.status_code] += 1
        seen.memory = max(seen.memory, _memory(node))

    with again_and_again(ask):
        yield seen


@pytest.mark.skipif(sys.platform != "linux", reason="what a process holds is read from /proc")
@pytest.mark.parametrize(
    "bomb",
    [pytest.param(name, marks=() if name in DAILY else pytest.mark.full) for name in BOMBS | PDF_BOMBS],
)
def test_a_bomb_is_refused_and_everybody_else_is_served_meanwhile(served: Served, bomb: str) -> None:
    content, dana = (BOMBS | PDF_BOMBS)[bomb](), served.dana
    page, words = (IMPORT, {}) if bomb in BOMBS else (served.reports, {"kind": "other"})
    assert (
        dana.send(page, words, file=b"%PDF, no list").status_code == 422
    )  # from here on nothing new is loaded
    token, before = dana.token(page), _memory(served.node)
    with _others(served.node) as seen:
        begun = time.perf_counter()
        answer = dana.send(page, words, token, file=content)
        took = time.perf_counter() - begun
    sys.stdout.write(
        f"{bomb}: refused in {took:.2f} s, {seen.answers.total()} answers to others meanwhile, "
        f"{(seen.memory - before) / MIB:.1f} MiB more\n"
    )
    assert answer.status_code == 422
    assert DAILY.get(bomb, "") in answer.text
    assert set(seen.answers) == {200}
    assert seen.answers.total() >= ANSWERS
    assert seen.memory - before <= GROWTH


def _stored(served: Served) -> tuple[int, list[str]]:
    """How many rows there are of reports, and which files."""
    with served.database.reading() as session:
        rows = session.scalar(select(func.count()).select_from(ReportFile)) or 0
    there = served.documents.iterdir() if served.documents.is_dir() else ()
    return rows, sorted(path.name for path in there)


def _upload(served: Served, content: bytes) -> tuple[requests.PreparedRequest, bytes]:
    """The request that attaches a document to the case, as a browser would send it, and its body."""
    data = {"csrf_token": served.dana.token(served.reports), "kind": "other"}
    address = f"http://127.0.0.1:{served.node.port}{served.reports}"
    asked = requests.Request("POST", address, data=data, files={"file": ("report.pdf", content)})
    prepared = served.dana.client.prepare_request(asked)
    assert isinstance(prepared.body, bytes)
    return prepared, prepared.body


def _sent_as(served: Served, upload: requests.PreparedRequest, body: bytes, length: int) -> bytes:
    """What comes back where the body is said to be so long; nothing more is sent after it."""
    lines = {
        "Host": "localhost",
        "Connection": "close",
        "Content-Type": str(upload.headers["Content-Type"]),
        "Cookie": str(upload.headers["Cookie"]),
        "Content-Length": str(length),
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    with socket.create_connection(("127.0.0.1", served.node.port), PATIENCE) as connection:
        connection.sendall(f"POST {upload.path_url} HTTP/1.1\r\n{head}\r\n".encode() + body)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65_536), b""))


def test_a_body_that_is_longer_or_shorter_than_it_says_leaves_nothing(served: Served) -> None:
    before = _stored(served)
    upload, body = _upload(served, small_report())
    assert _sent_as(served, upload, body, len(body) + 1_000) == b""
    assert _sent_as(served, upload, body, len(body) - 1_000)[:12] in (b"HTTP/1.1 400", b"HTTP/1.1 422")
    assert _stored(served) == before


def test_a_file_that_comes_in_pieces_is_kept_whole(served: Served) -> None:
    rows, before = _stored(served)
    content = small_report()
    upload, body = _upload(served, content)
    pieces = (body[at : at + 1_000] for at in range(0, len(body), 1_000))
    headers = {"Content-Type": upload.headers["Content-Type"]}
    answer = served.dana.client.post(str(upload.url), data=pieces, headers=headers, allow_redirects=False)
    assert answer.status_code == 303
    now, names = _stored(served)
    assert now == rows + 1
    (name,) = set(names) - set(before)
    assert (served.documents / name).read_bytes() == content


def test_a_stream_without_end_is_refused_before_twice_the_largest_body(served: Served) -> None:
    head = (
        "POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nConnection: close\r\n"
    )
    address, piece, sent = ("127.0.0.1", served.node.port), b"x" * MIB, 0
    with socket.create_connection(address, PATIENCE) as connection:
        connection.sendall(head.encode() + b"Transfer-Encoding: chunked\r\n\r\n")
        with suppress(ConnectionError):  # closed while the next piece was on its way
            while sent < 300 * MIB:
                connection.sendall(b"%x\r\n%s\r\n" % (len(piece), piece))
                sent += len(piece)
    assert LARGEST_BODY <= sent < 2 * LARGEST_BODY
    with socket.create_connection(address, PATIENCE) as connection:
        connection.sendall(f"{head}Content-Length: {50 * MIB}\r\n\r\n".encode())  # and not one byte of it
        assert connection.recv(65_536).startswith(b"HTTP/1.1 413")


def _attach_until_killed(dana: Visitor, room: str, number: int, acknowledged: Counter[str]) -> None:
    """Attach one document after the other, each another one, for as long as there is a server."""
    with suppress(OSError, AssertionError):
        while True:
            number += 10
            content = small_report() + f"\n%{number}".encode()
            acknowledged[room] += dana.send(room, {"kind": "other"}, file=content).status_code == 303


def _killed_meanwhile(
    database: Database, node: Node, rooms: list[str], begin: int, chance: random.Random
) -> int:
    """Kill the server while it takes documents in; gives how many it said that it had taken."""
    taken = Counter[str]()
    threads = [
        threading.Thread(
            target=_attach_until_killed, args=(visitor(database, node, "dana"), room, begin + at, taken)
        )
        for at, room in enumerate(rooms)
    ]
    for thread in threads:
        thread.start()
    until = time.monotonic() + PATIENCE
    while taken.total() < len(rooms):
        assert time.monotonic() < until, "hardly anything was taken"
        time.sleep(0.01)
    time.sleep(chance.random() / 2)
    node.kill()
    for thread in threads:
        thread.join()
    return taken.total()


@pytest.mark.skipif(os.name != "posix", reason="process groups are POSIX")
def test_a_server_killed_while_it_takes_files_in_leaves_no_row_without_its_file_and_no_file_for_long(
    peopled: Peopled, tmp_path: Path
) -> None:
    database = peopled("sqlite")
    rooms = [_room(coder.case_id) for coder in coders(database, 2)]
    shelf, chance, taken = FolderShelf(tmp_path / "data" / "documents"), random.Random(5), 0
    with cluster(database.url.render_as_string(hide_password=False), tmp_path / "data") as running:
        for number in range(ROUNDS):
            taken += _killed_meanwhile(database, running.serve(), rooms, number * 100_000, chance)
            with database.reading() as session:
                known = every_stored_name(session)
                assert operations.damaged(session, shelf) == []
            assert taken <= len(known) <= taken + len(rooms) * (number + 1)
    for path in shelf.scratch.iterdir():
        os.utime(path, (1, 1))  # an hour later
    files.sweep(shelf, lambda: known)
    assert {path.name for path in shelf.scratch.iterdir()} == set(known)
