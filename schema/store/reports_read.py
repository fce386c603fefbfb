"""Reports as they are read: which a case has, what stands on their pages, where a quotation stands in them."""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, case, select
from sqlalchemy.orm import Session

from schema.report.layout import Cell, Line, Page
from schema.report.quotes import Quotable
from schema.store.models import ReportFile, ReportPage, ReportSuggestion
from schema.store.models.reports import KINDS

KEPT_READY = 24  # reports whose words are kept in memory; one of 100 pages takes about 5 MB


@dataclass(frozen=True, slots=True)
class Suggested:
    """A suggestion with its report, its place in that report's list, and the page by the name people use."""

    report: ReportFile
    position: int
    number: str
    text: str
    page: str
    page_number: int

    @property
    def key(self) -> str:
        """How a form names it."""
        return f"{self.report.id}:{self.position}"


def reports_of(session: Session, case_id: str) -> list[ReportFile]:
    """The present reports of a case: overview first, other documents last."""
    query = select(ReportFile).where(ReportFile.case_id == case_id, ReportFile.ended_at.is_(None))
    return sorted(session.scalars(query), key=lambda one: (KINDS.index(one.kind), one.added_at, one.id))


#: The same order as that of :func:`reports_of`; every page of a coder's desk asks for it.
_FIRST = (
    select(ReportFile.id)
    .where(ReportFile.case_id == bindparam("case_id"), ReportFile.ended_at.is_(None))
    .order_by(
        case({kind: place for place, kind in enumerate(KINDS)}, value=ReportFile.kind),
        ReportFile.added_at,
        ReportFile.id,
    )
    .limit(1)
)


def first_report(session: Session, case_id: str) -> str:
    """The id of the first of a case's present reports; empty where it has none."""
    found: str | None = session.connection().scalar(_FIRST, {"case_id": case_id})
    return found or ""


def ended_reports_of(session: Session, case_id: str) -> list[ReportFile]:
    """Versions that were replaced and documents that were taken off, the latest first."""
    query = select(ReportFile).where(ReportFile.case_id == case_id, ReportFile.ended_at.is_not(None))
    return list(session.scalars(query.order_by(ReportFile.ended_at.desc(), ReportFile.id)))


def find_report(session: Session, case_id: str, report_id: str) -> ReportFile | None:
    """One report of a case, present or not."""
    return session.scalar(select(ReportFile).where(ReportFile.id == report_id, ReportFile.case_id == case_id))


def waiting_reports(session: Session, project_id: str) -> list[ReportFile]:
    """Files of a project that wait to be told their case, in the order of their names."""
    query = select(ReportFile).where(
        ReportFile.project_id == project_id, ReportFile.case_id.is_(None), ReportFile.ended_at.is_(None)
    )
    return list(session.scalars(query.order_by(ReportFile.file_name, ReportFile.id)))


def kinds_held(session: Session, project_id: str) -> set[tuple[str, str]]:
    """Which case of a project has which kinds of report now: pairs of case id and kind."""
    query = select(ReportFile.case_id, ReportFile.kind).where(
        ReportFile.project_id == project_id, ReportFile.case_id.is_not(None), ReportFile.ended_at.is_(None)
    )
    return {(str(row.case_id), row.kind) for row in session.execute(query)}


def every_stored_name(session: Session) -> set[str]:
    """The names of all files that belong in the documents folder."""
    return set(session.scalars(select(ReportFile.stored_name)))


def every_sum(session: Session) -> set[str]:
    """The SHA-256 of every report that is kept."""
    return set(session.scalars(select(ReportFile.sha256).distinct()))


def every_report(session: Session) -> list[ReportFile]:
    """All reports of the installation, for a check of their files."""
    return list(session.scalars(select(ReportFile).order_by(ReportFile.id)))


def load_pages(session: Session, report_id: str) -> tuple[Page, ...]:
    """All pages of a report that has been read, in order."""
    query = select(ReportPage).where(ReportPage.report_id == report_id).order_by(ReportPage.number)
    return tuple(_page(row) for row in session.scalars(query))


def load_page(session: Session, report_id: str, number: int) -> Page | None:
    """One page."""
    row = session.get(ReportPage, (report_id, number))
    return _page(row) if row else None


def quotable(session: Session, report: ReportFile) -> Quotable:
    """A report that quotations can be looked for in. Its text never changes, so it is worked out once."""
    with _LOCK:
        if report.id in _READY:
            _READY.move_to_end(report.id)
            return _READY[report.id]
    made = Quotable(load_pages(session, report.id))
    if report.read_at is not None:
        with _LOCK:
            _READY[report.id] = made
            while len(_READY) > KEPT_READY:
                _READY.popitem(last=False)
    return made


def quotable_reports(session: Session, case_id: str) -> list[tuple[ReportFile, Quotable]]:
    """The present reports of a case that have been read, ready to look for quotations in."""
    return [(one, quotable(session, one)) for one in reports_of(session, case_id) if one.read_at is not None]


#: Asked by the page of every group that takes suggestions.
_SUGGESTED = (
    select(ReportSuggestion.position)
    .join(ReportFile, ReportFile.id == ReportSuggestion.report_id)
    .where(ReportFile.case_id == bindparam("case_id"), ReportFile.ended_at.is_(None))
    .limit(1)
)


def has_suggestions(session: Session, case_id: str) -> bool:
    """Whether a present report of a case recommends anything that was recognised."""
    return session.connection().scalar(_SUGGESTED, {"case_id": case_id}) is not None


def suggestions_for(session: Session, case_id: str) -> list[Suggested]:
    """What the present reports of a case recommend, report by report in their order: the same for whoever asks."""
    found: list[Suggested] = []
    for report in reports_of(session, case_id):
        query = select(ReportSuggestion).where(ReportSuggestion.report_id == report.id)
        rows = list(session.scalars(query.order_by(ReportSuggestion.position)))
        labels = _labels(session, report.id, {row.page for row in rows})
        found += [
            Suggested(
                report, row.position, row.number, row.text, labels.get(row.page) or str(row.page), row.page
            )
            for row in rows
        ]
    return found


def _labels(session: Session, report_id: str, numbers: Collection[int]) -> dict[int, str]:
    query = select(ReportPage.number, ReportPage.label).where(
        ReportPage.report_id == report_id, ReportPage.number.in_(sorted(numbers))
    )
    return {row.number: row.label for row in session.execute(query)}


def _page(row: ReportPage) -> Page:
    body = json.loads(row.body)
    width, height = body["size"]
    return Page(row.number, row.label, width, height, tuple(_line(cells) for cells in body["lines"]))


def _line(cells: Sequence[Sequence[object]]) -> Line:
    return Line(tuple(Cell(*cell) for cell in cells))  # type: ignore[arg-type]


_READY: OrderedDict[str, Quotable] = OrderedDict()
_LOCK = threading.Lock()
