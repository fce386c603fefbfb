"""From an address to its subject: project, case, entry and comparison, each only within the one before it."""

from __future__ import annotations

from collections.abc import MutableMapping
from dataclasses import replace
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from schema.store.models import Assignment, Case, Comparison, Entry, Project
from schema.store.unblinding import find_unblinding
from schema.store.verification import find_verification
from webapp.access.subjects import CaseSubject, ProjectSubject, Subject

Row = TypeVar("Row")
CONSUMED = ("project_key", "case_id", "entry_id", "comparison_id")


class NothingThere(Exception):
    """The address names something that does not exist, or not within what it names before it."""


def find_subject(session: Session, values: MutableMapping[str, Any]) -> Subject | None:
    """Take the names of the subject out of a route's values and find it; None where the route names none.

    Raises NothingThere for an unknown project and for a case, entry or comparison of another one.
    """
    names = {name: str(values.pop(name)) for name in CONSUMED if name in values}
    if not names:
        return None
    project = session.scalar(select(Project).where(Project.key == names.get("project_key", "")))
    if project is None:
        raise NothingThere
    if len(names) == 1:
        return ProjectSubject(project)
    entry = _within(session.get(Entry, names["entry_id"])) if "entry_id" in names else None
    comparison = (
        _within(session.get(Comparison, names["comparison_id"])) if "comparison_id" in names else None
    )
    return _case_subject(session, project, names.get("case_id"), entry, comparison)


def case_subject(session: Session, project: Project, case: Case) -> CaseSubject:
    """The subject of a case, for lists and jobs that ask the policy about cases they found themselves."""
    entries = select(Entry).where(Entry.case_id == case.id, Entry.ended_at.is_(None)).order_by(Entry.slot)
    held = session.scalars(entries).all()
    assigned = select(Assignment).where(Assignment.case_id == case.id, Assignment.ended_at.is_(None))
    live = select(Comparison).where(Comparison.case_id == case.id, Comparison.superseded_at.is_(None))
    return CaseSubject(
        project=project,
        case=case,
        assignments=tuple(session.scalars(assigned)),
        entries=tuple(entry for entry in held if not entry.repeats),
        comparison=session.scalar(live),
        unblinded=find_unblinding(session, case.id) is not None,
        verification=find_verification(session, case.id),
        repeats=tuple(entry for entry in held if entry.repeats),
    )


def _case_subject(
    session: Session,
    project: Project,
    case_id: str | None,
    entry: Entry | None,
    comparison: Comparison | None,
) -> CaseSubject:
    named = [*filter(None, [case_id]), *(one.case_id for one in (entry, comparison) if one is not None)]
    if len(set(named)) != 1:
        raise NothingThere
    case = session.get(Case, named[0])
    if case is None or case.project_id != project.id:
        raise NothingThere
    found = case_subject(session, project, case)
    return replace(found, entry=entry, comparison=comparison or found.comparison)


def _within(row: Row | None) -> Row:
    if row is None:
        raise NothingThere
    return row
