"""The command ``tandem``: what each room offers, gathered under one name.

A room's commands stand in ``webapp/<room>/commands.py`` as ``commands``; a new room adds its import and its line here.
"""

from __future__ import annotations

import dataclasses
import threading

import click

from schema.store import migrate
from schema.store.database import Database
from webapp import jobs, logs, serving
from webapp.agreement.commands import commands as agreement
from webapp.app import create_app
from webapp.audit.commands import commands as audit
from webapp.backups.commands import commands as backups
from webapp.backups.schedule import before_migration
from webapp.cases.commands import commands as cases
from webapp.command_line import RefusingGroup, settings, with_database, with_installation
from webapp.downloads.commands import commands as downloads
from webapp.entry.commands import commands as entry
from webapp.findings.commands import commands as findings
from webapp.frame.commands import commands as frame
from webapp.health.commands import commands as health
from webapp.opening import open_database
from webapp.people.commands import commands as people
from webapp.projects.commands import commands as projects
from webapp.questionnaires.commands import commands as questionnaires
from webapp.reconciliation.commands import commands as reconciliation
from webapp.reports.commands import commands as reports
from webapp.sample.commands import commands as sample
from webapp.settings import Settings

#: The commands of the rooms, in the order of the work.
ROOMS = (
    people,
    projects,
    cases,
    reports,
    entry,
    reconciliation,
    questionnaires,
    sample,
    agreement,
    downloads,
    findings,
    frame,
    audit,
    backups,
    health,
)


@click.group(
    cls=RefusingGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110}
)
@click.version_option(package_name="tandem", message="%(prog)s %(version)s")
def main() -> None:
    """Tandem: two blind entries, one reconciliation, one master workbook.

    Settings come from the environment (TANDEM_DATA_DIR, TANDEM_DATABASE_URL, TANDEM_PORT and others, see
    docs/settings.md). Problems are printed with their remedy, and end with exit code 2.
    """


@main.command("serve")
@click.option(
    "--port", type=click.IntRange(1, 65_535), help="The port to listen on; TANDEM_PORT where left out."
)
@click.option("--host", help="The address to listen on; TANDEM_HOST, or 127.0.0.1, where left out.")
@with_installation
def serve(database: Database, found: Settings, port: int | None, host: str | None) -> None:
    """Serve the pages, and do long work beside."""
    found = dataclasses.replace(found, port=port or found.port, host=host or found.host)
    serving.serve(found, database, click.echo)


@main.command("worker")
@with_installation
def worker(database: Database, found: Settings) -> None:
    """Do long work (exports and the like) in a process of its own, until interrupted."""
    logs.configure(found.log)
    create_app(found, database=database)  # the rooms register what they can do
    click.echo("Waiting for work.")
    try:
        jobs.Worker(database, found, serving.CHORES).run_until(threading.Event())
    except KeyboardInterrupt:
        click.echo("Stopped.")


@main.group("db")
def db() -> None:
    """Bring the database to the shape this version works on, and check it."""


@db.command("upgrade")
@click.option("--no-backup", is_flag=True, help="Do without the backup, where another one is at hand.")
def upgrade(no_backup: bool) -> None:
    """Take the database through the migrations that it lacks, all or none, after a backup."""
    found = settings()
    database = open_database(found)
    try:
        before = migrate.current(database)
        made = None if no_backup else before_migration(database, found)
        if made is not None:
            click.echo(f"Backup: {made.address}")
        migrate.upgrade(database)
        click.echo(f"The database is at step {migrate.head()} (was {before or 'empty'}).")
    finally:
        database.dispose()


@db.command("check")
@with_database
def check(database: Database) -> None:
    """Say whether the database has the shape this version works on."""
    migrate.check(database)
    click.echo(f"The database is at step {migrate.head()}, as it should be.")


for room in ROOMS:
    for command in room:
        main.add_command(command)
