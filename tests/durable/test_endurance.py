"""A long day: thirty people read and save at the pace of people, somebody's reading of the database seems never to end, the server
is ended and started anew again and again, and now and then killed while it makes an export.

Two minutes of it here; ``make endurance`` takes four hours (TANDEM_ENDURANCE_MINUTES). People in a hurry (TANDEM_ENDURANCE_PACE) and as many
lives of the server as in four hours, 48 (TANDEM_ENDURANCE_LIVES), do the same amount of work in less time. With a folder of its own
(TANDEM_ENDURANCE_FOLDER) a day can be taken in parts: the next run goes on with the same people, on the same database.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import sqlite3
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from schema.store.audit_keys import keyring
from schema.store.audit_verify import verify
from schema.store.database import Database
from schema.store.models import Job
from schema.store.people import find_user, start_session
from tests.durable.conftest import Peopled
from tests.support.exporting import ask_for_workbook
from tests.support.nodes import SECRET, Cluster, Coder, Node, cluster, coders, held
from tests.support.storm import nothing_lost

MINUTES = float(os.environ.get("TANDEM_ENDURANCE_MINUTES", "2"))
PEOPLE = 30
#: Seconds between two acts of a person, on average.
PACE = float(os.environ.get("TANDEM_ENDURANCE_PACE", "1.5"))
FOLDER = os.environ.get("TANDEM_ENDURANCE_FOLDER")
LIVES = int(os.environ.get("TANDEM_ENDURANCE_LIVES", max(4, round(MINUTES / 5))))  # of the server
KILLED = 4  # every fourth life ends by a kill
MIB = 2**20
SIGNED_IN = timedelta(minutes=MINUTES * 2 + 60)
FILES = 200
MEMORY, GROWTH, LOG = 300 * MIB, 30 * MIB, 64 * MIB


@dataclass
class Life:
    """One life of the server: its memory in bytes at each look, the most files it had open, and its log of writes at the end."""

    memory: list[int] = field(default_factory=list)
    files: int = 0
    log: int = 0

    def grown(self) -> int:
        """By how much it grew once it was warm: from the middle to the end."""
        return self.memory[-1] - self.memory[len(self.memory) // 2]


@dataclass
class Day:
    """What everybody saw: answers by status, connections that no server took, and saves that were done without an answer."""

    database: Database
    node: Node
    answers: Counter[int] = field(default_factory=Counter)
    untaken: int = 0
    unanswered: int = 0
    killing: bool = False
    over: bool = False
    lives: list[Life] = field(default_factory=list)

    def __str__(self) -> str:
        memory = max(max(life.memory) for life in self.lives)
        return (
            f"{sum(self.answers.values())} answers {dict(self.answers)}, {self.untaken} connections not taken, "
            f"{len(self.lives)} lives: memory at most {memory / MIB:.0f} MiB, grown at most "
            f"{max(life.grown() for life in self.lives) / MIB:.1f} MiB, {max(life.files for life in self.lives)} files, "
            f"log at most {max(life.log for life in self.lives) / MIB:.1f} MiB"
        )


@dataclass
class Kept:
    """A day that is taken in parts: what is known of it between them, beside its database."""

    folder: Path
    minutes: float = 0
    answers: int = 0
    people: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def of(cls, folder: Path) -> Kept:
        """What the folder holds of a day; nothing, where no part of one has ended in it."""
        folder.mkdir(exist_ok=True)
        written = folder / "day.json"
        return cls(folder, **json.loads(written.read_text())) if written.exists() else cls(folder)

    def anew(self, peopled: Peopled) -> tuple[Database, list[Coder]]:
        """A new database, and who works on it."""
        database = peopled("sqlite", self.folder)
        return database, coders(database, PEOPLE, signed_in=SIGNED_IN)

    def again(self) -> tuple[Database, list[Coder]]:
        """The database as the last part left it, and the same people, signed in anew."""
        database = Database(f"sqlite:///{self.folder}/tandem.sqlite3", audit_keys=keyring(SECRET))
        with database.writing() as session:
            amara = find_user(session, "amara")
            assert amara is not None
            people = [Coder(**known, token=start_session(session, amara, SIGNED_IN)) for known in self.people]
        return database, people

    def part_is_over(self, day: Day, people: list[Coder]) -> None:
        """Write down what the parts so far come to, and how far each coder got: of a part that ended as it should."""
        self.minutes += MINUTES
        self.answers += sum(day.answers.values())
        told = ("case_id", "entry_id", "acknowledged", "number")
        self.people = [{name: getattr(coder, name) for name in told} for coder in people]
        written = {"minutes": self.minutes, "answers": self.answers, "people": self.people}
        (self.folder / "day.json").write_text(json.dumps(written))


def _work(day: Day, coder: Coder, chance: random.Random) -> None:
    """Save and read, and do it again where no server took the connection, as a coder's page does."""
    while not day.over:
        time.sleep(chance.expovariate(1 / PACE))
        try:
            reads = chance.random() < 0.3
            port = day.node.port
            day.answers[coder.look(port) if reads else coder.save(port, coder.acknowledged)] += 1
        except (OSError, http.client.HTTPException):
            day.untaken += 1
            _see_what_came_of_it(day, coder)


