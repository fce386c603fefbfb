"""Sign-in sessions: kept here, so that signing out, a new password or a closed account counts at once.

The browser holds a random token; only its hash is stored, so that a copy of the database opens no session.
"""

from __future__ import annotations

import hashlib
import secrets
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, delete, or_, select, update
from sqlalchemy.orm import Session

from schema.actor import Actor
from schema.store.database import now
from schema.store.models import Membership, Project, TwoStep, User, WebSession

KEPT_AFTER_END = timedelta(days=7)
OPEN = "open"
IN_FLIGHT = timedelta(minutes=1)
"""How long an old token is still taken after a new one was given: for what the browser had sent already."""


def start_session(
    session: Session, user: User, ttl: timedelta, *, stage: str = OPEN, browser: str = ""
) -> str:
    """Start a session that lasts ``ttl`` at most and return its token. The person's long-ended ones are cleared away."""
    token = secrets.token_urlsafe(32)
    moment = now(session)
    session.execute(
        delete(WebSession).where(
            WebSession.user_id == user.id, WebSession.expires_at < moment - KEPT_AFTER_END
        )
    )
    session.add(
        WebSession(
            token_hash=token_hash(token),
            user_id=user.id,
            created_at=moment,
            last_seen_at=moment,
            expires_at=moment + ttl,
            stage=stage,
            browser=browser,
        )
    )
    session.flush()
    return token


@dataclass(frozen=True, slots=True)
class FoundSession:
    """A session with what every request needs of its person, and the roles that they hold now, by project id.

    ``stage`` and ``renew`` as in :class:`~schema.store.models.WebSession`; ``step_wanted``: projects that ask a second step of a
    role which they hold there, while they have none. They hold no role in these until it is set up.
    """

    stage: str
    renew: bool
    last_seen_at: datetime
    expires_at: datetime
    user_id: str
    name: str
    display_name: str
    is_admin: bool
    disabled: bool
    roles: Mapping[str, frozenset[str]]
    step_wanted: frozenset[str] = frozenset()

    def actor(self, request_id: str) -> Actor:
        """The person as whoever acts in this request."""
        return Actor(self.user_id, self.name, self.is_admin, self.roles, request_id)


_WEB, _USER, _ROLE = WebSession.__table__.c, User.__table__.c, Membership.__table__.c
#: In one statement, since every request asks for it: a row for each role, one row without any for who has none. Of columns and not
#: of objects, which take three times as long and of which no page but that of the own account has use.
_FOUND = (
    select(
        _ROLE.project_id,
        _ROLE.role,
        Project.__table__.c.second_step_of,
        or_(TwoStep.__table__.c.confirmed_at.is_not(None), _USER.password_hash.is_(None)),
        *(_WEB.stage, _WEB.renew, _WEB.last_seen_at, _WEB.expires_at),
        *(_USER.id, _USER.name, _USER.display_name, _USER.is_admin, _USER.disabled_at.is_not(None)),
    )
    .select_from(WebSession.__table__)
    .join(User.__table__, _USER.id == _WEB.user_id)
    .outerjoin(Membership.__table__, and_(_ROLE.user_id == _USER.id, _ROLE.ended_at.is_(None)))
    .outerjoin(Project.__table__, Project.__table__.c.id == _ROLE.project_id)
    .outerjoin(TwoStep.__table__, TwoStep.__table__.c.user_id == _USER.id)
    .where(
        _WEB.token_hash == bindparam("token_hash"),
        _WEB.ended_at.is_(None),
        _WEB.expires_at > bindparam("moment"),
    )
)


def find_session(session: Session, token: str) -> FoundSession | None:
    """Return the session of the token, unless it has ended or is over. Idleness is for the caller to judge."""
    given = {"token_hash": token_hash(token), "moment": now(session)}
    rows = session.connection().execute(_FOUND, given).all()
    if not rows:
        return None
    free = rows[0][3]
    roles: defaultdict[str, set[str]] = defaultdict(set)
    wanted = set[str]()
    for project_id, role, asked_of, *_ in rows:
        if project_id is not None:
            roles[project_id].add(role)
            if not free and role in asked_of.split(","):
                wanted.add(project_id)
    held = {project_id: frozenset(names) for project_id, names in roles.items() if project_id not in wanted}
    about: tuple[Any, ...] = (*rows[0][4:], held, frozenset(wanted))
    return FoundSession(*about)


def touch_session(session: Session, token: str) -> None:
    """Note that the session was seen now."""
    session.execute(
        update(WebSession).where(WebSession.token_hash == token_hash(token)).values(last_seen_at=now(session))
    )


def end_session(session: Session, token: str) -> None:
    """End the session of the token; nothing happens where there is none."""
    session.execute(
        update(WebSession)
        .where(WebSession.token_hash == token_hash(token), WebSession.ended_at.is_(None))
        .values(ended_at=now(session))
    )


def end_sessions_of(session: Session, user: User, *, keep_token: str = "") -> None:
    """End all sessions of the person, but for that of ``keep_token``."""
    session.execute(
        update(WebSession)
        .where(
            WebSession.user_id == user.id,
            WebSession.ended_at.is_(None),
            WebSession.token_hash != token_hash(keep_token),
        )
        .values(ended_at=now(session))
    )


def ask_for_renewal(session: Session, user: User) -> None:
    """Have every session of the person get a new token with its next page, because what they may do has changed."""
    session.execute(
        update(WebSession)
        .where(WebSession.user_id == user.id, WebSession.ended_at.is_(None))
        .values(renew=True)
    )


def renew_session(session: Session, token: str) -> str:
    """Give the session a new token with the same limits, and return it; empty where another request has just done so."""
    old = session.get(WebSession, token_hash(token), with_for_update=True, populate_existing=True)
    if old is None or not old.renew or old.ended_at is not None:
        return ""
    fresh = secrets.token_urlsafe(32)
    session.add(
        WebSession(
            token_hash=token_hash(fresh),
            user_id=old.user_id,
            created_at=old.created_at,
            last_seen_at=now(session),
            expires_at=old.expires_at,
            stage=old.stage,
            browser=old.browser,
        )
    )
    old.renew, old.expires_at = False, min(old.expires_at, now(session) + IN_FLIGHT)
    session.flush()
    return fresh


def token_hash(token: str) -> str:
    """Return the SHA-256 (hex) under which a token is kept."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
