"""Pilots: rounds of first cases, the figures that a decision rested on, and whether their cases are in the master."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Integer, LargeBinary, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from schema.store.models.base import CODE, HASH, ID, Base


class Pilot(Base):
    """One round of a project's pilot. ``cancelled_at``: it was given up before anything was decided; its cases are free again."""

    __tablename__ = "pilot"
    __table_args__ = (UniqueConstraint("project_id", "number"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    project_id: Mapped[str] = mapped_column(ForeignKey("project.id"))
    number: Mapped[int]
    began_at: Mapped[datetime]
    began_by: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    cancelled_at: Mapped[datetime | None]
    cancelled_reason: Mapped[str] = mapped_column(Text, default="")


class PilotCase(Base):
    """A case of a round."""

    __tablename__ = "pilot_case"

    pilot_id: Mapped[str] = mapped_column(ForeignKey("pilot.id"), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("study_case.id"), primary_key=True, index=True)


class PilotDecision(Base):
    """What was decided on a round, and the agreement it rests on, frozen. Append-only.

    ``body``: the agreement report as JSON, zlib; ``sha256`` of that JSON. ``cases`` were compared.
    """

    __tablename__ = "pilot_decision"
    __table_args__ = (
        CheckConstraint("decision IN ('go', 'revise')", name="decision"),
        CheckConstraint("reason <> ''", name="reason"),
    )

    pilot_id: Mapped[str] = mapped_column(ForeignKey("pilot.id"), primary_key=True)
    decision: Mapped[str] = mapped_column(CODE)
    reason: Mapped[str] = mapped_column(Text)
    cases: Mapped[int]
    body: Mapped[bytes] = mapped_column(LargeBinary)
    sha256: Mapped[str] = mapped_column(HASH)
    decided_at: Mapped[datetime]
    decided_by: Mapped[str] = mapped_column(ForeignKey("user_account.id"))


class PilotChoice(Base):
    """Whether the cases of a decided round are in the master; the latest counts. Append-only."""

    __tablename__ = "pilot_choice"
    __table_args__ = (
        UniqueConstraint("pilot_id", "number"),
        CheckConstraint("reason <> ''", name="reason"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    pilot_id: Mapped[str] = mapped_column(ForeignKey("pilot.id"))
    number: Mapped[int]
    in_master: Mapped[bool]
    reason: Mapped[str] = mapped_column(Text)
    chosen_at: Mapped[datetime]
    chosen_by: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
