"""The first administrator: a one-time code, shown where the server was started, makes the first account.

There is no default account; whoever can read the server's own output is who may begin.
"""

from __future__ import annotations

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from schema.actor import Actor
from schema.problem import refuse
from schema.store.codes import code_hash, fresh_code, is_code
from schema.store.models import Setting, User
from schema.store.people import add_user, set_password_hash

KEY = "first_start_code_hash"


def is_waiting(session: Session) -> bool:
    """Whether there is no account yet."""
    return session.scalar(select(func.count()).select_from(User)) == 0


def first_start_code(session: Session) -> str | None:
    """Return a fresh code while there is no account, None afterwards; an earlier code no longer counts."""
    if not is_waiting(session):
        return None
    code = fresh_code()
    session.merge(Setting(key=KEY, value=code_hash(code)))
    return code


def make_first_administrator(
    session: Session, code: str, name: str, display_name: str, password_hash: str, request_id: str = ""
) -> User:
    """Make the first account by the code, which is spent. Raises Refused (PPL-006) for a wrong code or a later account."""
    stored = session.get(Setting, KEY, with_for_update=True)  # of two at once, the later finds it spent
    if stored is None or not is_code(code, stored.value) or not is_waiting(session):
        raise refuse(
            "PPL-006",
            "That code does not open this installation, or somebody has begun already.",
            "Start the server again: it prints a new code as long as there is no account.",
            where="code",
        )
    actor = Actor(id="", name="first start", is_admin=True, request_id=request_id)
    user = add_user(session, actor, name, display_name, is_admin=True)
    set_password_hash(session, actor, user, password_hash)
    session.execute(delete(Setting).where(Setting.key == KEY))
    return user
