"""Backups that are made while people save hold one moment: no save half in it, and every hash and link right."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path

from schema.actor import Actor
from schema.answers.document import Change
from schema.store.database import Database
from schema.store.entries import save_changes
from schema.store.models import Entry
from tests.store.installation import settings_for
from tests.support.nodes import SECRET, Coder, coders
from webapp.backups.archive import Backup, opened
from webapp.backups.operations import check_backup, make_backup

BACKUPS = 20 if os.environ.get("TANDEM_SOAK_ROUNDS") else 4
WRITERS = 3


def _save_until(database: Database, coder: Coder, over: threading.Event) -> None:
    number = 0
    while not over.is_set():
        number += 1
        with database.writing() as session:
            entry = session.get_one(Entry, coder.entry_id)
            change = Change("set", "report.area", f"number {number}")
            save_changes(session, Actor(entry.coder_id, "amara"), entry, entry.revision, [change])


def _rows(backup: Backup, table: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in backup.lines(table)]


def test_a_backup_under_load_holds_one_moment(either: Database, tmp_path: Path) -> None:
    settings = settings_for(either, tmp_path / "data", secret_key=SECRET)
    over = threading.Event()
    threads = [
        threading.Thread(target=_save_until, args=(either, coder, over)) for coder in coders(either, WRITERS)
    ]
    for thread in threads:
        thread.start()
    try:
        made = [make_backup(either, settings, tmp_path / f"{number}.backup") for number in range(BACKUPS)]
    finally:
        over.set()
        for thread in threads:
            thread.join()
    saved = []
    for one in made:
        with opened(one.path) as backup:
            assert check_backup(backup, settings).doubt == ""
            saved.append(_consistent(backup))
    assert saved == sorted(saved)
    assert saved[0] < saved[-1], "nobody saved meanwhile, so this test proves nothing"


def _consistent(backup: Backup) -> int:
    """Every entry's revision, its log and its parts tell of the same saves; gives how many there were."""
    changes = _rows(backup, "entry_change")
    bodies = {row["entry_id"]: json.loads(str(row["body"]))["v"] for row in _rows(backup, "entry_part")}
    for entry in _rows(backup, "entry"):
        own = [row for row in changes if row["entry_id"] == entry["id"]]
        assert len(own) == entry["revision"]
        if own:
            last = json.loads(str(own[-1]["changes"]))[0]["new"]
            assert bodies[entry["id"]]["area"] == last
    return len(changes)
