"""What may happen once happens once, however many try at the same moment, on both databases."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from schema.actor import COMMAND_LINE
from schema.store.database import Database
from schema.store.first_start import first_start_code, make_first_administrator
from schema.store.models import User
from schema.store.people import add_user, disable_user, issue_reset_code, set_admin, use_reset_code
from tests.support.at_once import at_once


def _count_administrators(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).where(User.is_admin, User.disabled_at.is_(None))) or 0


def test_ten_at_once_make_one_first_administrator(database: Database) -> None:
    with database.writing() as session:
        code = first_start_code(session)
    assert code is not None

    def begin(number: int) -> Callable[[Session], object]:
        return lambda session: make_first_administrator(session, code, f"person{number}", "Person", "hash")

    answers = at_once(database, *(begin(number) for number in range(10)))
    assert answers == ["PPL-006"] * 9 + ["done"]
    assert _count_administrators(database) == 1


def test_a_one_time_code_is_good_for_one_of_ten_at_once(database: Database) -> None:
    with database.writing() as session:
        code = issue_reset_code(session, COMMAND_LINE, add_user(session, COMMAND_LINE, "amara"))

    def use(number: int) -> Callable[[Session], object]:
        return lambda session: use_reset_code(session, "amara", code, f"hash {number}")

    assert at_once(database, *(use(number) for number in range(10))) == ["PPL-003"] * 9 + ["done"]


def test_two_administrators_cannot_take_the_role_from_each_other_at_once(database: Database) -> None:
    with database.writing() as session:
        ids = [add_user(session, COMMAND_LINE, name, is_admin=True).id for name in ("root", "ruth")]

    def demote(user_id: str) -> Callable[[Session], object]:
        return lambda session: set_admin(session, COMMAND_LINE, session.get_one(User, user_id), False)

    def disable(user_id: str) -> Callable[[Session], object]:
        return lambda session: disable_user(session, COMMAND_LINE, session.get_one(User, user_id))

    assert at_once(database, demote(ids[0]), disable(ids[1])) == ["PPL-004", "done"]
    assert _count_administrators(database) == 1
