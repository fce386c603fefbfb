"""Forms about reports: attaching one, and filing many."""

from __future__ import annotations

from wtforms import FileField, Form

from forms.choosing import SelectField
from schema.limits import REPORT_BYTES, REPORT_PAGES, megabytes


class ReportForm(Form):
    """A PDF of a case, and what it is."""

    kind = SelectField(
        "What it is",
        description="A report of the same kind is replaced; the one before is kept. Other documents stand side by side.",
    )
    file = FileField(
        "PDF",
        description=f"At most {megabytes(REPORT_BYTES)} and {REPORT_PAGES:,} pages, without a password.",
    )


class ManyReportsForm(Form):
    """PDFs of several cases."""

    files = FileField(
        "PDFs",
        description=f"Choose several at once, {megabytes(REPORT_BYTES)} in all. Put the case’s reference into each name, for example “DHR-012 overview.pdf”.",
    )
