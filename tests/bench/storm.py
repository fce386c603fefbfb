"""Coders who save over HTTP at the same time: waits, their spread, what a bare route takes, and what was lost."""

from __future__ import annotations

import http.client
import json
import random
import shutil
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from statistics import quantiles

from schema.store.database import Database
from tests.bench.measuring import Figure, Work, in_words
from tests.bench.studio import Studio, all_answers, template
from tests.support.nodes import Cluster, Coder, cluster, coders, held
from tests.support.world import PROJECT, populate
from webapp.serving import first_free_port

SECONDS, WAIT_MEAN = 8.0, 0.5
#: Not counted: meanwhile connections are opened and statements built, once in the life of a process.
WARMING = 2.0
SPREAD, WORST, BARE = 2.5, 1.0, 1.8
BOUND = (
    "A save asks who it is, with their roles (12% of its processor time), and for the case with all that decides who may see it (15%); checks the page's "
    "token (4%); saves (19%) and has it written (10%, and the wait for the disk); judges again what the save changed and tells the page's script how the entry "
    "stands (13%), which it puts together from what was read before and what the save wrote; the rest is Flask, and the transactions' beginnings and "
    "ends: all of it Python, by threads that take turns in one interpreter, beside the coders' own on two cores. The bare route asks nobody and judges nothing. "
    "The first two seconds are not counted: in them a process opens its connections and builds its statements. Writers on SQLite are let in one by one, in the order "
    "in which they came (`schema/store/queue.py`), so that nobody meets SQLite's own waiting, which sleeps ever longer."
)
ON_POSTGRESQL = (
    "On PostgreSQL statements stay prepared from one request to the next, since what was only read is ended by a commit; before that a save alone took 8.2 ms, "
    "where it takes 5. A hundred coders who save twice a second fill two cores, so that a save in the middle waits little and one in twenty three to four times as long."
)
BARE_ROUTE = (
    "import runpy, sys; sys.argv[0] = 'bare'; runpy.run_module('tests.bench.bare', run_name='__main__')"
)


@dataclass
class Person:
    """One coder with a connection that stays open, who saves, reads on for a moment, and saves again.

    ``pause``: seconds between two acts, on average; every so many acts (``opens``) the page is opened instead.
    """

    coder: Coder
    port: int
    path: str
    pause: float = WAIT_MEAN
    opens: int = 0
    waits: list[float] = field(default_factory=list)
    opened: list[float] = field(default_factory=list)
    answers: Counter[int] = field(default_factory=Counter)

    @property
    def refused(self) -> int:
        """How many requests were not answered with 200."""
        return self.answers.total() - self.answers[200]

    def work(self, until: float) -> None:
        """Save until the time is over."""
        pace = random.Random(self.coder.entry_id)
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        warm = time.monotonic() + WARMING
        time.sleep(pace.random() * self.pause)
        while time.monotonic() < until:
            looks = self.opens and self.answers.total() % self.opens == self.opens - 1
            began = time.perf_counter()
            status = self._look(connection) if looks else self._save(connection)
            if time.monotonic() > warm:
                (self.opened if looks else self.waits).append(time.perf_counter() - began)
            self.answers[status] += 1
            time.sleep(pace.uniform(0.5, 1.5) * self.pause)

    def _save(self, connection: http.client.HTTPConnection) -> int:
        self.coder.number += 1
        change = {"path": "report.area", "value": f"number {self.coder.number}"}
        body = json.dumps({"base_revision": self.coder.acknowledged, "changes": [change]})
        headers = {"Content-Type": "application/json", "X-CSRFToken": self.coder.csrf}
        connection.request("POST", self.path, body, headers | self._cookies())
        answer = connection.getresponse()
        said = answer.read()
        if answer.status == 200:
            self.coder.acknowledged = json.loads(said)["revision"]
        return answer.status

    def _look(self, connection: http.client.HTTPConnection) -> int:
        connection.request("GET", self.path.removesuffix("/autosave"), headers=self._cookies())
        answer = connection.getresponse()
        answer.read()
        return answer.status

    def _cookies(self) -> dict[str, str]:
        return {"Cookie": "; ".join(f"{key}={value}" for key, value in self.coder.cookies.items())}


def _one_save(place: Studio, database: Database) -> Work:
    """One save of a small entry in this process, in an empty database: what is profiled."""
    coding = place.coding(database, all_answers(template().by_key["report"]))
    page = coding.client.get(f"{coding.address}/report").text
    token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
    revision = int(page.partition('name="base_revision" value="')[2].partition('"')[0])

    def save() -> None:
        nonlocal revision
        change = {"path": "report.csp", "value": f"number {revision}"}
        answer = coding.client.post(
            f"{coding.address}/report/autosave",
            json={"base_revision": revision, "changes": [change]},
            headers={"X-CSRFToken": token},
        )
        assert answer.status_code == 200, answer.text
        revision = answer.get_json()["revision"]

    save()
    return save


