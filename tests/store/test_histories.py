"""Thirty people save into a few entries at the same moment; what was acknowledged is checked as a history (after Elle, Kingsbury 2020).

Each save writes a value of its own into one of few fields, based on the revision that its writer saw last. The log must be one
line: revisions without gaps, each line's old value the new one of the line before it on that field, every acknowledged value in it
exactly where it was acknowledged, no refused one anywhere, and nobody ever saw a value that is not in it or went back in time.
"""

from __future__ import annotations

import random
import threading
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import select

from schema.answers.document import Change
from schema.problem import Refused
from schema.store.database import Database
from schema.store.entries import change_log, load_document, save_changes
from schema.store.models import Entry
from tests.support.casework import entry_of, start_case
from tests.support.world import World, populate

CLIENTS = 30
PATHS = ("report.area", "report.children_note", "report.published")


@dataclass
class Client:
    """One writer: what was acknowledged (path, value, revision), what was refused, and what was read (revision, values)."""

    number: int
    acknowledged: list[tuple[str, str, int]] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    seen: list[tuple[int, dict[str, object]]] = field(default_factory=list)

    def work(self, world: World, entry_id: str, operations: int) -> None:
        """Read, and save what is based on it; some saves are rolled back on purpose."""
        dice, actor = random.Random(self.number), world.actor("amara")
        for count in range(operations):
            with world.reading() as session:
                revision = session.scalars(select(Entry.revision).where(Entry.id == entry_id)).one()
                document = load_document(session, entry_id)
            self.seen.append((revision, {path: document.get(path) for path in PATHS}))
            path, value = dice.choice(PATHS), f"{self.number}:{count}"
            try:
                with world.writing() as session:
                    entry = session.get_one(Entry, entry_id)
                    saved = save_changes(session, actor, entry, revision, [Change("set", path, value)])
                    if dice.random() < 0.1:
                        raise InterruptedError
            except (Refused, InterruptedError):
                self.refused.add(value)
            else:
                self.acknowledged.append((path, value, saved.revision))


def _run(database: Database, folder: Path, operations: int) -> None:
    world = World(database, folder)
    with world.writing() as session:
        populate(session)
    entry_id = entry_of(world, start_case(world, "DHR-001"), "amara").id
    clients = [Client(number) for number in range(CLIENTS)]
    threads = [threading.Thread(target=one.work, args=(world, entry_id, operations)) for one in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with world.reading() as session:
        saves = change_log(session, entry_id)
    assert len(saves) > 10, "hardly anything was saved, so this proves nothing"
    _is_one_line(clients, [(save.revision, save.changes[0]) for save in saves])


def _is_one_line(clients: list[Client], log: list[tuple[int, dict[str, object]]]) -> None:
    assert [revision for revision, _ in log] == list(range(1, len(log) + 1))
    at: dict[int, dict[str, object]] = {0: dict.fromkeys(PATHS)}
    for revision, line in log:
        before = at[revision - 1]
        assert line["old"] == before[str(line["path"])], f"revision {revision} lost an update"
        at[revision] = {**before, str(line["path"]): line["new"]}
    written = {(str(line["path"]), str(line["new"]), revision) for revision, line in log}
    acknowledged = {one for client in clients for one in client.acknowledged}
    assert written == acknowledged, "what was acknowledged is not what was written"
    assert not {value for _, value, _ in written} & {value for one in clients for value in one.refused}
    for client in clients:
        revisions = [revision for revision, _ in client.seen]
        assert revisions == sorted(revisions), "somebody went back in time"
        assert all(values == at[revision] for revision, values in client.seen), (
            "a value was read that never was"
        )


def test_a_history_of_thirty_clients_is_one_line(database: Database, tmp_path: Path) -> None:
    _run(database, tmp_path, operations=4)


@pytest.mark.full
def test_a_long_history_of_thirty_clients_is_one_line(database: Database, tmp_path: Path) -> None:
    _run(database, tmp_path, operations=200)


def test_a_history_that_lost_an_update_is_seen() -> None:
    log: list[tuple[int, dict[str, object]]] = [
        (1, {"path": "report.area", "old": None, "new": "0:0"}),
        (2, {"path": "report.area", "old": None, "new": "1:0"}),
    ]
    with pytest.raises(AssertionError, match="lost an update"):
        _is_one_line([Client(0, [("report.area", "0:0", 1)]), Client(1, [("report.area", "1:0", 2)])], log)
