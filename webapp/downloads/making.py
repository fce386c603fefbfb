"""Makes the files: for the page as a job, for the command line at once."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from hashlib import file_digest
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from schema.actor import Actor
from schema.framework.disclosure.rule import checked_rule
from schema.problem import refuse
from schema.store.audit import head
from schema.store.database import Database
from schema.store.frames import frames_of, framework_of
from schema.store.models import Project, SharedRelease
from schema.store.outages import Undecided
from schema.store.readmodel import master_study, project_templates
from schema.store.releases import figures_of, share
from webapp.access.policy import can
from webapp.access.subjects import ProjectSubject
from webapp.downloads.formats import Options, check_options, read_options
from webapp.downloads.operations import KIND, Made, keep_file
from webapp.jobs import Work, job
from webapp.shelves import EXPORTS, name_for, shelf_of

if TYPE_CHECKING:
    from exports.shared import SharedOrder

Progress = Callable[[int, int], None]
WORKBOOK = Options()


@job(KIND)
def run(work: Work) -> str:
    """Make the file that somebody asked for on the page, provided that they still may."""
    with work.database.reading() as session:
        project = session.get_one(Project, work.project_id)
    if not can(work.actor, "export.make", ProjectSubject(project)):
        raise refuse("EXP-001", "You may no longer export this project.", "Ask a manager.", status=403)
    shelf = shelf_of(work.settings, EXPORTS)
    options = read_options(work.params)
    path = shelf.unfinished(options.how.ending)

    def tell(done: int, total: int) -> None:
        work.progress(done, total, f"Case {done} of {total}")

    try:
        made = make(work.database, work.actor, project, path, tell, options)
        made = replace(made, stored_name=name_for(made.sha256, options.how.ending))
        shelf.put(made.stored_name, path)
    finally:
        path.unlink(missing_ok=True)
    message = f"The file is ready: {signed_off_cases(made.cases)}."
    try:
        with work.database.writing() as session:
            work.require_held(session)
            keep_file(session, work.actor, project, work.job_id, made)
            work.finish(session, message)
    except Undecided:  # the row that needs the file may stand
        raise
    except BaseException:
        shelf.let_go(made.stored_name)
        raise
    return message


def make(
    database: Database,
    actor: Actor,
    project: Project,
    path: Path,
    progress: Progress,
    options: Options = WORKBOOK,
) -> Made:
    """Write one file of a project from one moment of the database.

    The file appears whole or not at all, readable by its owner alone. Raises ``Refused`` where the format cannot hold
    the study, ``OSError`` where the file cannot be written.
    """
    # The libraries of formats are heavy and serve this one act, so that nothing else waits for them at the start.
    from exports.formats import WRITERS
    from exports.shared import SHARED_WRITERS
    from exports.written import Order

    check_options(options)
    release = (
        share(database, actor, project, checked_rule(options.threshold, zeros=options.zeros))
        if options.is_shared
        else None
    )
    with TemporaryDirectory(
        dir=path.parent, prefix=f".{path.name}."
    ) as folder:  # its owner's alone, by its mode
        unfinished = Path(folder) / path.name
        os.close(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        with database.reading() as session:
            if release is not None:
                written = SHARED_WRITERS[options.format](
                    unfinished, _shared(session, project, release, options)
                )
            else:
                frames = frames_of(session, project)
                layer = frames.layer(options.frame)
                study = master_study(session, actor, project, layer)
                found = framework_of(frames.template, layer)
                order = Order(study, found.framework, found.problems, progress, options.bom, options.entries)
                written = WRITERS[options.format](unfinished, order)
        unfinished.chmod(0o600)
        with unfinished.open("rb") as file:
            sha256 = file_digest(file, "sha256").hexdigest()
        unfinished.replace(path)
    return Made(path.name, path.stat().st_size, sha256, written.content_hash, written.cases, options)


def _shared(session: Session, project: Project, release: SharedRelease, options: Options) -> SharedOrder:
    from exports.shared import SharedOrder

    trail = head(session)
    return SharedOrder(
        project_key=project.key,
        project_title=project.title,
        rehearsal=project.rehearsal,
        templates=tuple(f"{one.key}, version {one.version}" for one in project_templates(session, project)),
        figures=figures_of(release),
        number=release.number,
        made_at=release.created_at,
        audit_head=f"{trail.seq} {trail.hash}",
        bom=options.bom,
    )


def signed_off_cases(number: int) -> str:
    """The count in words: ``1 signed-off case``."""
    return f"{number:,} signed-off {'case' if number == 1 else 'cases'}"
