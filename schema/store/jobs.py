"""Long work as rows: queued by a page, claimed by one worker, with progress that a page can show.

A worker that runs a job beats now and then; a running job whose worker has fallen silent is taken up by another, once. One that is asked to end gives its job
back, however often.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from schema.actor import Actor
from schema.problem import refuse
from schema.store.audit import record
from schema.store.database import new_id, now, shared_now
from schema.store.models import Job

SILENCE = timedelta(minutes=5)
ATTEMPTS_MOST = 2
#: A job that is to be done from its beginning; its attempts go on being counted, so that none keeps the outcome of an earlier one.
AGAIN: Mapping[str, object] = {"state": "queued", "progress": 0, "total": 0, "message": ""}
INTERRUPTED = "The work was interrupted, because the server stopped. Please start it again."


def queue(
    session: Session, actor: Actor, kind: str, project_id: str | None, params: Mapping[str, object]
) -> Job:
    """Put work of a kind into the queue. ``params`` is plain JSON; ``actor`` is a person, who is asked for rights again later."""
    job = Job(
        id=new_id(session),
        kind=kind,
        project_id=project_id,
        created_by=actor.id,
        params=json.dumps(dict(params), ensure_ascii=False, sort_keys=True),
        state="queued",
        progress=0,
        total=0,
        message="",
        created_at=now(session),
    )
    session.add(job)
    session.flush()
    record(session, actor, "job.queue", project_id=project_id, object_id=job.id, detail={"kind": kind})
    return job


def find_job(session: Session, job_id: str) -> Job | None:
    """Return the job, or None."""
    return session.get(Job, job_id)


def is_waiting(session: Session, kinds: Collection[str]) -> bool:
    """Whether there is something to claim or to take up again."""
    silent = (Job.state == "running") & (Job.seen_at < shared_now(session) - SILENCE)
    wanted = select(Job.id).where(Job.kind.in_(list(kinds)), (Job.state == "queued") | silent).limit(1)
    return session.scalar(wanted) is not None


def claim(session: Session, kinds: Collection[str]) -> Job | None:
    """Take the oldest queued job of these kinds, or None. No two workers get the same one."""
    job = session.scalar(
        select(Job)
        .where(Job.state == "queued", Job.kind.in_(list(kinds)))
        .order_by(Job.created_at, Job.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if job is not None:
        job.state = "running"
        job.attempt += 1
        job.started_at = job.seen_at = shared_now(session)
        session.flush()
    return job


def beat(session: Session, job_id: str, attempt: int) -> None:
    """Say that the worker of a job is alive. Here and below nothing happens where another attempt has taken its place."""
    _change(session, job_id, attempt, seen_at=shared_now(session))


def report_progress(
    session: Session, job_id: str, attempt: int, done: int, total: int, message: str = ""
) -> None:
    """Note how far a running job is: ``done`` of ``total`` steps, and what it is at."""
    _change(
        session, job_id, attempt, progress=done, total=total, message=message, seen_at=shared_now(session)
    )


def finish(session: Session, job_id: str, attempt: int, message: str = "") -> None:
    """Note that a running job is done."""
    _change(session, job_id, attempt, state="done", message=message, finished_at=now(session))


def fail(session: Session, job_id: str, attempt: int, message: str) -> None:
    """Note that a running job failed, with what its owner may read: never a traceback."""
    _change(session, job_id, attempt, state="failed", message=message, finished_at=now(session))


def give_back(session: Session, job_id: str, attempt: int) -> None:
    """Let a running job be done by another, from its beginning: its worker is about to end."""
    _change(session, job_id, attempt, **AGAIN)


def require_held(session: Session, job_id: str, attempt: int) -> None:
    """Raise Refused (JOB-002) unless this attempt still has the job; then it keeps it until the session commits.

    Asked in the transaction that keeps what a job has made, so that of two workers that both believe they have it one does.
    """
    held = session.scalar(
        select(Job.id)
        .where(Job.id == job_id, Job.state == "running", Job.attempt == attempt)
        .with_for_update()
    )
    if held is None:
        raise refuse("JOB-002", "Another worker has taken this work up.", status=409)


def release_silent(session: Session) -> None:
    """Let jobs whose worker has been silent for five minutes be taken up again, once; then they are reported as interrupted."""
    silent = (Job.state == "running", Job.seen_at < shared_now(session) - SILENCE)
    session.execute(update(Job).where(*silent, Job.attempt < ATTEMPTS_MOST).values(**AGAIN))
    session.execute(
        update(Job).where(*silent).values(state="failed", message=INTERRUPTED, finished_at=now(session))
    )


def _change(session: Session, job_id: str, attempt: int, **columns: object) -> None:
    held = (Job.id == job_id, Job.state == "running", Job.attempt == attempt)
    session.execute(update(Job).where(*held).values(**columns))
