"""Backups under a passphrase, as age files (https://age-encryption.org), which the program ``age`` opens as well.

A locked backup is a ZIP archive of two age files. ``backup.age`` is the backup, encrypted to a key made for this one file;
``key.age`` is that key, encrypted with the passphrase (scrypt). Both ciphers authenticate: a changed or cut file is refused.
"""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import pyrage

from schema.problem import Refused, refuse
from schema.store.outages import NO_ROOM
from webapp.settings import SHORTEST_PASSPHRASE

KEY, BODY = "key.age", "backup.age"


def is_locked(path: Path) -> bool:
    """Whether a file looks like a locked backup."""
    try:
        with zipfile.ZipFile(path) as archive:
            return {KEY, BODY} == set(archive.namelist())
    except (zipfile.BadZipFile, OSError):
        return False


def lock(plain: Path, target: Path, passphrase: str) -> None:
    """Write ``plain`` encrypted into ``target``. Raises Refused (BAK-008) for a short passphrase."""
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise refuse(
            "BAK-008",
            "This passphrase is too short to keep anybody out.",
            f"Use {SHORTEST_PASSPHRASE} characters or more: four or five words that do not belong together.",
        )
    identity = pyrage.x25519.Identity.generate()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(zipfile.ZipInfo(KEY), pyrage.passphrase.encrypt(str(identity).encode(), passphrase))
        with plain.open("rb") as source, archive.open(zipfile.ZipInfo(BODY), "w", force_zip64=True) as sink:
            pyrage.encrypt_io(source, sink, [identity.to_public()])


def unlock(path: Path, plain: Path, passphrase: str) -> None:
    """Write a locked backup decrypted into ``plain``. Raises Refused (BAK-009, BAK-010), and OSError where there is no room for it."""
    try:
        with zipfile.ZipFile(path) as archive:
            identity = _identity(archive.read(KEY), passphrase)
            with archive.open(BODY) as source, plain.open("wb") as sink:
                pyrage.decrypt_io(source, sink, [identity])
    except (zipfile.BadZipFile, OSError, ValueError, pyrage.DecryptError) as error:
        if isinstance(error, OSError) and error.errno in NO_ROOM:
            raise
        raise refuse(
            "BAK-010", f"{path.name} is damaged or was changed.", "Use another backup.", where=str(path)
        ) from error


def copy(path: Path, plain: Path) -> None:
    """Copy a backup that is not locked, so that both kinds are read from the same place."""
    shutil.copyfile(path, plain)


def _identity(locked: bytes, passphrase: str) -> pyrage.x25519.Identity:
    try:
        return pyrage.x25519.Identity.from_str(pyrage.passphrase.decrypt(locked, passphrase).decode())
    except pyrage.DecryptError as error:
        raise _wrong() from error


def _wrong() -> Refused:
    return refuse(
        "BAK-009", "This passphrase does not open the backup.", "Give the one that it was made with."
    )
