"""Who is asking: sign-in sessions kept in the database; the cookie holds only a random token.

Each request finds its session again, so that signing out, a new password or a disabled account counts at once. A session
whose second step is still to come signs nobody in: :func:`half_way` is all that knows it.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta

from flask import Flask, Response, after_this_request, current_app, g, request
from flask import session as page_session
from sqlalchemy.orm import Session

from schema.store.audit import record
from schema.store.database import now
from schema.store.models import User
from schema.store.people import actor_for, end_session, find_session, start_session, touch_session
from schema.store.sessions import OPEN, FoundSession, renew_session
from webapp.access.browsers import browser_in_words
from webapp.security import cookie_name
from webapp.unit_of_work import fresh, installed, reading, writing, writing_aside

#: "Last seen" is written at most this often: a page view should not cost a write.
TOUCH_EVERY = timedelta(minutes=1)
BOUND_TO = "of"
FOR_MACHINES = (
    "health"  # the room whose addresses ask for nobody, and of the database only what they are about
)
WITHOUT_PERSON = ("static", "bootstrap.static")
HALF_WAY = timedelta(minutes=15)
"""How long there is between the password and the second step: the first time, an app has to be installed."""


def install(app: Flask) -> None:
    """Find out who asks before every request, and give the answer to the templates."""
    app.before_request(_recognise)
    app.context_processor(lambda: {"actor": g.get("actor"), "user": g.get("user")})


def signed_in() -> bool:
    """Whether somebody is signed in."""
    return g.get("actor") is not None


def current_user() -> User:
    """The account of whoever is signed in; only behind ``permit``."""
    return reading().get_one(User, g.actor.id)


def current_token() -> str:
    """The token in the request's cookie, or nothing."""
    return request.cookies.get(_cookie(), "")


def half_way(stage: str) -> User | None:
    """Whose password was given in this browser, where this step (``code`` or ``enrol``) is to follow."""
    found: FoundSession | None = g.get("half_way")
    return reading().get(User, found.user_id) if found is not None and found.stage == stage else None


def sign_in(user: User, *, way: str = "password") -> str:
    """Start a session for the person, end the one that the browser came with, and give the new token.

    ``way`` is how they proved who they are, for the audit trail.
    """
    with writing() as session:
        person = fresh(session, user)
        token = _start(session, person, OPEN, installed().settings.session_absolute)
        actor = actor_for(session, person, g.get("request_id", ""))
        record(session, actor, "session.start", object_id=person.id, detail={"way": way})
    _bind_page_session(token)
    return token


def begin_step(user: User, stage: str) -> str:
    """Start a session that opens nothing but the page of the second step, and give its token."""
    with writing() as session:
        token = _start(session, fresh(session, user), stage, HALF_WAY)
    _bind_page_session(token)
    return token


def _start(session: Session, user: User, stage: str, limit: timedelta) -> str:
    if current_token():
        end_session(session, current_token())
    browser = browser_in_words(request.user_agent.string)
    return start_session(session, user, limit, stage=stage, browser=browser)


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
    response.headers["Clear-Site-Data"] = '"storage"'  # where in a report they were; pages are never kept
    return response


def _cookie() -> str:
    return cookie_name("session", https=installed().settings.https)


def _recognise() -> None:
    g.actor = None
    g.user = None
    g.half_way = None
    g.step_wanted = frozenset()
    if request.endpoint in WITHOUT_PERSON or request.blueprint == FOR_MACHINES:
        return
    token = current_token()
    found = find_session(reading(), token) if token else None
    if found is None or found.disabled or _is_over(found):
        _bind_page_session("")
        return
    _bind_page_session(token)
    if found.stage != OPEN:
        g.half_way = found
        return
    g.user = found
    g.actor = found.actor(g.get("request_id", ""))
    g.step_wanted = found.step_wanted
    _touch(found)
    if found.renew and request.method == "GET":
        _renew(token)


def _is_over(found: FoundSession) -> bool:
    moment = now(reading())
    idle = moment - found.last_seen_at > installed().settings.session_idle
    return idle or moment >= found.expires_at


def _renew(token: str) -> None:
    """Give the browser a new token because the person's roles have changed; forms that it shows stay good."""
    with writing_aside() as session:
        new = renew_session(session, token)
    if new:
        page_session[BOUND_TO] = _mark(new)
        after_this_request(lambda response: remember(response, new))


def _touch(found: FoundSession) -> None:
    if (
        abs(now(reading()) - found.last_seen_at) < TOUCH_EVERY
    ):  # a clock that was set back leaves it in the future
        return
    try:
        with writing_aside() as session:
            touch_session(session, current_token())
    except Exception:
        current_app.logger.warning("Could not note when a session was last seen", exc_info=True)


def _bind_page_session(token: str) -> None:
    """Tie the signed page session (security token, messages) to one sign-in: another sign-in starts an empty one."""
    mark = _mark(token) if token else ""
    if page_session.get(BOUND_TO, "") != mark:
        page_session.clear()
        page_session[BOUND_TO] = mark


def _mark(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()[:16]
