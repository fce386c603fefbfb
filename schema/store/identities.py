"""Accounts elsewhere: whom a university's sign-on vouches for, by issuer and stable subject.

Never by e-mail address or name: those are given to somebody else one day. A connection is made by the signed-in person, or by whoever
administers the installation; it is ended, never deleted.
"""

from __future__ import annotations

import re

from sqlalchemy import select
from sqlalchemy.orm import Session

from schema.actor import Actor
from schema.problem import refuse
from schema.store.audit import record
from schema.store.database import new_id, now
from schema.store.models import SignOnIdentity, User
from schema.store.people import add_user, find_user

LONGEST = 300  # characters of an issuer or a subject; OpenID Connect allows 255 for a subject
PROXY = "proxy"
"""Stands for the issuer where a proxy in front of Tandem vouches for people."""


def person_of(session: Session, issuer: str, subject: str) -> User | None:
    """Return the account that is connected with the subject, disabled ones too; None where none is."""
    return session.scalar(
        select(User)
        .join(SignOnIdentity, SignOnIdentity.user_id == User.id)
        .where(
            SignOnIdentity.issuer == issuer,
            SignOnIdentity.subject == subject,
            SignOnIdentity.ended_at.is_(None),
        )
    )


def identity_of(session: Session, user_id: str, issuer: str) -> SignOnIdentity | None:
    """Return how the person is known to the issuer; None where they are not connected."""
    return session.scalar(
        select(SignOnIdentity).where(
            SignOnIdentity.user_id == user_id,
            SignOnIdentity.issuer == issuer,
            SignOnIdentity.ended_at.is_(None),
        )
    )


def connect(session: Session, actor: Actor, user: User, issuer: str, subject: str) -> SignOnIdentity:
    """Let the subject sign in as the person.

    Raises Refused: SSO-001 for a subject that is none, SSO-002 (409) where it belongs to another account, SSO-003 (409) where the
    person is connected with another subject of this issuer.
    """
    if not subject or len(subject) > LONGEST or not subject.isprintable():
        raise refuse(
            "SSO-001", "That is not the name of an account elsewhere.", "Give it exactly as it is there."
        )
    owner = person_of(session, issuer, subject)
    present = identity_of(session, user.id, issuer)
    if owner is not None and owner.id != user.id:
        raise refuse(
            "SSO-002",
            "That account is connected with another account of this installation.",
            "Disconnect it there first.",
            status=409,
        )
    if present is not None:
        if present.subject == subject:
            return present
        raise refuse(
            "SSO-003",
            "You are connected with another account there.",
            "Disconnect that one first.",
            status=409,
        )
    made = SignOnIdentity(
        id=new_id(session), issuer=issuer, subject=subject, user_id=user.id, connected_at=now(session)
    )
    session.add(made)
    session.flush()
    record(
        session, actor, "identity.connect", object_id=user.id, detail={"issuer": issuer, "subject": subject}
    )
    return made


def disconnect(session: Session, actor: Actor, user: User, issuer: str) -> None:
    """Let nobody sign in as the person through the issuer any more. Raises Refused (SSO-004, 409)."""
    present = identity_of(session, user.id, issuer)
    if present is None:
        raise refuse("SSO-004", f"“{user.name}” is not connected there.", status=409)
    present.ended_at = now(session)
    detail = {"issuer": issuer, "subject": present.subject}
    record(session, actor, "identity.disconnect", object_id=user.id, detail=detail)


def make_connected(
    session: Session, issuer: str, subject: str, wanted: str, display_name: str, request_id: str = ""
) -> User:
    """Make an account without password or role for somebody whom the issuer vouches for, where the installation says so.

    ``wanted`` is the name they have there, made into a sign-in name. Raises Refused (SSO-006, 409) where somebody has that
    name: an account that exists is connected by its owner, never silently.
    """
    door = Actor(id="", name="single sign-on", is_admin=True, request_id=request_id)
    name = sign_in_name(wanted)
    if find_user(session, name) is not None:
        raise refuse(
            "SSO-006",
            f"The account “{name}” is not connected with your account there.",
            "If it is yours, sign in with its password and connect it under your account. If not, ask an administrator.",
            status=409,
        )
    user = add_user(session, door, name, display_name)
    connect(session, door, user, issuer, subject)
    return user


def sign_in_name(wanted: str) -> str:
    """Return the nearest sign-in name to what somebody is called elsewhere; ``person`` where nothing of it can be used."""
    plain = re.sub(r"[^a-z0-9._@+-]+", "-", wanted.lower()).lstrip("._@+-")[:100]
    return plain if len(plain) > 1 else "person"
