"""The report of a signed-off case's discrepancies: a page that prints, and a workbook."""

from __future__ import annotations

from flask import Response
from flask.typing import ResponseReturnValue

from schema.coding.model import CAUSES
from schema.store.case_report import CaseReport
from schema.store.database import now
from webapp.access.guard import current_actor, permit
from webapp.access.share import takes_long
from webapp.access.subjects import CaseSubject
from webapp.reconciliation import operations
from webapp.reconciliation.files import WORKBOOK, report_workbook
from webapp.reconciliation.report import discrepancy_report
from webapp.reconciliation.room import BASE, page, room
from webapp.reconciliation.wording import CHOSEN, verdict_words
from webapp.unit_of_work import reading, writing


@room.get(f"{BASE}/report")
@permit("comparison.view")
def report_page(subject: CaseSubject) -> ResponseReturnValue:
    """Every position that needed a person, with both values, the decision and its reason."""
    report = _report(subject)
    return page("report", subject, report=report, verdict_words=verdict_words, chosen=CHOSEN, causes=CAUSES)


@room.get(f"{BASE}/report.xlsx")
@permit("comparison.view")
@takes_long
def report_file(subject: CaseSubject) -> ResponseReturnValue:
    """The same as a workbook; every fetch is logged."""
    content = report_workbook(_report(subject), now(reading()))
    with writing() as session:
        operations.log_report_fetched(session, current_actor(), subject.case)
    answer = Response(content, mimetype=WORKBOOK)
    name = f"{subject.project.key}-discrepancies-{subject.case.id}.xlsx"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _report(subject: CaseSubject) -> CaseReport:
    return discrepancy_report(reading(), subject.project, subject.case)
