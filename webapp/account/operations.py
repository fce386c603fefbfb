"""What a person does about their own account. Hashing is done before a writing session is opened: it takes 20 ms."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from schema.actor import Actor
from schema.problem import refuse
from schema.store import passwords
from schema.store.audit import record
from schema.store.models import Project, User, WebSession
from schema.store.people import actor_for, find_user, set_password_hash
from schema.store.projects import projects_of

#: The same words for an unknown name, a wrong password and a disabled account: nobody learns who has one.
NOT_RECOGNISED = "The sign-in name or the password is not right."


def recognise(session: Session, name: str, password: str) -> User:
    """Return the person with this name and password. Raises Refused (ACC-001), after the same work whatever is wrong."""
    user = find_user(session, name)
    stored = user.password_hash if user is not None and user.disabled_at is None else None
    if not passwords.verify_password(stored, password) or user is None:
        raise refuse("ACC-001", NOT_RECOGNISED, "Try again, or ask an administrator for a one-time code.")
    return user


def note_refused(session: Session, name: str, request_id: str) -> None:
    """Write down that a sign-in was refused, where the name is somebody's.

    The same is done for a name that nobody has, except for the row itself: what was typed may be a password.
    """
    user = find_user(session, name)
    if user is not None:
        door = Actor(id="", name="sign-in", request_id=request_id)
        record(session, door, "session.refuse", object_id=user.id)


def better_hash(user: User, password: str) -> str | None:
    """Return the password's hash at today's cost, where it is kept at another one."""
    if user.password_hash is None or not passwords.needs_rehash(user.password_hash):
        return None
    return passwords.hash_password(password)


def accepted_hash(session: Session, user: User, present: str, password: str) -> str:
    """Return the hash of a person's new password.

    Raises Refused: ACC-002 where ``present`` is not their present one, or what stands against the new one.
    """
    if not passwords.verify_password(user.password_hash, present):
        raise refuse("ACC-002", "That is not your present password.", where="present")
    projects = projects_of(session, actor_for(session, user))
    return passwords.accept(password, name=user.name, also=_names(projects))


def change_password(
    session: Session, actor: Actor, user: User, password_hash: str, *, keep_token: str
) -> None:
    """Keep the new password; every session of the person but this one ends."""
    set_password_hash(session, actor, user, password_hash, keep_token=keep_token)


def end_other_sessions(session: Session, actor: Actor, user: User, ended: int) -> None:
    """Write down that the person ended their other sessions."""
    record(session, actor, "session.end_others", object_id=user.id, detail={"sessions": ended})


def open_sessions(session: Session, user: User) -> list[WebSession]:
    """Return the person's sessions that have not ended, the latest first."""
    mine = select(WebSession).where(WebSession.user_id == user.id, WebSession.ended_at.is_(None))
    return list(session.scalars(mine.order_by(WebSession.last_seen_at.desc())))


def _names(projects: list[Project]) -> list[str]:
    return [name for project in projects for name in (project.key, project.title)]
