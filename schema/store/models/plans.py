"""What a project plans before coding begins."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Integer, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from schema.store.models.base import Base


class AgreementPlanVersion(Base):
    """One version of a project's agreement plan. A later one follows it; none is changed.

    ``fields``: JSON ``[{"path", "measure", "threshold"}]``. ``share``: per cent of the cases to be coded twice.
    ``after_coding``: an entry of the project had been submitted before, and ``reason`` says why the plan was changed then.
    """

    __tablename__ = "agreement_plan"
    __table_args__ = (
        UniqueConstraint("project_id", "version"),
        CheckConstraint("share BETWEEN 1 AND 100", name="share"),
        CheckConstraint("NOT after_coding OR reason <> ''", name="reason"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    project_id: Mapped[str] = mapped_column(ForeignKey("project.id"))
    version: Mapped[int]
    fields: Mapped[str] = mapped_column(Text)
    share: Mapped[int]
    reason: Mapped[str] = mapped_column(Text, default="")
    after_coding: Mapped[bool] = mapped_column(default=False)
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
