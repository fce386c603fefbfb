"""The audit trail is a chain: whatever is changed, moved, cut or added from outside is found, and the row named."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import select, text

from schema.actor import COMMAND_LINE, Actor
from schema.problem import Refused
from schema.store.audit import head, record
from schema.store.audit_keys import Keyring, keyring
from schema.store.audit_verify import Verified, verify
from schema.store.database import Database
from schema.store.models import Audit
from schema.store.people import add_user

KEYS = keyring("the secret key of this installation, long enough")
OTHER = keyring("a key that somebody else made up, long enough too")
ROWS = 5


def _reopened(database: Database, keys: Keyring) -> Database:
    return Database(database.url.render_as_string(hide_password=False), audit_keys=keys)


@pytest.fixture
def trail(database: Database) -> Iterator[Database]:
    """Five rows, each from a transaction of its own."""
    made = _reopened(database, KEYS)
    for number in range(1, ROWS + 1):
        _act(made, f"act {number}")
    yield made
    made.dispose()


def _act(database: Database, *objects: str, fail: bool = False) -> None:
    with database.writing() as session:
        for one in objects:
            record(session, Actor(id="amara", name="Œuvre"), "case.describe", object_id=one, detail={"é": 1})
        if fail:
            raise KeyError("after the act")


def _verified(database: Database, *heads: str) -> Verified:
    with database.reading() as session:
        return verify(session, heads)


def _head(database: Database) -> str:
    with database.reading() as session:
        return head(session).hash


def _force(database: Database, *statements: str) -> None:
    """Do what the owner of the database can: take the triggers away and write."""
    with database.altering() as connection:
        if database.dialect == "postgresql":
            connection.exec_driver_sql("ALTER TABLE audit DISABLE TRIGGER USER")
        else:
            connection.exec_driver_sql("DROP TRIGGER audit_no_update")
            connection.exec_driver_sql("DROP TRIGGER audit_no_delete")
        for statement in statements:
            connection.exec_driver_sql(statement)


def test_a_trail_that_nobody_touched_holds(trail: Database) -> None:
    found = _verified(trail, _head(trail))
    assert (found.holds, found.head.seq, found.head.hash) == (True, ROWS, _head(trail))


def test_an_empty_trail_holds_and_has_a_head(database: Database) -> None:
    with database.reading() as session:
        assert (head(session).seq, head(session).hash) == (0, "0" * 64)
        assert verify(session).holds


def test_rows_of_one_transaction_follow_one_another(trail: Database) -> None:
    _act(trail, "six", "seven", "eight")
    with trail.reading() as session:
        assert session.scalars(select(Audit.object_id).order_by(Audit.seq)).all()[-3:] == [
            "six",
            "seven",
            "eight",
        ]
    assert _verified(trail).holds


def test_an_act_that_fails_leaves_no_row_and_no_gap(trail: Database) -> None:
    with pytest.raises(KeyError):
        _act(trail, "undone", fail=True)
    _act(trail, "done")
    assert (_verified(trail).holds, _verified(trail).head.seq) == (True, ROWS + 1)


def test_a_row_whose_act_cannot_be_stored_is_not_stored_either(trail: Database) -> None:
    with trail.writing() as session:
        add_user(session, COMMAND_LINE, "amara")
    before = _verified(trail).head.seq
    with pytest.raises(Exception, match=r"(?i)unique"), trail.writing() as session:
        record(session, COMMAND_LINE, "user.add", object_id="x")
        session.execute(
            text("INSERT INTO user_account SELECT * FROM user_account")
        )  # the same account a second time
    assert _verified(trail).head.seq == before


@pytest.mark.parametrize(
    ("statement", "row"),
    [
        ("UPDATE audit SET actor_name = 'ben' WHERE seq = 3", 3),
        ("UPDATE audit SET actor_id = NULL WHERE seq = 2", 2),
        ("UPDATE audit SET detail = '{}' WHERE seq = 5", 5),
        ("UPDATE audit SET case_id = 'c1' WHERE seq = 1", 1),
        ("UPDATE audit SET request_id = 'r' WHERE seq = 4", 4),
        ("UPDATE audit SET at = '2020-01-01 00:00:00+00:00' WHERE seq = 4", 4),
        ("UPDATE audit SET hash = prev_hash WHERE seq = 3", 3),
        ("DELETE FROM audit WHERE seq = 3", 4),
        ("DELETE FROM audit WHERE seq = 1", 2),
        ("UPDATE audit SET seq = 99 WHERE seq = 2", 3),
    ],
)
def test_the_first_row_that_was_touched_is_named(trail: Database, statement: str, row: int) -> None:
    _force(trail, statement)
    found = _verified(trail)
    assert (found.first_bad, found.holds) == (row, False)


def test_two_rows_that_changed_places_are_found(trail: Database) -> None:
    _force(
        trail,
        "UPDATE audit SET seq = 99 WHERE seq = 2",
        "UPDATE audit SET seq = 2 WHERE seq = 3",
        "UPDATE audit SET seq = 3 WHERE seq = 99",
    )
    assert _verified(trail).first_bad == 2


def test_a_cut_tail_is_seen_against_a_head_that_was_printed_earlier(trail: Database) -> None:
    printed = _head(trail)
    _force(trail, "DELETE FROM audit WHERE seq >= 4")
    assert _verified(trail).holds, "without an earlier head a shorter trail looks like an earlier one"
    found = _verified(trail, printed)
    assert not found.holds
    assert printed[:16] in found.reason


def test_a_head_from_earlier_stays_good_as_the_trail_grows(trail: Database) -> None:
    printed = _head(trail)
    _act(trail, "later")
    assert _verified(trail, printed).holds


def test_nothing_is_written_after_rows_that_an_unknown_key_sealed(trail: Database) -> None:
    stranger = _reopened(trail, OTHER)
    before = _head(trail)
    with pytest.raises(Refused, match="AUD-002"):
        _act(stranger, "by a node with a key of its own")
    stranger.dispose()
    assert (_head(trail), _verified(trail).holds) == (before, True)


def test_a_row_sealed_with_a_key_that_is_not_ours_is_found(trail: Database) -> None:
    forged = _reopened(trail, dataclasses.replace(OTHER, lost=frozenset({KEYS.current.name})))
    _act(forged, "forged")
    forged.dispose()
    found = _verified(trail)
    assert (found.first_bad, "TANDEM_EARLIER_SECRET_KEYS" in found.reason) == (ROWS + 1, True)


def test_a_trail_written_anew_with_another_key_is_found(trail: Database) -> None:
    _force(trail, "DELETE FROM audit")
    forged = _reopened(trail, OTHER)
    _act(forged, *(f"act {number}" for number in range(1, ROWS + 1)))
    forged.dispose()
    assert _verified(trail).first_bad == 1


def test_after_a_new_key_the_trail_holds_with_the_earlier_one_at_hand(trail: Database) -> None:
    ring = keyring(
        "the new secret key after the rotation, long too",
        ["the secret key of this installation, long enough"],
    )
    rotated = _reopened(trail, ring)
    _act(rotated, "after")
    assert _verified(rotated).holds
    with pytest.raises(Refused, match="AUD-002"):
        _act(trail, "by a node that was not told of the new key")
    turned_round = _reopened(trail, Keyring(KEYS.current, (ring.current,)))
    with pytest.raises(Refused, match="AUD-003"):
        _act(turned_round, "by a node with both keys the wrong way round")
    turned_round.dispose()
    assert _verified(rotated).holds
    forced = _reopened(trail, dataclasses.replace(KEYS, lost=frozenset({ring.current.name})))
    _act(forced, "with the key that was replaced")
    forced.dispose()
    assert _verified(rotated).first_bad == ROWS + 2
    rotated.dispose()


def test_after_a_key_that_is_lost_the_trail_goes_on_and_what_it_sealed_stays_unchecked(
    trail: Database,
) -> None:
    going_on = _reopened(trail, dataclasses.replace(OTHER, lost=frozenset({KEYS.current.name})))
    _act(going_on, "after the loss")
    found = _verified(going_on)
    going_on.dispose()
    assert (found.holds, found.first_bad) == (False, 1)


def test_the_key_is_not_in_the_database(trail: Database) -> None:
    secret = KEYS.current.secret.hex()
    with trail.reading() as session:
        names = session.scalars(select(Audit.key_name).distinct()).all()
    assert names == [KEYS.current.name]
    assert names[0] not in secret
    assert secret not in repr(KEYS)


def test_many_writers_at_once_make_one_chain(trail: Database) -> None:
    def work() -> None:
        for number in range(6):
            _act(trail, f"a {number}", f"b {number}")

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (_verified(trail).holds, _verified(trail).head.seq) == (True, ROWS + 6 * 6 * 2)
