"""The form that asks for a daily digest."""

from __future__ import annotations

from wtforms import Form, StringField
from wtforms.validators import InputRequired, Length


class DigestForm(Form):
    """Where the digest is sent."""

    address = StringField(
        "Mail address",
        [InputRequired("Enter an address."), Length(max=254, message="At most 254 characters.")],
        description="Used for the digest alone, and forgotten when you end it.",
    )
