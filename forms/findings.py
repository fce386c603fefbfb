"""The form with which a draft report is checked."""

from __future__ import annotations

from wtforms import FileField, Form, TextAreaField

from schema.limits import DRAFT_BYTES, megabytes


class DraftForm(Form):
    """A text, pasted or as a file."""

    text = TextAreaField("Paste the text", description="A paragraph or the whole report. It is not kept.")
    file = FileField(
        "Or choose a file",
        description=f"A Word document (.docx) or a text file (.txt) of at most {megabytes(DRAFT_BYTES)}.",
    )
