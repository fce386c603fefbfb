"""The form with which a draft report is checked."""

from __future__ import annotations

from wtforms import FileField, Form, TextAreaField


class DraftForm(Form):
    """A text, pasted or as a file."""

    text = TextAreaField("Paste the text", description="A paragraph or the whole report. It is not kept.")
    file = FileField(
        "Or choose a file", description="A Word document (.docx) or a text file (.txt) of at most 10 MB."
    )
