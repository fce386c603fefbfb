"""What people are told: notices in the application, and the daily digest for those who asked for it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from schema.store.models.base import CODE, TITLE, Base


class Notice(Base):
    """One thing that happened to a case of somebody's: which kind of thing, never what was entered.

    ``due``: the day that is near, for a notice of a deadline.
    """

    __tablename__ = "notice"
    __table_args__ = (Index("ix_notice_user_id_id", "user_id", "id"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    case_id: Mapped[str] = mapped_column(ForeignKey("study_case.id"), index=True)
    kind: Mapped[str] = mapped_column(CODE)
    due: Mapped[date | None]
    at: Mapped[datetime]
    read_at: Mapped[datetime | None]


class DigestWish(Base):
    """Where a person wants their daily digest; no row, or an end: nowhere."""

    __tablename__ = "digest_wish"

    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    address: Mapped[str] = mapped_column(TITLE)
    since: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class DigestDay(Base):
    """That a person's digest of a day was taken up, by one worker. ``last_notice``: the number up to which it tells.

    ``state``: taken (also where its worker stopped on the way), sent, refused (by the mail server, to be tried again) or nothing (there
    was nothing to tell).
    """

    __tablename__ = "digest_day"
    __table_args__ = (CheckConstraint("state IN ('taken', 'sent', 'refused', 'nothing')", name="state"),)

    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(CODE)
    last_notice: Mapped[int]
    attempts: Mapped[int]
    at: Mapped[datetime]
