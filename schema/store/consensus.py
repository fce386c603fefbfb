"""The consensus of a project's signed-off cases, as the framework reads it: frozen documents, thawed a chunk at a time."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from schema.answers.derive import with_derived
from schema.framework.evaluate import CaseExtract
from schema.framework.frame.census import Original
from schema.framework.frame.layer import Layer
from schema.store.audit import latest_act
from schema.store.models import Case, Comparison, Project, Snapshot
from schema.store.pilot_master import kept_out
from schema.store.readmodel import natural_order
from schema.store.snapshots import thawed
from schema.store.templates import compiled, newest_usable
from schema.template.model import Template

CHUNK = 200
MASTERS = 8
"""Projects whose master is kept in a process."""


@dataclass(frozen=True, slots=True)
class SignedOff:
    """One signed-off case: where it is, and which frozen consensus it has. ``sha256`` is of the consensus as frozen."""

    case_id: str
    comparison_id: str
    reference: str
    title: str
    snapshot_id: str
    template_version_id: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Master:
    """The cases that findings and files count, in order. ``sha256``: of what is counted of them, and of nothing else."""

    cases: tuple[SignedOff, ...]
    sha256: str


def signed_off_cases(session: Session, project: Project) -> tuple[SignedOff, ...]:
    """All signed-off cases of a project in natural order of their references; withdrawn ones are not among them."""
    query = (
        select(
            Case.id,
            Comparison.id,
            Case.reference,
            Case.title,
            Snapshot.id,
            Snapshot.template_version_id,
            Snapshot.sha256,
        )
        .join(Comparison, Comparison.case_id == Case.id)
        .join(Snapshot, Snapshot.comparison_id == Comparison.id)
        .where(
            Case.project_id == project.id,
            Case.withdrawn_at.is_(None),
            Comparison.superseded_at.is_(None),
            Comparison.state == "signed_off",
        )
        .order_by(Snapshot.revision)
    )
    newest = {row[0]: SignedOff(*row) for row in session.execute(query)}
    return tuple(sorted(newest.values(), key=lambda case: natural_order(case.reference)))


def cases_in_master(session: Session, project: Project) -> tuple[SignedOff, ...]:
    """The signed-off cases that findings and files count: all but pilot cases that are kept out of the master."""
    out = kept_out(session, project)
    return tuple(case for case in signed_off_cases(session, project) if case.case_id not in out)


def master_of(session: Session, project: Project) -> Master:
    """The cases in the master, listed anew only where something was done in the project since they were listed last.

    Each act that can change them is on the project's trail, in the transaction that changes them. For a session that reads: the acts
    of one that writes are sealed as it commits.
    """
    kept: dict[str, tuple[str, Master]] = session.info["masters"]
    act = latest_act(session, project.id)
    known = kept.get(project.id)
    if known is None or known[0] != act:
        if len(kept) >= MASTERS:
            kept.clear()
        known = kept[project.id] = act, _listed(session, project)
    return known[1]


def _listed(session: Session, project: Project) -> Master:
    cases = cases_in_master(session, project)
    counted = [[case.reference, case.sha256, case.template_version_id] for case in cases]
    return Master(cases, sha256(json.dumps(counted).encode()).hexdigest())


def extracts(session: Session, cases: Sequence[SignedOff], layer: Layer) -> Iterator[CaseExtract]:
    """The documents of the cases in their order under a coding frame, the values that follow from others among them."""
    for case in originals(session, cases):
        template = layer.template(case.template)
        document = layer.recoded(case.case_id, case.template, case.document).document
        yield CaseExtract(case.reference, with_derived(template, document), template)


def originals(session: Session, cases: Sequence[SignedOff]) -> Iterator[Original]:
    """The documents of the cases in their order, exactly as they were frozen."""
    templates: dict[str, Template] = {}
    for start in range(0, len(cases), CHUNK):
        chunk = cases[start : start + CHUNK]
        query = select(Snapshot.id, Snapshot.body, Snapshot.sha256).where(
            Snapshot.id.in_([case.snapshot_id for case in chunk])
        )
        bodies = {row[0]: row for row in session.execute(query)}
        for case in chunk:
            version = case.template_version_id
            template = templates.get(version) or templates.setdefault(version, compiled(session, version))
            document = thawed(*bodies[case.snapshot_id])
            yield Original(case.case_id, case.reference, template, document)


def newest_template(session: Session, project: Project) -> Template | None:
    """The newest published version of the project's template, against which its framework is read."""
    found = newest_usable(session, project.template_key)
    return compiled(session, found) if found else None
