"""Template versions as published: source and hash, never changed afterwards."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from schema.store.models.base import CODE, HASH, ID, NAME, TITLE, Base


class TemplateVersion(Base):
    """One version of a template with everything needed to read it again."""

    __tablename__ = "template_version"
    __table_args__ = (
        UniqueConstraint("key", "version"),
        CheckConstraint("state IN ('draft', 'published', 'retired')", name="state"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    key: Mapped[str] = mapped_column(NAME)
    version: Mapped[int]
    title: Mapped[str] = mapped_column(TITLE)
    source: Mapped[str] = mapped_column(Text)  # the YAML as read
    codelists: Mapped[str] = mapped_column(Text)  # JSON: name -> YAML of each code list used
    source_hash: Mapped[str] = mapped_column(HASH)
    state: Mapped[str] = mapped_column(CODE)
    reason: Mapped[str] = mapped_column(Text, default="")  # why a warned-of change was published
    published_by: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    published_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
