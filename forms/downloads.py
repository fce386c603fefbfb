"""The forms that ask for a file, and that take one away."""

from __future__ import annotations

from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, Form, IntegerField, PasswordField, StringField
from wtforms.validators import DataRequired, InputRequired, Length

from forms.choosing import RadioField
from forms.reentry import LONGEST, PasswordAgain
from schema.framework.disclosure.rule import LEAST, USUAL


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
    password = PasswordField(
        "Your password",
        [Length(max=LONGEST, message="That is not your password.")],
        description="The one you sign in with: the files hold everything about each case. The codebook and the methods "
        "need none.",
    )


class FetchForm(PasswordAgain, FlaskForm):
    """What a file with everything about each case is wanted for, and the password of whoever takes it away."""

    ON_PAGE = ("reason", "password")

    reason = StringField(
        "What it is for",
        [DataRequired("Say what the file is for."), Length(max=500, message="At most 500 characters.")],
        description="It stays on record with your name: the file leaves Tandem’s care.",
    )


class ShareForm(Form):
    """By which rule figures are shared, and in which file. The page asks by address, so it has no token of its own."""

    threshold = IntegerField(
        "Threshold",
        [InputRequired("Enter a whole number, for example 10.")],
        default=USUAL,
        description=f"Counts below it are withheld. At least {LEAST}; {USUAL} is usual.",
    )
    zeros = BooleanField(
        "Withhold zeros too",
        description="“None of the 40” says something about each of the 40. With this, “all of the 40” is withheld as well.",
    )
    format = RadioField(
        "File",
        default="xlsx",
        choices={
            "xlsx": "Workbook (Excel): what it is, and the figures",
            "csv": "CSV: the figures, with data dictionary and manifest",
        },
    )

    def rule(self) -> dict[str, Any]:
        """Threshold and zeros, by name."""
        return {"threshold": self.threshold.data, "zeros": bool(self.zeros.data)}
