"""A sample of two projects with every kind of person and a case in each of three states, for tests that walk over everything."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, text
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from schema.store.jobs import queue
from schema.store.models import Base, Case, Comparison, Entry, User
from schema.store.people import disable_user
from schema.store.projects import end_membership
from tests.support.casework import fill, start_case, submit
from tests.support.signed_off import settle
from tests.support.world import PASSWORD, SYSTEM, World
from webapp.access.sessions import WITHOUT_PERSON
from webapp.audit.wording import QUESTIONS

#: Kind of person: sign-in name. Ben codes every case, so that each has two coders.
KINDS = {
    "anonymous": "",
    "disabled coder": "dele",
    "ex-member": "eve",
    "manager of another project": "mona",
    "viewer": "victor",
    "coder 1": "amara",
    "coder 2": "ben",
    "unassigned coder": "esi",
    "reconciler": "carol",
    "other reconciler": "cleo",
    "manager": "dana",
    "manager who codes": "mo",
    "administrator": "root",
}
#: What every GET may leave behind: who was seen when, and on record what was opened or refused.
SEEN = ("web_session", "throttle", "audit", "case_knowledge")
OPENED = (*QUESTIONS["opened"][1], "access.refuse")
NOWHERE = "zzzzzzzzzzzzzzzz"
UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}
CHANGING = re.compile(
    r'(name="csrf_token"[^>]*value=")[^"]+|(<meta name="csrf-token" content=")[^"]+|(datetime=")[^"]+|[0-9a-f]{16}(?=\b)'
)


@dataclass
class Everyone:
    """The world, its cases by state (the usual one, and one that the manager codes), and one session for each kind.

    Walks change nothing, so that names are looked up once, and so is what the policy says (``expected``, for whoever walks).
    """

    world: World
    cases: dict[str, dict[str, Case]]
    foreign: Case
    clients: dict[str, FlaskClient]
    tokens: dict[str, str]
    job_id: str
    foreign_job_id: str
    expected: dict[tuple[object, ...], set[int]] = field(default_factory=dict)
    _names: dict[str, dict[str, object]] = field(default_factory=dict)

    @cached_property
    def _ben_id(self) -> str:
        return self.world.user("ben").id

    def case_for(self, kind: str, state: str) -> Case:
        """The case of this state in which the kind of person has its part."""
        return self.cases[state]["mo" if kind == "manager who codes" else "usual"]

    def values(self, rule: Rule, case: Case | None, project: str = "pilot") -> dict[str, object]:
        """Real names for every part of a rule's address."""
        known: dict[str, object] = {
            "project_key": project,
            "section_key": "report",
            "group": "victims",
            "key": "small",
            "version": 1,
            "number": 1,
            "revision": 1,
            "role": "coder",
            "user_id": self._ben_id,
            "job_id": self.job_id,
            "path": "report.area",
            "filename": "css/tandem.css",
        }
        if case is not None:
            known |= self._of(case)
        return {name: known.get(name, NOWHERE) for name in rule.arguments}

    def values_of_foreign(self) -> dict[str, object]:
        """Names of things in the other project."""
        return {**self._of(self.foreign), "job_id": self.foreign_job_id, "file_id": NOWHERE[:-1] + "y"}

    def _of(self, case: Case) -> dict[str, object]:
        if case.id not in self._names:
            self._names[case.id] = self._named(case)
        return self._names[case.id]

    def _named(self, case: Case) -> dict[str, object]:
        with self.world.reading() as session:
            entry = session.scalars(select(Entry.id).where(Entry.case_id == case.id, Entry.slot == 1)).first()
            comparison = session.scalars(select(Comparison.id).where(Comparison.case_id == case.id)).first()
        return {"case_id": case.id, "entry_id": entry, "comparison_id": comparison or NOWHERE}


