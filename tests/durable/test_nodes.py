"""Two servers and two workers on one PostgreSQL: any of them will do, and the job of a killed worker is done once by the other."""

from __future__ import annotations

import http.client
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from schema.store.database import Database
from schema.store.jobs import queue
from schema.store.models import Case, Job, Project, Setting
from schema.store.people import actor_for, find_user
from tests.durable.conftest import Peopled
from tests.support.nodes import SECRET, Coder, Guesser, Node, cluster, coders, held, wait_until
from tests.support.reports import small_report
from tests.support.world import PROJECT, SYSTEM
from webapp.reports import operations
from webapp.reports.files import received
from webapp.settings import Settings
from webapp.shelves import DOCUMENTS, shelf_of

#: A worker that knows one kind of job: it begins by leaving a mark, and ends by another, with the job in its own hands.
WORKER = """
import os, time
from schema.store.models import Setting
from webapp.command_line import opened, settings
from webapp.jobs import Worker, job

@job("slow")
def run(work):
    if work.attempt == 1:
        with work.database.writing() as session:
            session.add(Setting(key="test.begun." + work.job_id, value=str(os.getpid())))
        time.sleep(600)
    with work.database.writing() as session:
        work.require_held(session)
        session.add(Setting(key="test.done." + work.job_id, value="1"))
    return "Done."

found = settings()
with opened(found) as database:
    worker = Worker(database, found)
    worker.start()
    worker.wait()
"""


def _count(database: Database, prefix: str) -> int:
    with database.reading() as session:
        query = select(func.count()).select_from(Setting).where(Setting.key.startswith(prefix))
        return session.scalar(query) or 0


@pytest.mark.postgres
def test_two_servers_and_two_workers_share_one_database(peopled: Peopled, tmp_path: Path) -> None:
    database = peopled("postgresql")
    (coder,) = coders(database, 1)
    address, shared = database.url.render_as_string(hide_password=False), tmp_path / "shared"
    shared.mkdir()
    with cluster(address, tmp_path / "data", TANDEM_FILES=str(shared)) as running:
        workers = [running.start([WORKER]) for _ in range(2)]
        first = running.serve()
        running.folder = tmp_path / "another machine"
        running.folder.mkdir(mode=0o700)
        second = running.serve()
        for number, node in enumerate((first, second, first, second)):
            coder.enter(node.port)
            assert (
                coder.save(node.port, number) == 200
            )  # signed in on both, and each sees what the other saved
        _guesses_count_together(first, second)
        _a_file_of_one_is_served_by_the_other(database, coder, shared, second)
        second.kill()
        assert coder.save(first.port, 4) == 200
        assert held(database, coder)["revision"] == 5
        _killed_and_taken_up(database, workers)


def _guesses_count_together(first: Node, second: Node) -> None:
    """Wrong passwords cost nothing four times, on whichever node; the wait that follows holds on both."""
    guesses = [Guesser(node.port) for node in (first, second)]
    statuses = [guesses[number % 2].guess("nobody-at-all") for number in range(6)]
    assert statuses[:4] == [422] * 4
    assert 429 in statuses[4:]


def _a_file_of_one_is_served_by_the_other(
    database: Database, coder: Coder, shared: Path, second: Node
) -> None:
    content = small_report()
    settings = Settings(database.url.render_as_string(hide_password=False), SECRET, shared, files=shared)
    with received(shelf_of(settings, DOCUMENTS), BytesIO(content)) as arrived:
        file = operations.stored(arrived, "report.pdf")
        with database.writing() as session:
            case = session.get_one(Case, coder.case_id)
            project = session.get_one(Project, case.project_id)
            report = operations.attach(session, SYSTEM, project, case, "overview", file)
    path = f"/projects/{PROJECT}/cases/{coder.case_id}/reports/{report.id}/file"
    connection = http.client.HTTPConnection("127.0.0.1", second.port, timeout=60)
    connection.request("GET", path, headers={"Cookie": f"tandem-session={coder.token}"})
    answer = connection.getresponse()
    assert (answer.status, answer.read()) == (200, content)
    connection.close()


def _killed_and_taken_up(database: Database, workers: list[Node]) -> None:
    with database.writing() as session:
        amara = find_user(session, "amara")
        assert amara is not None
        job_id = queue(session, actor_for(session, amara), "slow", None, {}).id
    wait_until(lambda: _count(database, "test.begun.") == 1, "the beginning did not happen")
    next(one for one in workers if _has_begun(database, one)).kill()
    with database.writing() as session:  # five minutes later
        session.execute(text("UPDATE job SET seen_at = seen_at - interval '6 minutes'"))

    def done() -> bool:
        with database.reading() as session:
            return session.get_one(Job, job_id).state == "done"

    wait_until(done, "the end did not happen")
    with database.reading() as session:
        assert session.get_one(Job, job_id).attempt == 2
    assert _count(database, "test.done.") == 1


def _has_begun(database: Database, worker: Node) -> bool:
    with database.reading() as session:
        begun = session.scalar(select(Setting.value).where(Setting.key.startswith("test.begun.")))
        return begun == str(worker.process.pid)
