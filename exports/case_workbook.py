"""The report of one case's discrepancies as a workbook."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from exports.book import Book, Column
from exports.cells import Cell
from exports.sheets.discrepancies import CHOICES, VERDICTS
from schema.coding.model import CAUSES
from schema.store.case_report import CaseReport, ReportLine

FACTS = (Column("item", width=30), Column("value", kind="any", width=66))
COLUMNS = (
    Column("section", "Section or repeating group", width=20, wrap=True),
    Column("row", "Row of a repeating group, by its number in the consensus", width=16),
    Column("question", "The question as asked; empty: the whole row", width=28, wrap=True),
    Column("found", "What comparing found", width=18, wrap=True),
    Column("value_a", "Coder A's value", width=30, wrap=True),
    Column("evidence_a", "Coder A's page and quote", width=30, wrap=True),
    Column("value_b", "Coder B's value", width=30, wrap=True),
    Column("evidence_b", "Coder B's page and quote", width=30, wrap=True),
    Column("decision", "What was decided", width=18, wrap=True),
    Column("consensus", "The settled value", width=30, wrap=True),
    Column("cause", "Cause of the difference", width=16),
    Column("reason", "The reconciler's reason", width=30, wrap=True),
    Column("decided_by", "Who decided", width=16),
    Column("decided_at", "When (UTC)", "moment"),
)


def write_case_report(path: Path, report: CaseReport, made_at: datetime) -> None:
    """Write the report: what the case is, then a row for each position that needed a person."""
    book = Book()
    book.write_sheet("case", FACTS, _facts(report))
    book.write_sheet("discrepancies", COLUMNS, (_row(line) for line in report.lines))
    book.save(path, made_at)


def _facts(report: CaseReport) -> Iterator[tuple[Cell, ...]]:
    case = report.case
    yield "Case", case.reference
    yield "Title", case.title
    yield "Template", f"{case.template.title}, version {case.template.version}"
    yield "Coder A", case.coder_a
    yield "Coder B", case.coder_b
    yield "Signed off by", case.signed_off_by
    yield "Signed off at (UTC)", f"{case.signed_off_at:%Y-%m-%d %H:%M}"
    yield "Hash of the consensus", case.sha256
    yield "Positions that needed a person", len(report.lines)


def _row(line: ReportLine) -> tuple[Cell, ...]:
    return (
        line.section,
        line.row,
        line.question,
        VERDICTS.get(line.verdict, line.verdict),
        line.a,
        line.evidence_a,
        line.b,
        line.evidence_b,
        CHOICES.get(line.choice, line.choice),
        line.consensus,
        CAUSES.get(line.cause, line.cause),
        line.reason,
        line.decided_by,
        line.decided_at,
    )
