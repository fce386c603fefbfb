"""With which version of a questionnaire a coder last worked, so that what it now says otherwise can be pointed out."""

from __future__ import annotations

import json

from sqlalchemy import select
from sqlalchemy.orm import Session

from schema.store.models import Entry, EntryChange, TemplateVersion
from schema.template.model import Template


def last_worked_with(session: Session, entry: Entry, present: Template) -> TemplateVersion | None:
    """The version that an entry's coder last worked with before the entry's own: in other entries, or in this one before a lift.

    ``present`` is the entry's own.

    Nothing where there is none, and nothing once the coder has submitted an entry with the present version: then they know it.
    """
    if present.version == 1:
        return None
    query = (
        select(TemplateVersion.version, Entry.submitted_at)
        .join(Entry, Entry.template_version_id == TemplateVersion.id)
        .where(TemplateVersion.key == present.key, Entry.coder_id == entry.coder_id, Entry.revision > 0)
    )
    worked = [(version, submitted) for version, submitted in session.execute(query)]
    if any(version == present.version and submitted is not None for version, submitted in worked):
        return None
    earlier = [version for version, _ in worked] + _lifted_from(session, entry)
    last = max((version for version in earlier if version < present.version), default=0)
    wanted = select(TemplateVersion).where(
        TemplateVersion.key == present.key, TemplateVersion.version == last
    )
    return session.scalar(wanted) if last else None


def _lifted_from(session: Session, entry: Entry) -> list[int]:
    """The numbers of the versions that the entry was lifted from."""
    lifts = select(EntryChange.changes).where(
        EntryChange.entry_id == entry.id, EntryChange.changes.like('%"what":"lift"%')
    )
    lines = (line for changes in session.scalars(lifts) for line in json.loads(changes))
    return [line["old"] for line in lines if line["what"] == "lift"]
