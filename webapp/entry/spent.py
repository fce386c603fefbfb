"""The time that the coder has spent, section by section, for their own eyes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy.orm import Session

from schema.answers.time_spent import NOTHING, SavedAt, time_spent
from schema.store.entries import LoggedSave, change_log
from schema.store.models import Entry


def spent_words(session: Session, entry: Entry) -> Mapping[str, str]:
    """The time by section key, in words; under "" that of all sections together. Empty before two saves of one sitting."""
    saves = [
        SavedAt(save.at, _section(save))
        for save in change_log(session, entry.id)
        if save.by == entry.coder_id
    ]
    spent = time_spent(saves)
    if not spent:
        return {}
    return {"": in_minutes(sum(spent.values(), NOTHING))} | {
        key: in_minutes(time) for key, time in spent.items()
    }


def in_minutes(time: timedelta) -> str:
    """``1 h 5 min``; under a minute is said so."""
    minutes = round(time.total_seconds() / 60)
    if minutes < 1:
        return "under 1 min"
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest} min" if hours else f"{rest} min"


def _section(save: LoggedSave) -> str:
    return next((str(line["path"]).partition(".")[0] for line in save.changes if line["path"]), "")
