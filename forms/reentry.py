"""The signed-in person's password once more: the same field on every form of an act that needs a signature."""

from __future__ import annotations

from wtforms import PasswordField
from wtforms.validators import InputRequired, Length

LONGEST = 4096
"""Characters; longer ones are refused before any work is done on them."""


class PasswordAgain:
    """Mixed into a form (``class SignOffForm(PasswordAgain, RevisionForm)``); ``webapp.access.reentry`` checks what it gives."""

    password = PasswordField(
        "Your password",
        [InputRequired("Enter your password."), Length(max=LONGEST, message="That is not your password.")],
        description="The one you sign in with: it stands for your signature.",
    )
