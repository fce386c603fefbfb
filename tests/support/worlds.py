"""The same recorded session of coder B in worlds that differ only in what coder A has done."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from werkzeug.test import TestResponse

from schema.store.database import Database
from schema.store.handing_back import hand_case_back
from schema.store.models import Case, Entry
from tests.support.blindness import EVIDENCE, MEMO, OWN, PLACE, REASON, SECRET, browser_of, enter
from tests.support.casework import give_back, start_case, submit
from tests.support.databases import PostgresServer, sqlite_database
from tests.support.everyone import token_on
from tests.support.world import FILE, World, populate

MORNING = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

TOKENS = re.compile(r'(name="csrf_token"[^>]*value=")[^"]+')
IDS = re.compile(r"(?<![A-Za-z0-9])(?=[a-z]*[0-9])(?:[a-z0-9]{16}|[a-z0-9]{12})(?![A-Za-z0-9])")
UNEQUAL = ("Set-Cookie", "Content-Length")


@dataclass(frozen=True)
class Answer:
    """An answer as far as it must be the same in all worlds."""

    label: str
    status: int
    headers: tuple[str, ...]
    body: str


class Recorder:
    """Plays a coder's session and keeps the answers, with tokens blanked and ids numbered in order of appearance."""

    def __init__(self, world: World, case: Case, name: str = "ben") -> None:
        self.client = browser_of(world, name)
        self.case = f"/projects/pilot/cases/{case.id}"
        self.entry = f"{self.case}/entry"
        self.token = token_on(self.client, "/account")
        self.revision = 0
        self.answers: list[Answer] = []
        self._ids: dict[str, str] = {}

    def get(self, where: str) -> TestResponse:
        return self._keep("GET " + where, self.client.get(where))

    def post(self, where: str, **data: Any) -> TestResponse:
        sent = {"csrf_token": self.token, **data}
        return self._keep("POST " + where, self.client.post(where, data=sent))

    def send(self, where: str, **body: Any) -> TestResponse:
        sent = {"base_revision": self.revision, **body}
        answer = self.client.post(where, json=sent, headers={"X-CSRFToken": self.token})
        if answer.status_code == 200:
            self.revision = answer.get_json()["revision"]
        return self._keep("JSON " + where, answer)

    def save(self, path: str, value: object, **more: Any) -> TestResponse:
        section = path.split(".", maxsplit=1)[0]
        return self.send(f"{self.entry}/{section}/autosave", changes=[{"path": path, "value": value}], **more)

    def _keep(self, label: str, answer: TestResponse) -> TestResponse:
        headers = tuple(
            f"{name}: {self._plain(value)}" for name, value in answer.headers if name not in UNEQUAL
        )
        body = self._plain(TOKENS.sub(r"\1TOKEN", answer.get_data(as_text=True)))
        self.answers.append(Answer(self._plain(label), answer.status_code, headers, body))
        return answer

    def _plain(self, text: str) -> str:
        return IDS.sub(lambda found: self._ids.setdefault(found.group(), f"id{len(self._ids)}"), text)


def _look_round(play: Recorder, other_entry: str) -> None:
    """Every page that coder B can think of."""
    for where in (
        "/",
        "/account",
        "/projects/pilot",
        "/projects/pilot/cases",
        "/projects/pilot/cases?state=coding",
    ):
        play.get(where)
    for where in ("", "/entry", "/entry/read", "/entry/submit", "/entry/report", "/entry/victims", "/edit"):
        play.get(play.case + where)
    for where in ("", "/rows", "/resolve", "/agreed", "/final", "/yours", "/sign-off"):
        play.get(f"{play.case}/comparison{where}")
    play.get(f"{play.case}/entries/{other_entry}")
    play.get(f"{play.case}/entries/{other_entry}/return")
    for where in ("audit", "agreement", "exports", "findings", "members"):
        play.get(f"/projects/pilot/{where}")


def session_of_b(world: World, case: Case, other_entry: str) -> list[Answer]:
    """Look round, save what is right and wrong, submit, and try once more: always the same steps."""
    play = Recorder(world, case)
    _look_round(play, other_entry)
    play.save("report.area", "Exampleshire")
    play.save("report.area", PLACE)
    play.save("report.death_year", "rubbish")
    play.save("report.death_year", 2033)
    play.save("report.nothing", "1")
    play.save("report.area", "stale", base_revision=0)
    row = play.send(f"{play.entry}/victims/rows", act="add", row="").get_json()["row"]
    play.save(f"victims.{row}.age", "34")
    play.save(f"victims.{row}.sex", "female")
    play.get(f"{play.entry}/victims/rows/{row}")
    play.post(f"{play.entry}/submit", statement="yes")
    play.post(f"{play.entry}/report", base_revision="0", act="save", **{"report.area": "by button"})
    play.save("report.children_known", "no")
    play.save("report.death_year", 2016)
    _look_round(play, other_entry)
    play.post(f"{play.entry}/submit", statement="yes")
    _look_round(play, other_entry)
    play.save("report.area", "too late")
    play.post(f"{play.entry}/submit", statement="yes")
    play.post(f"{play.case}/comparison/sign-off")
    play.post("/sign-out")
    return play.answers


