"""The job that takes the text out of a report, outside any request."""

from __future__ import annotations

from schema.store.reports import READ
from webapp.jobs import Work, job
from webapp.reports.operations import read_text
from webapp.shelves import DOCUMENTS, shelf_of


@job(READ)
def run(work: Work) -> str:
    """Read one report. It gives nobody anything that attaching it did not, so no right is asked for again."""
    return read_text(work.database, shelf_of(work.settings, DOCUMENTS), str(work.params["report"]))
