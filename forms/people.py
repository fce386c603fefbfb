"""Forms about other people's accounts, for administrators."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import BooleanField, StringField
from wtforms.validators import InputRequired, Length

from forms.account import NAME_LENGTH


def _strip(text: str | None) -> str:
    return (text or "").strip()


class PersonForm(FlaskForm):
    """A new account."""

    display_name = StringField(
        "Name",
        [InputRequired("Enter the person's name."), Length(max=300, message="Use 300 characters at most.")],
        filters=[_strip],
        description="As it should stand beside what they do.",
    )
    name = StringField(
        "Sign-in name",
        [
            InputRequired("Enter a sign-in name."),
            Length(max=NAME_LENGTH, message="Use 100 characters at most."),
        ],
        filters=[lambda text: _strip(text).lower()],
        description="Lower-case letters, digits and . _ @ + -. It cannot be changed later.",
    )
    is_admin = BooleanField(
        "Administrator",
        description="Manages accounts, projects and questionnaires. Sees no cases without a role in their project.",
    )
