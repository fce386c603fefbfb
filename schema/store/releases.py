"""Shared releases of a project: worked out beside all earlier ones, kept for ever, and read again by pages and files.

Working one out takes seconds, so it is done in a reading session (:func:`prepare`) and kept in a short writing one (:func:`keep`).
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from schema.actor import Actor
from schema.answers.canonical import to_json
from schema.framework.disclosure.cells import Numbering, Place
from schema.framework.disclosure.figures import Figures, read_figures
from schema.framework.disclosure.memory import read, written
from schema.framework.disclosure.net import Published
from schema.framework.disclosure.release import Release, make_release
from schema.framework.disclosure.rule import Rule
from schema.framework.evaluate import CaseExtract, Evaluator
from schema.framework.frame.layer import Layer
from schema.framework.model import Framework
from schema.problem import refuse
from schema.store.audit import record
from schema.store.consensus import cases_in_master, extracts
from schema.store.database import Database, new_id, now
from schema.store.frames import ADOPTED, frames_of, framework_of
from schema.store.models import Project, SharedRelease
from schema.template.model import Template

TRIES = 3


@dataclass(frozen=True)
class Prepared:
    """A release that could be made now. ``kept``: the one that was made of the same cases by the same rule, if there is one."""

    rule: Rule
    basis: str
    number: int
    figures: Figures
    kept: SharedRelease | None = None
    made: Release | None = None
    memory: bytes = b""

    @property
    def reasons(self) -> Mapping[Place, str]:
        """Why numbers are withheld; nothing for a release that was made before."""
        return self.made.reasons if self.made else {}


def releases_of(session: Session, project: Project) -> list[SharedRelease]:
    """All releases of a project, the first one first."""
    query = select(SharedRelease).where(SharedRelease.project_id == project.id)
    return list(session.scalars(query.order_by(SharedRelease.number)))


def latest_release(session: Session, project: Project) -> SharedRelease | None:
    """The newest release, which is what viewers see."""
    query = select(SharedRelease).where(SharedRelease.project_id == project.id)
    return session.scalar(query.order_by(SharedRelease.number.desc()).limit(1))


def figures_of(release: SharedRelease) -> Figures:
    """What a release tells."""
    return read_figures(release.figures)


def prepare(session: Session, project: Project, rule: Rule) -> Prepared:
    """Work out what could be shared now, beside all earlier releases; nothing is kept.

    Raises ``Refused``: SDC-002 to SDC-004 as :func:`schema.framework.disclosure.release.make_release`; SDC-005 where there is no
    framework to count by.
    """
    framework, template, layer = _framework(session, project)
    earlier = releases_of(session, project)
    evaluator, versions = Evaluator(framework), {}
    for case in extracts(session, cases_in_master(session, project), layer):
        versions[case.reference] = _version(case)
        evaluator.add(case)
    basis = _basis(framework, template, versions, rule)
    for one in earlier:
        if one.basis == basis:
            return Prepared(rule, basis, one.number, figures_of(one), kept=one)
    before, numbering = _remembered(earlier)
    made = make_release(evaluator.result(), template, versions, rule, numbering, before)
    memory = zlib.compress(written(made.published, numbering).encode())
    return Prepared(rule, basis, len(earlier) + 1, made.figures, made=made, memory=memory)


def keep(session: Session, actor: Actor, project: Project, prepared: Prepared) -> SharedRelease | None:
    """Keep a release that was worked out, logged with its rule and counts; ``None`` where another came before it."""
    if prepared.kept is not None:
        return prepared.kept
    newest = latest_release(session, project)
    if (newest.number if newest else 0) != prepared.number - 1:
        return None
    release = SharedRelease(
        id=new_id(session),
        project_id=project.id,
        number=prepared.number,
        threshold=prepared.rule.threshold,
        zeros=prepared.rule.zeros,
        cases=prepared.figures.cases,
        basis=prepared.basis,
        figures=prepared.figures.to_json(),
        content_hash=prepared.figures.content_hash,
        memory=prepared.memory,
        created_at=now(session),
        created_by=actor.id or None,
    )
    session.add(release)
    session.flush()
    detail = {
        "number": release.number,
        "threshold": release.threshold,
        "zeros": release.zeros,
        "cases": release.cases,
        "told": prepared.figures.told,
        "withheld": prepared.figures.withheld,
        "content_hash": release.content_hash,
    }
    record(session, actor, "release.make", project_id=project.id, object_id=release.id, detail=detail)
    return release


def share(database: Database, actor: Actor, project: Project, rule: Rule) -> SharedRelease:
    """Make a release, or find the one of the same cases by the same rule. Raises as :func:`prepare`, SDC-006 where others go first."""
    for _ in range(TRIES):
        with database.reading() as session:
            prepared = prepare(session, project, rule)
        with database.writing() as session:
            release = keep(session, actor, project, prepared)
        if release is not None:
            return release
    raise refuse("SDC-006", "Other releases of this project were made meanwhile.", "Try again.", status=409)


def _framework(session: Session, project: Project) -> tuple[Framework, Template, Layer]:
    """The framework under the adopted coding frame, and the newest version of the template."""
    frames = frames_of(session, project)
    layer = frames.layer(ADOPTED)
    framework = framework_of(frames.template, layer).framework
    if framework is None:
        raise refuse(
            "SDC-005",
            "There is no quantitative framework that fits this project, so there are no figures to share.",
            "Correct the framework; tandem framework check says what is wrong.",
            status=409,
        )
    return framework, frames.template, layer


def _version(case: CaseExtract) -> str:
    """A hash of what is counted: a case that was corrected is another version of itself."""
    held = f"{case.template.source_hash}\n{to_json(case.document)}"
    return sha256(held.encode("utf-8", "surrogatepass")).hexdigest()


def _basis(framework: Framework, template: Template, versions: Mapping[str, str], rule: Rule) -> str:
    held: list[object] = [
        framework.source_hash,
        template.source_hash,
        rule.threshold,
        rule.zeros,
        sorted(versions.items()),
    ]
    if framework.frame:  # it may name the lines anew without touching a case
        held.append(framework.frame)
    return sha256(json.dumps(held).encode()).hexdigest()


def _remembered(earlier: Sequence[SharedRelease]) -> tuple[list[Published], Numbering]:
    """What earlier releases told and withheld; each continues the numbering of the one before."""
    numbering, before = Numbering(), []
    for one in earlier:
        published, numbering = read(zlib.decompress(one.memory).decode())
        before.append(published)
    return before, numbering
