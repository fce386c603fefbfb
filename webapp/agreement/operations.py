"""What is done about agreement beyond looking: the plan is recorded, a count is asked for, a file is taken away."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from schema.actor import Actor
from schema.coding.agreement.plan import AgreementPlan, PlannedField
from schema.store import agreement_plan
from schema.store.agreement_kept import keep_count
from schema.store.agreement_read import Counted
from schema.store.audit import record
from schema.store.jobs import queue
from schema.store.models import Job, Project

KIND = "agreement"
UNFINISHED = ("queued", "running")


def ask_for_count(session: Session, actor: Actor, project: Project) -> Job:
    """Queue the counting of agreement as the actor may see it; while one of theirs is under way, give that one."""
    return unfinished_count(session, actor, project) or queue(session, actor, KIND, project.id, {})


def unfinished_count(session: Session, actor: Actor, project: Project) -> Job | None:
    """The actor's count that is under way, if any. Nobody sees another's: it may be of other cases."""
    query = select(Job).where(
        Job.project_id == project.id,
        Job.kind == KIND,
        Job.created_by == actor.id,
        Job.state.in_(UNFINISHED),
    )
    return session.scalar(query.order_by(Job.created_at).limit(1))


def find_count_job(session: Session, actor: Actor, project: Project, job_id: str) -> Job | None:
    """One count of the actor's in this project."""
    job = session.get(Job, job_id)
    mine = job is not None and (job.project_id, job.kind, job.created_by) == (project.id, KIND, actor.id)
    return job if mine else None


def keep(session: Session, project: Project, counted: Counted) -> None:
    """Keep what a job has counted."""
    keep_count(session, project, counted.fingerprint, counted.report, whole=counted.whole)


def log_fetched(session: Session, actor: Actor, project: Project, cases: int) -> None:
    """Log that somebody took the figures of so many compared cases away."""
    record(session, actor, "agreement.fetch", project_id=project.id, detail={"cases": cases})


def record_plan(
    session: Session, actor: Actor, project: Project, fields: Sequence[PlannedField], share: int, reason: str
) -> AgreementPlan:
    """Record a version of the agreement plan; once an entry has been submitted, with the reason, and marked."""
    return agreement_plan.record_plan(session, actor, project, fields, share, reason)
