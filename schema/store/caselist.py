"""The case list: filtered, paged by key, with the people's names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from schema.store.case_state import state_seen_by
from schema.store.models import Assignment, Case, User

PAGE = 50


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case as the list shows it; names are empty where nobody is assigned."""

    id: str
    reference: str
    title: str
    state: str
    coder_1: str
    coder_2: str
    reconciler: str
    registered_at: datetime


@dataclass(frozen=True, slots=True)
class CasePage:
    """One page of the list in the order of references; ``after`` starts the next one, empty on the last."""

    lines: tuple[CaseLine, ...]
    total: int
    after: str


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """What the list is narrowed to; empty fields narrow nothing. ``person`` is a user id in any part.

    ``own_only``: only cases in which the person who looks has a part.
    """

    state: str = ""
    person: str = ""
    text: str = ""
    own_only: bool = False


def _conditions(project_id: str, seen_by: str, wanted: CaseFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [Case.project_id == project_id]
    if wanted.state:
        conditions.append(state_seen_by(seen_by) == wanted.state)
    if wanted.text:
        pattern = "%" + wanted.text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        conditions.append(
            or_(Case.reference.ilike(pattern, escape="\\"), Case.title.ilike(pattern, escape="\\"))
        )
    if wanted.person:
        conditions.append(_held_by(wanted.person))
    if wanted.own_only:
        conditions.append(_held_by(seen_by))
    return conditions


def _held_by(user_id: str) -> ColumnElement[bool]:
    return Case.id.in_(
        select(Assignment.case_id).where(Assignment.user_id == user_id, Assignment.ended_at.is_(None))
    )


def _lines(seen_by: str, conditions: list[ColumnElement[bool]]) -> Select[*tuple[object, ...]]:
    query = select(
        Case.id, Case.reference, Case.title, state_seen_by(seen_by).label("state"), Case.registered_at
    )
    for part in ("coder_1", "coder_2", "reconciler"):
        held, person = aliased(Assignment), aliased(User)
        query = query.outerjoin(
            held, and_(held.case_id == Case.id, held.part == part, held.ended_at.is_(None))
        )
        query = query.outerjoin(person, person.id == held.user_id)
        query = query.add_columns(func.coalesce(person.display_name, "").label(part))
    return query.where(*conditions)


def case_page(
    session: Session, project_id: str, seen_by: str, wanted: CaseFilter, *, after: str = "", limit: int = PAGE
) -> CasePage:
    """Give the page of cases whose references come after ``after``, as the user ``seen_by`` may see them."""
    conditions = _conditions(project_id, seen_by, wanted)
    total = session.scalar(select(func.count()).select_from(Case).where(*conditions)) or 0
    query = _lines(seen_by, [*conditions, Case.reference > after]).order_by(Case.reference).limit(limit + 1)
    found = [
        CaseLine(
            row.id,
            row.reference,
            row.title,
            row.state,
            row.coder_1,
            row.coder_2,
            row.reconciler,
            row.registered_at,
        )
        for row in session.execute(query)
    ]
    more = len(found) > limit
    lines = tuple(found[:limit])
    return CasePage(lines, total, lines[-1].reference if more else "")


def unassigned_cases(session: Session, project_id: str) -> list[Case]:
    """Cases without anybody assigned, not withdrawn, in the order of references."""
    held = select(Assignment.case_id).where(Assignment.ended_at.is_(None))
    query = (
        select(Case)
        .where(Case.project_id == project_id, Case.withdrawn_at.is_(None), Case.id.not_in(held))
        .order_by(Case.reference)
    )
    return list(session.scalars(query))


def load_by_person(session: Session, project_id: str, *parts: str) -> dict[str, int]:
    """How many cases each person holds one of the parts of, by user id."""
    query = (
        select(Assignment.user_id, func.count())
        .join(Case, Case.id == Assignment.case_id)
        .where(
            Case.project_id == project_id,
            Case.withdrawn_at.is_(None),
            Assignment.ended_at.is_(None),
            Assignment.part.in_(parts),
        )
        .group_by(Assignment.user_id)
    )
    return {row[0]: row[1] for row in session.execute(query)}
