"""Commands about the quantitative framework: ``tandem framework …``."""

from __future__ import annotations

from pathlib import Path

import click

from schema.problem import Problem, Refused
from schema.template.model import Template
from webapp.command_line import opened, read_text, settings
from webapp.findings.framework_file import (
    check_framework,
    named_template,
    published_template_for,
    shipped_template_for,
)

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
