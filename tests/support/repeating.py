"""Cases that are old enough to be coded again, and a coder who does so."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from click.testing import CliRunner
from sqlalchemy import select

from schema.answers.document import Document
from schema.store.entries import save_document
from schema.store.models import Case, Entry, User
from schema.store.projects import find_project
from schema.store.repeats import give_again
from schema.store.submission import submit_entry
from schema.store.templates import compiled_for
from tests.support.clock import Clock
from tests.support.reconciling import as_second, comparison, extract, submitted_case
from tests.support.signed_off import settle
from tests.support.world import FILE, PROJECT, World, build_world
from webapp.cli import main

OLD = Clock().at - timedelta(days=100)


def old_case(world: World, reference: str) -> Case:
    """A case that amara and ben coded, the same but for the region, and that carol signed off with amara's."""
    first, second = extract({"region": "wales"}), as_second(extract({"region": "south"}))
    case_id = submitted_case(world, first, second, reference)
    settle(world.database, world.actor("carol"), comparison(world, case_id).row.id)
    return world.case(reference)


def give(world: World, name: str, *references: str, days: int = 1) -> None:
    """Give cases to their coder once more, as the manager."""
    ids = [world.case(reference).id for reference in references]
    with world.writing() as session:
        project = find_project(session, PROJECT)
        assert project is not None
        coder = session.get_one(User, world.user(name).id)
        give_again(session, world.actor("dana"), project, coder, ids, days=days)


def entry_again(world: World, reference: str, name: str, *, repeats: bool = True) -> Entry:
    """The person's entry of the case: the second, or the first."""
    case_id, coder_id = world.case(reference).id, world.user(name).id
    query = select(Entry).where(
        Entry.case_id == case_id, Entry.coder_id == coder_id, Entry.ended_at.is_(None)
    )
    with world.reading() as session:
        return session.scalars(query.where(Entry.repeats == repeats)).one()


def code_again(world: World, reference: str, name: str, document: Document, *, submit: bool = True) -> None:
    """Enter the document as the second coding, and submit it."""
    entry_id = entry_again(world, reference, name).id
    with world.writing() as session:
        save_document(session, world.actor(name), session.get_one(Entry, entry_id), document)
    if submit:
        with world.writing() as session:
            entry = session.get_one(Entry, entry_id)
            submit_entry(session, world.actor(name), entry, compiled_for(session, entry))


def old_and_new_cases(folder: Path) -> Path:
    """A database in which amara and ben coded two cases that were signed off a hundred days before the clock begins, and one of the day before."""
    clock = Clock(OLD)
    made = build_world(folder, clock=clock)
    for reference in ("DHR-1", "DHR-2"):
        old_case(made, reference)
    clock.forward(days=99)
    old_case(made, "DHR-3")
    made.database.dispose()
    return made.folder / FILE


def days_since_old_cases() -> str:
    """For a command, whose clock is that of the machine: how many days ago the old cases were signed off, but not the new one."""
    return str((datetime.now(UTC) - OLD).days)


def run(world: World, *words: str, code: int = 0) -> str:
    """What a command says on the world's database. Fails where it does not end with this code."""
    settings = {"TANDEM_DATABASE_URL": world.settings.database_url, "TANDEM_DATA_DIR": str(world.folder)}
    done = CliRunner().invoke(
        main, list(words), env=settings | {"TANDEM_SECRET_KEY": world.settings.secret_key}
    )
    assert done.exit_code == code, done.output
    return done.output
