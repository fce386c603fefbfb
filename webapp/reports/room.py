"""What the pages of this room begin with: the blueprint, the report that an address names, an upload."""

from __future__ import annotations

from flask import Blueprint, abort
from werkzeug.datastructures import FileStorage

from schema.problem import refuse
from schema.store.models import Case, ReportFile
from schema.store.reports_read import find_report
from webapp.access.guard import current_actor
from webapp.access.share import fetching
from webapp.access.subjects import CaseSubject, ProjectSubject
from webapp.reports import operations
from webapp.reports.files import received
from webapp.shelves import DOCUMENTS, Shelf, shelf_of
from webapp.unit_of_work import fresh, installed, reading, writing

room = Blueprint("reports", __name__)
CASE = "/projects/<project_key>/cases/<case_id>/reports"
ONE = f"{CASE}/<report_id>"
WAITING = "/projects/<project_key>/reports"


def named(subject: CaseSubject, report_id: str) -> ReportFile:
    """The report of the case that an address names; 404 where there is none."""
    return find_report(reading(), subject.case.id, report_id) or abort(404)


def documents() -> Shelf:
    """Where the files of reports lie, for who waits for one."""
    return shelf_of(installed().settings, DOCUMENTS, fetching)


def take_in(subject: ProjectSubject, case: Case | None, kind: str, upload: FileStorage | None) -> ReportFile:
    """Keep an uploaded file, whole or not at all. Raises ``Refused`` where none was chosen or it is no good."""
    if upload is None or not upload.filename:
        raise refuse("RPT-001", "No file was chosen.", "Choose a PDF.", where="file")
    with received(documents(), upload.stream) as arrived:
        file = operations.stored(arrived, upload.filename)
        with writing() as session:
            held = fresh(session, case) if case is not None else None
            project = fresh(session, subject.project)
            return operations.attach(session, current_actor(), project, held, kind, file)
