"""What is done about backups: make one, look whether it holds, restore it, move everything to another database."""

from __future__ import annotations

import dataclasses
import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy.engine import make_url

from schema.actor import COMMAND_LINE, Actor
from schema.disk import sync, sync_names
from schema.problem import refuse
from schema.store.audit import record
from schema.store.database import Database, utc_now
from webapp import restoring, scratch
from webapp.backups import archive, locked, placing
from webapp.backups.archive import Backup, Flaw, Manifest, Written
from webapp.backups.laying_out import laid_out, set_heads_aside
from webapp.backups.placing import Act
from webapp.opening import keyring_of, open_database
from webapp.place import Bucket, Place
from webapp.restoring import UnderWay
from webapp.settings import Settings
from webapp.shelves import KINDS, shelf_at, shelves
from webapp.shelves.shelf import SET_ASIDE

STAMP = "%Y%m%dT%H%M%SZ"
FINE_STAMP = "%Y%m%dT%H%M%S%fZ"  # what is set aside twice in a second needs two names
ENDING = ".backup"
#: Gives the passphrase of a locked backup when it is needed.
Ask = Callable[[], str]


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was written: where, its size in bytes, its hash, what it holds, and which stored files are not as they should be."""

    path: Path
    size: int
    sha256: str
    manifest: Manifest
    flaws: tuple[Flaw, ...]

    @property
    def address(self) -> str:
        """Where it is, in words."""
        return str(self.path)


@dataclass(frozen=True, slots=True)
class Sent:
    """A backup that was written into a bucket."""

    address: str
    size: int
    sha256: str
    manifest: Manifest
    flaws: tuple[Flaw, ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found in a backup. ``doubt``: why seal or audit trail could not be checked, empty where they hold."""

    manifest: Manifest
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored, and where the database and the files that were there before are kept."""

    checked: Checked
    kept: tuple[str, ...]


def make_backup(
    database: Database,
    settings: Settings,
    path: Path,
    passphrase: str = "",
    *,
    actor: Actor | None = COMMAND_LINE,
    stem: str = "tandem",
) -> Made:
    """Write a backup to ``path``, or under a name of its own where ``path`` is a folder; whole or not at all, for its owner alone.

    It holds one moment of the database, whatever is saved meanwhile, and the files that were there at that moment; those that it
    lacks are named by what is returned, and the rest is written all the same. ``actor`` stands in the audit trail; None leaves it out, for a database that this version cannot write to yet. Raises Refused (BAK-001, BAK-013).
    """
    try:
        target = _target(path, stem)
        with TemporaryDirectory(dir=scratch.folder_of(settings), prefix="backup-") as folder:
            plain = Path(folder) / "plain"
            with _private(plain).open("wb") as file, database.reading() as session:
                written = archive.write(file, session, shelves(settings))
            made = _put(plain, target, passphrase, written)
    except OSError as error:
        raise refuse(
            "BAK-013",
            f"The backup cannot be written: {error.strerror}.",
            "Choose another place, or make room.",
        ) from error
    if actor is not None:
        _note_made(database, actor, made)
    return made


def send_backup(
    database: Database,
    settings: Settings,
    bucket: Bucket,
    passphrase: str = "",
    *,
    actor: Actor | None = COMMAND_LINE,
    stem: str = "tandem",
) -> Sent:
    """Do the same into a bucket: a file of it where the address ends in ``.backup``, otherwise a folder. Raises Refused."""
    target = bucket if bucket.last.endswith(ENDING) else bucket / file_name(utc_now(), stem)
    shelf = shelf_at(settings, target.parent)
    if any(held.name == target.last for held in shelf.held()):
        raise refuse("BAK-001", f"{target} is there already.", "Give another name.", where=str(bucket))
    with TemporaryDirectory(dir=scratch.folder_of(settings), prefix="backup-") as folder:
        made = make_backup(database, settings, Path(folder) / target.last, passphrase, actor=None)
        shelf.put(target.last, made.path)
    if actor is not None:
        _note_made(database, actor, made)
    return Sent(str(target), made.size, made.sha256, made.manifest, made.flaws)


@contextmanager
def reading_backup(place: Place, settings: Settings, ask: Ask) -> Iterator[Backup]:
    """Open a backup, with the passphrase that ``ask`` gives where it is locked. Raises Refused (BAK-002 to BAK-010)."""
    with _fetched(place, settings) as path, _unlocked(path, settings, ask) as backup:
        yield backup


@contextmanager
def _fetched(place: Place, settings: Settings) -> Iterator[Path]:
    if isinstance(place, Path):
        yield place
        return
    try:
        with shelf_at(settings, place.parent).at(place.last) as path:
            yield path
    except FileNotFoundError as error:
        raise refuse("BAK-018", f"There is no {place}.", "Compare the address.", where=str(place)) from error


@contextmanager
def _unlocked(path: Path, settings: Settings, ask: Ask) -> Iterator[Backup]:
    if not locked.is_locked(path):
        with archive.opened(path) as backup:
            yield backup
        return
    with TemporaryDirectory(dir=scratch.folder_of(settings), prefix="backup-") as folder:
        plain = Path(folder) / "plain"
        _private(plain)
        locked.unlock(path, plain, ask())
        with archive.opened(plain) as backup:
            yield backup


def check_backup(backup: Backup, settings: Settings, *, unverified: bool = False) -> Checked:
    """Read a backup from end to end: its version, each hash, its seal, and the audit trail inside.

    ``unverified`` lets pass what cannot be checked without the secret key of the installation that made it. Raises Refused.
    """
    keys = keyring_of(settings)
    backup.check_step()
    backup.check_content()
    if unverified and keys.find(backup.key_name) is None:
        return Checked(backup.manifest, f"sealed with the key {backup.key_name}, which is not known here")
    backup.check_seal(keys)
    trail = backup.check_trail(keys)
    if not trail.holds and not unverified:
        raise refuse(
            "BAK-014",
            f"The audit trail in the backup does not hold. {trail.reason}",
            "Use another backup; or, to look into this one, restore it elsewhere with --unverified.",
            status=409,
        )
    return Checked(backup.manifest, trail.reason)


def restore(
    backup: Backup, settings: Settings, *, replace: bool = False, unverified: bool = False
) -> Restored:
    """Put a backup in the place of what is here; everybody has to sign in anew.

    Nothing is touched before the whole backup has been checked and laid out beside. Raises Refused (BAK-002 to BAK-028), and then nothing has
    changed, unless that says (BAK-021) that it was broken off midway: then it can be repeated with ``replace``.
    """
    checked = check_backup(backup, settings, unverified=unverified)
    with restoring.telling(settings), restoring.alone(settings):
        kept = _put_in_place(backup, settings, checked, replace=replace)
    return Restored(checked, tuple(kept))


def move(database: Database, settings: Settings, address: str) -> Checked:
    """Copy everything into the empty database at ``address`` (of its owner), and compare the hash of every table on both sides.

    Raises Refused: BAK-011 where it is not empty, BAK-015 where somebody worked meanwhile, BAK-016 for the same database.
    """
    target = dataclasses.replace(settings, database_url=address, database_owner_url="")
    open_database(target).dispose()  # says what is wrong with an address
    if make_url(address) in map(make_url, filter(None, (settings.database_url, settings.database_owner_url))):
        raise refuse(
            "BAK-016", "This is the database that is in use.", "Name the one to move to.", where="--to"
        )
    if placing.is_used(target):
        raise refuse(
            "BAK-011",
            "The database to move to is not empty.",
            "Name an empty one: a file that is not there yet, or a new database of PostgreSQL.",
            where="--to",
            status=409,
        )
    with TemporaryDirectory(dir=scratch.folder_of(settings), prefix="moving-") as folder:
        plain = _private(Path(folder) / "plain")
        with plain.open("wb") as file, database.reading() as session:
            archive.write(file, session, {})
        with archive.opened(plain) as backup:
            checked = check_backup(backup, settings)

            def unchanged() -> None:
                if not placing.same_sums(database, backup):
                    raise refuse(
                        "BAK-015",
                        "Somebody worked while everything was copied, so nothing was moved.",
                        "Stop tandem serve and tandem worker, then try again.",
                        status=409,
                    )

            act = Act("database.move", _detail(checked.manifest))
            placing.place(backup, target, ["moved"], act, replace=False, last_check=unchanged)
    return checked


def _put_in_place(backup: Backup, settings: Settings, checked: Checked, *, replace: bool) -> list[str]:
    """Lay everything out beside its place, then set the mark and let it change places; gives where what was there is kept."""
    earlier = restoring.under_way(settings)
    if earlier is not None and not replace:
        raise restoring.interrupted(earlier)
    _refuse_files(backup, settings, replace)
    ending = f"{SET_ASIDE}{utc_now().strftime(FINE_STAMP)}"
    endings = (*(earlier.endings if earlier else ()), ending)
    what = UnderWay(f"the backup of {backup.manifest.made_at:%d %B %Y %H:%M:%S} UTC", endings)
    act = Act("backup.restore", _detail(checked.manifest, unverified=checked.doubt))
    placing.require_free(settings, replace=replace)
    with laid_out(backup, settings, ending) as ready:
        # From the mark to its end there is nothing but renaming, and copying inside a bucket.
        kept = placing.place(
            backup,
            settings,
            endings,
            act,
            replace=replace,
            last_check=lambda: restoring.begin(settings, what),
        )
        for shelf in ready:
            kept += shelf.swap(endings)
        kept += set_heads_aside(settings, endings)
        restoring.end(settings)
    return kept


def file_name(moment: datetime, stem: str = "tandem") -> str:
    """The name of a backup that is given none: names sort by time."""
    return f"{stem}-{moment.strftime(STAMP)}{ENDING}"


def _target(path: Path, stem: str) -> Path:
    target = path / file_name(utc_now(), stem) if path.is_dir() else path
    if target.exists():
        raise refuse("BAK-001", f"{target} is there already.", "Give another name.", where=str(path))
    if not target.parent.is_dir():
        raise refuse("BAK-001", f"There is no folder {target.parent}.", "Make it first.", where=str(path))
    return target


def _private(path: Path) -> Path:
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    return path


def _put(plain: Path, target: Path, passphrase: str, written: Written) -> Made:
    with TemporaryDirectory(dir=target.parent, prefix=f".{target.name}.") as folder:
        unfinished = _private(Path(folder) / target.name)
        if passphrase:
            locked.lock(plain, unfinished, passphrase)
        else:
            locked.copy(plain, unfinished)
        with unfinished.open("rb+") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            sync(file.fileno())
        size = unfinished.stat().st_size
        unfinished.replace(target)
    sync_names(target.parent)
    return Made(target, size, sha256, written.manifest, written.flaws)


def _detail(manifest: Manifest, **others: str) -> dict[str, object]:
    found = {
        "made_at": manifest.made_at.isoformat(timespec="seconds"),
        "step": manifest.step,
        "rows": manifest.rows,
        "files": len(manifest.files),
        "head": manifest.audit_head,
        "acts": manifest.audit_rows,
        **others,
    }
    return {key: held for key, held in found.items() if held}


def _refuse_files(backup: Backup, settings: Settings, replace: bool) -> None:
    unknown = {name.split("/")[0] for name in backup.manifest.files} - set(KINDS)
    if unknown:
        raise refuse(
            "BAK-017",
            f"The backup holds files of a kind that is not known here: {', '.join(sorted(unknown))}.",
            "Use the version of Tandem that made it, or a later one.",
        )
    taken = [shelf for shelf in shelves(settings).values() if any(shelf.held())]
    if taken and not replace:
        raise refuse(
            "BAK-011",
            f"{taken[0].address()} is not empty.",
            "Restore into another data folder (TANDEM_DATA_DIR), or other TANDEM_FILES; or give --replace, which sets the present "
            "files aside.",
            status=409,
        )


def _note_made(database: Database, actor: Actor, made: Made) -> None:
    with database.writing() as session:
        record(session, actor, "backup.make", detail=_detail(made.manifest) | {"sha256": made.sha256})
