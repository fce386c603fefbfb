"""Commands about cases and entries: ``tandem import …``."""

from __future__ import annotations

from pathlib import Path

import click

from schema.actor import COMMAND_LINE
from schema.problem import refuse
from schema.store.database import Database
from schema.store.projects import find_project
from webapp.cases.entries_import import Imported, import_entries
from webapp.command_line import read_text, with_database
from webapp.wording import count


@click.group("import")
def import_group() -> None:
    """Bring entries in from files."""


@import_group.command("entries")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--project", "key", required=True, help="The project that the entries belong to.")
@click.option("--create", is_flag=True, help="Register unknown cases and coders, in order of appearance.")
@with_database
def entries(database: Database, file: Path, key: str, create: bool) -> None:
    """Import entries in the interchange form, one JSON object a line: all of them or none."""
    lines = read_text(file).splitlines()
    with database.writing() as session:
        project = find_project(session, key)
        if project is None:
            raise refuse("PRJ-404", f"There is no project “{key}”.", "See `tandem project list`.")
        done = import_entries(session, COMMAND_LINE, project, lines, create=create)
    for sentence in _said(done):
        click.echo(sentence)


def _said(done: Imported) -> list[str]:
    sentences = [f"Imported {count(done.entries, 'entry', 'entries')}, {done.submitted} of them submitted."]
    if done.cases:
        sentences.append(f"Registered {count(len(done.cases), 'case')}.")
    if done.coders:
        sentences.append(
            f"Added {count(len(done.coders), 'coder')} without a password: {', '.join(done.coders)}. "
            "Give each a one-time code with `tandem user reset-code NAME`."
        )
    if done.to_check:
        sentences.append(
            f"Waiting for coder 2’s checks, which no file carries: {', '.join(done.to_check)}. "
            "Coder 2 finds them on their start page."
        )
    return sentences


commands: tuple[click.Command, ...] = (import_group,)
