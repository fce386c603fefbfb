"""The coding frame of a project: acts that only grow, and the versions that were adopted."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Integer, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from schema.store.models.base import CODE, HASH, Base

KINDS = ("add", "describe", "merge", "split", "move", "retire", "recode", "example", "undo")


class FrameAct(Base):
    """One act on the frame, or on a row of a signed-off case under it. ``body``: what the act says, as plain JSON.

    ``case_id`` stands for recodings and examples. Taking an act back is a further act; nothing is changed or removed.
    """

    __tablename__ = "frame_act"
    __table_args__ = (
        CheckConstraint(f"kind IN ({', '.join(repr(kind) for kind in KINDS)})", name="kind"),
        UniqueConstraint("project_id", "number"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    project_id: Mapped[str] = mapped_column(ForeignKey("project.id"))
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(CODE)
    case_id: Mapped[str | None] = mapped_column(ForeignKey("study_case.id"), index=True)
    body: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text, default="")
    made_at: Mapped[datetime]
    made_by: Mapped[str] = mapped_column(ForeignKey("user_account.id"))


class FrameVersion(Base):
    """An adopted frame: the acts up to ``last_act``, over the lists of one template version. Never changed.

    ``sha256`` is of the frame and its recodings as they were when it was adopted.
    """

    __tablename__ = "frame_version"
    __table_args__ = (UniqueConstraint("project_id", "number"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    project_id: Mapped[str] = mapped_column(ForeignKey("project.id"))
    number: Mapped[int]
    last_act: Mapped[int]
    template_version_id: Mapped[str] = mapped_column(ForeignKey("template_version.id"))
    sha256: Mapped[str] = mapped_column(HASH)
    reason: Mapped[str] = mapped_column(Text, default="")
    adopted_at: Mapped[datetime]
    adopted_by: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
