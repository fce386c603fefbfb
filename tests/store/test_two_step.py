"""Time-based codes against the published ones, on SQLite and on PostgreSQL; of two uses at once, one counts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from schema.actor import COMMAND_LINE
from schema.store.database import Database, utc_now
from schema.store.models import TwoStep, User
from schema.store.people import add_user
from schema.store.sealed import Unreadable, seal, unseal
from schema.store.two_step import spend_code

SEED = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # base32 of 12345678901234567890, the key of RFC 6238, appendix B
#: RFC 6238, appendix B, rows for SHA1: seconds since 1970 and the eight digits there, of which an app shows the last six.
PUBLISHED = [
    (59, "94287082"),
    (1111111109, "07081804"),
    (1111111111, "14050471"),
    (1234567890, "89005924"),
    (2000000000, "69279037"),
    (20000000000, "65353130"),
]


@pytest.fixture
def amara(database: Database) -> str:
    with database.writing() as session:
        user = add_user(session, COMMAND_LINE, "amara")
        sealed = seal(session, SEED)
        session.add(
            TwoStep(
                user_id=user.id, sealed_seed=sealed, begun_at=utc_now(), confirmed_at=utc_now(), last_step=0
            )
        )
        return user.id


def _at(seconds: int) -> Callable[[], datetime]:
    return lambda: datetime.fromtimestamp(seconds, UTC)


def _spend(database: Database, user_id: str, seconds: int, code: str) -> bool:
    with database.writing() as session:
        session.info["clock"] = _at(seconds)
        return spend_code(session, COMMAND_LINE, session.get_one(User, user_id), code)


def test_the_published_codes_count_each_once(database: Database, amara: str) -> None:
    for seconds, digits in PUBLISHED:
        assert not _spend(database, amara, seconds, digits), "eight digits"
        assert _spend(database, amara, seconds, digits[2:]), seconds
        assert not _spend(database, amara, seconds, digits[2:]), "the same code again"


@pytest.mark.parametrize("given", ["", "28708", "2870822", "２８７０８２", "abcdef", "-28708", "287082\x00"])
def test_what_is_not_six_digits_is_no_code(database: Database, amara: str, given: str) -> None:
    assert not _spend(database, amara, 59, given)


def test_a_sealed_seed_that_was_changed_anywhere_is_not_opened(database: Database) -> None:
    with database.writing() as session:
        sealed = seal(session, SEED)
        assert unseal(session, sealed) == SEED
        assert SEED not in sealed
        for place in range(0, len(sealed) - 2, 7):
            other = "A" if sealed[place] != "A" else "B"
            with pytest.raises(Unreadable):
                unseal(session, sealed[:place] + other + sealed[place + 1 :])
