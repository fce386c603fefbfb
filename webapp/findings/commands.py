"""Commands about the quantitative framework: ``tandem framework …``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from schema.framework.draft import RIGHT, check_draft
from schema.limits import DRAFT_BYTES
from schema.problem import Problem, Refused, refuse
from schema.store.database import Database
from schema.template.model import Template
from webapp.command_line import opened, project_called, read_text, settings, with_database
from webapp.findings.draft_file import read_draft
from webapp.findings.draft_wording import draft_lines
from webapp.findings.framework_file import (
    check_framework,
    named_template,
    published_template_for,
    shipped_template_for,
)
from webapp.findings.operations import findings, study_of

FAULTY = 1
A_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("framework")
def framework() -> None:
    """Check quantitative frameworks, and reports against them."""


@framework.command("check")
@click.argument("file", metavar="FILE", type=A_FILE)
@click.option(
    "--template",
    "wanted",
    default="",
    metavar="KEY@V",
    help="The template to check against; the newest of the one that the file names if left out.",
)
@click.pass_context
def framework_check(context: click.Context, file: Path, wanted: str) -> None:
    """List every problem of a framework, with code, line and remedy.

    Ends with 0 where there is none and with 1 where there is one. Needs a database only for a template that is not
    shipped, and writes nothing.
    """
    problems, summary = _checked(read_text(file), wanted, str(file))
    for problem in problems:
        click.echo(f"{problem.where}:{problem.line}: {problem.code} {problem.message}")
        click.echo(f"    {problem.remedy}")
    if problems:
        click.echo(f"{len(problems)} {'problem' if len(problems) == 1 else 'problems'}.")
        context.exit(FAULTY)
    click.echo(f"{file}: {summary}")


@framework.command("draft")
@click.argument("project_key", metavar="PROJECT")
@click.argument("file", metavar="FILE", type=A_FILE)
@with_database
def framework_draft(database: Database, project_key: str, file: Path) -> None:
    """Check the figures of a report (.docx or .txt) against the findings of a project.

    Every “24/33 (73%)”, “29 (88%)”, “73% (24/33)” and “24 of 33” is worked out again and looked up. Ends with 1 where
    one of them needs a look.
    """
    text = read_draft(file.name, _content(file))
    with database.reading() as session:
        study = study_of(session, project_called(session, project_key, "FND-005"))
        if study.loaded.framework is None:
            raise refuse("FND-004", "There is no framework that fits this project’s questionnaire.")
        check = check_draft(text, findings(session, study))
    for line in draft_lines(check, study.framework.places):
        click.echo(line)
    if check.number(RIGHT) < len(check.checked):
        sys.exit(FAULTY)


def _content(file: Path) -> bytes:
    try:
        with file.open("rb") as opened_file:
            return opened_file.read(DRAFT_BYTES + 1)
    except OSError as error:
        raise click.UsageError(f"{file} cannot be read: {error.strerror or error}") from error


def _checked(source: str, wanted: str, file: str) -> tuple[tuple[Problem, ...], str]:
    if not wanted:
        try:
            wanted = named_template(source, file)
        except Refused as refused:
            return refused.problems, ""
    return check_framework(source, _template(wanted), file)


def _template(wanted: str) -> Template:
    shipped = shipped_template_for(wanted)
    if shipped is not None:
        return shipped
    with opened(settings()) as database:
        return published_template_for(database, wanted)


commands: tuple[click.Command, ...] = (framework,)
