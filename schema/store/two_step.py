"""The second step of signing in: time-based one-time passwords (RFC 6238) and recovery codes.

A code counts once: each use keeps the time step it belonged to, and only a later step is taken afterwards (RFC 6238 section 5.2).
One step before and after the present one is accepted, for clocks that are off by up to half a minute. Seeds are sealed
(:mod:`schema.store.sealed`), recovery codes are kept as hashes.
"""

from __future__ import annotations

import hmac
from collections.abc import Collection
from datetime import timedelta
from typing import Any, cast

import pyotp
from sqlalchemy import CursorResult, Update, delete, func, select, update
from sqlalchemy.orm import Session

from schema.actor import Actor
from schema.problem import refuse
from schema.store.audit import record
from schema.store.codes import LASTING_GROUPS, code_hash, fresh_code
from schema.store.database import now
from schema.store.models import RecoveryCode, TwoStep, User
from schema.store.sealed import Unreadable, seal, unseal
from schema.store.sessions import end_sessions_of

ISSUER = "Tandem"
STEP = 30  # seconds
DIGITS = 6
WINDOW = 1  # steps before and after
RECOVERY_CODES = 10
PENDING_FOR = timedelta(hours=1)

#: What an installation can ask a second step of, beside the roles of projects.
EVERYONE = "everyone"
ADMINISTRATOR = "administrator"


def is_on(session: Session, user_id: str) -> bool:
    """Whether the person signs in with a second step."""
    found = session.get(TwoStep, user_id)
    return found is not None and found.confirmed_at is not None


def is_asked_of(actor: Actor, asked: Collection[str]) -> bool:
    """Whether the installation asks a second step of the person: of everyone, of administrators, of a role they hold anywhere."""
    held = {role for roles in actor.roles.values() for role in roles}
    held |= {ADMINISTRATOR} if actor.is_admin else set()
    return EVERYONE in asked or bool(held & set(asked))


def begin(session: Session, user: User) -> None:
    """Make a fresh seed that counts once its first code is confirmed, within the hour. Raises Refused (TWO-001) where one is on."""
    if is_on(session, user.id):
        raise refuse("TWO-001", "Your second step is set up already.", "Turn it off first.", status=409)
    session.execute(delete(TwoStep).where(TwoStep.user_id == user.id))
    session.add(
        TwoStep(
            user_id=user.id,
            sealed_seed=seal(session, pyotp.random_base32()),
            begun_at=now(session),
            last_step=0,
        )
    )
    session.flush()


def pending_seed(session: Session, user: User) -> str:
    """Return the seed (base32) that waits for its first code; empty where none does."""
    found = session.get(TwoStep, user.id)
    if found is None or found.confirmed_at is not None or now(session) - found.begun_at > PENDING_FOR:
        return ""
    return _seed(session, found)


def app_address(user: User, seed: str) -> str:
    """Return the otpauth: address that an authenticator app reads from a QR code."""
    return pyotp.TOTP(seed).provisioning_uri(name=user.name, issuer_name=ISSUER)


def confirm(session: Session, actor: Actor, user: User, code: str) -> list[str]:
    """Turn the second step on by a first code from the app; return the recovery codes, which exist only here.

    Raises Refused: TWO-002 (409) where no seed waits, TWO-003 for a code that is not the seed's.
    """
    if not pending_seed(session, user):
        raise refuse("TWO-002", "Setting up took too long, or is done already.", "Begin again.", status=409)
    if not _spend_app_code(session, user, code):
        raise refuse(
            "TWO-003",
            "That is not the code that your app should show now.",
            "Wait for the next one. If it fails again, check the clock of your phone.",
            where="code",
        )
    session.get_one(TwoStep, user.id, populate_existing=True).confirmed_at = now(session)
    record(session, actor, "authenticator.turn_on", object_id=user.id)
    return _fresh_codes(session, user)


