"""Commands about the audit trail: ``tandem audit …``."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

import click

from schema.actor import COMMAND_LINE
from schema.problem import refuse
from schema.store.audit import head
from schema.store.audit_read import AuditFilter
from schema.store.audit_verify import verify
from schema.store.database import Database
from schema.store.people import user_named
from webapp.audit import operations, views
from webapp.command_line import with_database, with_installation
from webapp.settings import Settings

DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.group("audit")
def audit() -> None:
    """Check the audit trail, print its head, and list what belongs to no project."""


@audit.command("verify")
@click.option(
    "--head",
    "heads",
    multiple=True,
    metavar="HASH",
    help="A head that was printed earlier, in an export or a backup; may be given several times.",
)
@with_installation
def verify_command(database: Database, found: Settings, heads: tuple[str, ...]) -> None:
    """Follow the trail from its first row, and name the first one that does not hold.

    Heads that this command printed before are kept in the data folder and must still be in the trail.
    """
    kept = found.audit_heads
    with database.reading() as session:
        result = verify(session, {*heads, *_known(kept)})
    if not result.holds:
        raise refuse("AUD-001", result.reason, f"{result.head.seq:,} rows before it hold.", status=409)
    _keep(kept, result.head.hash)
    click.echo(f"The audit trail holds: {result.head.seq:,} rows.")
    if result.erased:
        click.echo(f"Of {result.erased:,} of them the particulars were erased.")
    click.echo(f"Head: {result.head.hash}")


@audit.command("head")
@with_database
def head_command(database: Database) -> None:
    """Print the number of rows and the head, to be kept somewhere else."""
    with database.reading() as session:
        last = head(session)
    click.echo(f"{last.seq}\t{last.hash}")


@audit.command("list")
@click.option("--person", metavar="NAME", help="Only what this account did.")
@click.option("--since", type=DAY, metavar="DAY", help="From this day on, such as 2026-03-01 (UTC).")
@click.option("--until", type=DAY, metavar="DAY", help="Up to this day, included (UTC).")
@with_database
def list_command(
    database: Database, person: str | None, since: datetime | None, until: datetime | None
) -> None:
    """List what belongs to no project, the latest first: accounts, sign-ins, refused addresses.

    As CSV, the columns that the file of a project's trail has. What belongs to a project is on its own page, for its managers.
    Listing is on record.
    """
    with database.reading() as session:
        wanted = AuditFilter(
            person=user_named(session, person).id if person else "",
            since=views.midnight(since.date() if since else None),
            until=views.midnight(until.date() if until else None, days=1),
        )
        for line in views.installation_csv_lines(session, wanted):
            click.echo(line, nl=False)
    with database.writing() as session:
        operations.note_exported(session, COMMAND_LINE, None, wanted)


def _known(kept: Path) -> list[str]:
    return kept.read_text(encoding="ascii").split() if kept.is_file() else []


def _keep(kept: Path, last: str) -> None:
    if last in _known(kept):
        return
    descriptor = os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(last + "\n")


commands: tuple[click.Command, ...] = (audit,)
