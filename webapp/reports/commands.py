"""Commands about the reports of cases: ``tandem report …``."""

from __future__ import annotations

from pathlib import Path

import click

from schema.actor import COMMAND_LINE
from schema.problem import refuse
from schema.store.cases import find_case
from schema.store.database import Database
from schema.store.projects import find_project
from schema.store.reports import LABEL_OF
from schema.store.reports_read import every_report
from webapp.command_line import with_installation
from webapp.reports import files, operations
from webapp.settings import Settings
from webapp.shelves import DOCUMENTS, shelf_of
from webapp.wording import count

FAULTY = 1


@click.group("report")
def report() -> None:
    """Attach the reports that cases are extracted from, and check their files."""


@report.command("add")
@click.argument("reference", metavar="CASE")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--project", "key", required=True, help="The project of the case.")
@click.option(
    "--kind",
    type=click.Choice(list(LABEL_OF)),
    default="overview",
    show_default=True,
    help="A report of the same kind is replaced and kept.",
)
@with_installation
def add(database: Database, found: Settings, reference: str, file: Path, key: str, kind: str) -> None:
    """Attach a PDF to a case and read its text."""
    shelf = shelf_of(found, DOCUMENTS)
    with file.open("rb") as stream, files.received(shelf, stream) as arrived:
        stored = operations.stored(arrived, file.name)
        with database.writing() as session:
            project = find_project(session, key)
            if project is None:
                raise refuse("PRJ-404", f"There is no project “{key}”.", "See `tandem project list`.")
            case = find_case(session, project.id, reference)
            if case is None:
                raise refuse(
                    "RPT-015", f"There is no case “{reference}” in this project.", "Register it first."
                )
            made = operations.attach(session, COMMAND_LINE, project, case, kind, stored)
    click.echo(f"Attached: {LABEL_OF[kind]} of {reference}, version {made.version}.")
    click.echo(operations.read_text(database, shelf, made.id))


@report.command("check")
@with_installation
def check(database: Database, found: Settings) -> None:
    """Compare every report's file with its hash, and remove files that belong to no report.

    Ends with 0 where all are whole and with 1 where one is missing or damaged.
    """
    shelf = shelf_of(found, DOCUMENTS)
    with database.reading() as session:
        reports = every_report(session)
        wrong = operations.damaged(session, shelf)
    swept = operations.sweep(database, shelf)
    for one in wrong:
        click.echo(
            f"{shelf.address(one.stored_name)}: missing or damaged ({one.file_name}, sha-256 {one.sha256})",
            err=True,
        )
    click.echo(
        f"{count(len(reports), 'file')} checked, {len(wrong)} missing or damaged, {len(swept)} removed."
    )
    if wrong:
        click.get_current_context().exit(FAULTY)


commands: tuple[click.Command, ...] = (report,)
