"""Page models of the reports room: the list, a page of a report with what was found in it, and files that wait."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for
from sqlalchemy.orm import Session

from schema.report.layout import Line, Page
from schema.report.quotes import page_named
from schema.report.search import MOST_HITS, Hit, find
from schema.store.models import ReportFile
from schema.store.reports import LABEL_OF
from schema.store.reports_read import ended_reports_of, load_page, load_pages, quotable, reports_of
from webapp.access.subjects import CaseSubject

Trail = list[tuple[str, str]]
LONGEST_QUERY = 200
TEXT_SIZE = 0.92  # of a line's height: what letters of ordinary fonts take


@dataclass(frozen=True, slots=True)
class Piece:
    """Selectable text over the picture of a page, in the page's own points."""

    x: float
    y: float
    width: float
    size: float
    text: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A rectangle behind something that was found."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Found:
    """One place where the words looked for stand, with the way to it."""

    hit: Hit
    address: str


@dataclass(frozen=True)
class Viewer:
    """One page of a report, ready to be drawn. ``page`` is None while the text has not been read."""

    report: ReportFile
    number: int
    page: Page | None
    others: tuple[tuple[str, str, bool], ...]
    before: str
    after: str
    picture: str
    file: str
    query: str
    asked: str
    note: str
    found: tuple[Found, ...]
    pieces: tuple[Piece, ...]
    marks: tuple[Mark, ...]
    beside: bool

    @property
    def label(self) -> str:
        """What the document is."""
        return LABEL_OF[self.report.kind]

    @property
    def name(self) -> str:
        """What the page is called."""
        return self.page.name if self.page else str(self.number)

    @property
    def truncated(self) -> bool:
        """Whether there may be more places than are listed."""
        return len(self.found) >= MOST_HITS


@dataclass(frozen=True, slots=True)
class ReportLine:
    """A report in a list."""

    report: ReportFile
    label: str
    address: str
    says: str


def address(subject: CaseSubject, endpoint: str, **values: object) -> str:
    """Give the address of one of this room's pages for a case."""
    names = {"project_key": subject.project.key, "case_id": subject.case.id}
    return url_for(f"reports.{endpoint}", **names, **values)  # type: ignore[arg-type]


def case_trail(subject: CaseSubject) -> Trail:
    """The way back from the reports of a case."""
    key = subject.project.key
    return [
        ("Your work", "/"),
        (subject.project.title, url_for("projects.project_page", project_key=key)),
        (subject.case.reference, url_for("cases.case_page", project_key=key, case_id=subject.case.id)),
    ]


def says(report: ReportFile) -> str:
    """How far the reading of a report is, in a sentence."""
    if report.read_problem:
        return (
            f"Its text could not be read: {report.read_problem} The pictures of its pages may still be shown."
        )
    if report.read_at is None:
        return "Its text is being read."
    if report.blank_pages == report.pages:
        return "It has no text, only pictures of pages: it was scanned. Quotations cannot be checked in it."
    if report.blank_pages:
        return f"There is no text on {report.blank_pages} of {report.pages} pages."
    return "Its text is read."


def lines_of(session: Session, subject: CaseSubject, *, ended: bool = False) -> list[ReportLine]:
    """The reports of a case for a list; ``ended``: those that were replaced or taken off."""
    found = ended_reports_of if ended else reports_of
    return [
        ReportLine(one, LABEL_OF[one.kind], address(subject, "report_page", report_id=one.id), says(one))
        for one in found(session, subject.case.id)
    ]


def viewer(
    session: Session,
    subject: CaseSubject,
    report: ReportFile,
    *,
    number: int,
    printed: str,
    query: str,
    beside: bool,
) -> Viewer:
    """Put one page together. ``printed``, a page as a person writes it, comes before ``number``, its place in the file."""
    number, note = _turned_to(session, report, number, printed)
    page = load_page(session, report.id, number)
    hits = find(quotable(session, report).wording, query) if query and report.read_at else ()
    kept = {"find": query or None, "beside": 1 if beside else None}

    def to(at: int, **more: object) -> str:
        return address(subject, "report_page", report_id=report.id, page=at, **{**kept, **more})

    return Viewer(
        report=report,
        number=number,
        page=page,
        others=tuple(
            (
                LABEL_OF[one.kind],
                address(subject, "report_page", report_id=one.id, beside=kept["beside"]),
                one.id == report.id,
            )
            for one in reports_of(session, subject.case.id)
        ),
        before=to(number - 1) if number > 1 else "",
        after=to(number + 1) if number < report.pages else "",
        picture=address(subject, "page_picture", report_id=report.id, number=number),
        file=address(subject, "report_pdf", report_id=report.id),
        query=query,
        asked=printed,
        note=note,
        found=tuple(Found(hit, to(hit.page.number, _anchor="page")) for hit in hits),
        pieces=pieces(page),
        marks=marks(page, [hit for hit in hits if page and hit.page.number == page.number]),
        beside=beside,
    )


def _turned_to(session: Session, report: ReportFile, number: int, printed: str) -> tuple[int, str]:
    within = min(max(number, 1), report.pages)
    if not printed:
        return within, ""
    pages = load_pages(session, report.id) if report.read_at else ()
    found = page_named(pages, printed)
    if found is not None:
        return found.number, ""
    if printed.isdecimal() and not pages:
        return min(max(int(printed[:6]), 1), report.pages), ""
    return within, f"No page of this document is numbered “{printed}”."


def pieces(page: Page | None) -> tuple[Piece, ...]:
    """Every cell of a page as text to lay over its picture."""
    if page is None:
        return ()
    return tuple(
        Piece(
            cell.x0,
            round(cell.y1 - 0.12 * cell.height, 1),
            round(max(cell.x1 - cell.x0, 1), 1),
            _size(cell.height),
            cell.text,
        )
        for line in page.lines
        for cell in line.cells
    )


def _size(height: float) -> float:
    return round(height * TEXT_SIZE, 1)


def marks(page: Page | None, hits: Sequence[Hit]) -> tuple[Mark, ...]:
    """Where on a page the places found lie; within a cell by counting letters, which is near enough to be seen."""
    if page is None or not hits:
        return ()
    # The page of a hit is the page as it was searched: without running heads and feet.
    return tuple(mark for hit in hits for mark in _marks(hit.page.lines, hit.start, hit.end))


def _marks(lines: Sequence[Line], start: int, end: int) -> list[Mark]:
    found, at = [], 0
    for line in lines:
        for cell in line.cells:
            after = at + len(cell.text)
            first, last = max(start, at) - at, min(end, after) - at
            if first < last:
                letter = (cell.x1 - cell.x0) / max(len(cell.text), 1)
                found.append(
                    Mark(
                        round(cell.x0 + first * letter, 1),
                        round(cell.y0 - 1, 1),
                        round((last - first) * letter, 1),
                        round(cell.height + 2, 1),
                    )
                )
            at = after + 1
    return found
