"""The reports of a case as files, what stands on their pages, and what they recommend."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from schema.store.models.base import CODE, HASH, ID, NAME, TITLE, Base

KINDS = ("overview", "summary", "action_plan", "other")
PRESENT = text("ended_at IS NULL")


class ReportFile(Base):
    """One version of a report. Its file is in the data directory's documents folder; a replaced version is ended, never deleted.

    ``case_id`` is empty while an upload of many waits for a manager to say which case it belongs to.
    """

    __tablename__ = "report_file"
    __table_args__ = (
        CheckConstraint("kind IN ('overview', 'summary', 'action_plan', 'other')", name="kind"),
        Index(
            "uq_report_file_current",
            "case_id",
            "place",
            unique=True,
            sqlite_where=PRESENT,
            postgresql_where=PRESENT,
        ),
        Index("ix_report_file_project_id", "project_id"),
        Index("ix_report_file_case_id", "case_id"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    project_id: Mapped[str] = mapped_column(ForeignKey("project.id"))
    case_id: Mapped[str | None] = mapped_column(ForeignKey("study_case.id"))
    kind: Mapped[str] = mapped_column(CODE)
    place: Mapped[str] = mapped_column(
        CODE
    )  # what a later file replaces: its kind, or of other documents itself
    version: Mapped[int]  # counts the files of one kind of a case
    file_name: Mapped[str] = mapped_column(TITLE)  # as it was called where it came from, cleaned
    stored_name: Mapped[str] = mapped_column(NAME, unique=True)  # random
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(HASH)
    pages: Mapped[int]
    added_at: Mapped[datetime]
    added_by: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))  # empty: the command line
    ended_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]  # when its text was taken out
    read_problem: Mapped[str] = mapped_column(Text, default="")
    blank_pages: Mapped[int] = mapped_column(default=0)  # pages without text


class ReportPage(Base):
    """What stands on one page: its lines in reading order with their boxes, as JSON."""

    __tablename__ = "report_page"

    report_id: Mapped[str] = mapped_column(ForeignKey("report_file.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)  # place in the file, from 1
    label: Mapped[str] = mapped_column(NAME)  # as printed; empty where it is not known
    body: Mapped[str] = mapped_column(
        Text
    )  # {"size": [width, height], "lines": [[[x0, y0, x1, y1, text], …], …]}


class ReportSuggestion(Base):
    """A numbered recommendation as recognised in a report, once, for both coders."""

    __tablename__ = "report_suggestion"

    report_id: Mapped[str] = mapped_column(ForeignKey("report_file.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)  # from 1
    number: Mapped[str] = mapped_column(NAME)
    page: Mapped[int]  # place in the file
    text: Mapped[str] = mapped_column(Text)


class SuggestionTaken(Base):
    """A coder made a row of their entry out of a suggestion."""

    __tablename__ = "suggestion_taken"

    entry_id: Mapped[str] = mapped_column(ForeignKey("entry.id"), primary_key=True)
    section: Mapped[str] = mapped_column(NAME, primary_key=True)
    row_id: Mapped[str] = mapped_column(ID, primary_key=True)
    report_id: Mapped[str] = mapped_column(ForeignKey("report_file.id"))
    position: Mapped[int]
    taken_at: Mapped[datetime]
