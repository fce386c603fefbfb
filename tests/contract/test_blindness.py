"""A coder learns nothing of the other coder's work: no value, no presence, no progress, no count, no identity.

Two proofs. The crawl: everything that can be opened, by everybody who is blind, holds none of coder A's marked values.
Non-interference: the same session of coder B, played in worlds that differ only in what A did, gets the same answers.
"""

from __future__ import annotations

import base64
import html
import io
import json
import re
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from schema.answers.document import Change, Note
from schema.answers.interchange import read_entry
from schema.store.database import Database, new_id
from schema.store.entries import save_changes, save_document
from schema.store.models import Case, Comparison, Entry, User
from schema.store.projects import add_member
from schema.store.templates import compiled
from tests.support.casework import entry_of, give_back, start_case, submit
from tests.support.everyone import address, rules, token_on
from tests.support.world import FILE, PASSWORD, SYSTEM, World, build_world

MORNING = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
NOTE, QUOTE, PLACE, ADVICE, NUMBER = "cnrynote7x", "cnryquote7x", "cnryplace7x", "cnryadvice7x", "cnrynr7x"
SECRET: dict[str, Any] = {
    "report": {
        "area": PLACE,
        "region": "wales",
        "death_year": 2033,
        "children_known": "yes",
        "children_note": NOTE,
    },
    "victims": [{"age": 113, "sex": "male"}, {"age": 109, "sex": "female"}],
    "recommendations": [{"number": NUMBER, "text": ADVICE, "themes": ["T2"]}],
}
EVIDENCE = {"report.children_note": {"page": "cnrypage7x", "quote": QUOTE}}
REASON, MEMO = "cnryreason7x", "cnrymemo7x"
OWN: dict[str, Any] = {
    "report": {"area": "Exampleshire", "death_year": 2016, "children_known": "no"},
    "victims": [{"age": 34, "sex": "female"}],
}


def _enter(
    world: World,
    case: Case,
    name: str,
    answers: dict[str, Any],
    evidence: dict[str, Any] | None = None,
    memo: str = "",
) -> None:
    with world.writing() as session:
        entry = session.get_one(Entry, entry_of(world, case, name).id)
        line = {"case": case.reference, "coder": name, "answers": answers, "evidence": evidence or {}}
        read = read_entry(
            compiled(session, entry.template_version_id), line, choose_id=lambda: new_id(session)
        )
        assert not read.problems, read.problems
        save_document(session, world.actor(name), entry, read.document)
        if memo:
            noted = Change("note", "report.area", note=Note(flagged=True, memo=memo))
            save_changes(session, world.actor(name), entry, entry.revision, [noted])


def _client(world: World, name: str) -> FlaskClient:
    client = FlaskClient(world.app, world.app.response_class)
    token = token_on(client, "/sign-in")
    assert (
        client.post("/sign-in", data={"csrf_token": token, "name": name, "password": PASSWORD}).status_code
        == 303
    )
    return client


# ------------------------------------------------------------------------------------------- the crawl


def _forms_of(secret: str) -> set[bytes]:
    """A text as it may be hidden in a response."""
    forms = {
        secret,
        secret.upper(),
        secret[::-1],
        html.escape(secret),
        quote(secret),
        json.dumps(secret)[1:-1],
    }
    encoded = {base64.b64encode(secret.encode()), secret.encode().hex().encode(), secret.encode("utf-16-le")}
    return {form.encode() for form in forms} | encoded


def _content(answer: TestResponse) -> bytes:
    """Headers and body, and what is packed into a file."""
    body = answer.get_data()
    if zipfile.is_zipfile(io.BytesIO(body)):
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            body += b"".join(packed.read(name) for name in packed.namelist())
    return str(answer.headers).encode() + body


def _crawl(client: FlaskClient, known: list[str]) -> Iterator[TestResponse]:
    seen: set[str] = set()
    waiting = ["/", *known]
    while waiting:
        where = waiting.pop()
        if where in seen:
            continue
        seen.add(where)
        assert len(seen) < 700, "the crawl goes round in circles"
        answer = client.get(where)
        yield answer
        if answer.mimetype == "text/html":
            for link in re.findall(r'(?:href|action|src)="([^"#]+)"', answer.get_data(as_text=True)):
                target = urlsplit(urljoin(where, html.unescape(link)))
                if not target.netloc and not target.path.startswith(("/static", "/bootstrap")):
                    waiting.append(target.path + (f"?{target.query}" if target.query else ""))


