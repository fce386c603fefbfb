"""Commands about projects: ``tandem project …``."""

from __future__ import annotations

import click
from sqlalchemy.orm import Session

from schema.actor import COMMAND_LINE
from schema.problem import refuse
from schema.store.database import Database
from schema.store.models import ROLES, Project, TemplateVersion
from schema.store.projects import all_projects, create_project, find_project, use_template_version
from schema.store.second_steps import ask_of
from schema.store.templates import compiled, ensure_shipped, find_version, latest_version, versions
from schema.template.shipped import shipped_keys
from webapp.command_line import with_database, with_installation
from webapp.projects.erasing import CASE, PROJECT, erase
from webapp.settings import Settings


@click.group("project")
def project() -> None:
    """Create projects and list them."""


@project.command("create")
@click.argument("key")
@click.option("--title", required=True, help="The title that people read.")
@click.option(
    "--template",
    "template",
    required=True,
    metavar="KEY[@VERSION]",
    help="The extraction template, published here or shipped with Tandem; its latest version where none is named.",
)
@click.option(
    "--rehearsal",
    is_flag=True,
    help="Mark the project as an exercise, in which `tandem reconcile` may be used.",
)
@with_database
def create(database: Database, key: str, title: str, template: str, rehearsal: bool) -> None:
    """Create a project on a published template, which is published first where Tandem ships it."""
    with database.writing() as session:
        version = _version(session, template)
        create_project(session, COMMAND_LINE, key, title, version, rehearsal)
    click.echo(f"Created {key} on {version.key}, version {version.version}.")
    click.echo(f"Add people with: tandem user add NAME --role manager --project {key}")


@project.command("erase")
@click.argument("key")
@click.option(
    "--case",
    "reference",
    default="",
    help="The reference of the one case to erase; without it the whole project goes.",
)
@click.option(
    "--reason", required=True, help="Why; it stays on record. Write nothing into it that is to be erased."
)
@with_installation
def erase_command(database: Database, found: Settings, key: str, reference: str, reason: str) -> None:
    """Erase a case or a project for good, with its files. Nothing but an earlier backup brings it back."""
    name = reference or key
    typed = click.prompt(f"This cannot be taken back. Type {name} to erase it")
    if typed.strip() != name:
        raise refuse("ERASE-006", "That is another name: nothing was erased.", f"Type {name} exactly.")
    erased, left = erase(database, found, COMMAND_LINE, key, CASE if reference else PROJECT, name, reason)
    files = len(erased.documents) + len(erased.exports)
    click.echo(
        f"Erased {name}: {erased.rows:,} rows and {files} files; {erased.acts:,} acts of the trail say no more what they did."
    )
    click.echo("Backups made before still hold it.")
    for place in left:
        click.echo(f"Could not be removed, because its place does not answer: {place}", err=True)


@project.command("list")
@with_database
def list_projects(database: Database) -> None:
    """List all projects with their template versions."""
    with database.reading() as session:
        for one in all_projects(session):
            template = compiled(session, one.template_version_id)
            notes = "rehearsal" if one.rehearsal else ""
            click.echo("\t".join((one.key, one.title, f"{template.key}@{template.version}", notes)))


@project.command("second-step")
@click.argument("key")
@click.argument("roles", nargs=-1, type=click.Choice(ROLES))
@with_database
def second_step(database: Database, key: str, roles: tuple[str, ...]) -> None:
    """Ask a second step of signing in of these roles of a project, and of no others; of nobody where none is named."""
    with database.writing() as session:
        ask_of(session, COMMAND_LINE, _project(session, key), roles)
    click.echo(f"{key} asks a second step of {', '.join(sorted(set(roles))) or 'nobody'}.")


@project.command("use-version")
@click.argument("key")
@click.argument("version", type=click.IntRange(1, 99_999))
@with_database
def use_version(database: Database, key: str, version: int) -> None:
    """Let new entries of a project use another version of its template; entries that exist keep theirs."""
    with database.writing() as session:
        found = _project(session, key)
        _require_known(session, found.template_key, version)
        use_template_version(
            session, COMMAND_LINE, found, _version(session, f"{found.template_key}@{version}")
        )
    click.echo(f"New entries of {key} use version {version}.")


def _project(session: Session, key: str) -> Project:
    found = find_project(session, key)
    if found is None:
        raise refuse("PRJ-023", f"There is no project “{key}”.", "See: tandem project list", status=404)
    return found


def _require_known(session: Session, key: str, number: int) -> None:
    known = {row.version for row in versions(session, key)}
    known |= {version for name, version in shipped_keys() if name == key}
    if number not in known:
        raise refuse(
            "PRJ-006",
            f"There is no version {number} of “{key}”.",
            f"There is: {', '.join(str(one) for one in sorted(known))}.",
            status=404,
        )


def _version(session: Session, asked: str) -> TemplateVersion:
    key, _, number = asked.partition("@")
    if number and not (number.isascii() and number.isdigit() and len(number) < 6):
        raise refuse("PRJ-024", f"{number!r} is not a version.", "Write KEY@VERSION, for instance small@2.")
    if number:
        return find_version(session, key, int(number)) or ensure_shipped(
            session, COMMAND_LINE, key, int(number)
        )
    shipped = max((version for name, version in shipped_keys() if name == key), default=0)
    latest = latest_version(session, key)
    if shipped and (latest is None or latest.version < shipped):
        return ensure_shipped(session, COMMAND_LINE, key, shipped)
    if latest is None:
        known = ", ".join(sorted({name for name, _ in shipped_keys()}))
        raise refuse(
            "PRJ-022", f"There is no template “{key}”.", f"Publish it first, or use one of: {known}."
        )
    return latest


commands: tuple[click.Command, ...] = (project,)
