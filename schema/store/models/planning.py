"""When things are due, and when people are away."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from schema.store.models.base import CODE, ID, Base


class Deadline(Base):
    """The day by which a part of a case is due, or (``part`` empty) all of it; ``due`` empty: there is none any more."""

    __tablename__ = "deadline"
    __table_args__ = (CheckConstraint("part IN ('', 'coder_1', 'coder_2', 'reconciler')", name="part"),)

    case_id: Mapped[str] = mapped_column(ForeignKey("study_case.id"), primary_key=True)
    part: Mapped[str] = mapped_column(CODE, primary_key=True)
    due: Mapped[date | None]
    set_at: Mapped[datetime]
    set_by: Mapped[str] = mapped_column(ForeignKey("user_account.id"))


class Absence(Base):
    """Days on which a person is away, the first and the last among them. Never why: that is nobody's business."""

    __tablename__ = "absence"
    __table_args__ = (CheckConstraint("first_day <= last_day", name="days"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"), index=True)
    first_day: Mapped[date]
    last_day: Mapped[date]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    cancelled_at: Mapped[datetime | None]
