"""``python -m tests.bench.scale``: measures what one page, one save, one case cost, and writes the figures of docs/scale.md.

What is measured and what is worked out from it or simulated (:mod:`tests.bench.capacity`) stand in different tables of that page.
"""

from __future__ import annotations

import re
import secrets
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from io import BytesIO
from pathlib import Path
from statistics import median
from typing import Any

import psutil
from sqlalchemy import text

from schema.report.suggest import suggestions
from schema.store.database import Database
from schema.store.models import Case, Project, ReportFile
from schema.store.people import actor_for, find_user
from schema.store.reports import keep_text
from tests.bench.capacity import GIB, MIB, Costs, Habits, carried, ceilings, need
from tests.bench.machine import described, load, load_in_words
from tests.bench.saving import PATH, Saver
from tests.bench.studio import Coding, Studio, all_answers, studio, template
from tests.support.reports import written
from webapp.backups.operations import check_backup, make_backup, reading_backup, restore
from webapp.reports import apart, operations
from webapp.reports.files import received
from webapp.sample import loading
from webapp.sample.study import study
from webapp.settings import Settings
from webapp.shelves import DOCUMENTS, shelf_of

PAGE = Path(__file__).resolve().parents[2] / "docs" / "scale.md"
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"
SAVES, CASES, REPORT_PAGES, STORED = 60, 33, 60, 256 * MIB
TEAMS = (1, 10, 100, 1_000)
CORES = (1, 2, 4, 8)
KEY = "a key for benchmarks, long enough: 0123456789"
PROSE = "The panel heard that the school had not been told of the assaults, and that no agency had asked the children. "


@dataclass(frozen=True, slots=True)
class Restoring:
    """Bytes that a backup held, and the seconds for making, checking and restoring it."""

    size: int
    made: float
    checked: float
    restored: float


def main() -> int:
    """Measure everything once, and write the page."""
    before = load()
    with studio() as place:
        costs = measured(place)
        restoring = restored(place)
    lines = [*machine(before), *unit_costs(costs, restoring), *worked_out(costs, Habits())]
    page = PAGE.read_text("utf-8")
    head, _, rest = page.partition(BEGIN)
    PAGE.write_text("\n".join([head + BEGIN, "", *lines, END]) + rest.partition(END)[2], encoding="utf-8")
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


def measured(place: Studio) -> Costs:
    """Every unit cost, on SQLite and on PostgreSQL."""
    changes = [one for section in template().sections for one in all_answers(section, 3)]
    coding = place.coding(place.postgresql(), changes)
    database_save, log_bytes = _of_postgresql(coding)
    saver = Saver(place.full.database, place.full.entry_id, PATH)
    size = _size(saver.database)
    commits = [_seconds(saver.save, time.perf_counter) for _ in range(SAVES * 5)]
    return Costs(
        page=_pages(coding),
        save=_saves(coding),
        commit=commits,
        database_save=database_save,
        log_bytes=log_bytes,
        case_bytes=_case_bytes(place.postgresql()),
        save_bytes=(_size(saver.database) - size) / len(commits),
        text_bytes=_text_bytes(place),
    )


def _pages(coding: Coding) -> list[float]:
    """Seconds of a core for a section page, each section several times."""
    addresses = [f"{coding.address}/{section.key}" for section in template().sections] * 4

    def ask(address: str) -> None:
        assert coding.client.get(address).status_code == 200

    ask(addresses[0])
    return [_seconds(partial(ask, address)) for address in addresses]


def _saves(coding: Coding) -> list[float]:
    """Seconds of a core for an autosave, as a request."""
    save = _saving(coding)
    return [_seconds(save) for _ in range(SAVES)]