def run(place: Studio) -> Iterator[Figure]:
    """8 and 30 coders on SQLite with one process; 100 coders on PostgreSQL with two."""
    database = place.sqlite("storm")
    with database.writing() as session:
        populate(session)
    one_save = _one_save(place, place.sqlite("one-save"))
    for number in (8, 30):
        for figure in _on_sqlite(place, database, number):
            yield replace(figure, work=one_save, remark=BOUND)
    shared = place.postgresql()
    with shared.writing() as session:
        populate(session)
    one_save = _one_save(place, place.postgresql())
    for figure in _on_postgresql(place, shared, 100):
        yield replace(figure, work=one_save, remark=ON_POSTGRESQL)


def _on_sqlite(place: Studio, database: Database, number: int) -> Iterator[Figure]:
    what = f"{number} coders, SQLite"
    with running(place, database, f"storm-{number}") as nodes:
        people = people_at(database, nodes, number)
        waits = storm_of(people)
    yield from _told(what, database, people, waits)
    bare = place.folder / f"bare-{number}.sqlite3"
    with sqlite3.connect(str(database.url.database)) as source, sqlite3.connect(bare) as target:
        source.backup(target)
    yield _against_bare(place, what, people, waits, f"sqlite:///{bare}", processes=1)


def _on_postgresql(place: Studio, database: Database, number: int) -> Iterator[Figure]:
    what = f"{number} coders, PostgreSQL, 2 processes"
    with running(place, database, "storm-shared") as nodes:
        people = people_at(database, nodes, number, processes=2)
        waits = storm_of(people)
    yield from _told(what, database, people, waits)
    copy = place.copied(database).url.set(drivername="postgresql").render_as_string(hide_password=False)
    yield _against_bare(place, what, people, waits, copy, processes=2)


def _against_bare(
    place: Studio, what: str, people: Sequence[Person], waits: Sequence[float], copy: str, processes: int
) -> Figure:
    """The same people at as many processes of a bare route, on a copy of the database."""
    with cluster(copy, place.folder / f"bare-{len(people)}") as nodes:
        ports = []
        for _ in range(processes):
            ports.append(first_free_port("127.0.0.1", 21_000, tries=500))
            nodes.start([BARE_ROUTE, copy, str(ports[-1])], ports[-1]).wait_until_up()
        plain = storm_of(
            [
                Person(one.coder, ports[number % processes], f"/{one.coder.entry_id}/autosave")
                for number, one in enumerate(people)
            ]
        )
    ratio = share_at(waits, 50) / share_at(plain, 50)
    sides = f"{in_words(share_at(waits, 50))} : {in_words(share_at(plain, 50))}"
    return Figure(
        f"{what}, a save in the middle", "a bare Flask route, same statements", ratio, BARE, sides=sides
    )


@contextmanager
def running(place: Studio, database: Database, name: str) -> Iterator[Cluster]:
    """An installation in a folder of its own."""
    address = database.url.render_as_string(hide_password=False)
    with cluster(address, place.folder / name) as nodes:
        yield nodes
    shutil.rmtree(place.folder / name, ignore_errors=True)


def people_at(
    database: Database, nodes: Cluster, number: int, processes: int = 1, prefix: str = "S"
) -> list[Person]:
    """So many people, each with a case of their own, at so many processes, which are started."""
    ports = [nodes.serve().port for _ in range(processes)]
    made = []
    for place, coder in enumerate(coders(database, number, prefix=f"{prefix}{number}")):
        port = ports[place % len(ports)]
        coder.enter(port)
        made.append(Person(coder, port, f"/projects/{PROJECT}/cases/{coder.case_id}/entry/report/autosave"))
    return made


def storm_of(people: Sequence[Person], seconds: float = SECONDS) -> list[float]:
    """Let everybody work for so long once they are warm; gives the seconds that their saves took, in order."""
    until = time.monotonic() + WARMING + seconds
    threads = [threading.Thread(target=one.work, args=(until,)) for one in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(wait for one in people for wait in one.waits)


def _told(what: str, database: Database, people: Sequence[Person], waits: list[float]) -> Iterator[Figure]:
    middle, late, worst = share_at(waits, 50), share_at(waits, 95), waits[-1]
    sides = f"{len(waits)} saves; p95 {in_words(late)} : p50 {in_words(middle)}"
    yield Figure(f"{what}, p95 over p50", "itself", late / middle, SPREAD, sides=sides)
    yield Figure(f"{what}, worst wait", "itself", worst, WORST, unit="s")
    yield Figure(
        f"{what}, lost, doubled or refused saves",
        "itself",
        float(sum(map(astray, people, [database] * len(people)))),
        0,
        unit="",
    )


def astray(person: Person, database: Database) -> int:
    """Saves that were acknowledged and are not there, that stand there twice, or that were refused."""
    there = held(database, person.coder)
    numbers = [value for _, value in there["saved"]]
    lost = max(0, person.coder.acknowledged - there["revision"])
    return lost + len(numbers) - len(set(numbers)) + person.refused


def share_at(waits: Sequence[float], share: int) -> float:
    """What so many of a hundred waits do not exceed."""
    return quantiles(waits, n=100)[share - 1]
