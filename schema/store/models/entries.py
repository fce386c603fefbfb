"""Entries kept as parts, their change log and their frozen snapshots."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    LargeBinary,
    Text,
    and_,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from schema.store.models.base import CODE, HASH, ID, NAME, Base

#: Of the entries of a case: one of the two that it is coded from. As :func:`is_current` says it, so that indexes serve it.
CURRENT: dict[str, Any] = {
    "sqlite_where": text("ended_at IS NULL AND repeats = 0"),
    "postgresql_where": text("ended_at IS NULL AND NOT repeats"),
}
AGAIN: dict[str, Any] = {
    "sqlite_where": text("ended_at IS NULL AND repeats = 1"),
    "postgresql_where": text("ended_at IS NULL AND repeats"),
}


class Entry(Base):
    """One coder's extraction of one case, pinned to a template version.

    ``state``: not_started, in_progress, submitted, returned. ``ended_at`` is set where another coder took the slot over.
    ``repeats``: a second coding of the same case by the same coder, for their agreement with themselves; see
    :class:`~schema.store.models.repeats.RepeatCoding`. Whoever asks for the entries of a case asks by :func:`is_current`, and
    never meets one.
    """

    __tablename__ = "entry"
    __table_args__ = (
        CheckConstraint("slot IN (1, 2)", name="slot"),
        CheckConstraint("state IN ('not_started', 'in_progress', 'submitted', 'returned')", name="state"),
        Index("uq_entry_slot", "case_id", "slot", unique=True, **CURRENT),
        Index("uq_entry_coder", "case_id", "coder_id", unique=True, **CURRENT),
        Index("uq_entry_repeat", "case_id", "coder_id", unique=True, **AGAIN),
        Index(
            "ix_entry_coder_id", "coder_id", "state", "case_id", "ended_at", "repeats"
        ),  # counts read this alone
        Index("ix_entry_case_id", "case_id"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("study_case.id"))
    slot: Mapped[int]
    coder_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    template_version_id: Mapped[str] = mapped_column(ForeignKey("template_version.id"))
    state: Mapped[str] = mapped_column(CODE)
    revision: Mapped[int] = mapped_column(default=0)
    answered: Mapped[int] = mapped_column(default=0)  # values that are not blank
    flagged: Mapped[int] = mapped_column(default=0)  # questions that the coder wants to come back to
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    updated_at: Mapped[datetime | None]
    submitted_at: Mapped[datetime | None]
    returned_reason: Mapped[str] = mapped_column(Text, default="")
    ended_at: Mapped[datetime | None]
    repeats: Mapped[bool] = mapped_column(default=False)


def is_current(entry: type[Entry] = Entry) -> ColumnElement[bool]:
    """Whether an entry is one of the two that its case is coded from: neither a replaced coder's nor a repeat.

    ``entry``: an alias, where a statement meets both.
    """
    return and_(entry.ended_at.is_(None), ~entry.repeats)


class EntryPart(Base):
    """One section (``row_id`` empty) or one repeating row of an entry.

    ``body``: ``{"v": {key: plain value}, "e": {key: {"page": …, "quote": …}}}``, replaced whole; where its coder noted something
    also ``"n": {key: {"flagged": …, "memo": …}}``. ``revision``: the entry's revision that last wrote it. A deleted row keeps its body and has ``deleted`` set, so that it can be restored.
    """

    __tablename__ = "entry_part"

    entry_id: Mapped[str] = mapped_column(ForeignKey("entry.id"), primary_key=True)
    section: Mapped[str] = mapped_column(NAME, primary_key=True)
    row_id: Mapped[str] = mapped_column(ID, primary_key=True, default="")
    position: Mapped[int] = mapped_column(default=0)
    body: Mapped[str] = mapped_column(Text)
    revision: Mapped[int]
    deleted: Mapped[bool] = mapped_column(default=False)


class EntryChange(Base):
    """One save: what changed, from what to what. Append-only, written with the save.

    It lies in its key's order, without an index beside it: a save on SQLite then writes three pages, and a history is read in one go.
    """

    __tablename__ = "entry_change"
    __table_args__ = ({"sqlite_with_rowid": False},)

    entry_id: Mapped[str] = mapped_column(ForeignKey("entry.id"), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    changes: Mapped[str] = mapped_column(Text)  # [{"what", "path", "old", "new"}]


class Snapshot(Base):
    """A whole document, frozen at submission or at sign-off (canonical JSON, zlib). Never changed."""

    __tablename__ = "snapshot"
    __table_args__ = (CheckConstraint("(entry_id IS NULL) <> (comparison_id IS NULL)", name="of_one"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    entry_id: Mapped[str | None] = mapped_column(ForeignKey("entry.id"), index=True)
    comparison_id: Mapped[str | None] = mapped_column(ForeignKey("comparison.id", use_alter=True), index=True)
    template_version_id: Mapped[str] = mapped_column(ForeignKey("template_version.id"))
    revision: Mapped[int]
    body: Mapped[bytes] = mapped_column(LargeBinary)
    sha256: Mapped[str] = mapped_column(HASH)  # of the canonical JSON
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
