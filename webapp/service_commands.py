"""Commands about the service itself: ``tandem serve``, ``worker`` and ``db …``."""

from __future__ import annotations

import dataclasses
import math

import click

from schema.store import migrate
from schema.store.database import Database
from webapp import jobs, logs, opening, serving
from webapp.app import create_app
from webapp.backups.schedule import before_migration
from webapp.command_line import settings, with_installation
from webapp.opening import open_existing, open_owner, require_fit
from webapp.settings import Settings


@click.command("serve")
@click.option(
    "--port", type=click.IntRange(1, 65_535), help="The port to listen on; TANDEM_PORT where left out."
)
@click.option("--host", help="The address to listen on; TANDEM_HOST, or 127.0.0.1, where left out.")
@with_installation
def serve(database: Database, found: Settings, port: int | None, host: str | None) -> None:
    """Serve the pages, and do long work beside."""
    found = dataclasses.replace(found, port=port or found.port, host=host or found.host)
    require_fit(database, found)
    serving.serve(found, database, click.echo)


@click.command("worker")
@with_installation
def worker(database: Database, found: Settings) -> None:
    """Do long work (exports and the like) in a process of its own, until interrupted.

    The job that runs then is finished first, and no other is begun.
    """
    require_fit(database, found)
    logs.configure(found.log)
    create_app(found, database=database)  # the rooms register what they can do
    working = jobs.Worker(database, found, serving.CHORES)
    serving.stop_when_asked()
    try:
        working.start()
        click.echo("Waiting for work.")
        working.wait()
    except KeyboardInterrupt:
        click.echo("Asked to stop: no other job is begun, and the one that runs comes to its end.")
        working.stop(timeout=math.inf)
    click.echo("Stopped.")


@click.group("db")
def db() -> None:
    """Bring the database to the shape this version works on, and check it."""


@db.command("upgrade")
@click.option("--no-backup", is_flag=True, help="Do without the backup, where another one is at hand.")
def upgrade(no_backup: bool) -> None:
    """Take the database through the migrations that it lacks, all or none, after a backup.

    Where the owner is named apart (TANDEM_DATABASE_OWNER_URL), also set what the role that serves may do.
    """
    found = settings()
    owner = open_owner(found)
    try:
        before = migrate.current(owner)
        made = None if no_backup else before_migration(owner, found)
        if made is not None:
            click.echo(f"Backup: {made.address}")
        opening.upgrade(owner, found)
        click.echo(f"The database is at step {migrate.head()} (was {before or 'empty'}).")
        if found.database_owner_url:
            click.echo("The role that serves has the privileges that are due, and no others.")
    finally:
        owner.dispose()


@db.command("check")
def check() -> None:
    """Say whether the database has the shape this version works on."""
    database = open_existing(settings(make=False))
    try:
        migrate.check(database)
    finally:
        database.dispose()
    click.echo(f"The database is at step {migrate.head()}, as it should be.")


commands: tuple[click.Command, ...] = (serve, worker, db)
