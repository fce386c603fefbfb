"""Forms about reports: attaching one, and filing many."""

from __future__ import annotations

from wtforms import FileField, Form, SelectField


class ReportForm(Form):
    """A PDF of a case, and what it is."""

    kind = SelectField(
        "What it is",
        description="A report of the same kind is replaced; the one before is kept. Other documents stand side by side.",
    )
    file = FileField("PDF", description="At most 30 MB and 1,000 pages, without a password.")


class ManyReportsForm(Form):
    """PDFs of several cases."""

    files = FileField(
        "PDFs",
        description="Choose several at once, 30 MB in all. Put the case’s reference into each name, for example “DHR-012 overview.pdf”.",
    )
