"""Moves a case of the test world along, through the same verbs as the pages use."""

from __future__ import annotations

from typing import Any

from schema.answers.interchange import read_entry
from schema.store.assignments import assign
from schema.store.cases import register_case
from schema.store.database import new_id
from schema.store.entries import save_document
from schema.store.models import Case, Entry, Project, User
from schema.store.submission import return_entry, submit_entry
from schema.store.templates import compiled_for
from tests.support.world import World

ANSWERS: dict[str, Any] = {
    "report": {"area": "Exampleshire", "region": "wales", "death_year": 2016, "children_known": "no"},
    "victims": [{"age": 34, "sex": "female"}],
    "recommendations": [{"number": "1", "text": "Share what is known about the children.", "themes": ["T2"]}],
}
PARTS = {"coder_1": "amara", "coder_2": "ben", "reconciler": "carol"}


def start_case(world: World, reference: str, parts: dict[str, str] | None = None, project: str = "") -> Case:
    """A registered case with its people assigned; ``parts`` gives sign-in names by part, {} assigns nobody."""
    with world.writing() as session:
        wanted = project or world.project.id
        case = register_case(
            session,
            world.actor("dana"),
            session.get_one(Project, wanted),
            reference,
            title=f"Review {reference}",
        )
        for part, name in (PARTS if parts is None else parts).items():
            assign(session, world.actor("dana"), case, part, session.get_one(User, world.user(name).id))
    return case


def entry_of(world: World, case: Case, name: str) -> Entry:
    """The person's current entry of the case."""
    with world.reading() as session:
        return (
            session.query(Entry).filter_by(case_id=case.id, coder_id=world.user(name).id, ended_at=None).one()
        )


def fill(world: World, case: Case, name: str, **sections: Any) -> None:
    """Enter the usual answers as the person; ``sections`` replace whole sections."""
    with world.writing() as session:
        entry = session.get_one(Entry, entry_of(world, case, name).id)
        line = {"case": case.reference, "coder": name, "answers": {**ANSWERS, **sections}}
        template = compiled_for(session, entry)
        read = read_entry(template, line, choose_id=lambda: new_id(session))
        assert not read.problems, read.problems
        save_document(session, world.actor(name), entry, read.document)


def submit(world: World, case: Case, name: str) -> None:
    """Submit the person's entry as it stands."""
    with world.writing() as session:
        entry = session.get_one(Entry, entry_of(world, case, name).id)
        submit_entry(session, world.actor(name), entry, compiled_for(session, entry))


def give_back(world: World, case: Case, name: str, reason: str = "Please look at chapter 4 again.") -> None:
    """Return the person's submitted entry."""
    with world.writing() as session:
        entry = session.get_one(Entry, entry_of(world, case, name).id)
        return_entry(session, world.actor("dana"), entry, reason)


def ready_case(world: World, reference: str, **second: Any) -> Case:
    """A case that both coders have submitted; ``second`` replaces sections of the second coder's answers."""
    case = start_case(world, reference)
    fill(world, case, "amara")
    fill(world, case, "ben", **second)
    submit(world, case, "amara")
    submit(world, case, "ben")
    return case
