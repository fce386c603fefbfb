"""A project on the small template with two coders, a reconciler and cases they have both coded."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from schema.actor import Actor
from schema.answers.document import Document, Row
from schema.problem import Refused
from schema.store.cases import register_case
from schema.store.comparisons import (
    accept_agreed,
    confirm_pairing,
    create_comparison,
    decide,
    load_comparison,
    settle_everything,
    supersede,
    withdraw_agreed,
)
from schema.store.database import Database
from schema.store.entries import mark_returned, mark_submitted, open_entry, save_document
from schema.store.loaded import LoadedComparison
from schema.store.models import Audit, Case, Entry, Project, User
from schema.store.people import add_user
from schema.store.projects import create_project
from schema.store.snapshots import freeze
from schema.store.templates import publish
from schema.template.value import Missing, Value, from_plain

SUPPORT = Path(__file__).parents[1] / "support"
SYSTEM = Actor(id="", name="test", is_admin=True)
COUNTER = count(1)


@dataclass
class Study:
    """Ids only, so that every step can have a session of its own."""

    database: Database
    project_id: str
    version_id: str
    users: dict[str, str]

    def actor(self, name: str) -> Actor:
        return Actor(self.users[name], name)

    @contextmanager
    def writing(self) -> Iterator[Session]:
        with self.database.writing() as session:
            yield session

    def compared(self, a: Document, b: Document, *, version_b: str = "") -> str:
        """Register a case, let amara and ben submit these documents, and compare; gives the comparison's id."""
        with self.writing() as session:
            project = session.get_one(Project, self.project_id)
            case = register_case(session, SYSTEM, project, f"DHR-{next(COUNTER):03}")
            self._submit(session, case, 1, "amara", a, self.version_id)
            self._submit(session, case, 2, "ben", b, version_b or self.version_id)
            return create_comparison(session, self.actor("ben"), case).id

    def resubmitted(self, comparison_id: str, b: Document) -> str:
        """Return ben's entry, let him submit this document, and compare again."""
        with self.writing() as session:
            case = session.get_one(Case, load_comparison(session, comparison_id).row.case_id)
            entry = session.query(Entry).filter_by(case_id=case.id, slot=2).one()
            mark_returned(session, SYSTEM, entry, "look again")
            supersede(session, self.actor("carol"), case, "look again")
        with self.writing() as session:
            case = session.get_one(Case, case.id)
            self._submit(session, case, 2, "ben", b, self.version_id)
            return create_comparison(session, self.actor("ben"), case).id

    def load(self, comparison_id: str) -> LoadedComparison:
        with self.database.reading() as session:
            return load_comparison(session, comparison_id)

    def _submit(
        self, session: Session, case: Case, slot: int, name: str, document: Document, version_id: str
    ) -> None:
        actor, coder = self.actor(name), session.get_one(User, self.users[name])
        entry = open_entry(session, actor, case, slot, coder, version_id)
        save_document(session, actor, entry, document)
        entry = session.get_one(Entry, entry.id, populate_existing=True)
        freeze(
            session,
            actor,
            entry=entry,
            template_version_id=version_id,
            document=document,
            revision=entry.revision,
        )
        mark_submitted(session, actor, entry)


def small_sources() -> tuple[str, dict[str, str]]:
    lists = {path.stem: path.read_text(encoding="utf-8") for path in (SUPPORT / "codelists").glob("*.yaml")}
    return (SUPPORT / "small-template.yaml").read_text(encoding="utf-8"), lists


def build_study(database: Database, *, rehearsal: bool = False) -> Study:
    with database.writing() as session:
        version = publish(session, SYSTEM, *small_sources())
        project = create_project(session, SYSTEM, "pilot", "Pilot", version, rehearsal)
        names = ("amara", "ben", "carol", "cyril")
        users = {name: add_user(session, SYSTEM, name, name.title()).id for name in names}
        return Study(database, project.id, version.id, users)


def entry(report: dict[str, Any] | None = None, **groups: list[dict[str, Any]]) -> Document:
    """A document of the small template that can be submitted; ``report`` adds to its first section."""
    basic = {"area": "Exampleshire", "children_known": "no", **(report or {})}
    groups.setdefault("victims", [{"id": "v1", "age": 34}])
    rows = {key: tuple(_row(plain) for plain in held) for key, held in groups.items()}
    return Document({"report": _values(basic)}, rows)


def second(document: Document) -> Document:
    """The same entry with row ids of its own, as another coder would have it."""
    groups = {
        key: tuple(replace(row, id=f"{row.id}b") for row in rows) for key, rows in document.groups.items()
    }
    return replace(document, groups=groups)


def advice(*numbers: str) -> list[dict[str, Any]]:
    """Recommendations r1, r2 … with a wording of their own."""
    return [
        {"id": f"r{number}", "number": number, "text": f"{WORDING[int(number) % len(WORDING)]} ({number})"}
        for number in numbers
    ]


WORDING = (
    "The partnership should review how risk is shared between agencies.",
    "Children's social care should assess every child of the household.",
    "Schools need a named lead who knows about domestic abuse.",
    "General practitioners ought to ask about abuse at each antenatal visit.",
    "Police officers must record all children present at an incident.",
)


def act(
    study: Study, verb: Callable[..., Any], comparison: str, *args: Any, who: str = "carol", **more: Any
) -> Any:
    """Do something as the page would: with the revision that the person sees now, unless one is given."""
    if verb not in (accept_agreed, withdraw_agreed, settle_everything):
        more.setdefault("revision", study.load(comparison).row.revision)
    with study.writing() as session:
        return verb(session, study.actor(who), comparison, *args, **more)


def code_of(
    study: Study, verb: Callable[..., Any], comparison: str, *args: Any, **more: Any
) -> tuple[str, int]:
    with pytest.raises(Refused) as caught:
        act(study, verb, comparison, *args, **more)
    return caught.value.problems[0].code, caught.value.status


def audited(session: Session, action: str) -> list[dict[str, Any]]:
    found = session.scalars(select(Audit.detail).where(Audit.action == action).order_by(Audit.seq))
    return [json.loads(detail) for detail in found]


def differing(study: Study) -> str:
    """Two entries that differ in the area, the year and one lone recommendation, pairing confirmed."""
    a = entry({"area": "North", "death_year": 2016}, recommendations=advice("1", "2"))
    b = second(entry({"area": "South", "death_year": 2018}, recommendations=advice("1")))
    comparison = study.compared(a, b)
    act(study, confirm_pairing, comparison)
    return comparison


def lone_path(study: Study, comparison: str) -> str:
    return next(p.path for p in study.load(comparison).result.positions if p.field is None)


def settle(study: Study, comparison: str) -> None:
    act(study, decide, comparison, "report.area", "b")
    act(
        study,
        decide,
        comparison,
        "report.death_year",
        "other",
        value=Missing("not_reported"),
        reason="no date",
    )
    act(study, decide, comparison, lone_path(study, comparison), "keep_row")
    act(study, accept_agreed, comparison)


def _row(plain: dict[str, Any]) -> Row:
    return Row(plain["id"], _values({key: value for key, value in plain.items() if key != "id"}))


def _values(plain: dict[str, Any]) -> dict[str, Value]:
    return {key: from_plain(value) for key, value in plain.items() if value is not None}