def _saving(coding: Coding) -> Callable[[], None]:
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', coding.client.get("/account").text)
    assert token
    with coding.database.reading() as session:
        base: int = session.connection().exec_driver_sql("SELECT max(revision) FROM entry").scalar_one()

    def save() -> None:
        nonlocal base
        body = {"base_revision": base, "changes": [{"path": PATH, "value": secrets.token_hex(8)}]}
        answer = coding.client.post(
            f"{coding.address}/report/autosave", json=body, headers={"X-CSRFToken": token[1]}
        )
        assert answer.status_code == 200
        base = answer.get_json()["revision"]

    save()
    return save


def _of_postgresql(coding: Coding) -> tuple[float, float]:
    """Seconds of a core of all the server's processes, and bytes of its write-ahead log, for one save."""
    save = _saving(coding)
    began, log = _server_seconds(coding.database), _log(coding.database)
    for _ in range(SAVES * 5):
        save()
    used, written_log = _server_seconds(coding.database) - began, _log(coding.database) - log
    return used / (SAVES * 5), written_log / (SAVES * 5)


def _server_seconds(database: Database) -> float:
    with database.reading() as session:
        own = session.scalar(text("SELECT pg_backend_pid()"))
    server = psutil.Process(own).parent()
    times = [process.cpu_times() for process in (server, *server.children())]
    return float(sum(one.user + one.system for one in times))


def _log(database: Database) -> float:
    with database.reading() as session:
        return float(session.scalar(text("SELECT pg_current_wal_insert_lsn() - '0/0'")) or 0)


def _case_bytes(database: Database) -> float:
    """Bytes of database that a case takes, coded twice, reconciled and signed off."""
    loading.load_people(database)
    loading.load_project(database, "scale", "Scale", "")
    before = _size(database)
    loading.load_study(database, "scale", study(CASES), lambda _: None)
    return (_size(database) - before) / CASES


def _text_bytes(place: Studio) -> float:
    """Bytes of database that a page of a report takes; SQLite, where a page is a row of JSON as on PostgreSQL."""
    coding = place.coding(place.sqlite("text"), [])
    settings = _settings(coding.database, place.folder / "reports")
    content = written(*([PROSE * 7] * 4 for _ in range(REPORT_PAGES)))
    before = _size(coding.database)
    with received(shelf_of(settings, DOCUMENTS), BytesIO(content)) as arrived:
        file = operations.stored(arrived, "report.pdf")
        pages = apart.read_pages(Path(shelf_of(settings, DOCUMENTS).address(file.stored_name)))
        with coding.database.writing() as session:
            dana = find_user(session, "dana")
            assert dana is not None
            case = session.get_one(Case, coding.case_id)
            project = session.get_one(Project, case.project_id)
            actor = actor_for(session, dana)
            report = operations.attach(session, actor, project, case, "overview", file)
            keep_text(session, session.get_one(ReportFile, report.id), pages, suggestions(pages))
    return (_size(coding.database) - before) / REPORT_PAGES


