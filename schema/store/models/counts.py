"""What was counted once and is kept, so that no page counts it again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from schema.store.models.base import HASH, ID, Base


class AgreementCount(Base):
    """Agreement on the compared cases of a project, as somebody may see them.

    ``fingerprint`` is a hash over the entries and pairings that were counted: while it is the same, so are the figures.
    ``whole``: nothing was left out because the person codes it. ``body``: the report as JSON, zlib.
    """

    __tablename__ = "agreement_count"
    __table_args__ = (UniqueConstraint("project_id", "fingerprint"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    project_id: Mapped[str] = mapped_column(ForeignKey("project.id"))
    fingerprint: Mapped[str] = mapped_column(HASH)
    whole: Mapped[bool]
    cases: Mapped[int]
    body: Mapped[bytes] = mapped_column(LargeBinary)
    counted_at: Mapped[datetime]
