"""Commands about people: ``tandem user …``."""

from __future__ import annotations

import click
from sqlalchemy.orm import Session

from schema.actor import COMMAND_LINE
from schema.problem import refuse
from schema.store import passwords, two_step
from schema.store.database import Database
from schema.store.identities import connect, disconnect
from schema.store.models import ROLES, Project, User
from schema.store.people import (
    add_user,
    disable_user,
    enable_user,
    find_user,
    issue_reset_code,
    set_admin,
    set_password_hash,
    user_named,
    users,
)
from schema.store.projects import add_member, find_project, find_roles
from webapp.command_line import with_database, with_installation
from webapp.settings import Settings


@click.group("user")
def user() -> None:
    """Add people, list them, give them roles and one-time codes."""


@user.command("add")
@click.argument("name")
@click.option("--display-name", default="", help="The name that others see; the sign-in name where left out.")
@click.option("--role", type=click.Choice(ROLES), help="The role to give in --project.")
@click.option("--project", "project_key", metavar="KEY", help="The project in which to give --role.")
@click.option("--admin", is_flag=True, help="Make the person an administrator.")
@click.option(
    "--ask-password", is_flag=True, help="Ask for a password here instead of printing a one-time code."
)
@with_database
def add(
    database: Database,
    name: str,
    display_name: str,
    role: str | None,
    project_key: str | None,
    admin: bool,
    ask_password: bool,
) -> None:
    """Add a person and print a one-time code; or give somebody who has an account a role in a project."""
    if (role is None) != (project_key is None):
        raise click.UsageError("--role and --project go together.")
    password_hash = _asked(name) if ask_password else ""
    said = []
    with database.writing() as session:
        found = find_user(session, name)
        if found is None or not (role or admin):
            found = add_user(session, COMMAND_LINE, name, display_name)
            said += [f"Added {found.name}.", *_open_account(session, found, password_hash)]
        elif password_hash:
            raise click.UsageError(f"{found.name} has an account already; its password is not changed here.")
        if admin:
            set_admin(session, COMMAND_LINE, found, True)
            said.append(f"{found.name} is an administrator.")
        if role is not None and project_key is not None:
            add_member(session, COMMAND_LINE, _project(session, project_key), found, role)
            said.append(f"{found.name} is a {role} in {project_key}.")
    for sentence in said:  # only now is it so
        click.echo(sentence)


@user.command("list")
@with_database
def list_users(database: Database) -> None:
    """List everybody who has an account, with their roles."""
    with database.reading() as session:
        for one in users(session):
            notes = ["administrator"] if one.is_admin else []
            notes += ["disabled"] if one.disabled_at else []
            notes += ["second step"] if two_step.is_on(session, one.id) else []
            notes += [f"{role} in {key}" for key, role in find_roles(session, one)]
            click.echo("\t".join((one.name, one.display_name, ", ".join(notes))))


@user.command("reset-code")
@click.argument("name")
@with_database
def reset_code(database: Database, name: str) -> None:
    """Print a one-time code with which the person chooses a new password."""
    with database.writing() as session:
        found = user_named(session, name)
        said = _about_code(found, issue_reset_code(session, COMMAND_LINE, found))
    for sentence in said:
        click.echo(sentence)


@user.command("reset-two-step")
@click.argument("name")
@with_database
def reset_two_step(database: Database, name: str) -> None:
    """Take the second step of signing in away from somebody who lost their device."""
    with database.writing() as session:
        two_step.reset(session, COMMAND_LINE, user_named(session, name))
    click.echo(f"{name} signs in without a second step, and is signed out everywhere.")


@user.command("connect")
@click.argument("name")
@click.argument("subject")
@with_installation
def connect_user(database: Database, found: Settings, name: str, subject: str) -> None:
    """Let somebody sign in through the single sign-on. SUBJECT is how it names them, exactly."""
    issuer = _issuer(found)
    with database.writing() as session:
        connect(session, COMMAND_LINE, user_named(session, name), issuer, subject)
    click.echo(f"{name} can sign in as {subject} of {issuer}.")


@user.command("disconnect")
@click.argument("name")
@with_installation
def disconnect_user(database: Database, found: Settings, name: str) -> None:
    """Take somebody's connection with the single sign-on away."""
    issuer = _issuer(found)
    with database.writing() as session:
        disconnect(session, COMMAND_LINE, user_named(session, name), issuer)
    click.echo(f"{name} is no longer connected with {issuer}.")


@user.command("disable")
@click.argument("name")
@with_database
def disable(database: Database, name: str) -> None:
    """Close an account: its sessions end, its name stays in the history."""
    with database.writing() as session:
        disable_user(session, COMMAND_LINE, user_named(session, name))
    click.echo(f"{name} is disabled.")


@user.command("enable")
@click.argument("name")
@with_database
def enable(database: Database, name: str) -> None:
    """Open a disabled account again."""
    with database.writing() as session:
        enable_user(session, COMMAND_LINE, user_named(session, name))
    click.echo(f"{name} is enabled.")


def _issuer(found: Settings) -> str:
    if not found.sign_on.issuer:
        raise refuse("SSO-020", "No single sign-on is set.", "Set it first: see docs/signing-in.md.")
    return found.sign_on.issuer


def _asked(name: str) -> str:
    password: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    return passwords.accept(password, name=name)


def _open_account(session: Session, found: User, password_hash: str) -> list[str]:
    if not password_hash:
        return _about_code(found, issue_reset_code(session, COMMAND_LINE, found))
    set_password_hash(session, COMMAND_LINE, found, password_hash)
    return []


def _about_code(found: User, code: str) -> list[str]:
    return [
        f"One-time code for {found.name}, good for three days: {code}",
        "With it they choose a password: on the sign-in page, “Use a one-time code”.",
    ]


def _project(session: Session, key: str) -> Project:
    found = find_project(session, key)
    if found is None:
        raise refuse(
            "PRJ-404", f"There is no project “{key}”.", "tandem project list shows those that exist."
        )
    return found


commands: tuple[click.Command, ...] = (user,)