def restored(place: Studio) -> Restoring:
    """Make, check and restore a backup that is mostly files, as those of a study with its reports are."""
    database = place.sqlite("kept")
    loading.load_people(database)
    loading.load_project(database, "scale", "Scale", "")
    loading.load_entries(database, "scale", study(CASES), lambda _: None)
    settings = _settings(database, place.folder / "kept")
    shelf = shelf_of(settings, DOCUMENTS)
    for number in range(STORED // (4 * MIB)):
        path = shelf.unfinished(".pdf")
        path.write_bytes(secrets.token_bytes(4 * MIB))
        shelf.put(f"{number}.pdf", path)
    there = replace(
        _settings(database, place.folder / "there"), database_url=f"sqlite:///{place.folder / 'back.sqlite3'}"
    )
    path = place.folder / "one.backup"
    clock = time.perf_counter
    made = _seconds(lambda: make_backup(database, settings, path), clock)
    with reading_backup(path, settings, str) as backup:
        checked = _seconds(lambda: check_backup(backup, settings, unverified=True), clock)
        done = _seconds(lambda: restore(backup, there, unverified=True), clock)
    return Restoring(path.stat().st_size, made, checked, done)


def _settings(database: Database, folder: Path) -> Settings:
    folder.mkdir()
    return Settings(database.url.render_as_string(hide_password=False), KEY, folder)


def _size(database: Database) -> int:
    """Bytes of a database, without its write-ahead log."""
    with database.reading() as session:
        if database.dialect == "postgresql":
            return int(session.scalar(text("SELECT pg_database_size(current_database())")) or 0)
        counted: Any = session.scalar(text("PRAGMA page_count")) or 0
        return int(counted) * int(session.scalar(text("PRAGMA page_size")) or 0)


def _seconds(work: Callable[[], object], clock: Callable[[], float] = time.process_time) -> float:
    began = clock()
    work()
    return clock() - began


def machine(before: float) -> Iterator[str]:
    """What the figures were measured on."""
    yield from (f"Measured on {time.strftime('%-d %B %Y')}. {load_in_words(before)}", "", *described(), "")


def unit_costs(costs: Costs, restoring: Restoring) -> Iterator[str]:
    """The table of what was measured."""
    a_gib = GIB / restoring.size
    yield from ("### Measured: what one costs", "", "| What | Cost |", "|---|---|")
    for what, cost in (
        ("a section page, whole request", f"{median(costs.page) * 1000:.1f} ms of a core"),
        ("an autosave, whole request", f"{median(costs.save) * 1000:.1f} ms of a core of the web process"),
        ("its part in PostgreSQL", f"{costs.database_save * 1000:.2f} ms of a core, {costs.log_bytes:,.0f} bytes of log"),
        ("its turn as SQLite’s one writer, synced", f"{median(costs.commit) * 1000:.1f} ms by the clock"),
        ("a case, coded twice, reconciled, signed off", f"{costs.case_bytes / 1024:,.0f} KiB of database"),
        ("a save more, in the log of saves", f"{costs.save_bytes:,.0f} bytes of database"),
        ("a page of a report’s text", f"{costs.text_bytes / 1024:,.1f} KiB of database"),
        ("making a backup", f"{restoring.made * a_gib:,.0f} s a GiB of reports"),
        ("verifying it", f"{restoring.checked * a_gib:,.0f} s a GiB"),
        ("restoring it, verified first", f"{restoring.restored * a_gib:,.0f} s a GiB"),
    ):  # fmt: skip
        yield f"| {what} | {cost} |"
    yield ""


def worked_out(costs: Costs, habits: Habits) -> Iterator[str]:
    """The tables of what follows."""
    yield from ("### Worked out: what teams need", "")
    yield "| Teams | Coders at work | Saves a second | Web cores | Cores of PostgreSQL | Log, MiB/s | Database, GiB a year | Reports, GiB a year |"
    yield "|---|---|---|---|---|---|---|---|"
    for found in (need(teams, habits, costs) for teams in TEAMS):
        yield (
            f"| {found.teams:,} | {found.coders:,} | {found.saves:,.1f} | {found.web_cores:,.1f} | {found.database_cores:,.2f} "
            f"| {found.log_mib:,.3f} | {found.database_gib:,.2f} | {found.files_gib:,.1f} |"
        )
    yield from ("", "### Simulated: how many coders at work one node carries", "")
    yield from ("| Cores of the node | With SQLite | With PostgreSQL elsewhere |", "|---|---|---|")
    for cores in CORES:
        both = (carried(habits, costs, cores, one_writer=one) for one in (True, False))
        yield f"| {cores} | " + " | ".join(f"{coders:,}" for coders in both) + " |"
    yield from (
        "",
        "### Worked out: what breaks first",
        "",
        "| Coders at work that fill it | What |",
        "|---|---|",
    )
    for coders, what in ceilings(habits, costs):
        yield f"| {coders:,.0f} | {what} |"
    yield ""


if __name__ == "__main__":
    sys.exit(main())
