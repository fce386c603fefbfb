"""Commands about one entry: ``tandem entry …``."""

from __future__ import annotations

from pathlib import Path

import click
from sqlalchemy.orm import Session

from forms.changes import autosaved
from schema.problem import refuse
from schema.store.cases import find_case
from schema.store.database import Database
from schema.store.models import Case, User
from schema.store.people import actor_for, find_user
from schema.store.projects import find_project
from schema.store.repeats import entry_at_work
from webapp.command_line import with_database
from webapp.entry import operations
from webapp.entry.desk import Desk, desk_of
from webapp.entry.offline import TakenIn
from webapp.entry.offline_making import taken_in, workbook_of
from webapp.wording import count

TROUBLED = 1
A_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
A_NEW_FILE = click.Path(dir_okay=False, path_type=Path)


@click.group("entry")
def entry_group() -> None:
    """One coder's entry of one case, as a workbook to be filled in without a connection."""


@entry_group.command("workbook")
@click.argument("reference", metavar="CASE")
@click.option("--project", "key", required=True, help="The project that the case belongs to.")
@click.option("--coder", required=True, help="Whose entry; the name they sign in with.")
@click.option("--out", required=True, type=A_NEW_FILE, help="Where to write it; the name ends in .xlsx.")
@with_database
def workbook(database: Database, reference: str, key: str, coder: str, out: Path) -> None:
    """Write one coder's entry of a case as a workbook, with what it holds now."""
    if out.suffix.lower() != ".xlsx":
        raise click.UsageError(f"“{out.name}” does not end in .xlsx.")
    with database.reading() as session:
        case, desk, _ = _found(session, key, reference, coder)
        content = workbook_of(session, case, desk)
    try:
        out.write_bytes(content)
    except OSError as error:
        raise click.UsageError(f"{out} cannot be written: {error.strerror or error}") from error
    click.echo(f"Wrote {out}: {reference}, the entry of {coder}.")


@entry_group.command("take-in")
@click.argument("file", type=A_FILE)
@click.argument("reference", metavar="CASE")
@click.option("--project", "key", required=True, help="The project that the case belongs to.")
@click.option("--coder", required=True, help="Whose entry; the name they sign in with.")
@click.option(
    "--apply", is_flag=True, help="Save it, in the coder's name; what was changed here since is left alone."
)
@click.pass_context
@with_database
def take_in(
    database: Database,
    context: click.Context,
    file: Path,
    reference: str,
    key: str,
    coder: str,
    *,
    apply: bool,
) -> None:
    """Say what a filled-in entry workbook would change, cell by cell, and with --apply save it.

    Ends with 1 where something in it could not be read.
    """
    content = file.read_bytes()
    with database.reading() as session:
        _, desk, _ = _found(session, key, reference, coder)
        found, revision = taken_in(session, desk, content), desk.entry.revision
    for line in _said(found):
        click.echo(line)
    if apply and found.differences:
        _apply(database, found, revision, (key, reference, coder))
    if found.troubles:
        context.exit(TROUBLED)


def _apply(database: Database, found: TakenIn, revision: int, names: tuple[str, str, str]) -> None:
    items = [one.item for one in found.differences if not one.since]
    with database.writing() as session:
        _, desk, user = _found(session, *names)
        changes = autosaved(desk.template, {"base_revision": revision, "changes": items}).changes
        operations.take_in(session, actor_for(session, user), desk.entry, revision, changes)
    click.echo(f"Saved {count(len(changes), 'answer')}.")


def _said(found: TakenIn) -> list[str]:
    lines = [f"{one.spot}: {one.message} {one.remedy}".strip() for one in found.troubles]
    for one in found.differences:
        since = " (changed here since the workbook was made)" if one.since else ""
        problem = f" ({one.problem})" if one.problem else ""
        lines.append(
            f"{one.spot}: {one.place}, {one.label}: {one.before or 'blank'} → {one.after}{problem}{since}"
        )
    return [*lines, f"{count(len(found.differences), 'change')}, {count(len(found.troubles), 'problem')}."]


def _found(session: Session, key: str, reference: str, coder: str) -> tuple[Case, Desk, User]:
    """The case, the coder's desk and the coder. Raises ``Refused`` (404) for what is not there."""
    project = find_project(session, key)
    if project is None:
        raise refuse("PRJ-404", f"There is no project “{key}”.", "See `tandem project list`.", status=404)
    user = find_user(session, coder)
    case = find_case(session, project.id, reference)
    entry = entry_at_work(session, case.id, user.id) if case and user else None
    if case is None or user is None or entry is None:
        raise refuse(
            "ENTRY-010",
            f"{coder} has no entry of a case “{reference}” in {key}.",
            "Check both names.",
            status=404,
        )
    return case, desk_of(session, entry), user


commands: tuple[click.Command, ...] = (entry_group,)
