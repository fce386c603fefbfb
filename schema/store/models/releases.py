"""Shared figures that left the team."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from schema.store.models.base import HASH, ID, Base


class SharedRelease(Base):
    """The findings of a project as they were once shared; what was told stays told, so the next release is made beside it.

    Append-only by trigger. ``memory`` holds what was withheld, and is read by the making of releases alone.
    """

    __tablename__ = "shared_release"
    __table_args__ = (UniqueConstraint("project_id", "number"), UniqueConstraint("project_id", "basis"))

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    project_id: Mapped[str] = mapped_column(ForeignKey("project.id"))
    number: Mapped[int]  # from 1
    threshold: Mapped[int]
    zeros: Mapped[bool]
    cases: Mapped[int]  # how many are counted
    basis: Mapped[str] = mapped_column(
        HASH
    )  # of the cases, the framework and the rule: the same basis is the same release
    figures: Mapped[str] = mapped_column(Text)  # what is printed, as JSON
    content_hash: Mapped[str] = mapped_column(HASH)  # of the figures
    memory: Mapped[bytes] = mapped_column(LargeBinary)  # cells and sums, compressed
    created_at: Mapped[datetime]
    created_by: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))  # empty: the command line