def everyone(world: World) -> Everyone:
    """Fill the world and sign everybody in."""
    other = world.another_project()
    world.add_person("mona", "manager", "coder", "reconciler", project=other)
    world.add_person("eve", "manager", "coder")
    world.add_person("dele", "coder")
    world.add_person("esi", "coder")
    world.add_person("cleo", "reconciler")
    world.add_person("mo", "manager", "coder")
    cases = {
        state: {"usual": _case(world, state, "amara"), "mo": _case(world, state, "mo")} for state in STATES
    }
    foreign = start_case(world, "DHR-FOREIGN", {"coder_1": "mona"}, project=other.id)
    with world.writing() as session:
        job_id = queue(session, world.actor("dana"), "master_workbook", world.project.id, {}).id
        foreign_job_id = queue(session, world.actor("mona"), "master_workbook", other.id, {}).id
    with world.writing() as session:  # their sessions end with the last role: here they have signed in again
        for role in ("manager", "coder"):
            end_membership(session, SYSTEM, world.project, session.get_one(User, world.user("eve").id), role)
    clients = {kind: FlaskClient(world.app, world.app.response_class) for kind in KINDS}
    tokens = {kind: _signed_in(clients[kind], name) for kind, name in KINDS.items()}
    with world.writing() as session:
        disable_user(session, SYSTEM, session.get_one(User, world.user("dele").id))
    return Everyone(world, cases, foreign, clients, tokens, job_id, foreign_job_id)


def _case(world: World, state: str, first: str) -> Case:
    return STATES[state](
        world, f"{state}-{first}", {"coder_1": first, "coder_2": "ben", "reconciler": "carol"}
    )


def _begun(world: World, reference: str, parts: dict[str, str]) -> Case:
    case = start_case(world, reference, parts)
    fill(world, case, parts["coder_1"])
    fill(world, case, "ben", victims=[{"age": 36, "sex": "female"}])
    submit(world, case, parts["coder_1"])
    return case


def _submitted(world: World, reference: str, parts: dict[str, str]) -> Case:
    case = _begun(world, reference, parts)
    submit(world, case, "ben")
    return case


def _signed_off(world: World, reference: str, parts: dict[str, str]) -> Case:
    case = _submitted(world, reference, parts)
    with world.reading() as session:
        comparison = session.scalars(select(Comparison.id).where(Comparison.case_id == case.id)).one()
    settle(world.database, world.actor("carol"), comparison)
    return case


STATES = {"one submitted": _begun, "both submitted": _submitted, "signed off": _signed_off}


def _signed_in(client: FlaskClient, name: str) -> str:
    if name:
        token = token_on(client, "/sign-in")
        answer = client.post("/sign-in", data={"csrf_token": token, "name": name, "password": PASSWORD})
        assert answer.status_code == 303, name
    return token_on(client, "/account" if name else "/sign-in")


def token_on(client: FlaskClient, address: str) -> str:
    """The security token of a page."""
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(address).get_data(as_text=True))
    assert found, address
    return found.group(1)


def rules(app: Flask) -> Iterator[Rule]:
    """Every route of the application but its static files."""
    return (rule for rule in app.url_map.iter_rules() if rule.endpoint not in WITHOUT_PERSON)


def address(app: Flask, rule: Rule, values: dict[str, object]) -> str:
    """The address of a rule."""
    with app.test_request_context():
        return app.url_map.bind("localhost").build(
            rule.endpoint, values, method=next(iter((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        )


def normal(answer: TestResponse, *also: str) -> str:
    """A body without what differs from one request to the next: tokens, references, and the texts in ``also``."""
    body = answer.get_data(as_text=True)
    for one in also:
        body = body.replace(one, "ID")
    return CHANGING.sub(lambda found: next((part for part in found.groups() if part), ""), body)


def stored(world: World) -> dict[str, list[str]]:
    """Every row of every table but those of :data:`SEEN`, as text."""
    with world.reading() as session:
        return {
            table.name: sorted(repr(tuple(row)) for row in session.execute(select(table)))
            for table in Base.metadata.sorted_tables
            if table.name not in SEEN
        }


def recorded(world: World) -> int:
    """The number of rows in the audit trail."""
    with world.reading() as session:
        return session.scalar(select(func.count()).select_from(text("audit"))) or 0
