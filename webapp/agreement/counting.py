"""Counts the agreement of a large project as a job, outside any request."""

from __future__ import annotations

from schema.problem import refuse
from schema.store.agreement_read import count_agreement
from schema.store.models import Job, Project
from webapp.access.policy import can
from webapp.access.subjects import ProjectSubject
from webapp.agreement.operations import KIND, keep
from webapp.jobs import Work, job


@job(KIND)
def run(work: Work) -> str:
    """Count what the person who asked may know of, provided that they still may, and keep it."""

    def tell(done: int, total: int) -> None:
        work.progress(done, total, f"Case {done} of {total}")

    with work.database.reading() as session:
        project = session.get_one(Project, work.project_id)
        if not can(work.actor, "agreement.view", ProjectSubject(project)):
            raise refuse("AGR-003", "You may no longer see this.", "Ask a manager.", status=403)
        counted = count_agreement(session, work.actor, project, tell)
    with work.database.writing() as session:
        work.require_held(session)
        keep(session, session.get_one(Project, work.project_id), counted)
    return "Agreement is counted."


def progress_of(found: Job) -> dict[str, object]:
    """How far a count is, as the page's script reads it."""
    waiting = "Waiting for its turn." if found.state == "queued" else found.message or "Begun."
    return {
        "finished": found.state in ("done", "failed"),
        "sentence": waiting,
        "done": found.progress,
        "total": found.total,
    }
