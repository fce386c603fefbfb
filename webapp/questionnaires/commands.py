"""Commands about questionnaires: ``tandem template …``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import click

from schema.actor import COMMAND_LINE
from schema.problem import Problem
from schema.store.database import Database
from schema.store.templates import compiled, find_version, latest_version, latest_versions, versions
from schema.template.lint.lists import load_codelist
from schema.template.loader import load_template
from schema.template.shipped import shipped_codelists
from schema.template.source import word_of
from schema.template.versions import VersionChanges
from webapp.command_line import read_text, with_database
from webapp.questionnaires.files import PAPER, REDCAP, FileKind
from webapp.questionnaires.operations import examine, publish_examined

FAULTY = 1
PARENTS = 3
A_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
A_NEW_FILE = click.Path(dir_okay=False, path_type=Path)
A_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.group("template")
def template() -> None:
    """Check extraction templates, publish them and list them."""


@template.command("check")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=A_FILE)
@click.option(
    "--codelists", type=A_FOLDER, help="Folder of code lists; the nearest one named codelists if left out."
)
@click.pass_context
def template_check(context: click.Context, files: tuple[Path, ...], codelists: Path | None) -> None:
    """List every problem of templates or code lists, with code, line and remedy.

    Ends with 0 where there is none and with 1 where there is one. Needs no database and writes nothing.
    """
    found = sum(_check(file, codelists or _nearest_codelists(file)) for file in files)
    if found:
        click.echo(f"{found} {'problem' if found == 1 else 'problems'}.")
        context.exit(FAULTY)


@template.command("publish")
@click.argument("file", metavar="FILE", type=A_FILE)
@click.option(
    "--codelists",
    type=A_FOLDER,
    help="Folder of code lists; the nearest one named codelists if left out, then those of the latest version.",
)
@click.option("--reason", default="", help="Why; needed where answers that exist are touched.")
@with_database
def template_publish(database: Database, file: Path, codelists: Path | None, reason: str) -> None:
    """Publish a template as the next version of its key, after saying what it changes.

    Refuses, with the reason, what would make answers unreadable. Projects go on with their version.
    """
    source, folder = read_text(file), codelists or _nearest_codelists(file)
    given = shipped_codelists(folder) if folder else {}
    with database.writing() as session:
        examined = examine(session, source, given)
        if examined.changes:
            _echo_changes(examined.changes)
        row = publish_examined(session, COMMAND_LINE, source, given, reason, examined.shown)
        published = f"{row.key}, version {row.version}"
    click.echo(f"Published {published}.")


@template.command("list")
@with_database
def template_list(database: Database) -> None:
    """List all published templates with their versions."""
    with database.reading() as session:
        for newest in latest_versions(session):
            for row in versions(session, newest.key):
                published = f"{row.published_at:%Y-%m-%d}" if row.published_at else ""
                parts = (f"{row.key}@{row.version}", row.title, row.state, published, row.reason)
                click.echo("\t".join(parts))


@template.command("paper")
@click.argument("key", metavar="KEY")
@click.option("--version", "number", type=int, help="Which version; the newest if left out.")
@click.option("--out", required=True, type=A_NEW_FILE, help="Where to write it; the name ends in .docx.")
@with_database
def template_paper(database: Database, key: str, number: int | None, out: Path) -> None:
    """Write a published version as a blank form for paper, in Word."""
    _write_file(database, PAPER, key, number, out)


@template.command("redcap")
@click.argument("key", metavar="KEY")
@click.option("--version", "number", type=int, help="Which version; the newest if left out.")
@click.option("--out", required=True, type=A_NEW_FILE, help="Where to write it; the name ends in .csv.")
@with_database
def template_redcap(database: Database, key: str, number: int | None, out: Path) -> None:
    """Write a published version as a data dictionary for REDCap."""
    _write_file(database, REDCAP, key, number, out)


def _write_file(database: Database, kind: FileKind, key: str, number: int | None, out: Path) -> None:
    if out.suffix.lower() != kind.ending:
        raise click.UsageError(f"“{out.name}” does not end in {kind.ending}.")
    with database.reading() as session:
        row = latest_version(session, key) if number is None else find_version(session, key, number)
        if row is None:
            wanted = key if number is None else f"{key}, version {number}"
            raise click.UsageError(f"“{wanted}” is not published here. See: tandem template list")
        held = compiled(session, row.id)
    try:
        out.write_bytes(kind.content(held))
    except OSError as error:
        raise click.UsageError(f"{out} cannot be written: {error.strerror or error}") from error
    click.echo(f"Wrote {out}: {held.key}, version {held.version}.")


def _echo_changes(changes: VersionChanges) -> None:
    for title, found in (
        ("Not possible", changes.refusals),
        ("To think over", changes.warnings),
        ("Also changed", changes.notes),
    ):
        for problem in found:
            click.echo(f"{title}: {problem.where}: {problem.message}")


def _check(file: Path, folder: Path | None) -> int:
    """Check one file and print what there is to say; the number of problems."""
    source = read_text(file)
    if word_of(source, "codelist") is not None:
        problems, summary = _codelist(source, file)
    else:
        problems, summary = _template(source, file, folder)
    for problem in problems:
        place = f"{problem.where}:{problem.line}" if problem.line else problem.where
        click.echo(f"{place}: {problem.code} {problem.message}")
        click.echo(f"    {problem.remedy}")
    if not problems:
        click.echo(f"{file}: {summary}")
    return len(problems)


def _codelist(source: str, file: Path) -> tuple[tuple[Problem, ...], str]:
    codelist, problems = load_codelist(source, file=str(file))
    options = codelist.options if codelist else ()
    return problems, f"no problems. Code list {codelist.name if codelist else ''}: {len(options)} options."


def _template(source: str, file: Path, folder: Path | None) -> tuple[tuple[Problem, ...], str]:
    offered = {**shipped_codelists(), **(shipped_codelists(folder) if folder else {})}
    loaded = load_template(source, offered, file=str(file))
    problems = tuple(_placed(problem, folder, offered) for problem in loaded.problems)
    made = loaded.template
    if made is None:
        return problems, ""
    counts = f"{len(made.sections)} sections, {len(list(made.fields()))} fields, {len(made.rules)} rules"
    return problems, f"no problems. Template {made.key}, version {made.version}: {counts}."


def _placed(problem: Problem, folder: Path | None, offered: Mapping[str, str]) -> Problem:
    """The problem with the path of the code list that the person can open."""
    path = Path(problem.where)
    if folder and path.parent.name == "codelists" and path.stem in offered and (folder / path.name).is_file():
        return Problem(problem.code, problem.message, problem.remedy, str(folder / path.name), problem.line)
    return problem


def _nearest_codelists(file: Path) -> Path | None:
    return next((folder for folder in _candidates(file) if folder.is_dir()), None)


def _candidates(file: Path) -> Iterator[Path]:
    for parent in list(file.resolve().parents)[:PARENTS]:
        yield parent / "codelists"


#: What the command line takes from this room.
commands: tuple[click.Command, ...] = (template,)
