"""Commands about files to take away: ``tandem export``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from schema.actor import COMMAND_LINE
from schema.problem import refuse
from schema.store.database import Database
from schema.store.models import Project
from schema.store.projects import find_project
from webapp.command_line import with_database
from webapp.downloads.making import make, signed_off_cases
from webapp.downloads.operations import log_made


@click.command("export")
@click.argument("project_key", metavar="PROJECT")
@click.option(
    "--out",
    "out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE.xlsx",
    help="Where to write the workbook; a file of that name is replaced.",
)
@with_database
def export(database: Database, project_key: str, out: Path) -> None:
    """Write the master workbook of a project: every signed-off case, its provenance, the framework and the findings."""
    project = _project(database, project_key)
    _check_place(out)
    try:
        made = make(database, COMMAND_LINE, project, out, _show_progress)
    except OSError as error:
        raise click.UsageError(f"{out} cannot be written: {error.strerror or error}") from error
    finally:
        _end_progress()
    with database.writing() as session:
        log_made(session, COMMAND_LINE, project, made)
    click.echo(f"Wrote {out}: {signed_off_cases(made.cases)}.")
    click.echo(f"Content hash {made.content_hash}")


commands = (export,)


def _project(database: Database, key: str) -> Project:
    with database.reading() as session:
        project = find_project(session, key)
    if project is None:
        raise refuse("EXP-002", f"There is no project “{key}”.", "List them with: tandem project list")
    return project


def _check_place(out: Path) -> None:
    if out.suffix.lower() != ".xlsx":
        raise refuse(
            "EXP-003", f"“{out.name}” does not end in .xlsx.", "Give --out a name such as master.xlsx."
        )
    if not out.parent.is_dir():
        raise refuse("EXP-004", f"There is no folder “{out.parent}”.", "Create it, or choose another place.")


def _show_progress(done: int, total: int) -> None:
    if sys.stderr.isatty():
        click.echo(f"\rCase {done} of {total}", nl=False, err=True)


def _end_progress() -> None:
    if sys.stderr.isatty():
        click.echo("\r\033[K", nl=False, err=True)
