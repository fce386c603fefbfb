"""Runs long work outside requests: a registry by kind, and a worker that takes queued jobs one after the other.

The server starts one worker thread; ``tandem worker`` is a worker of its own; tests call :meth:`Worker.run_all`.
"""

from __future__ import annotations

import json
import logging
import math
import secrets
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from schema.actor import Actor
from schema.problem import Refused, refuse
from schema.store import jobs, running
from schema.store.database import Database
from schema.store.models import Job, User
from schema.store.outages import outage
from schema.store.people import actor_for
from webapp.beating import beating
from webapp.settings import Settings

LOG = logging.getLogger("tandem.jobs")
POLL_SECONDS = 1.0
CHORES_SECONDS = 30.0
REPORT_SECONDS = 0.5  # progress is written at most this often: every report is a transaction


@dataclass(frozen=True)
class Work:
    """What a job's function gets: where it runs, for whom, and with what.

    ``actor`` is the person who queued it, with the roles that they hold now. ``progress(done, total, message)`` may
    be called as often as is convenient.
    """

    database: Database
    settings: Settings
    job_id: str
    project_id: str | None
    actor: Actor
    params: Mapping[str, Any]
    progress: Callable[[int, int, str], None]
    attempt: int = 1

    def require_held(self, session: Session) -> None:
        """Raise Refused where another worker has taken the job up: called in the transaction that keeps its outcome."""
        jobs.require_held(session, self.job_id, self.attempt)

    def finish(self, session: Session, message: str) -> None:
        """Note that the job is done in the transaction that keeps its outcome, so that neither stands without the other."""
        jobs.finish(session, self.job_id, self.attempt, message)


#: Does the work and returns the sentence that its owner reads at the end. ``Refused`` is shown to them as it is.
Run = Callable[[Work], str]
KINDS: dict[str, Run] = {}


def note_alive(database: Database, _: Settings) -> None:
    """Leave a note that some worker is at work: what ``/ready`` and ``tandem doctor`` look at."""
    with database.writing() as session:
        running.note(session, running.WORKER_SEEN)


def job(kind: str) -> Callable[[Run], Run]:
    """Register the function that does the work of a kind: ``@job("export")``."""

    def register(run: Run) -> Run:
        if kind in KINDS:
            raise RuntimeError(f"two functions do jobs of kind {kind!r}")
        KINDS[kind] = run
        return run

    return register


#: What a worker does now and then besides jobs; it looks for itself whether anything is due.
Chore = Callable[[Database, Settings], None]
#: Writes down what became of a job.
Note = Callable[[Session], None]


