"""What cannot be unseen: who has seen unblinded values of a case, and which cases were unblinded."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from schema.store.models.base import CODE, Base


class CaseKnowledge(Base):
    """That a person has seen values of a case that its coders are blind to. Append-only; a trigger keeps them from coding it."""

    __tablename__ = "case_knowledge"

    case_id: Mapped[str] = mapped_column(ForeignKey("study_case.id"), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"), primary_key=True, index=True)
    source: Mapped[str] = mapped_column(CODE)  # the act that opened them first, as in the audit trail
    since: Mapped[datetime]


class Unblinding(Base):
    """That a manager opened a case to its coders, and why. Append-only: nothing closes it again."""

    __tablename__ = "unblinding"

    case_id: Mapped[str] = mapped_column(ForeignKey("study_case.id"), primary_key=True)
    unblinded_by: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    reason: Mapped[str] = mapped_column(Text)
    unblinded_at: Mapped[datetime]
