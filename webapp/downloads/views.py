"""Page models of the exports: what is offered, what is being made, how far it is."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from schema.actor import Actor
from schema.store.master import ExcludedCase, PilotFact
from schema.store.models import ExportFile, Job, Project
from schema.store.pilot_master import pilot_facts
from schema.store.readmodel import included_and_excluded
from webapp.downloads.operations import KeptFile, file_of_job, files_of, unfinished_job
from webapp.shelves import Lost, Shelf

FINISHED = ("done", "failed")
METHODS = "methods-text"
LINES = 100  # of cases that are left out: the page is for a look, the workbook has all of them


@dataclass(frozen=True)
class ExportsPage:
    """What is in a file if it is made now, what is out and why, and the files made so far."""

    included: int
    excluded: tuple[ExcludedCase, ...]
    files: list[KeptFile]
    running: Job | None
    pilots: tuple[PilotFact, ...] = ()

    @property
    def listed(self) -> tuple[ExcludedCase, ...]:
        """The first of the cases that are left out, as many as the page lists."""
        return self.excluded[:LINES]

    @property
    def unlisted(self) -> int:
        """How many more there are."""
        return len(self.excluded) - len(self.listed)


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
    pilots = pilot_facts(session, project)
    return ExportsPage(
        included, excluded, files_of(session, project), unfinished_job(session, project), pilots
    )


@dataclass(frozen=True)
class MethodsPage:
    """The methods section as it was last written: blocks of text, each a heading or not. ``kept``: the file that it is from."""

    kept: KeptFile | None
    blocks: tuple[tuple[bool, str], ...] = ()


def methods_page(session: Session, project: Project, shelf: Shelf) -> MethodsPage:
    """Read the newest file of the methods section; a page does not count all cases anew, which can take long."""
    files = (held for held in files_of(session, project) if held.options.format == METHODS)
    kept = next(files, None)
    if kept is None:
        return MethodsPage(None)
    try:
        with shelf.checked(kept.file.stored_name, kept.file.sha256) as path:
            blocks = path.read_text(encoding="utf-8").strip().split("\n\n")
    except Lost:
        return MethodsPage(None)
    return MethodsPage(kept, tuple((block.startswith("Item "), block) for block in blocks))


def job_page(session: Session, job: Job) -> JobPage:
    """Collect what the page of one job shows."""
    return JobPage(job, file_of_job(session, job))
