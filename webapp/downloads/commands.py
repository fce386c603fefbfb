"""Commands about files to take away: ``tandem export``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from schema.actor import COMMAND_LINE
from schema.framework.disclosure.rule import LEAST, USUAL
from schema.problem import refuse
from schema.store.database import Database
from schema.store.frames import ADOPTED, FRAMES
from schema.store.models import Project
from webapp.command_line import project_called, with_database
from webapp.downloads.formats import FORMATS, INTERNAL, MODES, Options, check_options
from webapp.downloads.making import make, signed_off_cases
from webapp.downloads.operations import log_made


@click.command("export")
@click.argument("project_key", metavar="PROJECT")
@click.option(
    "--out",
    "out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="PATH",
    help="Where to write the file; one of that name is replaced. Its ending must be that of the format.",
)
@click.option(
    "--format",
    "format_key",
    type=click.Choice(list(FORMATS)),
    default="xlsx",
    show_default=True,
    help="; ".join(f"{held.key} ({held.ending}): {held.label}" for held in FORMATS.values()) + ".",
)
@click.option(
    "--bom", is_flag=True, help="Begin CSV files with a byte order mark, which Excel needs for accents."
)
@click.option(
    "--with-entries", "entries", is_flag=True, help="Put both entries beside the consensus; in xlsx and csv."
)
@click.option(
    "--frame",
    type=click.Choice(list(FRAMES)),
    default=ADOPTED,
    show_default=True,
    help="The coding frame to read the cases under: as adopted, or as the questionnaire has it.",
)
@click.option(
    "--mode",
    type=click.Choice(MODES),
    default=INTERNAL,
    show_default=True,
    help="internal: everything. shared: figures alone, small counts withheld; makes a release, which cannot be taken back.",
)
@click.option(
    "--threshold",
    type=int,
    default=USUAL,
    show_default=True,
    help=f"In shared mode: counts below it are withheld; at least {LEAST}.",
)
@click.option("--zeros", is_flag=True, help="In shared mode: withhold zeros too.")
@with_database
def export(
    database: Database,
    project_key: str,
    out: Path,
    format_key: str,
    bom: bool,
    entries: bool,
    frame: str,
    mode: str,
    threshold: int,
    zeros: bool,
) -> None:
    """Write the signed-off cases of a project to a file: by default the master workbook."""
    options = Options(format_key, bom, entries, frame, mode, threshold, zeros)
    check_options(options)
    project = _project(database, project_key)
    _check_place(out, options.how.ending)
    try:
        made = make(database, COMMAND_LINE, project, out, _show_progress, options)
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
        return project_called(session, key, "EXP-002")


def _check_place(out: Path, ending: str) -> None:
    if out.suffix.lower() != ending:
        raise refuse(
            "EXP-003", f"“{out.name}” does not end in {ending}.", f"Give --out a name such as study{ending}."
        )
    if not out.parent.is_dir():
        raise refuse("EXP-004", f"There is no folder “{out.parent}”.", "Create it, or choose another place.")


def _show_progress(done: int, total: int) -> None:
    if sys.stderr.isatty():
        click.echo(f"\rCase {done} of {total}", nl=False, err=True)


def _end_progress() -> None:
    if sys.stderr.isatty():
        click.echo("\r\033[K", nl=False, err=True)
