"""Facts about the running installation, kept in ``setting``: they concern this database where it stands, and never travel."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from schema.store import first_start
from schema.store.database import shared_now
from schema.store.models import Setting

WORKER_SEEN = "worker_seen_at"
BACKUP_BEGUN = "backup_begun_at"
BACKUP_DONE = "backup_done_at"  # noted by versions that kept no list
BACKUPS_KEPT = "backups_kept"
DEADLINES_NOTED = "deadlines_noted_at"

#: Left out of backups and moves.
HERE_ONLY = frozenset(
    {first_start.KEY, WORKER_SEEN, BACKUP_BEGUN, BACKUP_DONE, BACKUPS_KEPT, DEADLINES_NOTED}
)


def note(session: Session, key: str, moment: datetime | None = None) -> None:
    """Write down that something happened, now by the clock of all machines unless another moment is given."""
    session.merge(Setting(key=key, value=(moment or shared_now(session)).isoformat()))


def noted(session: Session, key: str) -> datetime | None:
    """Return when something last happened (aware UTC), or None."""
    held = session.get(Setting, key)
    return None if held is None else datetime.fromisoformat(held.value)


def since(session: Session, key: str) -> timedelta | None:
    """How far from now, by the clock of all machines, something last happened; None where it never did."""
    moment = noted(session, key)
    return None if moment is None else abs(shared_now(session) - moment)


def claim(session: Session, key: str, every: timedelta) -> bool:
    """Whether something that is done once in ``every`` is due; whoever gets True has claimed it, and nobody else does.

    A clock that was set back does not put it off: a moment in the future counts as long ago.
    """
    held = session.get(Setting, key, with_for_update=True)
    moment = shared_now(session)
    if held is not None:
        passed = moment - datetime.fromisoformat(held.value)
        if timedelta(0) <= passed < every:
            return False
    note(session, key, moment)
    return True
