"""Page models of the exports: what is offered, what is being made, how far it is."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sqlalchemy.orm import Session

from schema.actor import Actor
from schema.store.master import ExcludedCase
from schema.store.models import ExportFile, Job, Project
from schema.store.readmodel import included_and_excluded
from webapp.downloads.operations import KeptFile, file_of_job, files_of, unfinished_job

FINISHED = ("done", "failed")


@dataclass(frozen=True)
class ExportsPage:
    """What is in a file if it is made now, what is out and why, and the files made so far."""

    included: int
    excluded: tuple[ExcludedCase, ...]
    files: list[KeptFile]
    running: Job | None

    @property
    def left_out(self) -> list[tuple[str, int]]:
        """How many cases are left out, by state."""
        return sorted(Counter(case.state for case in self.excluded).items())


@dataclass(frozen=True)
class JobPage:
    """One job: how far it is, and its file once it is done."""

    job: Job
    file: ExportFile | None

    @property
    def finished(self) -> bool:
        """Whether nothing more will happen."""
        return self.job.state in FINISHED

    @property
    def sentence(self) -> str:
        """How far the work is, in words."""
        if self.finished:
            return self.job.message
        return "Waiting for its turn." if self.job.state == "queued" else self.job.message or "Begun."

    def as_json(self) -> dict[str, object]:
        """What the page's script asks for."""
        return {
            "finished": self.finished,
            "sentence": self.sentence,
            "done": self.job.progress,
            "total": self.job.total,
        }


def exports_page(session: Session, actor: Actor, project: Project) -> ExportsPage:
    """Collect what the page of exports shows."""
    included, excluded = included_and_excluded(session, actor, project)
    return ExportsPage(included, excluded, files_of(session, project), unfinished_job(session, project))


def job_page(session: Session, job: Job) -> JobPage:
    """Collect what the page of one job shows."""
    return JobPage(job, file_of_job(session, job))
