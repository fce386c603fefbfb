"""The statements of a save, built once: they are the busiest ones, and building one takes longer than running it."""

from __future__ import annotations

from typing import cast

from sqlalchemy import Connection, Table, bindparam, exists, insert, select, update
from sqlalchemy.orm import Session

from schema.store.models import Entry, EntryChange, EntryPart, TemplateVersion

ENTRY, PART = cast(Table, Entry.__table__), cast(Table, EntryPart.__table__)
CHANGE, VERSION = cast(Table, EntryChange.__table__), cast(Table, TemplateVersion.__table__)
#: What runs a statement. A save runs its own on the session's connection: half of what each costs is the session asking what it is.
Runs = Session | Connection
HELD = ("id", "revision", "state", "answered", "flagged", "template_version_id", "slot")
PART_COLUMNS = tuple(PART.c[name] for name in ("section", "row_id", "position", "body", "deleted"))

#: The entry's own row, locked where the database locks rows, and which questionnaire it is pinned to.
LOCK_ENTRY = (
    select(*(ENTRY.c[name] for name in HELD), VERSION.c.source_hash)
    .join(VERSION, VERSION.c.id == ENTRY.c.template_version_id)
    .where(ENTRY.c.id == bindparam("of_entry"), ENTRY.c.ended_at.is_(None))
    .with_for_update(of=ENTRY)
)
#: Sets what is named in its parameters; meets no row where the entry has moved on, or was submitted.
CHANGE_ENTRY = update(ENTRY).where(
    ENTRY.c.id == bindparam("of_entry"),
    ENTRY.c.revision == bindparam("of_revision"),
    ENTRY.c.state != "submitted",
)
ONE_PART = select(*PART_COLUMNS).where(
    PART.c.entry_id == bindparam("of_entry"),
    PART.c.section == bindparam("of_section"),
    PART.c.row_id == bindparam("of_row"),
)
CHANGE_PART = update(PART).where(
    PART.c.entry_id == bindparam("of_entry"),
    PART.c.section == bindparam("of_section"),
    PART.c.row_id == bindparam("of_row"),
)
#: The parts that were written after a revision, where that revision was saved at this moment: that of another past gives none.
PARTS_SINCE = select(*PART_COLUMNS).where(
    PART.c.entry_id == bindparam("of_entry"),
    PART.c.revision > bindparam("of_revision"),
    exists().where(
        CHANGE.c.entry_id == bindparam("of_entry"),
        CHANGE.c.revision == bindparam("of_revision"),
        CHANGE.c.at == bindparam("of_moment"),
    ),
)
WHOLE_ENTRY = select(*ENTRY.c).where(ENTRY.c.id == bindparam("of_entry"))
ADD_PART, ADD_TO_LOG = insert(PART), insert(CHANGE)
