"""What a manager does about files to take away: ask for one, have it kept, fetch it again."""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from schema.actor import Actor
from schema.store.audit import record
from schema.store.database import new_id, now
from schema.store.jobs import queue
from schema.store.knowledge import note_knowledge_of_final
from schema.store.models import ExportFile, Job, Project, User
from webapp.downloads.formats import Options, check_options, read_options

KIND = "master_workbook"
UNFINISHED = ("queued", "running")


@dataclass(frozen=True, slots=True)
class Made:
    """A file that was written: its hashes, its size in bytes and how many cases it holds."""

    stored_name: str
    size: int
    sha256: str
    content_hash: str
    cases: int
    options: Options


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file with the name of who made it."""

    file: ExportFile
    made_by: str

    @property
    def options(self) -> Options:
        """What the file was asked for with."""
        return read_options(json.loads(self.file.options))


def ask_for_export(session: Session, actor: Actor, project: Project, options: Options) -> Job:
    """Queue the making of a file; while the same one is being made for the project, give that one.

    Raises ``Refused`` (EXP-005) where the format cannot hold what was asked for.
    """
    check_options(options)
    running = unfinished_job(session, project, options)
    return running or queue(session, actor, KIND, project.id, options.as_dict())


def unfinished_job(session: Session, project: Project, options: Options | None = None) -> Job | None:
    """The oldest file that is being made now, if any: of any kind, or one with these options."""
    query = select(Job).where(Job.project_id == project.id, Job.kind == KIND, Job.state.in_(UNFINISHED))
    jobs = session.scalars(query.order_by(Job.created_at))
    return next((job for job in jobs if options is None or options_of(job) == options), None)


def options_of(job: Job) -> Options:
    """What a job was asked for."""
    return read_options(json.loads(job.params))


def find_export_job(session: Session, project: Project, job_id: str) -> Job | None:
    """One job of this room in this project."""
    query = select(Job).where(Job.id == job_id, Job.project_id == project.id, Job.kind == KIND)
    return session.scalar(query)


def keep_file(session: Session, actor: Actor, project: Project, job_id: str, made: Made) -> ExportFile:
    """Record a file that was made, so that it can be fetched again; logged with both hashes."""
    moment = now(session)
    file = ExportFile(
        id=new_id(session),
        project_id=project.id,
        job_id=job_id,
        file_name=file_name(project.key, moment.strftime("%Y-%m-%d-%H%M"), made),
        stored_name=made.stored_name,
        size=made.size,
        sha256=made.sha256,
        content_hash=made.content_hash,
        cases=made.cases,
        options=made.options.as_json(),
        created_at=moment,
        created_by=actor.id,
    )
    session.add(file)
    session.flush()
    log_made(session, actor, project, made, object_id=file.id)
    return file


def log_made(session: Session, actor: Actor, project: Project, made: Made, *, object_id: str = "") -> None:
    """Log that case data left the database: who, how many cases, which hashes."""
    detail = {
        "cases": made.cases,
        "sha256": made.sha256,
        "content_hash": made.content_hash,
        "mode": made.options.mode,
        **made.options.as_dict(),
    }
    record(session, actor, "export.make", project_id=project.id, object_id=object_id, detail=detail)


def log_fetched(session: Session, actor: Actor, project: Project, file: ExportFile, reason: str = "") -> None:
    """Log that somebody took a file away, and with it the values of every signed-off case: what for, where that was asked."""
    note_knowledge_of_final(session, actor.id, project.id, "export.fetch")
    record(
        session,
        actor,
        "export.fetch",
        project_id=project.id,
        object_id=file.id,
        detail={"sha256": file.sha256, **({"reason": reason} if reason else {})},
    )


def files_of(session: Session, project: Project) -> list[KeptFile]:
    """The files of a project, the newest first."""
    query = (
        select(ExportFile, User.display_name)
        .join(User, User.id == ExportFile.created_by)
        .where(ExportFile.project_id == project.id)
        .order_by(ExportFile.created_at.desc(), ExportFile.id)
    )
    return [KeptFile(file, name) for file, name in session.execute(query)]


def find_file(session: Session, project: Project, file_id: str) -> ExportFile | None:
    """One file of this project."""
    return session.scalar(
        select(ExportFile).where(ExportFile.id == file_id, ExportFile.project_id == project.id)
    )


def file_of_job(session: Session, job: Job) -> ExportFile | None:
    """The file that a job made."""
    return session.scalar(select(ExportFile).where(ExportFile.job_id == job.id))


def file_name(project_key: str, moment: str, made: Made) -> str:
    """The name offered for download: project, what it is, time, first digits of the content hash; nobody's name."""
    options = made.options
    return f"{project_key}-{options.noun}-{moment}-{made.content_hash[:8]}{options.how.ending}"
