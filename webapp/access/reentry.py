"""The password once more, before an act that must be the signed-in person's own: signing off, unblinding, identifying exports.

A form has the field (:class:`forms.reentry.PasswordAgain`), a view calls :func:`confirm_person` before it opens a writing
session, and shows a refusal on the form like any other::

    confirm_person(form.password.data)
    with writing() as session:
        ...
"""

from __future__ import annotations

from flask import Response, after_this_request

from schema.problem import refuse
from schema.store import passwords
from schema.store.hashing import TURNS
from schema.store.models import User
from schema.store.throttle import TooManyAttempts, attempt, succeeded
from webapp.access.sessions import current_user
from webapp.unit_of_work import writing_aside


def confirm_person(password: str) -> None:
    """Make sure that whoever sits at the signed-in browser knows the person's password.

    Wrong ones are counted together with those given to change the password, so that an unattended browser is no place to
    guess. Raises Refused (422): ACC-003 for a wrong password, ACC-004 for an account without one; ACC-010 (429) where it has to
    wait; ACC-011 (403) after a hundred in a row; BUSY-003 (429) where too many passwords are being checked.
    """
    user = current_user()
    subject = reentry_subject(user.id)
    with TURNS.turn():  # before anything is counted
        _check(user, subject, password)
    with writing_aside() as session:  # no page shows a count: what was read can stay
        succeeded(session, subject)


def _check(user: User, subject: str, password: str) -> None:
    count_attempt(subject)
    if user.password_hash is None:
        raise refuse(
            "ACC-004",
            "Your account has no password yet, and this act needs one.",
            "Ask an administrator for a one-time code: with it you choose a password.",
            where="password",
        )
    if not passwords.verify_password(user.password_hash, password):
        raise refuse(
            "ACC-003", "That is not your password.", "Enter the password you sign in with.", where="password"
        )


def reentry_subject(user_id: str) -> str:
    """Under what name wrong passwords of somebody who is signed in are counted."""
    return f"password:{user_id}"


def count_attempt(subject: str, *, guessable: bool = True) -> None:
    """Count an attempt before anything is checked. Raises TooManyAttempts where it has to wait; the answer says how long.

    ``guessable``: a password, or a code of a few digits. Raises TooManyInARow where no waiting helps any more.
    """
    with writing_aside() as session:
        seconds = attempt(session, subject, guessable=guessable)
    if seconds:
        after_this_request(lambda response: _retry_after(response, seconds))
        raise TooManyAttempts(seconds)


def _retry_after(response: Response, seconds: int) -> Response:
    response.headers["Retry-After"] = str(seconds)
    return response
