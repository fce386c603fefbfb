"""What somebody who runs Tandem asks for: people at their own pace, ten times as many as are carried, an end in the midst of work, an export
beside it.

The goals are those of a promise and no ratio; each is far from what was measured, so that a slower machine keeps it as well.
"""

from __future__ import annotations

import http.client
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

import psutil

from schema.store.database import Database
from schema.store.migrate import upgrade
from schema.store.models import Job
from schema.store.people import actor_for, find_user
from tests.bench.measuring import Figure, in_words
from tests.bench.storm import SPREAD, Person, astray, people_at, running, share_at, storm_of
from tests.bench.studies import copied
from tests.bench.studio import Studio
from tests.support.databases import StoppablePostgres
from tests.support.nodes import Node
from tests.support.world import PROJECT, populate
from webapp.downloads.formats import Options
from webapp.downloads.operations import ask_for_export
from webapp.sample import loading

#: Seconds between two acts of a person, twice as busy as docs/scale.md assumes; each fourth act opens the form.
PAUSE, OPENS = 5.0, 4
SECONDS, CROWDED = 20.0, 10.0
P95, P99, FORM = 0.150, 0.500, 0.400
AS_BEFORE, AFTER_A_KILL, AFTER_AN_OUTAGE = 30.0, 5.0, 5.0
CASES, EXPORT, MEMORY = 500, 15.0, 300.0
PACE = "Each acts every five seconds, twice as often as scale.md assumes; every fourth act opens the form."


def run(place: Studio) -> Iterator[Figure]:
    """30 people on SQLite with one process, 100 on PostgreSQL with two; then what goes wrong."""
    database = place.sqlite("load")
    with database.writing() as session:
        populate(session)
    yield from _at_their_pace(place, database, "30 coders at their pace, SQLite", 30)
    shared = place.postgresql()
    with shared.writing() as session:
        populate(session)
    yield from _at_their_pace(place, shared, "100 coders at their pace, PostgreSQL, 2 processes", 100, 2)
    yield from _ten_times(place, database)
    yield _after_a_kill(place, database)
    yield from _after_an_outage(place)
    yield from _beside_an_export(place)


def _at_their_pace(
    place: Studio, database: Database, what: str, number: int, processes: int = 1
) -> Iterator[Figure]:
    with running(place, database, f"load-{number}") as nodes:
        people = [
            replace(one, pause=PAUSE, opens=OPENS) for one in people_at(database, nodes, number, processes)
        ]
        waits = storm_of(people, SECONDS)
    opened = sorted(wait for one in people for wait in one.opened)
    sides = f"{len(waits)} saves, in the middle {in_words(share_at(waits, 50))}"
    forms = f"{len(opened)} forms, in the middle {in_words(share_at(opened, 50))}"
    for words, seconds, goal, told in (
        ("95 of 100 saves", share_at(waits, 95), P95, sides),
        ("99 of 100 saves", share_at(waits, 99), P99, sides),
        ("95 of 100 forms", share_at(opened, 95), FORM, forms),
    ):
        yield Figure(f"{what}, {words} within", "itself", seconds, goal, unit="s", sides=told, remark=PACE)
    spread = share_at(waits, 95) / share_at(waits, 50)
    yield Figure(f"{what}, p95 over p50 of saves", "itself", spread, SPREAD, sides=sides)
    yield _nothing_astray(what, database, people)


def _nothing_astray(what: str, database: Database, people: list[Person]) -> Figure:
    lost = float(sum(astray(one, database) for one in people))
    return Figure(f"{what}, lost, doubled or refused saves", "itself", lost, 0, unit="")


def _ten_times(place: Studio, database: Database) -> Iterator[Figure]:
    """Three hundred who never stop, and how long after them thirty are served as before."""
    what = "300 coders who never stop, SQLite"
    with running(place, database, "load-300") as nodes:
        people = [replace(one, pause=0.0) for one in people_at(database, nodes, 300)]
        storm_of(people, CROWDED)
        gone = time.perf_counter()
        while not _served(people[:30]):
            pass
        normal = time.perf_counter() - gone
    answers = sum((one.answers for one in people), Counter[int]())
    sides = f"{answers[200]} saves; {answers[503]} told to come again"
    others = float(answers.total() - answers[200] - answers[503])
    yield Figure(f"{what}, answers but 200 and 503", "itself", others, 0, unit="", sides=sides)
    lost = float(sum(astray(one, database) - one.refused for one in people))
    yield Figure(f"{what}, lost or doubled saves", "itself", lost, 0, unit="")
    yield Figure("until thirty of them are served as before", "itself", normal, AS_BEFORE, unit="s")


