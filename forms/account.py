"""Forms about one's own account: signing in, the first set-up, choosing and changing a password."""

from __future__ import annotations

from typing import Any

from flask_wtf import FlaskForm
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import EqualTo, InputRequired, Length

from forms.reentry import PasswordAgain
from schema.limits import PASSWORD_CHARACTERS, PASSWORD_CHARACTERS_BESIDE_A_CODE
from schema.template.kinds import clean

NAME_LENGTH = 100
#: Longer ones are refused before any work is done on them; the policy itself says what is too long or too short.
PASSWORD_LENGTH = 4096
PASSWORD_HINT = f"{PASSWORD_CHARACTERS} characters or more. Four or five words that don't belong together do well; spaces are fine."

PASSWORD_HINT_WITH_STEP = f"{PASSWORD_CHARACTERS_BESIDE_A_CODE} characters or more, because a code is asked for too; the longer the better."


def _lower(text: str | None) -> str:
    return clean(text or "").strip().lower()


def _strip(text: str | None) -> str:
    return clean(text or "").strip()


class SignInForm(FlaskForm):
    """Name and password. ``next`` is where the person wanted to go."""

    name = StringField("Sign-in name", [InputRequired("Enter your sign-in name.")], filters=[_lower])
    password = PasswordField("Password", [InputRequired("Enter your password.")])
    next = HiddenField()


class NewPasswordForm(FlaskForm):
    """A new password, typed twice."""

    password = PasswordField(
        "New password",
        [InputRequired("Enter a new password."), Length(max=PASSWORD_LENGTH, message="That is too long.")],
        description=PASSWORD_HINT,
    )
    again = PasswordField(
        "New password again",
        [InputRequired("Enter the new password again."), EqualTo("password", "The two passwords differ.")],
    )


class CodeForm(FlaskForm):
    """A code from the authenticator app, or a recovery code. ``next`` is where the person wanted to go."""

    code = StringField("Code", [InputRequired("Enter the code."), Length(max=NAME_LENGTH)], filters=[_strip])
    next = HiddenField()


class AgainForm(PasswordAgain, FlaskForm):
    """The password once more, before something about the account is changed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Nothing is signed here."""
        super().__init__(*args, **kwargs)
        self.password.description = "The one you sign in with."


class ChangePasswordForm(NewPasswordForm):
    """The present password and a new one."""

    ON_PAGE = ("present", "password", "again")

    present = PasswordField("Present password", [InputRequired("Enter your present password.")])


class ResetForm(NewPasswordForm):
    """A one-time code from an administrator, and a new password."""

    ON_PAGE = ("name", "code", "password", "again")

    name = StringField("Sign-in name", [InputRequired("Enter your sign-in name.")], filters=[_lower])
    code = StringField(
        "One-time code",
        [InputRequired("Enter the code that an administrator gave you."), Length(max=NAME_LENGTH)],
        filters=[_strip],
    )


class SetUpForm(NewPasswordForm):
    """The first administrator, with the code that the server printed when it first started."""

    ON_PAGE = ("code", "display_name", "name", "password", "again")

    code = StringField(
        "Set-up code",
        [InputRequired("Enter the set-up code."), Length(max=NAME_LENGTH)],
        filters=[_strip],
        description="Printed by the server when it first started.",
    )
    name = StringField(
        "Sign-in name",
        [InputRequired("Choose a sign-in name."), Length(max=NAME_LENGTH)],
        filters=[_lower],
        description="Lower-case letters, digits, dots and hyphens, for instance “amara.okafor”.",
    )
    display_name = StringField(
        "Your name", [InputRequired("Enter your name."), Length(max=NAME_LENGTH)], filters=[_strip]
    )
