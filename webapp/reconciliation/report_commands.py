"""The command ``tandem discrepancies``: the report of one case's discrepancies as a workbook."""

from __future__ import annotations

from pathlib import Path

import click
from sqlalchemy.orm import Session

from schema.actor import COMMAND_LINE
from schema.problem import refuse
from schema.store.cases import find_case
from schema.store.database import Database, now
from schema.store.models import Case, Project
from webapp.command_line import project_called, with_database
from webapp.reconciliation import operations
from webapp.reconciliation.files import report_workbook
from webapp.reconciliation.report import discrepancy_report
from webapp.wording import count


@click.command("discrepancies")
@click.argument("project_key", metavar="PROJECT")
@click.argument("reference", metavar="CASE")
@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="PATH",
    help="Where to write the workbook (.xlsx); one of that name is replaced.",
)
@with_database
def discrepancies(database: Database, project_key: str, reference: str, out: Path) -> None:
    """Write the report of a signed-off case's discrepancies: both values, evidence, decision and reason of each."""
    if out.suffix.lower() != ".xlsx":
        raise refuse(
            "RESOLVE-091", f"“{out.name}” does not end in .xlsx.", "Give --out a name such as case.xlsx."
        )
    with database.reading() as session:
        project, case = _case(session, project_key, reference)
        report = discrepancy_report(session, project, case)
        content = report_workbook(report, now(session))
    try:
        out.write_bytes(content)
    except OSError as error:
        raise click.UsageError(f"{out} cannot be written: {error.strerror or error}") from error
    with database.writing() as session:
        operations.log_report_fetched(session, COMMAND_LINE, case)
    click.echo(
        f"Wrote {out}: {count(len(report.lines), 'position')} of {case.reference} that needed a person."
    )


def _case(session: Session, key: str, reference: str) -> tuple[Project, Case]:
    project = project_called(session, key, "RESOLVE-050")
    case = find_case(session, project.id, reference)
    if case is None:
        raise refuse(
            "RESOLVE-092",
            f"{key} has no case “{reference}”.",
            "Write its reference as the list of cases has it.",
        )
    return project, case


commands: tuple[click.Command, ...] = (discrepancies,)
