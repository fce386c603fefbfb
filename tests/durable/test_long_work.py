"""Long work beside people who save: a lock that is held, a list of ten thousand cases, a workbook of everything. No save is lost or refused."""

from __future__ import annotations

import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import quantiles

import pytest
from sqlalchemy import func, select

from schema.limits import LIST_BYTES
from schema.store.audit_verify import verify
from schema.store.database import BUSY_MILLISECONDS, Database
from schema.store.models import Case, ExportFile, Job
from tests.durable.conftest import Peopled
from tests.support.databases import locked
from tests.support.exporting import ask_for_workbook
from tests.support.nodes import PATIENCE, Coder, Node, cluster, coders, held
from tests.support.storm import nothing_lost
from tests.support.visitor import HIDDEN, visitor
from tests.support.world import PROJECT
from webapp.spreadsheets import ROWS

CODERS, LISTED = 30, ROWS - 2  # a header besides
IMPORT = f"/projects/{PROJECT}/cases/import"
PAUSE = 0.3  # seconds between two saves of a person


@pytest.mark.full
def test_saves_wait_for_a_lock_of_ten_seconds_and_are_kept_for_later_where_it_lasts(
    peopled: Peopled, tmp_path: Path
) -> None:
    database, statuses = peopled("sqlite"), list[int]()
    people = coders(database, 5)
    page = f"/projects/{PROJECT}/cases/{people[0].case_id}/entry/report"
    with cluster(database.url.render_as_string(hide_password=False), tmp_path / "data") as running:
        node = running.serve()
        amara = visitor(database, node, "amara")
        for coder in people:
            coder.enter(node.port)
        saving = [
            threading.Thread(target=lambda one=coder: statuses.append(one.save(node.port, 0)))
            for coder in people
        ]
        with locked(database):
            for thread in saving:
                thread.start()
            time.sleep(10)
            assert statuses == []
        for thread in saving:
            thread.join()
        assert statuses == [200] * len(people)
        form = dict(HIDDEN.findall(amara.get(page).text)) | {"act": "save", "report.area": "kept"}
        with locked(database):
            begun = time.monotonic()
            refused = amara.send(page, form, form["csrf_token"])
            waited = time.monotonic() - begun
        kept = dict(HIDDEN.findall(refused.text))
        assert (refused.status_code, kept["report.area"]) == (503, "kept")
        assert int(refused.headers["Retry-After"]) > 0
        assert waited >= BUSY_MILLISECONDS / 1_000
        assert amara.send(page, kept, kept["csrf_token"]).status_code == 303
    assert [new for _, new in held(database, people[0])["saved"]] == ["number 1", "kept"]


def _save_until(
    node: Node, coder: Coder, over: threading.Event, seen: Counter[int], times: list[float]
) -> None:
    while not over.is_set():
        begun = time.perf_counter()
        seen[coder.save(node.port, coder.acknowledged)] += 1
        times.append(time.perf_counter() - begun)
        over.wait(PAUSE)


@contextmanager
def _everybody_saves(node: Node, people: list[Coder], times: list[float]) -> Iterator[Counter[int]]:
    """Thirty people save meanwhile; gives the answers that they got."""
    over, seen = threading.Event(), Counter[int]()
    for coder in people:
        coder.enter(node.port)
    threads = [threading.Thread(target=_save_until, args=(node, one, over, seen, times)) for one in people]
    for thread in threads:
        thread.start()
    try:
        yield seen
    finally:
        over.set()
        for thread in threads:
            thread.join()


def _wait_until_made(database: Database, job_id: str) -> None:
    until = time.monotonic() + PATIENCE * 2
    while True:
        with database.reading() as session:
            state = session.get_one(Job, job_id).state
        if state == "done":
            return
        assert state in ("queued", "running")
        assert time.monotonic() < until, "the export was not made in time"
        time.sleep(0.2)


@pytest.mark.full
def test_an_import_and_an_export_of_ten_thousand_cases_keep_nobody_from_saving(
    peopled: Peopled, tmp_path: Path
) -> None:
    database, times = peopled("sqlite"), list[float]()
    people = coders(database, CODERS)
    rows = "".join(f"LONG-{number:05},Title {number}\n" for number in range(LISTED))
    listed = f"reference,title\n{rows}".encode()
    assert len(listed) < LIST_BYTES
    with cluster(database.url.render_as_string(hide_password=False), tmp_path / "data") as running:
        node = running.serve()
        dana = visitor(database, node, "dana")
        with _everybody_saves(node, people, times) as seen:
            shown = dana.send(IMPORT, {}, file=listed)
            assert shown.status_code == 200
            made = ask_for_workbook(database)
            form = dict(HIDDEN.findall(shown.text))
            assert dana.send(f"{IMPORT}/confirm", form, form["csrf_token"]).status_code == 303
            _wait_until_made(database, made)
            _wait_until_made(database, ask_for_workbook(database))
    cuts = quantiles(times, n=100)
    sys.stdout.write(
        f"{len(times)} saves: median, 95th and 99th of 100 {cuts[49]:.3f}, {cuts[94]:.3f}, {cuts[98]:.3f} s\n"
    )
    assert set(seen) == {200}
    for coder in people:
        nothing_lost(database, coder)
    with database.reading() as session:
        assert verify(session).holds
        assert session.scalar(select(func.count()).select_from(Case)) == CODERS + LISTED
        assert session.scalar(select(func.count()).select_from(ExportFile)) == 2
