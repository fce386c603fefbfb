"""What a manager does with reports: attach, replace, take off, file many at once; and what is worked out from them."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from schema.actor import Actor
from schema.problem import Problem, Refused, refuse
from schema.report.suggest import suggestions
from schema.store import reports
from schema.store.database import Database
from schema.store.jobs import queue
from schema.store.models import Case, Project, ReportFile
from schema.store.reports import READ, Stored
from schema.store.reports_read import every_report, every_stored_name, every_sum
from webapp.reports import apart, files
from webapp.reports.files import Received
from webapp.settings import Settings
from webapp.shelves import Lost, Shelf


def stored(arrived: Received, name: str) -> Stored:
    """Look at a file that has arrived, and keep it. Raises ``Refused`` where it is not a PDF that can be read."""
    pages = apart.page_count(arrived.path)
    arrived.keep()
    return Stored(files.clean_name(name), arrived.name, arrived.size, arrived.sha256, pages)


def attach(
    session: Session, actor: Actor, project: Project, case: Case | None, kind: str, file: Stored
) -> ReportFile:
    """Attach a file to its case (or keep it waiting for one), and have its text read by a worker."""
    report = reports.add_report(session, actor, project.id, case, kind, file)
    if actor.id:  # the command line reads at once
        ask_to_read(session, actor, report)
    return report


def ask_to_read(session: Session, actor: Actor, report: ReportFile) -> None:
    """Have the text of a report read. Raises ``Refused`` (RPT-014, 409) where it has been."""
    if report.read_at is not None:
        raise refuse("RPT-014", "The text of this document has been read already.", status=409)
    report.read_problem = ""
    queue(session, actor, READ, report.project_id, {"report": report.id})


def file_waiting(
    session: Session, actor: Actor, project: Project, chosen: Mapping[str, tuple[str, str]]
) -> int:
    """Attach files that wait to the cases chosen for them, all or none; gives how many.

    ``chosen``: reference and kind by report id; an empty reference leaves the file waiting. Raises ``Refused`` with a problem
    for each file that cannot be attached.
    """
    problems: list[Problem] = []
    done = 0
    for report_id, (reference, kind) in chosen.items():
        if not reference:
            continue
        try:
            _file_one(session, actor, project, report_id, reference, kind)
            done += 1
        except Refused as refused:
            problems += [
                Problem(one.code, one.message, one.remedy, f"case-{report_id}") for one in refused.problems
            ]
    if problems:
        raise Refused(problems)
    return done


def _file_one(
    session: Session, actor: Actor, project: Project, report_id: str, reference: str, kind: str
) -> None:
    report = session.get(ReportFile, report_id)
    if report is None or report.project_id != project.id:
        raise refuse("RPT-012", "This file does not wait any more.", "Load the page again.", status=409)
    case = session.scalar(select(Case).where(Case.project_id == project.id, Case.reference == reference))
    if case is None:
        raise refuse("RPT-015", f"There is no case “{reference}” in this project.", "Choose one of the list.")
    reports.attach_report(session, actor, report, case, kind)


def read_text(database: Database, shelf: Shelf, report_id: str) -> str:
    """Take the text out of a report, work out what it recommends, and keep both; gives a sentence.

    A file that cannot be read leaves its reason on the report; page pictures may still work.
    """
    with database.reading() as session:
        report = session.get(ReportFile, report_id)
        if report is None or report.read_at is not None:
            return "There was nothing to read."
    sweep(database, shelf)
    try:
        with files.whole(shelf, report.stored_name, report.sha256) as path:
            pages = apart.read_pages(path)
    except Refused as refused:
        with database.writing() as session:
            sentence = " ".join(one.message for one in refused.problems)
            reports.keep_problem(session, session.get_one(ReportFile, report_id), sentence)
        raise
    found = suggestions(pages)
    with database.writing() as session:
        kept = session.get(ReportFile, report_id)
        if kept is not None:
            reports.keep_text(session, kept, pages, found)
    return f"{len(pages)} pages are read; {len(found)} recommendations were recognised."


def sweep(database: Database, shelf: Shelf) -> list[str]:
    """Remove files that belong to no report; gives their names."""

    def known() -> set[str]:
        with database.reading() as session:
            return every_stored_name(session)

    return files.sweep(shelf, known)


def drop_pictures(database: Database, settings: Settings) -> None:
    """Remove drawn pages of reports that are there no more: one that was erased on another node may have been looked at on this one."""
    drawn = list(settings.pictures_dir.glob("*.webp"))
    if not drawn:
        return
    with database.reading() as session:
        known = every_sum(session)
    for picture in drawn:
        if picture.name.partition("-")[0] not in known:
            picture.unlink(missing_ok=True)


def damaged(session: Session, shelf: Shelf) -> list[ReportFile]:
    """Every report whose file is missing or has changed."""
    found = []
    for report in every_report(session):
        try:
            with shelf.checked(report.stored_name, report.sha256):
                pass
        except Lost:
            found.append(report)
    return found