def nothing(world: World, case: Case) -> None:
    """A is idle."""


def _half(world: World, case: Case) -> None:
    enter(world, case, "amara", {"report": {"area": PLACE}})
    for number in range(25):
        enter(world, case, "amara", {"report": {"area": f"{PLACE} {number}"}})


def _done(world: World, case: Case) -> None:
    enter(world, case, "amara", SECRET, EVIDENCE, MEMO)
    submit(world, case, "amara")


def _done_alike(world: World, case: Case) -> None:
    enter(world, case, "amara", OWN)
    submit(world, case, "amara")


def _returned(world: World, case: Case) -> None:
    _done(world, case)
    give_back(world, case, "amara", REASON)


def _handed_back(world: World, case: Case) -> None:
    _half(world, case)
    with world.writing() as session:
        hand_case_back(session, world.actor("amara"), session.get_one(Case, case.id))


WORLDS = {
    "half": _half,
    "submitted": _done,
    "submitted alike": _done_alike,
    "returned": _returned,
    "handed back": _handed_back,
}


def _entry_of_a(world: World, case: Case) -> str:
    """The id of A's entry, ended or not."""
    coder = world.user("amara").id
    with world.reading() as session:
        return session.scalars(
            select(Entry.id).where(Entry.case_id == case.id, Entry.coder_id == coder)
        ).one()


@dataclass
class Origin:
    """The moment before A begins. ``copy`` gives a world that is a copy of it, in a folder, at the same hour."""

    case: Case
    copy: Callable[[Path], World]

    def played(self, folder: Path, act: Callable[[World, Case], None]) -> list[Answer]:
        """What coder B is answered where coder A has done this."""
        world = self.world(folder, act)
        answers = session_of_b(world, self.case, _entry_of_a(world, self.case))
        world.database.dispose()
        return answers

    def world(self, folder: Path, act: Callable[[World, Case], None]) -> World:
        """A world in which coder A has done this."""
        folder.mkdir()
        world = self.copy(folder)
        act(world, self.case)
        return world


def sqlite_origin(folder: Path) -> Origin:
    """On SQLite a world is a copy of the file."""

    def copy(to: Path) -> World:
        shutil.copyfile(folder / FILE, to / FILE)
        return World(Database(f"sqlite:///{to / FILE}", clock=lambda: MORNING), to)

    return Origin(_begin(World(sqlite_database(folder / FILE, clock=lambda: MORNING), folder)), copy)


def postgres_origin(server: PostgresServer, folder: Path) -> Origin:
    """On PostgreSQL it is a database made from another."""
    world = World(server.migrated(clock=lambda: MORNING), folder)

    def copy(to: Path) -> World:
        return World(server.copy(world.database, clock=lambda: MORNING), to)

    return Origin(_begin(world), copy)


def _begin(world: World) -> Case:
    with world.writing() as session:
        populate(session)
    case = start_case(world, "DHR-001")
    start_case(world, "DHR-002", {"coder_1": "ben", "coder_2": "amara", "reconciler": "carol"})
    world.database.dispose()
    return case


def differences(idle: list[Answer], other: list[Answer]) -> list[tuple[str, int, int, str]]:
    """Every answer that is not the same in both worlds: what was asked, both statuses, and where the texts part."""
    asked, other_asked = [answer.label for answer in idle], [answer.label for answer in other]
    assert asked == other_asked, set(asked) ^ set(other_asked)
    return [
        (one.label, one.status, two.status, _difference(one, two))
        for one, two in zip(idle, other, strict=True)
        if one != two
    ]


def _difference(one: Answer, two: Answer) -> str:
    if one.headers != two.headers:
        return f"{one.headers} / {two.headers}"
    place = next(
        (at for at, (a, b) in enumerate(zip(one.body, two.body, strict=False)) if a != b),
        min(len(one.body), len(two.body)),
    )
    return f"{one.body[max(0, place - 60) : place + 80]!r} / {two.body[max(0, place - 60) : place + 80]!r}"
