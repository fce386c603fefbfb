"""The audit trail, long work, and files that were written out."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from schema.store.models.base import CODE, HASH, ID, NAME, TITLE, Base


class Audit(Base):
    """Who did what, when, to what. Append-only by trigger; written in the transaction of the act itself, without gaps.

    Each row is sealed together with the one before it: see :mod:`schema.store.audit_chain`.
    """

    __tablename__ = "audit"
    __table_args__ = (
        UniqueConstraint("prev_hash"),  # a chain does not fork
        Index("ix_audit_project_id_seq", "project_id", "seq"),
        Index("ix_audit_actor_id_seq", "actor_id", "seq"),
        Index("ix_audit_case_id", "case_id"),
    )

    seq: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor_id: Mapped[str | None] = mapped_column(ID)  # empty: the command line or the system
    actor_name: Mapped[str] = mapped_column(TITLE)
    action: Mapped[str] = mapped_column(NAME)  # noun.verb, for instance entry.submit
    project_id: Mapped[str | None] = mapped_column(ID)
    case_id: Mapped[str | None] = mapped_column(ID)
    object_id: Mapped[str] = mapped_column(NAME, default="")
    detail: Mapped[str] = mapped_column(Text, default="{}")  # JSON: before, after, reason, counts
    request_id: Mapped[str] = mapped_column(ID, default="")
    key_name: Mapped[str] = mapped_column(ID)  # of the key that sealed this row
    prev_hash: Mapped[str] = mapped_column(HASH)
    hash: Mapped[str] = mapped_column(HASH)  # HMAC-SHA256 over all of the above


class Job(Base):
    """Long work with progress, run by a worker, which says now and then that it is alive (``seen_at``).

    ``attempt`` counts how often it was claimed; whoever claimed it last is who may report and end it.
    """

    __tablename__ = "job"
    __table_args__ = (
        CheckConstraint("state IN ('queued', 'running', 'done', 'failed')", name="state"),
        Index("ix_job_state", "state"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    kind: Mapped[str] = mapped_column(CODE)
    project_id: Mapped[str | None] = mapped_column(ForeignKey("project.id"))
    created_by: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    params: Mapped[str] = mapped_column(Text, default="{}")
    state: Mapped[str] = mapped_column(CODE, default="queued")
    attempt: Mapped[int] = mapped_column(default=0)
    progress: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    message: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class ExportFile(Base):
    """A file that was written out, kept with its hashes so that it can be fetched again."""

    __tablename__ = "export_file"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    project_id: Mapped[str] = mapped_column(ForeignKey("project.id"), index=True)
    job_id: Mapped[str | None] = mapped_column(ForeignKey("job.id"))
    file_name: Mapped[str] = mapped_column(TITLE)  # as offered for download
    stored_name: Mapped[str] = mapped_column(NAME)  # under the data directory's exports folder
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(HASH)
    content_hash: Mapped[str] = mapped_column(HASH)  # of the data alone: same data, same hash
    cases: Mapped[int]
    options: Mapped[str] = mapped_column(Text, default="{}")
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
