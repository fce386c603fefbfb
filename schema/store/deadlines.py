"""By which day a case, or one person's part of it, is due. A part without a day of its own is due with the case."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session, aliased

from schema.actor import Actor
from schema.days import in_words
from schema.problem import refuse
from schema.store.audit import record
from schema.store.database import now
from schema.store.models import PARTS, Case, Deadline, Project

WHOLE = ""
#: What a deadline can be set for: the whole case, or one part.
DUE_PARTS = (WHOLE, *PARTS)
FARTHEST_YEARS = 10
#: From how many days ahead on a day is near, so that people are told of it.
NEAR_DAYS = 7
Dues = Mapping[str, date]
"""Days by part, ``WHOLE`` for the case."""


def due_of(dues: Dues, part: str) -> date | None:
    """The day by which a part is due: its own, or that of the case."""
    return dues.get(part) or dues.get(WHOLE)


def deadlines_of(session: Session, case_id: str) -> Dues:
    """The days of one case."""
    query = select(Deadline.part, Deadline.due).where(Deadline.case_id == case_id, Deadline.due.is_not(None))
    return {part: due for part, due in session.execute(query) if due is not None}


def project_deadlines(session: Session, project: Project) -> Mapping[str, Dues]:
    """The days of all cases of a project, by case id; cases without any are left out."""
    query = (
        select(Deadline.case_id, Deadline.part, Deadline.due)
        .join(Case, Case.id == Deadline.case_id)
        .where(Case.project_id == project.id, Deadline.due.is_not(None))
    )
    found: dict[str, dict[str, date]] = defaultdict(dict)
    for case_id, part, due in session.execute(query):
        if due is not None:
            found[case_id][part] = due
    return found


def due_column(part: ColumnElement[str] | str) -> ColumnElement[date | None]:
    """The day by which a part of the ``study_case`` row at hand is due, to select or to order by."""
    own, whole = aliased(Deadline), aliased(Deadline)
    return func.coalesce(
        select(own.due)
        .where(and_(own.case_id == Case.id, own.part == part))
        .correlate_except(own)
        .scalar_subquery(),
        select(whole.due)
        .where(and_(whole.case_id == Case.id, whole.part == WHOLE))
        .correlate_except(whole)
        .scalar_subquery(),
    )


def set_deadlines(
    session: Session,
    actor: Actor,
    project: Project,
    case_ids: Collection[str],
    wanted: Mapping[str, date | None],
) -> int:
    """Set, move or take away (None) the days of parts of cases, and give how many cases changed.

    Cases of other projects and withdrawn ones are left alone. Raises ``Refused`` (DUE-001, 422) for a day that is past, or more than
    ten years ahead: a day that is kept as it was may be past.
    """
    query = select(Case).where(
        Case.project_id == project.id, Case.id.in_(case_ids), Case.withdrawn_at.is_(None)
    )
    return sum(_set(session, actor, case, wanted) for case in session.scalars(query).all())


def _set(session: Session, actor: Actor, case: Case, wanted: Mapping[str, date | None]) -> bool:
    before = deadlines_of(session, case.id)
    changed = {part: due for part, due in wanted.items() if due != before.get(part)}
    for part, due in changed.items():
        _refuse_odd(session, part, due)
        session.merge(Deadline(case_id=case.id, part=part, due=due, set_at=now(session), set_by=actor.id))
    if changed:
        session.flush()
        detail = {
            part or "case": {"before": _iso(before.get(part)), "after": _iso(due)}
            for part, due in changed.items()
        }
        record(
            session,
            actor,
            "case.set_deadline",
            project_id=case.project_id,
            case_id=case.id,
            object_id=case.id,
            detail=detail,
        )
    return bool(changed)


def _refuse_odd(session: Session, part: str, due: date | None) -> None:
    today = now(session).date()
    if due is None or (today <= due and due.year <= today.year + FARTHEST_YEARS):
        return
    raise refuse(
        "DUE-001",
        f"{in_words(due)} is {'past' if due < today else 'too far ahead'}.",
        "Choose a day from today on, within ten years.",
        where=part or "whole",
    )


def _iso(due: date | None) -> str | None:
    return due.isoformat() if due else None
