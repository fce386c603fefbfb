"""Cases and who does what on them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from schema.store.models.base import CODE, ID, NAME, TITLE, Base

PARTS = ("coder_1", "coder_2", "reconciler")
CURRENT = text("ended_at IS NULL")


class Case(Base):
    """One review to be extracted. Its state is derived, see :mod:`schema.store.case_state`.

    ``kept_state`` is what the database's own triggers keep of it, to count and to filter by in SQL. No loaded case has it, so that no
    page shows a state that its reader may not know.
    """

    __tablename__ = "study_case"
    __table_args__ = (
        UniqueConstraint("project_id", "reference"),
        Index("ix_study_case_project_id_state", "project_id", "state"),
        Index(
            "ix_study_case_id_project_id_state", "id", "project_id", "state"
        ),  # whoever joins reads this alone
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    project_id: Mapped[str] = mapped_column(ForeignKey("project.id"))
    reference: Mapped[str] = mapped_column(NAME)
    title: Mapped[str] = mapped_column(TITLE, default="")
    source: Mapped[str] = mapped_column(TITLE, default="")  # where the report was found
    note: Mapped[str] = mapped_column(Text, default="")
    registered_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_reason: Mapped[str] = mapped_column(Text, default="")
    kept_state: Mapped[str] = mapped_column(
        "state",
        CODE,
        default="registered",
        server_default="registered",
        deferred=True,
        deferred_raiseload=True,
    )


class Assignment(Base):
    """A person's part in a case. One index holds the rule that the three are different people."""

    __tablename__ = "assignment"
    __table_args__ = (
        CheckConstraint("part IN ('coder_1', 'coder_2', 'reconciler')", name="part"),
        Index(
            "uq_assignment_part",
            "case_id",
            "part",
            unique=True,
            sqlite_where=CURRENT,
            postgresql_where=CURRENT,
        ),
        Index(
            "uq_assignment_person",
            "case_id",
            "user_id",
            unique=True,
            sqlite_where=CURRENT,
            postgresql_where=CURRENT,
        ),
        Index("ix_assignment_user_id", "user_id", "part", "case_id", "ended_at"),  # counts read this alone
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("study_case.id"))
    part: Mapped[str] = mapped_column(CODE)
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    assigned_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    handed_back: Mapped[bool] = mapped_column(default=False)  # ended by the person themselves


class ContentNoteRead(Base):
    """That a person has read the project's content note before they opened a case."""

    __tablename__ = "content_note_read"

    case_id: Mapped[str] = mapped_column(ForeignKey("study_case.id"), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    read_at: Mapped[datetime]
