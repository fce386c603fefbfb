"""The form that asks for a file."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField
from wtforms.validators import InputRequired


class ExportForm(FlaskForm):
    """Which file to make; the choices of ``format`` are set by the page."""

    format = RadioField("Format", [InputRequired("Choose a format.")], default="xlsx")
    bom = BooleanField(
        "Begin CSV files with a byte order mark",
        description="Excel needs it to read accents in CSV files. It changes nothing else, and no other format.",
    )
    entries = BooleanField(
        "Put both entries beside the consensus",
        description="Further sheets or files with what coder A and coder B submitted. In the workbook and in CSV files; "
        "JSON always has both.",
    )
    original = BooleanField(
        "Use the questionnaire’s own codes",
        description="As signed off, without the recoding of the adopted coding frame.",
    )