def _everything(world: World, case: Case, entry: Entry) -> list[str]:
    """Every address that the application knows, with the names of coder A's things."""
    with world.reading() as session:
        comparison = session.scalars(select(Comparison.id).where(Comparison.case_id == case.id)).first()
    values: dict[str, object] = {
        "project_key": "pilot",
        "case_id": case.id,
        "entry_id": entry.id,
        "comparison_id": comparison or "x",
        "group": "victims",
        "key": "small",
        "version": 1,
        "number": 1,
        "path": "report.area",
        "user_id": world.user("amara").id,
        "role": "coder",
    }
    found = []
    for rule in rules(world.app):
        if "GET" not in (rule.methods or ()):
            continue
        for section in ("report", "victims", "recommendations"):
            named = {**values, "section_key": section}
            found.append(address(world.app, rule, {name: named.get(name, "x") for name in rule.arguments}))
    return sorted(set(found))


def _posted(client: FlaskClient, world: World, case: Case) -> Iterator[TestResponse]:
    """What comes back where coder B sends something wrong, or everything that is asked for."""
    token = token_on(client, "/account")
    for rule in rules(world.app):
        if "POST" in (rule.methods or ()) and rule.endpoint.startswith("entry."):
            values = {
                "project_key": "pilot",
                "case_id": case.id,
                "section_key": "report",
                "entry_id": "x",
                "number": 1,
            }
            where = address(world.app, rule, {name: values.get(name, "x") for name in rule.arguments})
            yield client.post(
                where, data={"csrf_token": token, "report.death_year": "rubbish", "base_revision": "99"}
            )
            yield client.post(
                where, json={"base_revision": 99, "changes": []}, headers={"X-CSRFToken": token}
            )


MOMENTS = ("half", "submitted", "returned", "both submitted")


@dataclass
class Crawled:
    """A case at a moment of coder A's work, and who is blind to it."""

    world: World
    case: Case
    second: str


def _at(world: World, moment: str, second: str) -> Case:
    case = start_case(world, "DHR-001", {"coder_1": "amara", "coder_2": second, "reconciler": "carol"})
    _enter(world, case, "amara", SECRET, EVIDENCE, MEMO)
    if moment != "half":
        submit(world, case, "amara")
    if moment == "returned":
        give_back(world, case, "amara", REASON)
    if moment == "both submitted":
        _enter(world, case, second, OWN)
        submit(world, case, second)
    return case


@pytest.mark.parametrize("moment", MOMENTS)
def test_nobody_who_is_blind_finds_a_value_of_coder_a_anywhere(tmp_path: Path, moment: str) -> None:
    world = build_world(tmp_path)
    world.add_person("esi", "coder")
    case = _at(world, moment, "ben")
    entry = entry_of(world, case, "amara")
    identity = [entry.id, world.user("amara").id, "Amara Okafor"]
    secrets = [PLACE, NOTE, QUOTE, ADVICE, NUMBER, REASON, MEMO, "cnrypage7x"]
    known = _everything(world, case, entry)
    for name in ("ben", "esi", "victor"):
        client = _client(world, name)
        pages = [*_crawl(client, known), *(_posted(client, world, case) if name == "ben" else ())]
        assert len(pages) > 60, "hardly anything was opened, so this proves nothing"
        _holds_none(pages, secrets, name)
        _holds_none([page for page in pages if not _asked_for(page, identity)], identity, name)
    world.database.dispose()


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_manager_who_codes_finds_no_value_of_the_other_coder_anywhere(tmp_path: Path, moment: str) -> None:
    world = build_world(tmp_path)
    world.add_person("mo", "manager", "coder")
    case = _at(world, moment, "mo")
    known = _everything(world, case, entry_of(world, case, "amara"))
    pages = list(_crawl(_client(world, "mo"), known))
    _holds_none(pages, [PLACE, NOTE, QUOTE, ADVICE, NUMBER, REASON, MEMO, "cnrypage7x"], "mo")
    assert any(b"DHR-001" in page.get_data() for page in pages)
    world.database.dispose()


def test_the_crawl_sees_what_is_there(tmp_path: Path) -> None:
    """The reconciler is not blind once both have submitted: were the values not found there, the crawl would be."""
    world = build_world(tmp_path)
    case = _at(world, "both submitted", "ben")
    pages = list(_crawl(_client(world, "carol"), _everything(world, case, entry_of(world, case, "amara"))))
    with pytest.raises(AssertionError, match="cnry"):
        _holds_none(pages, [PLACE, NOTE, QUOTE, ADVICE, NUMBER], "carol")
    world.database.dispose()


