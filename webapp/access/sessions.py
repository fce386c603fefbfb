"""Who is asking: sign-in sessions kept in the database; the cookie holds only a random token.

Each request finds its session again, so that signing out, a new password or a disabled account counts at once.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta

from flask import Flask, Response, current_app, g, request
from flask import session as page_session

from schema.actor import Actor
from schema.store.audit import record
from schema.store.database import now
from schema.store.models import User, WebSession
from schema.store.people import actor_for, end_session, find_session, start_session, touch_session
from webapp.security import cookie_name
from webapp.unit_of_work import installed, reading, writing

#: "Last seen" is written at most this often: a page view should not cost a write.
TOUCH_EVERY = timedelta(minutes=1)
BOUND_TO = "of"
WITHOUT_PERSON = ("static", "bootstrap.static")


def install(app: Flask) -> None:
    """Find out who asks before every request, and give the answer to the templates."""
    app.before_request(_recognise)
    app.context_processor(lambda: {"actor": g.get("actor"), "user": g.get("user")})


def signed_in() -> bool:
    """Whether somebody is signed in."""
    return g.get("actor") is not None


def current_user() -> User:
    """The account of whoever is signed in; only behind ``permit``."""
    user: User = g.user
    return user


def current_token() -> str:
    """The token in the request's cookie, or nothing."""
    return request.cookies.get(_cookie(), "")


def sign_in(user: User) -> str:
    """Start a session for the person, end the one that the browser came with, and give the new token."""
    with writing() as session:
        if current_token():
            end_session(session, current_token())
        token = start_session(session, user, installed().settings.session_absolute)
        record(session, actor_for(session, user, g.get("request_id", "")), "session.start", object_id=user.id)
    _bind_page_session(token)
    return token


def remember(response: Response, token: str) -> Response:
    """Put the token into the browser's cookie. It ends with the browser; the database holds the real limits."""
    https = installed().settings.https
    response.set_cookie(_cookie(), token, path="/", httponly=True, secure=https, samesite="Lax")
    return response


def sign_out(response: Response) -> Response:
    """End the session in the database, forget what the page session held, and take the cookie away."""
    if current_token():
        with writing() as session:
            end_session(session, current_token())
            if signed_in():
                record(session, g.actor, "session.end", object_id=g.actor.id)
    page_session.clear()
    response.delete_cookie(
        _cookie(), path="/", httponly=True, secure=installed().settings.https, samesite="Lax"
    )
    return response


def _cookie() -> str:
    return cookie_name("session", https=installed().settings.https)


def _recognise() -> None:
    g.actor = None
    g.user = None
    if request.endpoint in WITHOUT_PERSON:
        return
    token = current_token()
    found = find_session(reading(), token) if token else None
    user = reading().get(User, found.user_id) if found is not None else None
    if found is None or user is None or user.disabled_at is not None or _is_over(found):
        _bind_page_session("")
        return
    g.user = user
    g.actor = _actor(user)
    g.web_session = found
    _bind_page_session(token)
    _touch(found)


def _actor(user: User) -> Actor:
    return actor_for(reading(), user, request_id=g.get("request_id", ""))


def _is_over(found: WebSession) -> bool:
    moment = now(reading())
    idle = moment - found.last_seen_at > installed().settings.session_idle
    return idle or moment >= found.expires_at or found.ended_at is not None


def _touch(found: WebSession) -> None:
    if now(reading()) - found.last_seen_at < TOUCH_EVERY:
        return
    try:
        with installed().database.writing() as session:
            touch_session(session, current_token())
    except Exception:
        current_app.logger.warning("Could not note when a session was last seen", exc_info=True)


def _bind_page_session(token: str) -> None:
    """Tie the signed page session (security token, messages) to one sign-in: another sign-in starts an empty one."""
    mark = hashlib.sha256(token.encode()).hexdigest()[:16] if token else ""
    if page_session.get(BOUND_TO, "") != mark:
        page_session.clear()
        page_session[BOUND_TO] = mark