def spend_code(session: Session, actor: Actor, user: User, code: str) -> bool:
    """Whether the code is the app's present one or an unused recovery code; either counts once."""
    if not is_on(session, user.id):
        return False
    return _spend_app_code(session, user, code) or _spend_recovery_code(session, actor, user, code)


def renew_recovery_codes(session: Session, actor: Actor, user: User) -> list[str]:
    """Return ten fresh recovery codes; those before no longer count. Raises Refused (TWO-004, 409) without a second step."""
    if not is_on(session, user.id):
        raise refuse("TWO-004", "There is no second step to recover.", "Set it up first.", status=409)
    record(session, actor, "authenticator.renew_codes", object_id=user.id)
    return _fresh_codes(session, user)


def recovery_codes_left(session: Session, user: User) -> int:
    """Return how many recovery codes have not been used."""
    unused = select(func.count()).where(RecoveryCode.user_id == user.id, RecoveryCode.used_at.is_(None))
    return session.scalar(unused) or 0


def turn_off(session: Session, actor: Actor, user: User) -> None:
    """Sign in without a second step from now on."""
    if _forget(session, user):
        record(session, actor, "authenticator.turn_off", object_id=user.id)


def reset(session: Session, actor: Actor, user: User) -> None:
    """Take the second step away from somebody who lost their device; all their sessions end.

    Raises Refused (TWO-005, 409) where there is none.
    """
    if not _forget(session, user):
        raise refuse("TWO-005", f"“{user.name}” has no second step.", status=409)
    end_sessions_of(session, user)
    record(session, actor, "authenticator.reset", object_id=user.id)


def _forget(session: Session, user: User) -> bool:
    was_on = is_on(session, user.id)
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    session.execute(delete(TwoStep).where(TwoStep.user_id == user.id))
    session.expire_all()
    return was_on


def _seed(session: Session, found: TwoStep) -> str:
    try:
        return unseal(session, found.sealed_seed)
    except Unreadable:
        raise refuse(
            "TWO-006",
            "Your second step was set up under a key that this installation no longer has.",
            "Use a recovery code, or ask an administrator to reset it.",
            where="code",
        ) from None


def _spend_app_code(session: Session, user: User, code: str) -> bool:
    """Keep the step that the code belongs to, so that neither it nor an earlier one counts again; of two at once, one wins."""
    given = "".join(code.split())
    if len(given) != DIGITS or not (given.isascii() and given.isdigit()):
        return False
    found = session.get_one(TwoStep, user.id, populate_existing=True)
    seed = _seed(session, found)
    present = int(now(session).timestamp()) // STEP
    matching = [
        step
        for step in range(present - WINDOW, present + WINDOW + 1)
        if hmac.compare_digest(pyotp.TOTP(seed).generate_otp(step), given)
    ]
    if not matching:
        return False
    kept = {"last_step": matching[0], "sealed_seed": seal(session, seed)}  # under today's key from now on
    spent = update(TwoStep).where(TwoStep.user_id == user.id, TwoStep.last_step < matching[0]).values(kept)
    return _changed_one(session, spent)


def _spend_recovery_code(session: Session, actor: Actor, user: User, code: str) -> bool:
    unused = update(RecoveryCode).where(
        RecoveryCode.code_hash == code_hash(code),
        RecoveryCode.user_id == user.id,
        RecoveryCode.used_at.is_(None),
    )
    if not _changed_one(session, unused.values(used_at=now(session))):
        return False
    record(session, actor, "authenticator.use_recovery_code", object_id=user.id)
    return True


def _changed_one(session: Session, statement: Update) -> bool:
    result = cast("CursorResult[Any]", session.execute(statement))
    return result.rowcount == 1


def _fresh_codes(session: Session, user: User) -> list[str]:
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    codes = [fresh_code(LASTING_GROUPS) for _ in range(RECOVERY_CODES)]
    session.add_all(
        RecoveryCode(code_hash=code_hash(code), user_id=user.id, made_at=now(session)) for code in codes
    )
    session.flush()
    return codes
