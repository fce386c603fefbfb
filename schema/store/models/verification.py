"""Checking instead of coding twice: one round of checks of a case, and what coder 2 said of each value."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from schema.store.models.base import CODE, ID, TITLE, Base

LIVE = text("superseded_at IS NULL")


class Verification(Base):
    """Coder 2 checks what coder 1 entered in the sections of mode ``verify``, after both have submitted.

    ``first_id`` and ``second_id`` are the two entries as submitted; ``result_id``, once all is checked, is coder 2's entry with
    the checked sections in it. ``superseded_at`` is set when an entry is returned; checks of unchanged values are carried over.
    """

    __tablename__ = "verification"
    __table_args__ = (
        CheckConstraint("(finished_at IS NULL) = (result_id IS NULL)", name="finished"),
        Index("uq_verification_live", "case_id", unique=True, sqlite_where=LIVE, postgresql_where=LIVE),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("study_case.id"))
    entry_id: Mapped[str] = mapped_column(ForeignKey("entry.id"))  # coder 2's
    first_id: Mapped[str] = mapped_column(ForeignKey("snapshot.id"))
    second_id: Mapped[str] = mapped_column(ForeignKey("snapshot.id"))
    result_id: Mapped[str | None] = mapped_column(ForeignKey("snapshot.id"))
    revision: Mapped[int] = mapped_column(default=0)
    opened_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    superseded_at: Mapped[datetime | None]
    superseded_reason: Mapped[str] = mapped_column(Text, default="")


class ValueCheck(Base):
    """What coder 2 said of one value. A later check supersedes an earlier one; nothing is overwritten.

    ``path``: ``section.key``. ``value`` (plain JSON), ``page`` and ``quote`` belong to the outcome ``corrected``.
    """

    __tablename__ = "value_check"
    __table_args__ = (
        CheckConstraint("outcome IN ('agreed', 'corrected', 'not_found')", name="outcome"),
        Index(
            "uq_value_check_live",
            "verification_id",
            "path",
            unique=True,
            sqlite_where=LIVE,
            postgresql_where=LIVE,
        ),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    verification_id: Mapped[str] = mapped_column(ForeignKey("verification.id"))
    path: Mapped[str] = mapped_column(TITLE)
    outcome: Mapped[str] = mapped_column(CODE)
    value: Mapped[str] = mapped_column(Text)
    comment: Mapped[str] = mapped_column(Text, default="")
    page: Mapped[str] = mapped_column(Text, default="")
    quote: Mapped[str] = mapped_column(Text, default="")
    checked_at: Mapped[datetime]
    checked_by: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    superseded_at: Mapped[datetime | None]