def _served(people: list[Person]) -> bool:
    """Whether these save for a second and a half without one being refused or waiting for long."""
    again = [replace(one, pause=1.0, waits=[], answers=Counter()) for one in people]
    waits = storm_of(again, 1.5)
    return not any(one.refused for one in again) and share_at(waits, 95) <= P95


def _after_a_kill(place: Studio, database: Database) -> Figure:
    with running(place, database, "load-kill") as nodes:
        people = people_at(database, nodes, 30, prefix="K")
        threads = _begun(people, SECONDS)
        time.sleep(3)
        nodes.nodes[0].kill()
        began = time.perf_counter()
        nodes.serve(nodes.nodes[0].port)
        took = time.perf_counter() - began
        for thread in threads:
            thread.join()
    return Figure("from a kill amid saves until it answers", "itself", took, AFTER_A_KILL, unit="s")


def _after_an_outage(place: Studio) -> Iterator[Figure]:
    server = StoppablePostgres()
    database = Database(server.url)
    upgrade(database)
    with database.writing() as session:
        populate(session)
    with running(place, database, "load-outage") as nodes:
        (person,) = people_at(database, nodes, 1)
        server.stop()
        away = person.coder.save(person.port, person.coder.acknowledged)
        server.start()
        began = time.perf_counter()
        while person.coder.save(person.port, person.coder.acknowledged) != 200:
            time.sleep(0.05)
        took = time.perf_counter() - began
        database.dispose()
    sides = f"{away} while it was away"
    yield Figure(
        "PostgreSQL back, until a save is taken", "itself", took, AFTER_AN_OUTAGE, unit="s", sides=sides
    )


def _beside_an_export(place: Studio) -> Iterator[Figure]:
    """A workbook of 500 cases, made by a server at which thirty are at work."""
    study = copied(place, CASES)
    loading.load_project(study.database, PROJECT, "Pilot", "")
    with running(place, study.database, "load-export") as nodes:
        people = [replace(one, pause=PAUSE, opens=OPENS) for one in people_at(study.database, nodes, 30)]
        threads = _begun(people, SECONDS)
        idle, began = _memory(nodes.nodes[0]), time.perf_counter()
        with study.database.writing() as session:
            dana = find_user(session, "dana")
            assert dana is not None
            job = ask_for_export(session, actor_for(session, dana), study.project(), Options("xlsx")).id
        most = idle
        while _state(study.database, job) in ("queued", "running"):
            most = max(most, _memory(nodes.nodes[0]))
            time.sleep(0.1)
        took = time.perf_counter() - began
        assert _state(study.database, job) == "done"
        for thread in threads:
            thread.join()
    waits = sorted(wait for one in people for wait in one.waits)
    what = f"workbook of {CASES} cases beside 30 coders"
    yield Figure(what, "itself", took, EXPORT, unit="s")
    yield Figure(
        f"{what}, memory of the server", "itself", most, MEMORY, unit="MiB", sides=f"{idle:.0f} MiB before"
    )
    yield Figure(f"{what}, 95 of 100 saves within", "itself", share_at(waits, 95), 1.0, unit="s")


def _begun(people: list[Person], seconds: float) -> list[threading.Thread]:
    """Let everybody work for so long, or until their server ends."""

    def work(person: Person) -> None:
        with suppress(OSError, http.client.HTTPException):
            person.work(until)

    until = time.monotonic() + seconds
    threads = [threading.Thread(target=work, args=(one,)) for one in people]
    for thread in threads:
        thread.start()
    return threads


def _state(database: Database, job_id: str) -> str:
    with database.reading() as session:
        return session.get_one(Job, job_id).state


def _memory(node: Node) -> float:
    """MiB of the server and of what it started."""
    server, taken = psutil.Process(node.process.pid), 0.0
    for process in (server, *server.children(recursive=True)):
        with suppress(psutil.NoSuchProcess):
            taken += process.memory_info().rss / 2**20
    return taken
