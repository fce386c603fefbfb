"""A case that both coders have submitted, ready to be reconciled, and the few things a reconciler does with it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import select

from schema.answers.document import Document, Evidence, Row
from schema.store.assignments import assign
from schema.store.cases import register_case
from schema.store.entries import save_document
from schema.store.loaded import LoadedComparison, find_live, load
from schema.store.models import Case, Entry, Project
from schema.store.submission import submit_entry
from schema.store.templates import compiled
from schema.template.value import Value, from_plain
from tests.support.world import World

SIDES = (("coder_1", "amara"), ("coder_2", "ben"))


def extract(
    report: dict[str, Any] | None = None,
    evidence: dict[str, Evidence] | None = None,
    **groups: list[dict[str, Any]],
) -> Document:
    """An entry in the small template that can be submitted; each row gives its ``id``."""
    groups.setdefault("victims", [{"id": "victim00001", "age": 34, "sex": "female"}])
    basic = {"area": "Exampleshire", "children_known": "no", **(report or {})}
    rows = {key: tuple(_row(plain) for plain in held) for key, held in groups.items()}
    return Document({"report": _values(basic)}, rows, evidence or {})


def as_second(document: Document) -> Document:
    """The same entry with row ids of its own, as another coder would have it."""
    groups = {
        key: tuple(replace(row, id=f"{row.id}b") for row in rows) for key, rows in document.groups.items()
    }
    return replace(document, groups=groups)


def submitted_case(world: World, a: Document, b: Document, reference: str = "DHR-001") -> str:
    """Register a case, assign everybody, and let amara and ben submit; gives the case's id."""
    with world.writing() as session:
        project = session.get_one(Project, world.project.id)
        case = register_case(session, world.actor("dana"), project, reference)
        for part, name in (*SIDES, ("reconciler", "carol")):
            assign(session, world.actor("dana"), case, part, world.user(name))
        case_id = case.id
    for (_, name), document in zip(SIDES, (a, b), strict=True):
        submit(world, case_id, name, document)
    return case_id


def submit(world: World, case_id: str, name: str, document: Document) -> None:
    """Let a coder save this document and submit it."""
    with world.writing() as session:
        coder = world.user(name)
        query = select(Entry).where(Entry.case_id == case_id, Entry.coder_id == coder.id)
        entry = session.scalars(query).one()
        save_document(session, world.actor(name), entry, document)
        session.flush()
        entry = session.get_one(Entry, entry.id, populate_existing=True)
        submit_entry(session, world.actor(name), entry, compiled(session, entry.template_version_id))


def comparison(world: World, case_id: str) -> LoadedComparison:
    """The live comparison of a case."""
    with world.reading() as session:
        row = find_live(session, session.get_one(Case, case_id).id)
        assert row is not None, "the case has no comparison"
        return load(session, row)


def address(case_id: str, more: str = "") -> str:
    """The address of a page of the case's comparison."""
    return f"/projects/pilot/cases/{case_id}/comparison{more}"


def _row(plain: dict[str, Any]) -> Row:
    return Row(plain["id"], _values({key: value for key, value in plain.items() if key != "id"}))


def _values(plain: dict[str, Any]) -> dict[str, Value]:
    return {key: from_plain(value) for key, value in plain.items() if value is not None}
