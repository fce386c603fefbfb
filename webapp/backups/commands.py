"""Commands about backups: ``tandem backup``, ``verify``, ``restore`` and ``move``."""

from __future__ import annotations

import os
import warnings
from collections.abc import Sequence
from getpass import GetPassWarning
from pathlib import Path
from typing import Any

import click

from schema.problem import refuse
from schema.store.database import Database
from webapp.backups import moving_files, operations
from webapp.backups.archive import Flaw, Manifest
from webapp.backups.operations import Ask, Checked
from webapp.command_line import with_installation
from webapp.place import Place, is_bucket
from webapp.settings import Settings, from_environment, read_bucket_address
from webapp.wording import count


class PlaceType(click.Path):
    """A path of this machine, or the address of a bucket (``s3://…``)."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return a Path or a Bucket. Raises Refused for an address that is none."""
        if isinstance(value, str) and is_bucket(value):
            return read_bucket_address(value, where=value)
        return super().convert(value, param, ctx)


FILE = PlaceType(path_type=Path)
THERE = PlaceType(exists=True, dir_okay=False, path_type=Path)
FAULTY = 1
UNVERIFIED = click.option(
    "--unverified", is_flag=True, help="Do without the secret key of the installation that made it."
)


@click.command("backup")
@click.argument("path", type=FILE)
@click.option(
    "--encrypt", is_flag=True, help="Lock it with a passphrase, TANDEM_BACKUP_PASSPHRASE or asked for."
)
@with_installation
def backup_command(database: Database, found: Settings, path: Place, encrypt: bool) -> None:
    """Write everything into one file, while the work goes on: database, files, and the head of the audit trail.

    PATH is a new file, or a folder in which one is made; either may be in a bucket (s3://…). The secret key is not in it: keep
    that apart. Ends with 1 where stored files are missing, changed or not to be read: each is named, and the rest is written.
    """
    passphrase = _new_passphrase(found) if encrypt else ""
    made = (
        operations.make_backup(database, found, path, passphrase)
        if isinstance(path, Path)
        else operations.send_backup(database, found, path, passphrase)
    )
    _describe(made.manifest)
    click.echo(f"Written: {made.address} ({made.size:,} bytes{', encrypted' if passphrase else ''})")
    click.echo(f"SHA-256: {made.sha256}")
    _end_flawed(
        made.flaws, "The rest is written. Set these right (tandem doctor names them), then make another."
    )


@click.command("verify")
@click.argument("path", type=THERE)
@UNVERIFIED
def verify_command(path: Place, unverified: bool) -> None:
    """Say whether a backup is whole, unchanged and ours, without restoring it.

    Ends with 1 where it was made without all stored files, or with one that had been changed; each is named.
    """
    found = _settings(unverified)
    with operations.reading_backup(path, found, _asking(found)) as backup:
        checked = operations.check_backup(backup, found, unverified=unverified)
        flaws = backup.flaws()
    _describe(checked.manifest)
    _conclude(checked, "The backup is as it was written." if flaws else "The backup holds.")
    _end_flawed(flaws, "Keep an earlier backup that has them.")


@click.command("restore")
@click.argument("path", type=THERE)
@click.option(
    "--replace", is_flag=True, help="Set aside what is here already, whole, and put the backup in its place."
)
@UNVERIFIED
def restore_command(path: Place, replace: bool, unverified: bool) -> None:
    """Put a backup in place, into the database and the data folder of the settings, whichever kind of database they name.

    Stop the servers first. Everything is checked before anything is touched. People sign in anew afterwards, and one-time
    codes that were made before no longer count. Ends with 1 where the backup lacks stored files; each is named, and the rest is restored.
    """
    found = _settings(unverified)
    with operations.reading_backup(path, found, _asking(found)) as backup:
        done = operations.restore(backup, found, replace=replace, unverified=unverified)
        flaws = backup.flaws()
    _describe(done.checked.manifest)
    for kept in done.kept:
        click.echo(f"What was there before is kept: {kept}")
    _conclude(done.checked, "Restored.")
    _end_flawed(flaws, "The rest is restored. Take these from another backup, where they are files/….")


