"""Page models of the account room."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import segno
from sqlalchemy.orm import Session

from forms.account import PASSWORD_HINT, PASSWORD_HINT_WITH_STEP
from schema.store import second_steps, two_step
from schema.store.models import User, WebSession
from schema.store.sessions import token_hash
from webapp.account import operations


@dataclass(frozen=True)
class SessionLine:
    """A browser in which the person is signed in. ``mark`` names it in the form that ends it."""

    browser: str
    since: datetime
    seen: datetime
    ends: datetime
    mark: str
    here: bool


@dataclass(frozen=True)
class AccountView:
    """What the account's page shows."""

    sessions: Sequence[SessionLine]
    two_step: bool
    password_hint: str
    password_changed_at: datetime | None


@dataclass(frozen=True)
class Enrolment:
    """What an app needs: the picture of its address, as a data address, and the same to be typed."""

    picture: str
    typed: str


@dataclass(frozen=True)
class TwoStepView:
    """Where the second step stands: on, waiting for its first code, or off. ``asked``: whether the installation demands it."""

    is_on: bool
    enrolment: Enrolment | None
    codes_left: int
    asked: bool


def account_view(session: Session, user: User, token: str) -> AccountView:
    """Put the account's page together."""
    lines = [_line(one, token) for one in operations.open_sessions(session, user)]
    is_on = two_step.is_on(session, user.id)
    hint = PASSWORD_HINT_WITH_STEP if is_on else PASSWORD_HINT
    return AccountView(lines, is_on, hint, user.password_changed_at)


def two_step_view(session: Session, user: User, asked: Collection[str]) -> TwoStepView:
    """Put the page of the second step together."""
    return TwoStepView(
        is_on=two_step.is_on(session, user.id),
        enrolment=enrolment(session, user),
        codes_left=two_step.recovery_codes_left(session, user),
        asked=second_steps.is_asked_of(session, user, asked),
    )


def enrolment(session: Session, user: User) -> Enrolment | None:
    """What the person's app is to read; None where no seed waits for its first code."""
    seed = two_step.pending_seed(session, user)
    if not seed:
        return None
    picture = segno.make(two_step.app_address(user, seed), error="m", micro=False)
    typed = " ".join(seed[start : start + 4] for start in range(0, len(seed), 4))
    return Enrolment(picture.svg_data_uri(scale=5, border=4, light="#fff", omitsize=False), typed)


def session_mark(token: str) -> str:
    """How a page names the session of this token."""
    return token_hash(token)[: operations.MARK]


def _line(one: WebSession, token: str) -> SessionLine:
    return SessionLine(
        browser=one.browser or "A browser",
        since=one.created_at,
        seen=one.last_seen_at,
        ends=one.expires_at,
        mark=one.token_hash[: operations.MARK],
        here=one.token_hash == token_hash(token),
    )
