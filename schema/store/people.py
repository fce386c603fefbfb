"""Accounts: made by an administrator, opened with a one-time code, disabled but never deleted."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from schema.actor import Actor
from schema.problem import refuse
from schema.store.audit import record
from schema.store.codes import code_hash, fresh_code, is_code
from schema.store.database import new_id, now
from schema.store.models import Membership, User
from schema.store.sessions import (
    ask_for_renewal,
    end_session,
    end_sessions_of,
    find_session,
    start_session,
    touch_session,
)
from schema.template.kinds import clean

__all__ = [
    "actor_for",
    "add_user",
    "disable_user",
    "distinct_names",
    "enable_user",
    "end_all_sessions",
    "end_session",
    "end_sessions_of",
    "find_session",
    "find_user",
    "issue_reset_code",
    "set_admin",
    "set_password_hash",
    "start_session",
    "touch_session",
    "use_reset_code",
    "user_named",
    "users",
]

SIGN_IN_NAME = re.compile(r"[a-z0-9][a-z0-9._@+-]{1,99}")
DISPLAY_LENGTH = 300
CODE_LIFETIME = timedelta(days=3)


def add_user(
    session: Session, actor: Actor, name: str, display_name: str = "", is_admin: bool = False
) -> User:
    """Make an account without a password; a one-time code (``issue_reset_code``) opens it.

    Raises Refused: PPL-001 for a name that cannot be a sign-in name, PPL-002 for one that is taken.
    """
    name = name.strip().lower()
    if not SIGN_IN_NAME.fullmatch(name):
        raise refuse(
            "PPL-001",
            f"“{name}” cannot be a sign-in name.",
            "Use 2 to 100 of a to z, 0 to 9 and . _ @ + -, beginning with a letter or a digit.",
            where="name",
        )
    if find_user(session, name) is not None:
        raise refuse(
            "PPL-002",
            f"There is an account “{name}” already.",
            "Choose another name.",
            where="name",
            status=409,
        )
    user = User(
        id=new_id(session),
        name=name,
        display_name=clean(display_name).strip()[:DISPLAY_LENGTH] or name,
        is_admin=is_admin,
        created_at=now(session),
    )
    session.add(user)
    session.flush()
    record(session, actor, "user.add", object_id=user.id, detail={"name": name, "is_admin": is_admin})
    return user


def find_user(session: Session, name: str) -> User | None:
    """Return the account with the sign-in name, in whatever case it was typed, or None."""
    return session.scalar(select(User).where(User.name == name.strip().lower()))


def user_named(session: Session, name: str) -> User:
    """Return the account with the sign-in name. Raises Refused (PPL-007, 404) where nobody has it."""
    found = find_user(session, name)
    if found is None:
        raise refuse(
            "PPL-007",
            f"There is no account “{name}”.",
            "tandem user list shows those that exist.",
            status=404,
        )
    return found


def users(session: Session) -> list[User]:
    """Return all accounts, disabled ones too, by sign-in name."""
    return list(session.scalars(select(User).order_by(User.name)))


def actor_for(session: Session, user: User, request_id: str = "") -> Actor:
    """Return the account as an actor, with the roles that it holds now in each project."""
    roles: defaultdict[str, set[str]] = defaultdict(set)
    held = select(Membership.project_id, Membership.role).where(
        Membership.user_id == user.id, Membership.ended_at.is_(None)
    )
    for project_id, role in session.execute(held):
        roles[project_id].add(role)
    now_held = {project_id: frozenset(names) for project_id, names in roles.items()}
    return Actor(user.id, user.name, user.is_admin, now_held, request_id)


def set_password_hash(
    session: Session, actor: Actor, user: User, password_hash: str, *, keep_token: str = ""
) -> None:
    """Give the account a new password (see ``passwords.accept``) and end its other sessions, all but ``keep_token``'s.

    Hash before the writing session is opened: hashing takes 20 ms, and every other writer would wait for it.
    """
    user.password_hash = password_hash
    user.password_changed_at = now(session)
    user.reset_code_hash = None
    user.reset_code_expires_at = None
    end_sessions_of(session, user, keep_token=keep_token)
    record(session, actor, "user.change_password", object_id=user.id)


def store_rehash(session: Session, actor: Actor, user: User, password_hash: str) -> None:
    """Keep the same password at today's cost; on record, so that no change of a password's hash goes without a row."""
    user.password_hash = password_hash
    record(session, actor, "user.rehash_password", object_id=user.id)


def issue_reset_code(session: Session, actor: Actor, user: User) -> str:
    """Return a fresh one-time code for choosing a password, good for three days; an earlier code no longer counts.

    Only its hash is kept. The password that the account has goes on working until the code is used.
    """
    _refuse_disabled(user)
    code = fresh_code()
    user.reset_code_hash = code_hash(code)
    user.reset_code_expires_at = now(session) + CODE_LIFETIME
    record(session, actor, "user.issue_reset_code", object_id=user.id)
    return code


def use_reset_code(session: Session, name: str, code: str, password_hash: str, request_id: str = "") -> User:
    """Set the account's password by its one-time code, which is spent; all its sessions end.

    Raises Refused (PPL-003) with the same words whether the name, the code or its age was wrong.
    """
    user = _locked(session, find_user(session, name))
    expires = user.reset_code_expires_at if user is not None else None
    stored = user.reset_code_hash if user is not None else None
    if (
        not is_code(code, stored)
        or user is None
        or user.disabled_at
        or expires is None
        or now(session) >= expires
    ):
        raise refuse(
            "PPL-003",
            "The sign-in name and the code do not belong together, or the code is spent or too old.",
            "Check both, or ask an administrator for a new code.",
            where="code",
        )
    set_password_hash(session, actor_for(session, user, request_id), user, password_hash)
    return user


def set_admin(session: Session, actor: Actor, user: User, is_admin: bool) -> None:
    """Make the account an administrator's, or an ordinary one. Raises Refused (PPL-004) for the last administrator."""
    if user.is_admin == is_admin:
        return
    if not is_admin:
        _refuse_last_administrator(session, user)
    user.is_admin = is_admin
    ask_for_renewal(session, user)
    record(session, actor, "user.set_admin", object_id=user.id, detail={"is_admin": is_admin})