@click.command("move")
@click.option(
    "--to",
    "address",
    metavar="URL",
    envvar="TANDEM_MOVE_TO",
    help="The empty database, SQLite or PostgreSQL; better in TANDEM_MOVE_TO where a password is in it, which others can read here.",
)
@click.option(
    "--files-to",
    "place",
    type=PlaceType(file_okay=False, path_type=Path),
    metavar="PLACE",
    help="The folder or bucket (s3://…) for reports and exports, instead of a database.",
)
@with_installation
def move_command(database: Database, found: Settings, address: str | None, place: Place | None) -> None:
    """Copy everything into an empty database of either kind, and compare both by the hash of each table; or the files elsewhere.

    Stop the servers first. What there is now is left as it is.
    """
    if (address is None) == (place is None):
        raise click.UsageError("Give either --to (or TANDEM_MOVE_TO) or --files-to.")
    if place is not None:
        number = moving_files.move_files(database, found, place)
        click.echo(
            f"{count(number, 'file')} copied to {place} and compared. Now set TANDEM_FILES to that address."
        )
        return
    assert address is not None
    done = operations.move(database, found, address)
    for name, held in sorted(done.manifest.tables.items()):
        click.echo(f"{held.rows:>12,}  {held.sha256[:16]}  {name}")
    _describe(done.manifest)
    _conclude(
        done, "Moved: every table is the same on both sides. Now set TANDEM_DATABASE_URL to the new address."
    )


commands: tuple[click.Command, ...] = (backup_command, verify_command, restore_command, move_command)


def _settings(unverified: bool) -> Settings:
    """The settings, also while a restore is under way. A key is only made where that of the installation is to be done without."""
    return from_environment(os.environ, make_key=unverified)


def _describe(manifest: Manifest) -> None:
    files = f"{len(manifest.files):,} {'file' if len(manifest.files) == 1 else 'files'}"
    click.echo(
        f"As of {manifest.made_at:%d %B %Y %H:%M:%S} UTC, at step {manifest.step}, from {manifest.database}: "
        f"{manifest.rows:,} rows in {len(manifest.tables)} tables, {files}."
    )
    click.echo(f"Audit trail: {manifest.audit_rows:,} rows, head {manifest.audit_head}")


def _conclude(checked: Checked, sentence: str) -> None:
    if checked.doubt:
        click.echo(f"Not verified: {checked.doubt}", err=True)
    click.echo(sentence)


def _end_flawed(flaws: Sequence[Flaw], advice: str) -> None:
    """Name every stored file that a backup does not hold as its database knows it, and end with 1 where there is any."""
    for flaw in flaws:
        click.echo(f"NOT IN ORDER: {flaw}", err=True)
    if flaws:
        click.echo(
            f"This backup is not complete: {count(len(flaws), 'stored file')} not in order. {advice}",
            err=True,
        )
        click.get_current_context().exit(FAULTY)


def _new_passphrase(found: Settings) -> str:
    return found.backup_passphrase or _typed(twice=True)


def _asking(found: Settings) -> Ask:
    return lambda: found.backup_passphrase or _typed(twice=False)


def _typed(*, twice: bool) -> str:
    """Ask for a passphrase. Raises Refused (BAK-040) where there is no terminal on which it could be typed unseen."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", GetPassWarning)
        try:
            return str(click.prompt("Passphrase", hide_input=True, confirmation_prompt=twice, err=True))
        except GetPassWarning as warning:
            raise refuse(
                "BAK-040",
                "There is no terminal on which the passphrase could be asked for.",
                "Set TANDEM_BACKUP_PASSPHRASE.",
            ) from warning
