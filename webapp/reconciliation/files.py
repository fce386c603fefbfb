"""Files of this room. The spreadsheet library is heavy and serves these acts alone, so that nothing else waits for it at the start."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from schema.store.case_report import CaseReport

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def report_workbook(report: CaseReport, made_at: datetime) -> bytes:
    """The report of one case's discrepancies as a workbook, kept nowhere."""
    from exports.case_workbook import write_case_report

    with TemporaryDirectory(prefix="tandem-") as folder:
        path = Path(folder) / "report.xlsx"
        write_case_report(path, report, made_at)
        return path.read_bytes()