class Worker:
    """Takes queued jobs of the known kinds, one at a time, and does its chores between them."""

    def __init__(self, database: Database, settings: Settings, chores: Sequence[Chore] = ()) -> None:
        """Prepare; nothing runs before ``run_next``, ``run_all`` or ``start``."""
        self._database = database
        self._settings = settings
        self._chores = chores
        self._chores_at = -CHORES_SECONDS
        self._stopped, self._ended = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None
        self._held: Job | None = None
        self._owed: Note | None = None
        self._away = False

    def run_next(self) -> bool:
        """Run the oldest queued job, if there is one, and say whether there was.

        First comes what could not be noted of the last one because the database was away; while it stays away, this raises.
        """
        self._settle()
        with self._database.reading() as session:
            if not jobs.is_waiting(session, KINDS):
                return False
        with self._database.writing() as session:
            jobs.release_silent(session)
            claimed = jobs.claim(session, KINDS)
        if claimed is None:
            return False
        self._held = claimed
        try:
            self._run(claimed)
        finally:
            self._held = None
        return True

    def run_all(self) -> None:
        """Run what is queued, in the caller's own thread, until nothing is left."""
        while self.run_next():
            pass

    def _run_until_stopped(self) -> None:
        """Run what is queued, and what comes."""
        try:
            while not self._stopped.is_set():
                self._do_chores()
                if not self._found_work():
                    self._stopped.wait(POLL_SECONDS)
        finally:
            self._ended.set()

    def _found_work(self) -> bool:
        try:
            found = self.run_next()
        except Exception as error:  # noqa: BLE001 - a database that is away for a while must not end the worker
            if not self._away:  # it looks every second: the log need not say so each time
                _log("the worker could not look for work", error)
            self._away = outage(error) is not None
            return False
        if self._away:
            LOG.warning("the worker looks for work again")
            self._away = False
        return found

    def start(self) -> None:
        """Run in a thread of this process, until ``stop``."""
        self._thread = threading.Thread(target=self._run_until_stopped, name="tandem-worker", daemon=True)
        self._thread.start()

    def wait(self, seconds: float = math.inf) -> None:
        """Wait until it has ended; a signal is heard within a second, on Windows too.

        Not by joining the thread: where a signal interrupts that, Python 3.11 takes the thread for ended.
        """
        until = time.monotonic() + seconds
        while not self._ended.wait(min(1.0, max(0.0, until - time.monotonic()))):
            if time.monotonic() >= until:
                return

    def stop(self, timeout: float = 5.0) -> None:
        """Take no more jobs, and wait ``timeout`` seconds for the one that runs, which is then given back to be done by another."""
        self._stopped.set()
        if self._thread is None:
            return
        try:
            self.wait(timeout)
        finally:
            self._give_back()

    def _give_back(self) -> None:
        held = self._held
        if held is None:
            return
        try:
            with self._database.writing() as session:
                jobs.give_back(session, held.id, held.attempt)
        except Exception:  # without a database it is taken up when it has been silent for long enough
            LOG.warning("job %s could not be given back", held.id, exc_info=True)

    def _do_chores(self) -> None:
        if time.monotonic() - self._chores_at < CHORES_SECONDS:
            return
        self._chores_at = time.monotonic()
        with beating(self._note_alive, "a worker’s chores", LOG):  # a backup may take many minutes
            for chore in (note_alive, *self._chores):
                try:
                    chore(self._database, self._settings)
                except Exception as error:  # noqa: BLE001 - nothing that is done besides may end the worker
                    _log(f"a worker's chore failed: {chore.__name__}", error)

    def _run(self, claimed: Job) -> None:
        try:
            with self._beating(claimed):
                message = KINDS[claimed.kind](self._work(claimed))
        except Refused as refused:
            self._fail(claimed, _in_words(refused))
        except Exception as error:  # noqa: BLE001 - whatever went wrong, the job's owner is told and the worker goes on
            self._break_off(claimed, error)
        else:
            self._note(lambda session: jobs.finish(session, claimed.id, claimed.attempt, message))

    def _break_off(self, claimed: Job, error: Exception) -> None:
        """Have it tried again where only the database was away for a moment, as often as a job may be; else it has failed."""
        passing = outage(error)
        if passing is None:
            reference = secrets.token_hex(4)
            LOG.exception("job %s (%s) failed, reference %s", claimed.id, claimed.kind, reference)
            self._fail(claimed, f"Something went wrong. Tell an administrator the reference {reference}.")
            return
        LOG.warning("job %s (%s) was broken off: %s", claimed.id, claimed.kind, passing)
        if claimed.attempt < jobs.ATTEMPTS_MOST:
            self._note(lambda session: jobs.give_back(session, claimed.id, claimed.attempt))
        else:
            self._fail(claimed, _in_words(passing))

    def _fail(self, claimed: Job, message: str) -> None:
        self._note(lambda session: jobs.fail(session, claimed.id, claimed.attempt, message))

    def _note(self, note: Note) -> None:
        """Write down what became of a job; where the database is away, this raises, and it is owed until it is there again."""
        self._owed = note
        self._settle()

    def _settle(self) -> None:
        owed, self._owed = self._owed, None
        if owed is None:
            return
        try:
            with self._database.writing() as session:
                owed(session)
        except Exception as error:
            if outage(error) is not None:
                self._owed = owed
            raise

    def _work(self, claimed: Job) -> Work:
        with self._database.reading() as session:
            user = session.get_one(User, claimed.created_by)
            if user.disabled_at is not None:
                raise refuse("JOB-001", "The account that asked for this has been disabled.", status=403)
            actor = actor_for(session, user)
        return Work(
            database=self._database,
            settings=self._settings,
            job_id=claimed.id,
            project_id=claimed.project_id,
            actor=actor,
            params=json.loads(claimed.params),
            progress=self._reporter(claimed),
            attempt=claimed.attempt,
        )

    def _reporter(self, claimed: Job) -> Callable[[int, int, str], None]:
        last = -REPORT_SECONDS

        def report(done: int, total: int, message: str = "") -> None:
            nonlocal last
            if done < total and time.monotonic() - last < REPORT_SECONDS:
                return
            last = time.monotonic()
            with self._database.writing() as session:
                jobs.report_progress(session, claimed.id, claimed.attempt, done, total, message)

        return report

    def _beating(self, claimed: Job) -> AbstractContextManager[None]:
        def beat() -> None:
            with self._database.writing() as session:
                jobs.beat(session, claimed.id, claimed.attempt)
            self._note_alive()

        return beating(beat, f"job {claimed.id}", LOG)

    def _note_alive(self) -> None:
        note_alive(self._database, self._settings)


def _log(what: str, error: Exception) -> None:
    """Say where it happened; of what passes by itself only what it is, since it comes from nowhere in the program."""
    passing = outage(error)
    if passing is None:
        LOG.error(what, exc_info=error)
    else:
        LOG.warning("%s: %s (%s)", what, passing, type(error).__name__)


def _in_words(refused: Refused) -> str:
    return " ".join(f"{one.message} {one.remedy}".strip() for one in refused.problems)
