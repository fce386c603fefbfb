"""PDFs that tests write, and reports attached to cases of the test world."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from fpdf import FPDF

from schema.store.models import Case, Project, ReportFile
from tests.support.policing import PolicingClient
from tests.support.world import World
from webapp.jobs import Worker
from webapp.reports import operations
from webapp.reports.files import received
from webapp.shelves import DOCUMENTS, shelf_of

WRITTEN = datetime(2026, 1, 1, tzinfo=UTC)
FIRST = (
    "Overview report",
    "Health visitors had not shared what they knew about the children with the school.",
    "The panel heard that Adult A told her general practitioner of the assaults in 2015.",
)
SECOND = (
    "9. Recommendations",
    "1. The community safety partnership should share what is known about children with their schools.",
    "2. The health board must train its health visitors to ask about abuse when a child is seen.",
)


def sheet() -> FPDF:
    """An empty document with an ordinary face."""
    pdf = FPDF(format="A4")
    pdf.set_creation_date(WRITTEN)  # so that the same pages are the same file
    pdf.set_auto_page_break(False)
    pdf.set_font("helvetica", size=11)
    return pdf


def written(*pages: Sequence[str], foot: Callable[[int], str] = lambda number: f"Page {number}") -> bytes:
    """A PDF with paragraphs on each page, and a foot that gives the page's number."""
    pdf = sheet()
    for number, paragraphs in enumerate(pages, 1):
        pdf.add_page()
        for text in paragraphs:
            pdf.multi_cell(0, 6, text, new_x="LMARGIN", new_y="NEXT")
            pdf.ln(4)
        pdf.set_y(-15)
        pdf.cell(0, 5, foot(number), align="C")
    return bytes(pdf.output())


def small_report() -> bytes:
    """Two pages with text: what was known, and two recommendations."""
    return written(FIRST, SECOND)


def scanned() -> bytes:
    """Two pages without text, as a scanner makes them."""
    pdf = sheet()
    for _ in range(2):
        pdf.add_page()
        pdf.rect(20, 20, 100, 60, style="F")
    return bytes(pdf.output())


def attach(
    world: World, case: Case, content: bytes, kind: str = "overview", name: str = "report.pdf"
) -> ReportFile:
    """Attach a PDF to a case and read it, as dana."""
    with received(shelf_of(world.settings, DOCUMENTS), BytesIO(content)) as arrived:
        file = operations.stored(arrived, name)
        with world.writing() as session:
            project = session.get_one(Project, case.project_id)
            report = operations.attach(
                session, world.actor("dana"), project, session.get_one(Case, case.id), kind, file
            )
    Worker(world.database, world.settings).run_all()
    return report


def upload(
    client: PolicingClient, address: str, content: bytes, name: str = "report.pdf", **fields: Any
) -> Any:
    """Send a file as a browser's form does."""
    data = {
        "csrf_token": client.token(address),
        "kind": "overview",
        "file": (BytesIO(content), name),
        **fields,
    }
    return client.post(address, data=data, content_type="multipart/form-data")
