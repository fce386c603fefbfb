"""What machines may ask: is it up, is it ready, what does it count; and logs and numbers that hold no answer, name or token."""

from __future__ import annotations

import dataclasses
import io
import json
import logging
import re
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from schema.store import kept_backups, running
from schema.store.database import Database, now, utc_now
from schema.store.kept_backups import Kept
from tests.support.entry_desk import Desk
from tests.support.policing import PolicingClient
from tests.support.world import PASSWORD, World
from webapp import logs
from webapp.app import create_app
from webapp.entry import operations
from webapp.jobs import Worker
from webapp.settings import Settings

TOKEN = "a token for the numbers, long enough: 0123456789"
CANARY = "canary7f3a of Exampleshire"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything that is logged, as JSON."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(logs.Json())
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield written
    root.removeHandler(handler)
    root.setLevel(before)


def _seen(database: Database, ago: timedelta = timedelta()) -> None:
    with database.writing() as session:
        running.note(session, running.WORKER_SEEN, utc_now() - ago)


def test_up_is_told_without_asking_the_database(world: World) -> None:
    client = world.new_client()
    client.most_statements = 0
    client.set_cookie("tandem-session", "somebody's")
    answer = client.get("/health")
    assert (answer.status_code, answer.get_json()) == (200, {"up": True})


def test_ready_means_database_schema_and_a_worker(world: World) -> None:
    client = world.new_client()
    client.outages = (503,)
    assert client.get("/ready").get_json() == {
        "ready": False, "database": True, "migrations": True, "worker": False, "files": True,
    }  # fmt: skip
    _seen(world.database)
    assert client.get("/ready").status_code == 200
    _seen(world.database, timedelta(minutes=4))
    assert client.get("/ready").status_code == 503
    _seen(world.database)
    with world.database.altering() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0004'")
    assert client.get("/ready").get_json()["migrations"] is False


def test_a_worker_with_a_long_backup_is_alive(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def noted() -> datetime | None:
        with world.reading() as session:
            return running.noted(session, running.WORKER_SEEN)

    def long(_database: Database, _settings: Settings) -> None:
        before, until = noted(), time.monotonic() + 30
        while noted() == before and time.monotonic() < until:
            time.sleep(0.01)
        said_again.append(noted() != before)

    said_again: list[bool] = []
    monkeypatch.setattr("webapp.beating.BEAT_SECONDS", 0.01)
    worker = Worker(world.database, world.settings, [long])
    worker.start()
    while not said_again:
        time.sleep(0.01)
    worker.stop()
    assert said_again == [True]


def test_ready_says_when_the_database_does_not_answer(world: World) -> None:
    gone = Database("postgresql://nobody@127.0.0.1:9/none")
    answer = create_app(world.settings, database=gone).test_client().get("/ready")
    assert (answer.status_code, answer.get_json()["database"]) == (503, False)
    gone.dispose()


def test_numbers_are_shown_to_whoever_has_the_token(world: World, desk: Desk, amara: PolicingClient) -> None:
    assert amara.get("/metrics").status_code == 404
    settings = dataclasses.replace(world.settings, metrics_token=TOKEN)
    client = create_app(settings, database=world.database).test_client()
    client.get("/sign-in?next=/projects/pilot")
    client.get(desk.address)
    client.get(f"/nothing/{CANARY}")
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}x"}).status_code == 404
    text = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).get_data(as_text=True)
    assert 'tandem_requests_total{method="GET",route="/sign-in",status="200"} 1.0' in text
    assert 'route="/projects/<project_key>/cases/<case_id>/entry",status="303"' in text
    assert 'tandem_jobs{state="queued"} 0.0' in text
    assert "tandem_database_up 1.0" in text
    assert "tandem_backup_age_seconds -1.0" in text
    for private in ("canary", "amara", desk.case_id, "pilot", "DHR-001"):
        assert private not in text


def test_the_age_of_the_latest_backup_is_that_of_one_that_is_complete(world: World) -> None:
    settings = dataclasses.replace(world.settings, metrics_token=TOKEN)
    with world.writing() as session:
        moment = now(session)
        complete, lacking = Kept("one", moment - timedelta(hours=7)), Kept("two", moment, lacks=1)
        kept_backups.keep(session, [complete, lacking, Kept("ahead", moment + timedelta(days=1))])
    client = create_app(settings, database=world.database).test_client()
    text = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).get_data(as_text=True)
    (age,) = re.findall(r"^tandem_backup_age_seconds (.*)$", text, re.MULTILINE)
    assert timedelta(hours=7) <= timedelta(seconds=float(age)) < timedelta(hours=8)


def test_a_request_is_one_line_with_its_route_and_reference(
    desk: Desk, amara: PolicingClient, log: io.StringIO
) -> None:
    desk.save(amara, ("report.area", CANARY))
    amara.get(f"/nothing/{CANARY}\r\n?q={CANARY}")
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    requests = [line for line in lines if line["logger"] == "tandem.requests"]
    saved = next(line for line in requests if line["method"] == "POST")
    assert saved["route"] == "/projects/<project_key>/cases/<case_id>/entry/<section_key>/autosave"
    assert (saved["status"], len(saved["request"]), saved["ms"] > 0) == (200, 16, True)
    assert requests[-1]["route"] == "(none)"


def test_no_log_line_holds_an_answer_a_name_or_a_token(
    desk: Desk, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise IntegrityError(f"INSERT {CANARY}", {"value": CANARY}, ValueError(CANARY))

    client = desk.world.client_for("amara")  # signs in, with a password
    desk.save(client, ("report.area", CANARY))
    monkeypatch.setattr(operations, "autosave", fail)
    client.outages = (500,)
    assert desk.save(client, ("report.area", CANARY)).status_code == 500
    text = log.getvalue()
    assert "IntegrityError" in text  # it was logged, with the places
    assert "autosave" in text
    cookie = client.get_cookie("tandem-session")
    assert cookie is not None
    for private in (CANARY, "canary7f3a", PASSWORD, cookie.value, "Amara", "amara", desk.case_id):
        assert private not in text


def test_an_error_in_text_is_its_kind_and_places_only() -> None:
    try:
        raise ValueError(CANARY)
    except ValueError as error:
        record = logging.LogRecord(
            "x", logging.ERROR, "f", 1, "Request %s failed", ("r",), (type(error), error, None)
        )
    said = logs.Text().format(record)
    assert re.match(r"\d{4}-\d\d-\d\dT[\d:.]+\+00:00 ERROR", said), "the time is in UTC, and says so"
    assert ("ValueError" in said, "test_health.py" in said, CANARY in said) == (True, True, False)
