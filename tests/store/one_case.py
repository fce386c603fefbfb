"""A project with one case and two coders on the small template, for tests of entries."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from schema.actor import COMMAND_LINE, Actor
from schema.answers.document import Change
from schema.store.cases import register_case
from schema.store.database import Database
from schema.store.entries import open_entry, save_changes
from schema.store.models import Case, Entry, Project, User
from schema.store.people import actor_for, add_user
from schema.store.projects import add_member, create_project
from schema.store.templates import publish

SUPPORT = Path(__file__).parent.parent / "support"
SOURCE = (SUPPORT / "small-template.yaml").read_text(encoding="utf-8")
CODELISTS = {path.stem: path.read_text(encoding="utf-8") for path in (SUPPORT / "codelists").glob("*.yaml")}


@dataclass
class OneCase:
    """The ids of what was made; each ``with desk()`` is one transaction of Amara's."""

    database: Database
    case_id: str
    entry_id: str
    amara_id: str
    ben_id: str
    version_id: str

    @contextmanager
    def desk(self) -> Iterator[tuple[Session, Actor, Entry]]:
        with self.database.writing() as session:
            actor = actor_for(session, session.get_one(User, self.amara_id))
            yield session, actor, session.get_one(Entry, self.entry_id)

    def save(self, base: int, *changes: Change):
        with self.desk() as (session, actor, entry):
            return save_changes(session, actor, entry, base, changes)


def one_case(database: Database) -> OneCase:
    with database.writing() as session:
        manager, amara, ben = (
            add_user(session, COMMAND_LINE, name, name.title()) for name in ("dana", "amara", "ben")
        )
        version = publish(session, COMMAND_LINE, SOURCE, CODELISTS)
        project = create_project(session, actor_for(session, manager), "pilot", "Pilot", version)
        for coder in (amara, ben):
            add_member(session, COMMAND_LINE, project, coder, "coder")
        case = register_case(session, COMMAND_LINE, project, "DHR-001")
        entry = open_entry(session, actor_for(session, amara), case, 1, amara, version.id)
        return OneCase(database, case.id, entry.id, amara.id, ben.id, version.id)


def value(path: str, given: object) -> Change:
    return Change("set", path, given)  # type: ignore[arg-type]


__all__ = ["CODELISTS", "SOURCE", "Case", "OneCase", "Project", "one_case", "value"]
