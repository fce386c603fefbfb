"""Accounts, one-time codes and sign-in sessions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from schema.actor import COMMAND_LINE
from schema.problem import Refused
from schema.store.audit_chain import write
from schema.store.database import Database
from schema.store.first_start import first_start_code, make_first_administrator
from schema.store.models import Audit, User, WebSession
from schema.store.people import (
    actor_for,
    add_user,
    disable_user,
    enable_user,
    end_session,
    end_sessions_of,
    find_session,
    find_user,
    issue_reset_code,
    set_admin,
    set_password_hash,
    start_session,
    touch_session,
    use_reset_code,
)
from tests.support.clock import Clock
from tests.support.databases import sqlite_database

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime(2026, 1, 5, 9, 0, tzinfo=UTC))


@pytest.fixture
def session(tmp_path: Path, clock: Clock) -> Iterator[Session]:
    database = sqlite_database(tmp_path / "tandem.sqlite3", clock=clock)
    with database.writing() as opened:
        yield opened
    database.dispose()


def _actions(session: Session) -> list[str]:
    write(session)
    return list(session.scalars(select(Audit.action).order_by(Audit.seq)))


def _code(caught: pytest.ExceptionInfo[Refused]) -> str:
    return caught.value.problems[0].code


def test_an_account_begins_without_a_password_and_is_found_in_any_case(session: Session) -> None:
    user = add_user(session, COMMAND_LINE, " Amara ", "Amara Obi")
    assert (user.name, user.display_name, user.password_hash, user.is_admin) == (
        "amara",
        "Amara Obi",
        None,
        False,
    )
    assert find_user(session, "AMARA") is user
    assert _actions(session) == ["user.add"]


def test_an_account_works_on_both_databases(database: Database) -> None:
    with database.writing() as session:
        user = add_user(session, COMMAND_LINE, "amara", "Amara")
        token = start_session(session, user, HOUR)
    with database.reading() as session:
        found = find_session(session, token)
        assert found is not None
        assert found.user_id == user.id


@pytest.mark.parametrize("name", ["", "a", "a b", "ämara", "-amara", "amara\n", "x" * 101, "<b>amara</b>"])
def test_a_name_that_cannot_be_typed_at_sign_in_is_refused(session: Session, name: str) -> None:
    if name == "amara\n":
        assert add_user(session, COMMAND_LINE, name).name == "amara"
        return
    with pytest.raises(Refused) as caught:
        add_user(session, COMMAND_LINE, name)
    assert _code(caught) == "PPL-001"


def test_a_taken_name_is_refused(session: Session) -> None:
    add_user(session, COMMAND_LINE, "amara")
    with pytest.raises(Refused) as caught:
        add_user(session, COMMAND_LINE, "Amara")
    assert (_code(caught), caught.value.status) == ("PPL-002", 409)


def test_a_reset_code_sets_a_password_once(session: Session) -> None:
    user = add_user(session, COMMAND_LINE, "amara")
    code = issue_reset_code(session, COMMAND_LINE, user)
    assert (
        use_reset_code(session, "amara", f" {code.upper()} ".replace("-", " "), "hash").password_hash
        == "hash"
    )
    with pytest.raises(Refused) as caught:
        use_reset_code(session, "amara", code, "another")
    assert (_code(caught), user.password_hash) == ("PPL-003", "hash")


def test_the_database_holds_neither_code_nor_token(session: Session) -> None:
    user = add_user(session, COMMAND_LINE, "amara")
    secrets = [issue_reset_code(session, COMMAND_LINE, user), start_session(session, user, HOUR)]
    session.flush()
    kept = "\n".join(session.connection().connection.dbapi_connection.iterdump())  # type: ignore[union-attr]
    assert not [secret for secret in secrets if secret in kept or secret.replace("-", "") in kept]


def test_a_wrong_name_a_wrong_code_and_an_old_code_are_refused_in_the_same_words(
    session: Session, clock: Clock
) -> None:
    user = add_user(session, COMMAND_LINE, "amara")
    add_user(session, COMMAND_LINE, "ben")
    code = issue_reset_code(session, COMMAND_LINE, user)
    said = []
    for name, given, later in [
        ("nobody", code, 0),
        ("amara", "wrong", 0),
        ("ben", code, 0),
        ("ben", "", 0),
        ("amara", code, 3),
    ]:
        clock.at += later * DAY
        with pytest.raises(Refused) as caught:
            use_reset_code(session, name, given, "hash")
        said.append(str(caught.value))
    assert len(set(said)) == 1


def test_a_later_code_takes_the_place_of_an_earlier_one(session: Session) -> None:
    user = add_user(session, COMMAND_LINE, "amara")
    first, second = (issue_reset_code(session, COMMAND_LINE, user) for _ in range(2))
    with pytest.raises(Refused):
        use_reset_code(session, "amara", first, "hash")
    assert use_reset_code(session, "amara", second, "hash") is user


def test_a_session_ends_by_its_token_and_by_its_age(session: Session, clock: Clock) -> None:
    user = add_user(session, COMMAND_LINE, "amara")
    ended, old = (start_session(session, user, HOUR) for _ in range(2))
    end_session(session, ended)
    assert find_session(session, ended) is None
    assert find_session(session, old) is not None
    clock.at += HOUR
    assert find_session(session, old) is None
    assert find_session(session, "made up") is None


def test_touching_a_session_notes_when_it_was_seen(session: Session, clock: Clock) -> None:
    token = start_session(session, add_user(session, COMMAND_LINE, "amara"), HOUR)
    clock.at += HOUR / 2
    touch_session(session, token)
    session.expire_all()
    found = find_session(session, token)
    assert found is not None
    assert found.last_seen_at == clock.at


def test_a_new_password_ends_every_session_but_the_one_it_was_set_in(session: Session) -> None:
    user = add_user(session, COMMAND_LINE, "amara")
    other = start_session(session, add_user(session, COMMAND_LINE, "ben"), HOUR)
    here, elsewhere = (start_session(session, user, HOUR) for _ in range(2))
    set_password_hash(session, COMMAND_LINE, user, "hash", keep_token=here)
    assert [find_session(session, token) is not None for token in (here, elsewhere, other)] == [
        True,
        False,
        True,
    ]


def test_ending_all_sessions_of_a_person_ends_nobody_elses(session: Session) -> None:
    amara, ben = (add_user(session, COMMAND_LINE, name) for name in ("amara", "ben"))
    tokens = [start_session(session, user, HOUR) for user in (amara, amara, ben)]
    end_sessions_of(session, amara)
    assert [find_session(session, token) is not None for token in tokens] == [False, False, True]


def test_long_ended_sessions_are_cleared_away_at_the_next_sign_in(session: Session, clock: Clock) -> None:
    user = add_user(session, COMMAND_LINE, "amara")
    start_session(session, user, HOUR)
    clock.at += 30 * DAY
    start_session(session, user, HOUR)
    assert session.scalar(select(func.count()).select_from(WebSession)) == 1


def test_a_disabled_account_loses_sessions_and_code_and_can_be_opened_again(session: Session) -> None:
    user = add_user(session, COMMAND_LINE, "amara")
    token = start_session(session, user, HOUR)
    code = issue_reset_code(session, COMMAND_LINE, user)
    disable_user(session, COMMAND_LINE, user)
    assert find_session(session, token) is None
    with pytest.raises(Refused):
        use_reset_code(session, "amara", code, "hash")
    with pytest.raises(Refused):
        issue_reset_code(session, COMMAND_LINE, user)
    enable_user(session, COMMAND_LINE, user)
    assert user.disabled_at is None
    assert _actions(session) == ["user.add", "user.issue_reset_code", "user.disable", "user.enable"]


def test_the_last_administrator_stays(session: Session) -> None:
    root = add_user(session, COMMAND_LINE, "root", is_admin=True)
    add_user(session, COMMAND_LINE, "amara")
    for act in (
        lambda: disable_user(session, COMMAND_LINE, root),
        lambda: set_admin(session, COMMAND_LINE, root, False),
    ):
        with pytest.raises(Refused) as caught:
            act()
        assert _code(caught) == "PPL-004"
    set_admin(session, COMMAND_LINE, add_user(session, COMMAND_LINE, "ben"), True)
    disable_user(session, COMMAND_LINE, root)
    assert root.disabled_at is not None


def test_a_disabled_administrator_does_not_count_as_another(session: Session) -> None:
    root, second = (add_user(session, COMMAND_LINE, name, is_admin=True) for name in ("root", "second"))
    disable_user(session, COMMAND_LINE, second)
    with pytest.raises(Refused):
        disable_user(session, COMMAND_LINE, root)


def test_the_first_start_code_makes_one_administrator(session: Session) -> None:
    lost = first_start_code(session)
    code = first_start_code(session)
    assert code is not None
    assert lost is not None
    for wrong in ("", "made-up", lost):
        with pytest.raises(Refused):
            make_first_administrator(session, wrong, "root", "Root", "hash")
    user = make_first_administrator(session, code, "root", "Root", "hash")
    assert (user.is_admin, user.password_hash) == (True, "hash")
    assert first_start_code(session) is None
    with pytest.raises(Refused):
        make_first_administrator(session, code, "second", "Second", "hash")


def test_without_a_code_nobody_becomes_the_first_administrator(session: Session) -> None:
    with pytest.raises(Refused):
        make_first_administrator(session, "", "root", "Root", "hash")
    assert session.scalar(select(func.count()).select_from(User)) == 0


def test_an_actor_has_the_roles_that_are_held_now(session: Session) -> None:
    user = add_user(session, COMMAND_LINE, "amara", is_admin=True)
    actor = actor_for(session, user, "request")
    assert (actor.id, actor.name, actor.is_admin, actor.roles, actor.request_id) == (
        user.id,
        "amara",
        True,
        {},
        "request",
    )