def _asked_for(page: TestResponse, identity: list[str]) -> bool:
    """Whether the address itself named it: an error page may repeat what was asked for."""
    return any(one in page.request.full_path for one in identity)


def _holds_none(pages: list[TestResponse], secrets: list[str], name: str) -> None:
    found = [
        f"{name}: {page.request.method} {page.request.full_path} ({page.status_code}) holds {secret}"
        for page in pages
        for secret in secrets
        if any(form in _content(page) for form in _forms_of(secret))
    ]
    assert found == []


# ------------------------------------------------------------------------------------- non-interference


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
    """Plays coder B's session and keeps the answers, with tokens blanked and ids numbered in order of appearance."""

    def __init__(self, world: World, case: Case) -> None:
        self.client = _client(world, "ben")
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


def _session_of_b(world: World, case: Case, other_entry: str) -> list[Answer]:
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


def _nothing(world: World, case: Case) -> None:
    """A is idle."""


def _half(world: World, case: Case) -> None:
    _enter(world, case, "amara", {"report": {"area": PLACE}})
    for number in range(25):
        _enter(world, case, "amara", {"report": {"area": f"{PLACE} {number}"}})


def _done(world: World, case: Case) -> None:
    _enter(world, case, "amara", SECRET, EVIDENCE, MEMO)
    submit(world, case, "amara")


def _done_alike(world: World, case: Case) -> None:
    _enter(world, case, "amara", OWN)
    submit(world, case, "amara")


def _returned(world: World, case: Case) -> None:
    _done(world, case)
    give_back(world, case, "amara", REASON)


WORLDS = {"half": _half, "submitted": _done, "submitted alike": _done_alike, "returned": _returned}


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Case]:
    """The moment before A begins; every world is a copy of it, at the same hour."""
    folder = tmp_path_factory.mktemp("origin")
    world = build_world(folder, clock=lambda: MORNING)
    case = start_case(world, "DHR-001")
    start_case(world, "DHR-002", {"coder_1": "ben", "coder_2": "amara", "reconciler": "carol"})
    world.database.dispose()
    return folder / FILE, case


def _played(origin: tuple[Path, Case], folder: Path, act: Any) -> list[Answer]:
    folder.mkdir()
    shutil.copyfile(origin[0], folder / FILE)
    world = World(Database(f"sqlite:///{folder / FILE}", clock=lambda: MORNING), folder)
    act(world, origin[1])
    answers = _session_of_b(world, origin[1], entry_of(world, origin[1], "amara").id)
    world.database.dispose()
    return answers


@pytest.mark.parametrize("name", WORLDS)
def test_coder_b_gets_the_same_answers_whatever_coder_a_has_done(
    origin: tuple[Path, Case], tmp_path: Path, name: str
) -> None:
    idle = _played(origin, tmp_path / "idle", _nothing)
    other = _played(origin, tmp_path / "other", WORLDS[name])
    assert [answer.label for answer in idle] == [answer.label for answer in other]
    assert len(idle) > 80
    assert {200, 303, 403, 409, 422} <= {answer.status for answer in idle}
    different = [
        (one.label, one.status, two.status, _difference(one, two))
        for one, two in zip(idle, other, strict=True)
        if one != two
    ]
    assert different == []


def test_the_comparison_of_worlds_sees_a_difference(origin: tuple[Path, Case], tmp_path: Path) -> None:
    """Were something of A's to reach B - here by a membership - the answers would differ."""

    def leak(world: World, case: Case) -> None:
        with world.writing() as session:
            add_member(session, SYSTEM, world.project, session.get_one(User, world.user("ben").id), "viewer")

    assert _played(origin, tmp_path / "idle", _nothing) != _played(origin, tmp_path / "leak", leak)


def _difference(one: Answer, two: Answer) -> str:
    if one.headers != two.headers:
        return f"{one.headers} / {two.headers}"
    place = next(
        (at for at, (a, b) in enumerate(zip(one.body, two.body, strict=False)) if a != b),
        min(len(one.body), len(two.body)),
    )
    return f"{one.body[max(0, place - 60) : place + 80]!r} / {two.body[max(0, place - 60) : place + 80]!r}"
