"""Reads the audit trail of a project: filtered, paged by key, and without what would tell a coder about the other one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session

from schema.actor import Actor
from schema.store.case_state import case_state_expression
from schema.store.database import now
from schema.store.models import Assignment, Audit, Case, Entry, User

PAGE = 50
ROWS_AT_ONCE = 500
NOTED_AGAIN_AFTER = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """What the list is narrowed to; empty fields narrow nothing. ``since`` is included, ``until`` is not."""

    person: str = ""
    case: str = ""
    actions: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One act with the names that belong to its ids; empty where there is none."""

    seq: int
    at: datetime
    person: str
    action: str
    case: str
    case_id: str
    object_id: str
    detail: str
    request_id: str
    hash: str


@dataclass(frozen=True, slots=True)
class AuditPage:
    """One page, the latest act first; ``before`` (a row's hash, which tells nothing) starts the next one, empty on the last."""

    lines: tuple[AuditLine, ...]
    before: str


def audit_page(
    session: Session,
    actor: Actor,
    project_id: str,
    wanted: AuditFilter,
    *,
    before: str = "",
    limit: int = PAGE,
) -> AuditPage:
    """Return the acts in the project before that with the hash ``before`` (empty: the latest), as the actor may see them."""
    found = list(_lines(session, actor, project_id, wanted, before, limit + 1))
    more = len(found) > limit
    return AuditPage(tuple(found[:limit]), found[limit - 1].hash if more else "")


def audit_lines(session: Session, actor: Actor, project_id: str, wanted: AuditFilter) -> Iterator[AuditLine]:
    """Give all acts in the project that the actor may see, the latest first, in pages from the database."""
    return _lines(session, actor, project_id, wanted, "", None)


def installation_lines(session: Session, wanted: AuditFilter) -> Iterator[AuditLine]:
    """Give the acts that belong to no project and no case (accounts, sign-ins, refused addresses, backups), the latest first.

    ``wanted`` narrows them by person, acts and time; its case narrows nothing, because none of them has one.
    """
    of_none = (Audit.project_id.is_(None), Audit.case_id.is_(None))
    return _read(session, (*of_none, *_narrowed(wanted)), None)


def codes_open_cases(session: Session, actor: Actor, project_id: str) -> bool:
    """Whether rows are kept from the actor: then numbers are too, because their gaps would tell how many."""
    query = _blind_cases(actor.id).where(Case.project_id == project_id)
    return session.scalar(query.limit(1)) is not None


def people_in(session: Session, project_id: str) -> Mapping[str, str]:
    """Return who has done anything in the project: display names by user id, by name."""
    acted = select(Audit.actor_id).where(Audit.project_id == project_id)
    people = session.execute(
        select(User.id, User.display_name).where(User.id.in_(acted)).order_by(User.display_name)
    )
    return {row.id: row.display_name for row in people}


def names_of(session: Session, user_ids: set[str]) -> Mapping[str, str]:
    """Return the display names of accounts by id; ids of other things are left out."""
    return {
        row.id: row.display_name
        for row in session.execute(select(User.id, User.display_name).where(User.id.in_(user_ids)))
    }


def noted_lately(session: Session, actor: Actor, action: str, object_id: str, case_id: str | None) -> bool:
    """Whether it is on record already that the actor did this with the object, in the case if there is one, within the last hour."""
    query = select(Audit.seq).where(
        Audit.actor_id == actor.id,
        Audit.action == action,
        Audit.object_id == object_id,
        Audit.case_id == case_id,
        Audit.at > now(session) - NOTED_AGAIN_AFTER,
    )
    return session.scalar(query.limit(1)) is not None


def _lines(
    session: Session, actor: Actor, project_id: str, wanted: AuditFilter, before: str, limit: int | None
) -> Iterator[AuditLine]:
    conditions = [*_conditions(project_id, wanted), _open_to(actor.id)]
    if before:
        following = select(Audit.seq).where(Audit.prev_hash == before).scalar_subquery()
        conditions.append(Audit.seq < following - 1)
    return _read(session, conditions, limit)


def _read(
    session: Session, conditions: Iterable[ColumnElement[bool]], limit: int | None
) -> Iterator[AuditLine]:
    query = (
        select(Audit, User.display_name, Case.reference)
        .outerjoin(User, User.id == Audit.actor_id)
        .outerjoin(Case, Case.id == Audit.case_id)
        .where(*conditions)
        .order_by(Audit.seq.desc())
        .limit(limit)
    )
    for row in session.execute(query.execution_options(yield_per=ROWS_AT_ONCE)):
        yield _line(*row)


def _line(act: Audit, person: str | None, reference: str | None) -> AuditLine:
    return AuditLine(
        seq=act.seq,
        at=act.at,
        person=person or act.actor_name,
        action=act.action,
        case=reference or "",
        case_id=act.case_id or "",
        object_id=act.object_id,
        detail=act.detail,
        request_id=act.request_id,
        hash=act.hash,
    )


def _conditions(project_id: str, wanted: AuditFilter) -> list[ColumnElement[bool]]:
    of_project = select(Case.id).where(Case.project_id == project_id)
    conditions: list[ColumnElement[bool]] = [
        or_(
            Audit.project_id == project_id,
            and_(Audit.project_id.is_(None), Audit.case_id.in_(of_project)),
        )
    ]
    if wanted.case:
        conditions.append(Audit.case_id.in_(of_project.where(Case.reference == wanted.case)))
    return [*conditions, *_narrowed(wanted)]


def _narrowed(wanted: AuditFilter) -> list[ColumnElement[bool]]:
    """Whose acts, which and when: what can be asked of any part of the trail."""
    conditions: list[ColumnElement[bool]] = []
    if wanted.person:
        conditions.append(Audit.actor_id == wanted.person)
    if wanted.actions:
        conditions.append(Audit.action.in_(wanted.actions))
    if wanted.since is not None:
        conditions.append(Audit.at >= wanted.since)
    if wanted.until is not None:
        conditions.append(Audit.at < wanted.until)
    return conditions


def _open_to(user_id: str) -> ColumnElement[bool]:
    """Of a case that the person codes or has coded: only their own acts, until it is signed off.

    Anything else - that a second entry was opened, submitted, compared - would tell them about the other coder. What concerns
    several cases at once holds counts only, and stays.
    """
    return or_(
        Audit.case_id.is_(None), Audit.actor_id == user_id, Audit.case_id.not_in(_blind_cases(user_id))
    )


def _blind_cases(user_id: str) -> Select[str]:
    coded = select(Entry.case_id).where(Entry.coder_id == user_id)
    assigned = select(Assignment.case_id).where(
        Assignment.user_id == user_id, Assignment.part.in_(("coder_1", "coder_2"))
    )
    return select(Case.id).where(
        or_(Case.id.in_(coded), Case.id.in_(assigned)), case_state_expression() != "signed off"
    )
