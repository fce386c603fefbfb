"""Reports of cases: attach, replace, take off; keep their text once it has been read.

Files themselves lie in the data directory's documents folder and are the web application's business; a row here always has one.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from schema.actor import Actor
from schema.problem import refuse
from schema.report.layout import Page
from schema.report.suggest import Suggestion
from schema.store.audit import record
from schema.store.database import new_id, now
from schema.store.models import Case, ReportFile, ReportPage, ReportSuggestion
from schema.store.models.reports import KINDS

LABEL_OF = {
    "overview": "Overview report",
    "summary": "Executive summary",
    "action_plan": "Action plan",
    "other": "Other document",
}


#: The job that takes the text out of a report.
READ = "report_text"


@dataclass(frozen=True, slots=True)
class Stored:
    """A file that has been looked at and lies in the documents folder."""

    file_name: str
    stored_name: str
    size: int
    sha256: str
    pages: int


def add_report(
    session: Session, actor: Actor, project_id: str, case: Case | None, kind: str, file: Stored
) -> ReportFile:
    """Attach a file to a case, or keep it waiting for one (``case`` None).

    A report of the same kind is replaced: its version is ended and kept; only other documents stand side by side. Raises
    ``Refused`` (RPT-010) for an unknown kind, (RPT-011, 409) where the case's report of this kind is this very file.
    """
    _check_kind(kind)
    report = ReportFile(
        id=new_id(session),
        project_id=project_id,
        case_id=None,
        kind=kind,
        place="waiting",
        version=1,
        file_name=file.file_name,
        stored_name=file.stored_name,
        size=file.size,
        sha256=file.sha256,
        pages=file.pages,
        added_at=now(session),
        added_by=actor.id or None,
    )
    session.add(report)
    session.flush()
    if case is not None:
        attach_report(session, actor, report, case, kind)
    else:
        _record(session, actor, report, "report.receive")
    return report


def attach_report(session: Session, actor: Actor, report: ReportFile, case: Case, kind: str) -> None:
    """Attach a file that waits to a case, as :func:`add_report` does."""
    _check_kind(kind)
    if report.case_id is not None or report.ended_at is not None or case.project_id != report.project_id:
        raise refuse(
            "RPT-012", "This file does not wait for a case any more.", "Load the page again.", status=409
        )
    replaced = None if kind == "other" else current_of_kind(session, case.id, kind)
    same = session.scalar(
        select(ReportFile.id).where(
            ReportFile.case_id == case.id, ReportFile.ended_at.is_(None), ReportFile.sha256 == report.sha256
        )
    )
    if same is not None:
        raise refuse(
            "RPT-011",
            f"This very file is attached to {case.reference} already.",
            "There is nothing to do.",
            where="file",
            status=409,
        )
    if replaced is not None:
        replaced.ended_at = now(session)
        session.flush()
    count = select(func.count()).where(ReportFile.case_id == case.id, ReportFile.kind == kind)
    report.version = (session.scalar(count) or 0) + 1
    report.case_id, report.kind, report.place = case.id, kind, report.id if kind == "other" else kind
    session.flush()
    _record(session, actor, report, "report.add", replaces=replaced.id if replaced else "")


def end_report(session: Session, actor: Actor, report: ReportFile) -> None:
    """Take a report off its case; the file is kept. Raises ``Refused`` (RPT-013, 409) where it has been taken off."""
    if report.ended_at is not None:
        raise refuse("RPT-013", "This document has been taken off or replaced already.", status=409)
    report.ended_at = now(session)
    session.flush()
    _record(session, actor, report, "report.remove")


def discard_report(session: Session, actor: Actor, report: ReportFile) -> str:
    """Forget a file that waits for a case; gives the name under which it is stored, for the caller to remove."""
    if report.case_id is not None:
        raise refuse(
            "RPT-012", "This file does not wait for a case any more.", "Load the page again.", status=409
        )
    _record(session, actor, report, "report.discard")
    for table in (ReportPage, ReportSuggestion):
        for row in session.scalars(select(table).where(table.report_id == report.id)):
            session.delete(row)
    session.flush()
    session.delete(report)
    session.flush()
    return report.stored_name


def keep_text(
    session: Session, report: ReportFile, pages: Sequence[Page], suggested: Sequence[Suggestion]
) -> None:
    """Keep what stands on the pages and what the report recommends; once, because both coders work from it."""
    if report.read_at is not None:
        return
    session.add_all(
        ReportPage(report_id=report.id, number=page.number, label=page.label, body=_body(page))
        for page in pages
    )
    session.add_all(
        ReportSuggestion(
            report_id=report.id, position=at, number=one.number[:100], page=one.page.number, text=one.text
        )
        for at, one in enumerate(suggested, 1)
    )
    report.read_at, report.read_problem = now(session), ""
    report.blank_pages = sum(1 for page in pages if not page.lines)
    session.flush()


def keep_problem(session: Session, report: ReportFile, sentence: str) -> None:
    """Keep why the text could not be taken out."""
    if report.read_at is None:
        report.read_problem = sentence
        session.flush()


def current_of_kind(session: Session, case_id: str, kind: str) -> ReportFile | None:
    """The present report of a kind, if the case has one."""
    return session.scalar(
        select(ReportFile).where(
            ReportFile.case_id == case_id, ReportFile.kind == kind, ReportFile.ended_at.is_(None)
        )
    )


def _check_kind(kind: str) -> None:
    if kind not in KINDS:
        raise refuse("RPT-010", "There is no such kind of document.", "Choose one of the list.", where="kind")


def _body(page: Page) -> str:
    lines = [[[cell.x0, cell.y0, cell.x1, cell.y1, cell.text] for cell in line.cells] for line in page.lines]
    return json.dumps(
        {"size": [page.width, page.height], "lines": lines}, ensure_ascii=False, separators=(",", ":")
    )


def _record(session: Session, actor: Actor, report: ReportFile, action: str, *, replaces: str = "") -> None:
    detail = {
        "kind": report.kind,
        "version": report.version,
        "sha256": report.sha256,
        "pages": report.pages,
        "replaces": replaces,
    }
    record(
        session,
        actor,
        action,
        project_id=report.project_id,
        case_id=report.case_id,
        object_id=report.id,
        detail=detail,
    )
