"""After a save the desk is put together from what was read before and what the save wrote: it must be what the database holds."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy.orm import Session

from schema.answers.document import Change
from schema.store.entries import save_changes
from schema.store.models import Entry
from schema.store.parts import load_parts
from schema.template.kinds import kind_of
from tests.support.entry_desk import Desk
from tests.support.policing import Page, PolicingClient
from tests.support.watched import watched
from webapp import unit_of_work
from webapp.entry import desk as desks
from webapp.entry import routes, saving

VALUES = (
    "Exampleshire",
    "",
    None,
    {"missing": "not_reported"},
    {"invalid": "half a number"},
    "été 👩‍👧",
    "0",
)
ROW_ACTS = ("add", "up", "down", "duplicate", "delete", "restore")


def _is_as_in_the_database(desk: Desk) -> None:
    stands, judged = desks._KEPT[desk.entry().id]
    with desk.world.reading() as session:
        entry = session.get_one(Entry, desk.entry().id)
        assert stands == desks._stands(entry)
        stored = load_parts(session.connection(), entry.id)
    in_order = sorted(stored, key=lambda part: (part.section, part.position, part.row_id))
    assert list(judged.parts) == in_order


def _acts(desk: Desk, client: PolicingClient, chance: random.Random) -> Callable[[], Any]:
    rows = [row.id for row in desk.document().rows("recommendations")]
    questions = [one for one in desk.template.fields() if kind_of(one).stores]
    paths = [one.path for one in questions if desk.template.by_key[one.section].repeats is None]
    path = chance.choice([*paths, *(f"recommendations.{row}.number" for row in rows)])
    change = {
        "set": {"path": path, "value": chance.choice(VALUES)},
        "note": {
            "what": "note",
            "path": path,
            "value": {"flagged": chance.random() < 0.5, "memo": chance.choice(["", "look again"])},
        },
        "evidence": {
            "what": "evidence",
            "path": path,
            "value": {"page": chance.choice(["", "12"]), "quote": chance.choice(["", "her words"])},
        },
    }[chance.choice(["set", "set", "note", "evidence"])]
    if chance.random() < 0.3:
        return lambda: desk.act(
            client, "recommendations", chance.choice(ROW_ACTS), chance.choice(rows) if rows else ""
        )
    body = {"base_revision": desk.entry().revision - (chance.random() < 0.1), "changes": [change]}
    return lambda: client.send_json(desk.section(path.split(".")[0]) + "/autosave", body)


@pytest.mark.parametrize("seed", range(4))
def test_after_any_act_it_is_as_in_the_database(desk: Desk, amara: PolicingClient, seed: int) -> None:
    chance, done = random.Random(seed), 0
    desk.save(amara, ("report.area", "to begin with"))
    for _ in range(40):
        answer = _acts(desk, amara, chance)()
        done += answer.status_code == 200
        if answer.status_code == 200:
            _is_as_in_the_database(desk)
    assert done > 20


def test_a_save_reads_nothing_again(desk: Desk, amara: PolicingClient) -> None:
    desk.save(amara, ("report.area", "before"))
    with watched(desk.world.database) as watch:
        said = desk.save(amara, ("report.area", "after"), base=1)
    assert (said.status_code, said.get_json()["revision"]) == (200, 2)
    written = next(place for place, text in enumerate(watch.statements) if "INSERT INTO entry_change" in text)
    assert [text for text in watch.statements[written:] if text.startswith("SELECT")] == []


def test_what_another_window_saved_in_between_is_read(
    desk: Desk, amara: PolicingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.save(amara, ("report.area", "before"))
    _another_window_is_first(desk, monkeypatch, routes, Change("set", "report.death_year", 2016))
    said = desk.save(amara, ("report.area", "after"), base=1).get_json()
    assert (said["revision"], [one["path"] for one in said["elsewhere"]]) == (3, ["report.death_year"])
    _is_as_in_the_database(desk)


def test_a_page_that_refuses_a_save_shows_what_another_window_saved_in_between(
    desk: Desk, amara: PolicingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.save(amara, ("report.area", "before"))
    page = amara.page(desk.section("report"))
    _another_window_is_first(desk, monkeypatch, saving, Change("set", "report.area", "what the other said"))
    answer = amara.post(desk.section("report"), data={**page.values(), "report.area": "what this one said"})
    assert answer.status_code == 409
    assert Page(answer).values()["base_revision"] == "2"
    assert "what the other said" in answer.text
    assert "what this one said" in answer.text


def _another_window_is_first(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, acting: ModuleType, change: Change
) -> None:
    """Have another window of amara's save a change between what a request reads and what it writes."""
    real = unit_of_work.writing

    def save() -> None:
        with desk.world.writing() as session:
            save_changes(session, desk.world.actor("amara"), desk.entry().id, 1, [change])

    @contextmanager
    def writing() -> Iterator[Session]:
        with ThreadPoolExecutor() as elsewhere:
            elsewhere.submit(save).result()
        with real() as session:
            yield session

    monkeypatch.setattr(acting, "writing", writing)
