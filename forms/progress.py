"""The form on the page of progress."""

from __future__ import annotations

from wtforms import Form, StringField
from wtforms.validators import Regexp


class StaleForm(Form):
    """After how many days without a save an entry is listed."""

    days = StringField(
        "Days without a save",
        [Regexp(r"^[1-9][0-9]{0,2}$", message="Enter a whole number of days from 1 to 999.")],
    )
