"""Commands about questionnaires: ``tandem template …``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import click

from schema.problem import Problem
from schema.template.lint.lists import load_codelist
from schema.template.loader import load_template
from schema.template.shipped import shipped_codelists
from schema.template.source import Report, read_tree
from webapp.command_line import read_text

FAULTY = 1
PARENTS = 3
A_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
A_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.group("template")
def template() -> None:
    """Check extraction templates."""


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


def _check(file: Path, folder: Path | None) -> int:
    """Check one file and print what there is to say; the number of problems."""
    source = read_text(file)
    if "codelist" in (read_tree(source, Report()) or {}):
        problems, summary = _codelist(source, file)
    else:
        problems, summary = _template(source, file, folder)
    for problem in problems:
        click.echo(f"{problem.where}:{problem.line}: {problem.code} {problem.message}")
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
