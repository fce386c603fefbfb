"""A connection to PostgreSQL that breaks within a save, and a PostgreSQL that stands still: said as it is, and nothing is saved twice."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy.exc import TimeoutError as PoolExhausted

from schema.store.database import ALIVE, Database
from tests.store.conftest import postgres_server
from tests.support.databases import PostgresServer
from tests.support.entry_desk import Desk, build_desk, post
from tests.support.policing import Page, PolicingClient
from tests.support.relay import Relay
from tests.support.world import World, populate
from webapp.entry import routes

__all__ = ["postgres_server"]

TYPED = "Northmere and a canary 2c91"
#: As it is sent: the beginning of a transaction has the word too.
COMMIT = b"COMMIT\x00"
NOT_SAVED, NOT_KNOWN = "It was not saved.", "It is not known whether it was saved."


@dataclass
class Far:
    """A desk on a PostgreSQL that is reached by way of a relay."""

    relay: Relay
    desk: Desk

    @property
    def amara(self) -> PolicingClient:
        return self.desk.world.client_for("amara")

    @property
    def saves(self) -> int:
        return self.desk.entry().revision


@pytest.fixture(scope="module", params=["postgresql"])
def far(
    postgres_server: PostgresServer,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Far]:
    near = postgres_server.migrated()
    with near.writing() as session:
        populate(session)
    relay = Relay(near.url)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("schema.store.database.CONNECT_SECONDS", 0.3)
        patched.setitem(ALIVE, "connect_timeout", 2)  # the least that its library takes
        patched.setitem(
            ALIVE, "prepare_threshold", None
        )  # the words of statements that are prepared are sent once
        patched.setattr("webapp.unit_of_work.SILENCE_SECONDS", 0.5)
        database = Database(relay.url)
        desk = build_desk(World(database, tmp_path_factory.mktemp("far")))
        yield Far(relay, desk)
    database.dispose()
    relay.close()
    postgres_server.drop(near)


def _sent_again(far: Far, text: str) -> None:
    """What the page that came back would send; the connection is there again."""
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', text))
    assert hidden["report.area"] == TYPED
    far.amara.outages = ()
    assert far.amara.post(far.desk.section("report"), data=hidden).status_code == 303
    assert far.desk.document().get("report.area") == TYPED


def _refused(far: Far, page: Page, code: str) -> str:
    far.amara.outages = (503,)
    answer = post(far.amara, far.desk.section("report"), page, report__area=TYPED)
    assert (answer.status_code, int(answer.headers["Retry-After"]) > 0) == (503, True)
    text = answer.get_data(as_text=True)
    assert "Nothing you typed is lost" in text
    said = NOT_KNOWN if code == "DB-505" else NOT_SAVED
    assert [one for one in (NOT_SAVED, NOT_KNOWN) if one in text] == [said]
    return text


@pytest.fixture
def page(far: Far) -> Page:
    """The section with something else in it, so that each test has something to save."""
    far.amara.outages = ()
    far.desk.save(far.amara, ("report.area", "before"))
    return far.amara.page(far.desk.section("report"))


@pytest.mark.postgres
def test_a_save_whose_connection_breaks_between_statements_is_not_made_and_made_once_when_sent_again(
    far: Far, page: Page
) -> None:
    saves, far.relay.before = far.saves, b"INSERT INTO entry_change"
    text = _refused(far, page, "DB-504")
    assert far.saves == saves
    _sent_again(far, text)
    assert far.saves == saves + 1


@pytest.mark.postgres
@pytest.mark.parametrize(("reaches", "made"), [("before", 0), ("after", 1)])
def test_whether_a_save_was_made_is_not_claimed_where_the_answer_to_its_commit_is_lost_and_it_is_there_once_in_the_end(
    far: Far, page: Page, reaches: str, made: int
) -> None:
    saves = far.saves
    setattr(far.relay, reaches, COMMIT)
    far.relay.passing = 1  # that of what was read
    text = _refused(far, page, "DB-505")
    assert far.saves == saves + made
    _sent_again(far, text)
    assert far.saves == saves + 1


@pytest.mark.postgres
def test_a_save_is_made_and_said_to_be_where_only_the_connection_that_was_read_by_breaks(
    far: Far, page: Page
) -> None:
    saves, far.relay.before = far.saves, COMMIT
    assert post(far.amara, far.desk.section("report"), page, report__area=TYPED).status_code == 303
    assert (far.relay.before, far.saves) == (b"", saves + 1)


@pytest.mark.postgres
def test_nothing_is_said_to_be_unsaved_where_it_was_saved_before_the_database_went_away(
    far: Far, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    saves, far.amara.outages = far.saves, (503,)
    with monkeypatch.context() as patched:
        patched.setattr(routes, "desk_after", _away)
        answer = far.amara.post(
            far.desk.section("report") + "/autosave",
            json={"base_revision": saves, "changes": [{"path": "report.area", "value": TYPED}]},
            headers={"X-CSRFToken": page.values()["csrf_token"]},
        )
    assert (answer.get_json()["problems"][0]["code"], far.saves) == ("DB-505", saves + 1)


def _away(*_: object) -> None:
    raise PoolExhausted


@pytest.mark.postgres
def test_a_script_that_heard_no_answer_to_its_save_sends_it_again_and_it_is_there_once(
    far: Far, page: Page
) -> None:
    saves, address = far.saves, far.desk.section("report") + "/autosave"
    sent = {"base_revision": saves, "changes": [{"path": "report.area", "value": TYPED}]}
    token = {"X-CSRFToken": page.values()["csrf_token"]}
    far.relay.after, far.relay.passing, far.amara.outages = COMMIT, 1, (503,)  # that of what was read
    first = far.amara.post(address, json=sent, headers=token)
    assert (first.status_code, first.get_json()["problems"][0]["code"]) == (503, "DB-505")
    again = far.amara.post(address, json=sent, headers=token)
    assert (again.status_code, again.get_json()["revision"]) == (200, saves + 1)
    assert far.saves == saves + 1


@pytest.mark.postgres
def test_a_postgresql_that_stands_still_is_not_waited_for_without_end_and_serves_as_soon_as_it_goes_on(
    far: Far, page: Page
) -> None:
    saves, ben = far.saves, far.desk.world.client_for("ben")
    ben.outages, others = (503,), []
    address = far.desk.section("report")
    with far.relay.standing_still():
        other = threading.Thread(target=lambda: others.append(ben.get(address).status_code))
        other.start()
        text = _refused(far, page, "DB-504")
        other.join()
    assert (others, far.saves) == ([503], saves)
    _sent_again(far, text)
    assert far.saves == saves + 1


@pytest.mark.postgres
def test_a_postgresql_that_falls_silent_within_a_save_is_given_up_and_the_save_is_made_once(
    far: Far, page: Page
) -> None:
    saves, far.relay.silent_at = far.saves, b"INSERT INTO entry_change"
    text = _refused(far, page, "DB-504")
    far.relay.go_on()
    assert far.saves == saves
    _sent_again(far, text)
    assert far.saves == saves + 1
