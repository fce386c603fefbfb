"""The secret key of an installation: from the environment, or from a file that is made at the first start."""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Mapping
from pathlib import Path

from schema.problem import Problem

KEY_FILE = "secret-key"
SHORTEST_KEY = 32  # characters; what token_urlsafe(32) gives is 43
FEWEST_DIFFERENT = 10  # characters: "aaaa…" is long and no secret


def read_secret_key(
    environ: Mapping[str, str], folder: Path, strict: bool, problems: list[Problem], *, make: bool
) -> str:
    """Give the key that is set, or the one of the key file, which ``make`` lets be made (0600); adds SET-004, SET-005 and SET-050 to the problems.

    ``strict`` refuses a weak key, and a key file that others can read.
    """
    if "TANDEM_SECRET_KEY" in environ:
        key, place = environ["TANDEM_SECRET_KEY"], "TANDEM_SECRET_KEY"
    else:
        path = folder / KEY_FILE
        if not make and not path.exists():
            remedy = "Put it back, or set TANDEM_SECRET_KEY to the key; verify and restore can do without it, with --unverified."
            problems.append(Problem("SET-050", f"There is no key file {path}.", remedy, "TANDEM_SECRET_KEY"))
            return ""
        key, place = _key_file(path), str(path)
        if strict and _others_can_read(path):
            problems.append(
                Problem(
                    "SET-005",
                    "Other people on this machine can read the key file.",
                    f"chmod 600 {path}",
                    place,
                )
            )
    if not key or (strict and is_weak(key)):
        problems.append(
            Problem(
                "SET-004",
                f"The key that signs cookies is {'too weak' if key else 'empty'}.",
                f"Give at least {SHORTEST_KEY} random characters; or, before the first start, unset TANDEM_SECRET_KEY and remove "
                "the key file: Tandem then makes a key of its own.",
                place,
            )
        )
    return key


def read_earlier_keys(environ: Mapping[str, str], strict: bool, problems: list[Problem]) -> tuple[str, ...]:
    """Give the keys that the present one replaced, one in a line, the latest first; ``strict`` adds SET-006 where one is weak."""
    earlier = tuple(filter(None, map(str.strip, environ.get("TANDEM_EARLIER_SECRET_KEYS", "").splitlines())))
    if strict and any(map(is_weak, earlier)):
        problems.append(
            Problem(
                "SET-006",
                "One of the earlier keys is too weak: anybody could sign with it.",
                "Leave it out.",
                "TANDEM_EARLIER_SECRET_KEYS",
            )
        )
    return earlier


def is_weak(key: str) -> bool:
    """Whether the key is short, or made of few characters."""
    return len(key) < SHORTEST_KEY or len(set(key)) < FEWEST_DIFFERENT


def _key_file(path: Path) -> str:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii", errors="replace").strip()
    key = secrets.token_urlsafe(32)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(key + "\n")
    return key


def _others_can_read(path: Path) -> bool:
    return os.name == "posix" and bool(path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))
