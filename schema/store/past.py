"""Everything that was ever saved in an entry, or of one question of it: a hundred saves at a time, however far back."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import replace

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from schema.store.entries import LoggedSave
from schema.store.models import Entry, EntryChange

#: How many saves are read at once.
AT_ONCE = 100


def saves_before(
    session: Session, entry: Entry, before: int = 0, of: Collection[str] = ()
) -> tuple[LoggedSave, ...]:
    """Saves of an entry, newest first, :data:`AT_ONCE` at most: those before a revision (0: from the latest).

    ``of``: only changes at these paths, and below one that ends with a dot; a save without any of them is left out.
    """
    query = select(EntryChange).where(EntryChange.entry_id == entry.id)
    if before:
        query = query.where(EntryChange.revision < before)
    if of:
        # As the log writes a path. What a pattern takes for the same (letters in another case) is left out below.
        texts = [_as_written(path) for path in of]
        query = query.where(or_(*(EntryChange.changes.contains(text, autoescape=True) for text in texts)))
    rows = session.scalars(query.order_by(EntryChange.revision.desc()).limit(AT_ONCE))
    logged = [LoggedSave(row.revision, row.at, row.by, tuple(json.loads(row.changes))) for row in rows]
    return tuple(_only(save, of) for save in logged) if of else tuple(logged)


def _as_written(path: str) -> str:
    written = f'"path":{json.dumps(path, ensure_ascii=False)}'
    return written[:-1] if path.endswith(".") else written


def _only(save: LoggedSave, paths: Collection[str]) -> LoggedSave:
    below = tuple(path for path in paths if path.endswith("."))
    kept = (line for line in save.changes if line["path"] in paths or line["path"].startswith(below))
    return replace(save, changes=tuple(kept))
