"""What is said beside a quotation: whether its words stand in the case's reports, and on the page that was named.

The reports are the same for everybody who works on the case, and what is said depends on nothing else but the words themselves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from schema.answers.document import Evidence
from schema.report.layout import Page
from schema.report.quotes import Checked, Marked, Quotable, best
from schema.store.models import ReportFile
from schema.store.reports import LABEL_OF
from schema.store.reports_read import quotable_reports

Reports = Sequence[tuple[ReportFile, Quotable]]


@dataclass(frozen=True, slots=True)
class QuoteNote:
    """A sentence about a quotation. ``tone``: good, note (look again) or quiet; ``marked``: the words where they differ."""

    tone: str
    text: str
    marked: tuple[Marked, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The note as the page's script draws it."""
        return {
            "tone": self.tone,
            "text": self.text,
            "marked": [{"what": one.what, "text": one.text} for one in self.marked],
        }


def quote_notes(session: Session, case_id: str, evidence: Mapping[str, Evidence]) -> dict[str, QuoteNote]:
    """What to say beside the quotations of a document, by path; nothing where the case has no report that was read."""
    quoted = {path: one for path, one in evidence.items() if one.quote.strip()}
    reports = quotable_reports(session, case_id) if quoted else []
    found = {path: note(reports, one) for path, one in quoted.items()}
    return {path: said for path, said in found.items() if said is not None}


def note(reports: Reports, evidence: Evidence) -> QuoteNote | None:
    """Say what becomes of a quotation in the reports of a case; None where there is no quotation or no report."""
    if not reports or not evidence.quote.strip():
        return None
    return _said(evidence.page, [(one, held.check(evidence.quote, evidence.page)) for one, held in reports])


def _said(named: str, found: Sequence[tuple[ReportFile, Checked]]) -> QuoteNote:
    checked = best([one for _, one in found])
    several = len(found) > 1
    where = next((f" of the {LABEL_OF[report.kind].lower()}" for report, one in found if one is checked), "")
    place = (_place(checked.page) if checked.page else "") + (where if several else "")
    match checked.verdict:
        case "found":
            return QuoteNote("good", f"Found on {place}.")
        case "elsewhere":
            return QuoteNote("note", f"Found on {place}, not on “{named}”.")
        case "near":
            also = "" if checked.as_named else f", not on “{named}”"
            return QuoteNote("note", f"Found on {place} with small differences{also}:", checked.marked)
        case "absent":
            return QuoteNote(
                "note", "Not found in the report: look at the words again, or at the page’s picture."
            )
        case _:
            return QuoteNote("quiet", "The report has no text to look in.")


def _place(page: Page) -> str:
    return f"page {page.label}" if page.label else f"page {page.number} of the file"
