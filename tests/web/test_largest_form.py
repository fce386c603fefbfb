"""The largest forms, of 1,500 answers with a megabyte of text, are saved whole by one request, with about the statements of a small one."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from schema.answers.document import Document, Row
from schema.store.entries import save_document
from schema.store.models import Entry
from tests.support.databases import sqlite_database
from tests.support.entry_desk import Desk, build_desk
from tests.support.policing import PolicingClient
from tests.support.watched import watched
from tests.support.world import World, populate

MEGABYTE = 1_000_000
FIELDS, ROWS, EACH = 480, 100, 15  # a questionnaire has 500 fields at most
#: What a row costs besides the statements of any save: its part is written.
PER_ROW = 1


def _fields(number: int) -> str:
    return "".join(f"      - {{key: f{one}, kind: long_text, label: Field {one}}}\n" for one in range(number))


SOURCE = f"""template: small
version: 1
title: Wide
missing: missing
sections:
  - key: wide
    label: Wide
    fields:
{_fields(FIELDS)}
  - key: many
    label: Many
    repeats: {{one: row, max: {ROWS}}}
    fields:
{_fields(EACH)}"""


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder: Path = tmp_path_factory.mktemp("wide")
    database = sqlite_database(folder / "tandem.sqlite3")
    with database.writing() as session:
        populate(session, SOURCE)
    world = World(database, folder)
    desk = build_desk(world)
    rows = tuple(Row(f"r{number}", {"f0": "begun"}) for number in range(ROWS))
    with world.writing() as session:
        save_document(
            session,
            world.actor("amara"),
            session.get_one(Entry, desk.entry().id),
            Document(groups={"many": rows}),
        )
    yield desk
    database.dispose()


def _sent(desk: Desk, client: PolicingClient, section: str, answers: dict[str, str]) -> tuple[int, float]:
    """Send a section's form with these answers; how many statements and seconds (of this thread) it took."""
    base = str(desk.entry().revision)
    sent = {"csrf_token": client.token("/account"), "base_revision": base, "act": "save", **answers}
    client.most_statements = 10_000
    begun = time.thread_time()
    with watched(desk.world.database) as watch:
        assert client.post(desk.section(section), data=sent).status_code == 303
    took = time.thread_time() - begun
    held = desk.document()
    assert {name: held.get(name) for name in answers} == answers
    return len(watch.statements), took


def _reported(what: str, small: float, large: float) -> None:
    sys.stdout.write(f"{what}: {large:.3f} s of a processor, a small one {small:.3f}\n")


def test_as_many_answers_as_a_section_can_have_take_the_statements_of_three(wide: Desk) -> None:
    amara, text = wide.world.client_for("amara"), "x" * (MEGABYTE // FIELDS)
    names = [f"wide.f{one}" for one in range(FIELDS)]
    few, small = _sent(wide, amara, "wide", {name: f"{name} x" for name in names[:3]})
    many, large = _sent(wide, amara, "wide", {name: f"{name} {text}" for name in names})
    _reported(f"{FIELDS} answers of a section", small, large)
    assert many == few


def test_fifteen_hundred_answers_in_rows_take_a_statement_for_each_row_more(wide: Desk) -> None:
    amara, text = wide.world.client_for("amara"), "x" * (MEGABYTE // (ROWS * EACH))
    names = [f"many.r{row}.f{one}" for row in range(ROWS) for one in range(EACH)]
    few, small = _sent(wide, amara, "many", {name: f"{name} x" for name in names[:EACH]})
    many, large = _sent(wide, amara, "many", {name: f"{name} {text}" for name in names})
    _reported(f"{ROWS * EACH:,} answers in {ROWS} rows", small, large)
    assert many <= few + PER_ROW * (ROWS - 1)
