"""What a reconciler asks the coders about a position, and what they answer. Nothing in it changes an entry."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from schema.store.models.base import CODE, ID, TITLE, Base

OPEN = text("closed_at IS NULL")


class CoderQuestion(Base):
    """A thread with one coder on one position; each coder has their own, so that neither reads the other's answer.

    ``state``: asked (the coder's turn), answered (the reconciler's turn), closed.
    """

    __tablename__ = "coder_question"
    __table_args__ = (
        CheckConstraint("state IN ('asked', 'answered', 'closed')", name="state"),
        Index(
            "uq_coder_question_open",
            "comparison_id",
            "path",
            "coder_id",
            unique=True,
            sqlite_where=OPEN,
            postgresql_where=OPEN,
        ),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    comparison_id: Mapped[str] = mapped_column(ForeignKey("comparison.id"))
    path: Mapped[str] = mapped_column(TITLE)
    coder_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"), index=True)
    state: Mapped[str] = mapped_column(CODE)
    asked_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class CoderMessage(Base):
    """One message of a thread. ``concedes``: the coder would change their answer."""

    __tablename__ = "coder_message"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    question_id: Mapped[str] = mapped_column(ForeignKey("coder_question.id"), index=True)
    author_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    text: Mapped[str] = mapped_column(Text)
    concedes: Mapped[bool] = mapped_column(default=False)
    written_at: Mapped[datetime]
