"""What a person does about their own account. Hashing is done before a writing session is opened: it takes 20 ms."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from schema.actor import Actor
from schema.limits import PASSWORD_CHARACTERS
from schema.problem import Refused, refuse
from schema.store import passwords, second_steps, two_step
from schema.store.audit import record
from schema.store.database import Database, now
from schema.store.models import User, WebSession
from schema.store.people import actor_for, find_user, set_password_hash
from schema.store.projects import projects_of
from schema.store.sessions import OPEN

#: The same words for an unknown name, a wrong password and a disabled account: nobody learns who has one.
NOT_RECOGNISED = "The sign-in name or the password is not right."


#: What follows the password: a code from the app, or setting the app up.
CODE, ENROL = "code", "enrol"


#: How much of a token's hash names a session on the page: enough to tell one's own apart, and no way to the token.
MARK = 16


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


def next_stage(session: Session, user: User, password: str, asked: Collection[str]) -> str:
    """What follows the password: ``open`` (nothing), ``code``, or ``enrol`` where a second step is asked for or the password
    is too short to stand alone.
    """
    if two_step.is_on(session, user.id):
        return CODE
    needed = passwords.needs_second_step(password) or second_steps.is_asked_of(session, user, asked)
    return ENROL if needed else OPEN


def enrolment_subject(user: User) -> str:
    """Under what name wrong codes are counted while the person sets up the app, which shows them."""
    return f"enrol:{user.id}"


def spend_code(database: Database, user: User, request_id: str, code: str) -> str:
    """Take the second step; return the way in for the audit trail. Raises Refused (ACC-005) for a code that does not count.

    What was refused is on record all the same.
    """
    with database.writing() as session:
        mine = session.get_one(User, user.id)
        actor = actor_for(session, mine, request_id)
        right = two_step.spend_code(session, actor, mine, code)
        if not right:
            record(session, actor, "session.refuse_code", object_id=user.id)
    if not right:
        raise refuse(
            "ACC-005",
            "That code is not right, or has been used.",
            "Wait for the next one in your app, or use a recovery code.",
            where="code",
        )
    return "password and code"


def turn_off(session: Session, actor: Actor, user: User, password: str, asked: Collection[str]) -> None:
    """Turn the second step off. Raises Refused (409): ACC-006 where the installation or a project of theirs asks for it, ACC-007
    where the password is too short to stand alone.
    """
    if second_steps.is_asked_of(session, user, asked):
        raise refuse(
            "ACC-006",
            "This installation, or a project of yours, asks for a second step from people with your part.",
            status=409,
        )
    if passwords.needs_second_step(password):
        raise refuse(
            "ACC-007",
            f"Your password has fewer than {PASSWORD_CHARACTERS} characters, which is enough with a second step only.",
            "Choose a longer password first.",
            status=409,
        )
    two_step.turn_off(session, actor, user)


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
    second_step = two_step.is_on(session, user.id)
    also = _own_projects(session, user)
    return passwords.accept(password, name=user.name, also=also, second_step=second_step)


def refuse_project_names(session: Session, user: User, password: str) -> None:
    """Refuse a password that holds the name of a project of theirs; once the code was right, so that no stranger learns which these are."""
    problems = passwords.check_policy(password, also=_own_projects(session, user), second_step=True)
    if problems:
        raise Refused(problems)


def change_password(
    session: Session, actor: Actor, user: User, password_hash: str, *, keep_token: str
) -> None:
    """Keep the new password; every session of the person but this one ends."""
    set_password_hash(session, actor, user, password_hash, keep_token=keep_token)


def end_other_sessions(session: Session, actor: Actor, user: User, ended: int) -> None:
    """Write down that the person ended their other sessions."""
    record(session, actor, "session.end_others", object_id=user.id, detail={"sessions": ended})


def end_one_session(session: Session, actor: Actor, user: User, mark: str) -> None:
    """End the person's session that the page calls by this mark. Raises Refused (ACC-008, 404) where they have none."""
    found = [one for one in open_sessions(session, user) if one.token_hash[:MARK] == mark]
    if len(found) != 1:
        raise refuse("ACC-008", "That browser is signed out already.", "Look at the list again.", status=404)
    found[0].ended_at = now(session)
    record(session, actor, "session.end_one", object_id=user.id, detail={"browser": found[0].browser})


def open_sessions(session: Session, user: User) -> list[WebSession]:
    """Return the person's sessions that have not ended, the latest first."""
    mine = select(WebSession).where(
        WebSession.user_id == user.id,
        WebSession.ended_at.is_(None),
        WebSession.expires_at > now(session),
        WebSession.stage == OPEN,
    )
    return list(session.scalars(mine.order_by(WebSession.last_seen_at.desc())))


def _own_projects(session: Session, user: User) -> list[str]:
    """What the projects are called that the person takes part in: words that no password of theirs holds."""
    projects = projects_of(session, actor_for(session, user))
    return [name for project in projects for name in (project.key, project.title)]
