"""Commands about the audit trail: ``tandem audit …``."""

from __future__ import annotations

import os
from pathlib import Path

import click

from schema.problem import refuse
from schema.store.audit import head
from schema.store.audit_verify import verify
from schema.store.database import Database
from webapp.command_line import with_database, with_installation
from webapp.settings import Settings


@click.group("audit")
def audit() -> None:
    """Check the audit trail, and print its head."""


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


def _known(kept: Path) -> list[str]:
    return kept.read_text(encoding="ascii").split() if kept.is_file() else []


def _keep(kept: Path, last: str) -> None:
    if last in _known(kept):
        return
    descriptor = os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(last + "\n")


commands: tuple[click.Command, ...] = (audit,)