def _see_what_came_of_it(day: Day, coder: Coder) -> None:
    """A save that no answer came to was not done, unless the server was killed: then it may have been."""
    revision = held(day.database, coder)["revision"]
    day.unanswered += revision != coder.acknowledged and not day.killing
    coder.acknowledged = revision


@contextmanager
def _at_work(day: Day, people: list[Coder]) -> Iterator[None]:
    """Everybody works while the block lasts."""
    for coder in people:
        coder.enter(day.node.port)
    threads = [
        threading.Thread(target=_work, args=(day, coder, random.Random(number)))
        for number, coder in enumerate(people)
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        day.over = True
        for thread in threads:
            thread.join()


def _live(day: Day, path: Path, seconds: float) -> None:
    """Look at the server for so long; for the first half of it a reader keeps the log of writes from being emptied."""
    life = Life()
    day.lives.append(life)
    end = time.monotonic() + seconds
    with closing(sqlite3.connect(path)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM audit").fetchone()
        while time.monotonic() < end - seconds / 2:
            _look(day.node, life)
            time.sleep(seconds / 40)
    while time.monotonic() < end:
        _look(day.node, life)
        time.sleep(seconds / 40)
    life.log = Path(f"{path}-wal").stat().st_size


def _look(node: Node, life: Life) -> None:
    process = Path(f"/proc/{node.process.pid}")
    life.memory.append(int((process / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE"))
    life.files = max(life.files, len(list((process / "fd").iterdir())))


def _renewed(day: Day, running: Cluster, *, kill: bool) -> None:
    """End the server and start it anew at the same address; where it is killed, in the middle of making an export."""
    port = day.node.port
    if kill:
        job_id = ask_for_workbook(day.database)
        while _state(day.database, job_id) == "queued":
            time.sleep(0.01)
        day.killing = True
        day.node.kill()
    else:
        assert day.node.stop() == 0
    day.node = running.serve(port)
    day.killing = False


def _state(database: Database, job_id: str) -> str:
    with database.reading() as session:
        return session.get_one(Job, job_id).state


@pytest.mark.full
@pytest.mark.skipif(sys.platform != "linux", reason="what a process holds is read from /proc")
def test_a_long_day_ends_as_it_began(peopled: Peopled, tmp_path: Path) -> None:
    kept = Kept.of(Path(FOLDER) if FOLDER else tmp_path)
    database, people = kept.again() if kept.people else kept.anew(peopled)
    path = kept.folder / "tandem.sqlite3"
    with cluster(database.url.render_as_string(hide_password=False), kept.folder / "data") as running:
        day = Day(database, running.serve())
        with _at_work(day, people):
            for number in range(LIVES):
                _live(day, path, MINUTES * 60 / LIVES)
                _renewed(day, running, kill=number % KILLED == KILLED - 1)
        assert day.node.stop() == 0
    sys.stdout.write(f"{day}\n")
    _nothing_wore_out(day)
    for coder in people:
        nothing_lost(database, coder)
    with database.reading() as session:
        assert verify(session).holds
        assert session.connection().exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    kept.part_is_over(day, people)
    sys.stdout.write(f"so far {kept.minutes:g} minutes, {kept.answers} answers\n")


@pytest.mark.skipif(sys.platform == "win32", reason="the queue of processes is held as POSIX does")
def test_who_waits_for_a_turn_to_save_keeps_nobody_from_emptying_the_log(
    peopled: Peopled, tmp_path: Path
) -> None:
    import fcntl  # noqa: PLC0415 - absent on Windows

    database = peopled("sqlite")
    (coder,) = coders(database, 1)
    path = str(database.url.database)
    with cluster(database.url.render_as_string(hide_password=False), tmp_path / "data") as running:
        node = running.serve()
        coder.enter(node.port)
        with Path(f"{path}.lock").open("a") as queue, ThreadPoolExecutor() as pool:
            fcntl.flock(queue, fcntl.LOCK_EX)
            saving = pool.submit(coder.save, node.port, 0)
            time.sleep(0.5)  # until it waits
            with closing(sqlite3.connect(path, timeout=0.2)) as beside:
                busy, left, _ = beside.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            waits = not saving.done()
            fcntl.flock(queue, fcntl.LOCK_UN)
            assert (saving.result(), waits, busy, left) == (200, True, 0, 0)


def _nothing_wore_out(day: Day) -> None:
    assert set(day.answers) == {200}
    assert day.unanswered == 0, "a server that was asked to end did not answer what it had begun"
    assert max(life.files for life in day.lives) <= FILES
    assert max(max(life.memory) for life in day.lives) <= MEMORY
    assert max(life.grown() for life in day.lives) <= GROWTH
    assert max(life.log for life in day.lives) <= LOG