def disable_user(session: Session, actor: Actor, user: User) -> None:
    """Close the account: nobody signs in with it, its sessions end, its name stays in the history.

    Raises Refused (PPL-004) for the last administrator who can sign in.
    """
    if user.disabled_at is not None:
        return
    _refuse_last_administrator(session, user)
    user.disabled_at = now(session)
    user.reset_code_hash = None
    user.reset_code_expires_at = None
    end_sessions_of(session, user)
    record(session, actor, "user.disable", object_id=user.id)


def end_all_sessions(session: Session, actor: Actor, user: User) -> None:
    """Sign the person out everywhere, without closing the account: a laptop was lost, or somebody else may be at their browser."""
    end_sessions_of(session, user)
    record(session, actor, "user.end_sessions", object_id=user.id)


def enable_user(session: Session, actor: Actor, user: User) -> None:
    """Open a disabled account again; its password and its roles are as they were."""
    if user.disabled_at is None:
        return
    user.disabled_at = None
    record(session, actor, "user.enable", object_id=user.id)


def _locked(session: Session, user: User | None) -> User | None:
    """The account as it is once whoever changes it at this moment is done: of two with one code, the later finds it spent."""
    if user is not None:
        session.refresh(user, with_for_update=True)
    return user


def _refuse_disabled(user: User) -> None:
    if user.disabled_at is not None:
        raise refuse("PPL-005", f"The account “{user.name}” is disabled.", "Enable it first.", status=409)


def _refuse_last_administrator(session: Session, user: User) -> None:
    session.flush()
    administrators = select(User.id).where(User.is_admin, User.disabled_at.is_(None)).order_by(User.id)
    # Locked, so that two administrators who take the role from each other do it one after the other.
    others = set(session.scalars(administrators.with_for_update())) - {user.id}
    if user.is_admin and not others:
        raise refuse(
            "PPL-004",
            f"“{user.name}” is the only administrator.",
            "Make somebody else an administrator first.",
            status=409,
        )


def distinct_names(session: Session, ids: Collection[str]) -> dict[str, str]:
    """The display names of people by id; where two of them share one, with their sign-in names."""
    query = select(User.id, User.display_name, User.name).where(User.id.in_(ids))
    people = session.execute(query).all()
    shared = Counter(display for _, display, _ in people)
    return {key: f"{display} ({name})" if shared[display] > 1 else display for key, display, name in people}
