"""Which backups this installation made by itself and has not removed: those that it may remove, and what is said of the latest.

It is a list in ``setting`` and never travels: whoever shares the folder, and whoever was restored from a backup, has one of their own, so that
nobody removes what another made.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from schema.store.models import Setting
from schema.store.running import BACKUPS_KEPT

#: More than are ever kept; those that somebody took away by hand are forgotten in the end.
LISTED = 20_000


@dataclass(frozen=True, slots=True)
class Kept:
    """A backup made by schedule. ``lacks``: how many stored files are not in it as the rows name them."""

    name: str
    at: datetime
    lacks: int = 0


def kept(session: Session) -> tuple[Kept, ...] | None:
    """Return them, the latest first; None where none was ever made."""
    held = session.get(Setting, BACKUPS_KEPT)
    if held is None:
        return None
    return tuple(Kept(name, datetime.fromisoformat(at), lacks) for name, at, lacks in json.loads(held.value))


def keep(session: Session, backups: Iterable[Kept]) -> None:
    """Write the list anew."""
    ordered = sorted(backups, key=lambda one: one.at, reverse=True)[:LISTED]
    value = json.dumps([(one.name, one.at.isoformat(), one.lacks) for one in ordered])
    session.merge(Setting(key=BACKUPS_KEPT, value=value))


def latest(backups: Iterable[Kept], moment: datetime) -> Kept | None:
    """Return the latest that is not of the future: one of a clock that went wrong says nothing of how old the others are."""
    return max((one for one in backups if one.at <= moment), key=lambda one: one.at, default=None)


def superfluous(backups: Sequence[Kept], number: int) -> list[Kept]:
    """Return those that are older than ``number`` others; a complete one gives way to complete ones alone."""
    found, complete = [], 0
    for later, one in enumerate(sorted(backups, key=lambda one: one.at, reverse=True)):
        if (later if one.lacks else complete) >= number:
            found.append(one)
        complete += not one.lacks
    return found
