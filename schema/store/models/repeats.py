"""Repeats: cases that a coder codes a second time, blind to the first, for their agreement with themselves; and their schedules."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from schema.store.models.base import ID, Base


class RepeatCoding(Base):
    """One case that its coder codes again. The case, the coder and how far they are stand in the entry.

    ``first_id``: what they submitted the first time, as it stood when the case was given to them again. ``pairs``: which rows of
    both belong together, as JSON ``[[group, row of the first, row of the second], …]``; written once, when the repeat is submitted.
    """

    __tablename__ = "repeat_coding"

    entry_id: Mapped[str] = mapped_column(ForeignKey("entry.id"), primary_key=True)
    first_id: Mapped[str] = mapped_column(ForeignKey("snapshot.id"))
    given_at: Mapped[datetime]
    given_by: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    pairs: Mapped[str] = mapped_column(Text, default="")


class RepeatSchedule(Base):
    """That old cases are given to a coder (``coder_id`` empty: to every coder) once more by themselves, drawn by lot.

    ``number``: how many cases each has to code again after a round. ``days``: signed off so many days ago, or more. ``next_day``: of
    the next round. ``every_weeks``: between two rounds; 0: there is one only. ``rounds``: so many were given, the last at ``last_at``.
    """

    __tablename__ = "repeat_schedule"
    __table_args__ = (
        CheckConstraint("number > 0 AND days > 0", name="some"),
        CheckConstraint("every_weeks >= 0 AND rounds >= 0", name="rounds"),
        Index(
            "ix_repeat_schedule_due",
            "next_day",
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    project_id: Mapped[str] = mapped_column(ForeignKey("project.id"), index=True)
    coder_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    number: Mapped[int]
    days: Mapped[int]
    seed: Mapped[int]
    every_weeks: Mapped[int]
    next_day: Mapped[date]
    rounds: Mapped[int]
    last_at: Mapped[datetime | None]
    revision: Mapped[int]
    set_at: Mapped[datetime]
    set_by: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    ended_at: Mapped[datetime | None]
