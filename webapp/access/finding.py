"""From an address to its subject: project, case, entry and comparison, each only within the one before it."""

from __future__ import annotations

from collections.abc import MutableMapping
from dataclasses import replace
from typing import Any, TypeVar

from sqlalchemy import and_, bindparam, func, select
from sqlalchemy.orm import Session

from schema.store.models import Assignment, Case, Comparison, Entry, Project, Unblinding, Verification
from webapp.access.subjects import CaseSubject, ProjectSubject, Subject

Row = TypeVar("Row")
CONSUMED = ("project_key", "case_id", "entry_id", "comparison_id")

#: Who holds which part of the case now, as ``coder_1 <id>,reconciler <id>``: as rows they would multiply those of the entries.
_PARTS = (
    select(func.aggregate_strings(Assignment.part + " " + Assignment.user_id, ","))
    .where(Assignment.case_id == Case.id, Assignment.ended_at.is_(None))
    .scalar_subquery()
)
#: A case with all that decides who may see it, in one statement, since nearly every page begins with it: a row for each entry (two,
#: and those that code the case again); of the others it has one at most.
_ABOUT = (
    select(Project, Case, Entry, Comparison, Verification, Unblinding.case_id, _PARTS)
    .join(Case, Case.project_id == Project.id)
    .outerjoin(Entry, and_(Entry.case_id == Case.id, Entry.ended_at.is_(None)))
    .outerjoin(Comparison, and_(Comparison.case_id == Case.id, Comparison.superseded_at.is_(None)))
    .outerjoin(Verification, and_(Verification.case_id == Case.id, Verification.superseded_at.is_(None)))
    .outerjoin(Unblinding, Unblinding.case_id == Case.id)
    .where(Project.key == bindparam("project_key"), Case.id == bindparam("case_id"))
    .order_by(Entry.slot)
)


class NothingThere(Exception):
    """The address names something that does not exist, or not within what it names before it."""


def find_subject(session: Session, values: MutableMapping[str, Any]) -> Subject | None:
    """Take the names of the subject out of a route's values and find it; None where the route names none.

    Raises NothingThere for an unknown project and for a case, entry or comparison of another one.
    """
    names = {name: str(values.pop(name)) for name in CONSUMED if name in values}
    if not names:
        return None
    if len(names) == 1:
        return ProjectSubject(_project_called(session, names.get("project_key", "")))
    entry = _within(session.get(Entry, names["entry_id"])) if "entry_id" in names else None
    comparison = (
        _within(session.get(Comparison, names["comparison_id"])) if "comparison_id" in names else None
    )
    cases = {one.case_id for one in (entry, comparison) if one is not None} | {names.get("case_id", "")} - {
        ""
    }
    if len(cases) != 1:
        raise NothingThere
    found = _about(session, names.get("project_key", ""), cases.pop())
    return replace(found, entry=entry, comparison=comparison or found.comparison)


def case_subject(session: Session, project: Project, case: Case) -> CaseSubject:
    """The subject of a case, for lists and jobs that ask the policy about cases they found themselves."""
    return _about(session, project.key, case.id)


def _about(session: Session, project_key: str, case_id: str) -> CaseSubject:
    rows = session.execute(_ABOUT, {"project_key": project_key, "case_id": case_id}).all()
    if not rows:
        raise NothingThere
    project, case, _, comparison, verification, unblinded, parts = rows[0]
    held = tuple(row[2] for row in rows if row[2] is not None)
    return CaseSubject(
        project=project,
        case=case,
        parts=dict(one.split(" ") for one in parts.split(",")) if parts else {},
        entries=tuple(entry for entry in held if not entry.repeats),
        comparison=comparison,
        unblinded=unblinded is not None,
        verification=verification,
        repeats=tuple(entry for entry in held if entry.repeats),
    )


def _project_called(session: Session, key: str) -> Project:
    return _within(session.scalar(select(Project).where(Project.key == key)))


def _within(row: Row | None) -> Row:
    if row is None:
        raise NothingThere
    return row
