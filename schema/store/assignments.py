"""Who codes a case and who reconciles it: three different people, held by the database."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from schema.actor import Actor
from schema.problem import refuse
from schema.store.audit import record
from schema.store.database import new_id, now
from schema.store.entries import open_entry
from schema.store.knowledge import knows_since
from schema.store.models import Assignment, Case, Entry, Membership, Project, User

ROLE_OF = {"coder_1": "coder", "coder_2": "coder", "reconciler": "reconciler"}
LABEL_OF = {"coder_1": "Coder 1", "coder_2": "Coder 2", "reconciler": "Reconciler"}
SLOT_OF = {"coder_1": 1, "coder_2": 2}


def current_assignments(session: Session, case_id: str) -> dict[str, Assignment]:
    """The people of a case now, by part."""
    query = select(Assignment).where(Assignment.case_id == case_id, Assignment.ended_at.is_(None))
    return {assignment.part: assignment for assignment in session.scalars(query)}


def assign(session: Session, actor: Actor, case: Case, part: str, user: User) -> Assignment:
    """Give a part of a case to a person, replacing whoever held it.

    A new coder starts with a blank entry; the entry of the one replaced is ended and kept. Raises ``Refused``:
    ASSIGN-001 not a member with that role; ASSIGN-002 the person holds another part; ASSIGN-003 withdrawn;
    ASSIGN-004 the person has worked on this case in another part before; ASSIGN-005 whoever codes it now has
    submitted; ASSIGN-006 the person has seen unblinded values of the case, so that they cannot code it.
    """
    _check(session, case, part, user)
    held = current_assignments(session, case.id)
    if part in held and held[part].user_id == user.id:
        return held[part]
    _refuse_submitted(session, case, part)
    before = held[part].user_id if part in held else None
    if part in held:
        held[part].ended_at = now(session)
        session.flush()
    assignment = Assignment(
        id=new_id(session), case_id=case.id, part=part, user_id=user.id, assigned_at=now(session)
    )
    session.add(assignment)
    session.flush()
    if part in SLOT_OF:
        _hand_over_entry(session, actor, case, SLOT_OF[part], user)
    record(
        session,
        actor,
        "case.assign",
        project_id=case.project_id,
        case_id=case.id,
        object_id=assignment.id,
        detail={"part": part, "before": before, "after": user.id},
    )
    return assignment


def _check(session: Session, case: Case, part: str, user: User) -> None:
    where = part
    if case.withdrawn_at is not None:
        raise refuse("ASSIGN-003", "This case is withdrawn.", "Restore it first.", where=where, status=409)
    if user.disabled_at is not None or not _has_role(session, case.project_id, user.id, ROLE_OF[part]):
        raise refuse(
            "ASSIGN-001",
            f"{user.display_name} is not a {ROLE_OF[part]} of this project.",
            "Choose a member with that role, or add the role on the project's page.",
            where=where,
        )
    for other, assignment in current_assignments(session, case.id).items():
        if other != part and assignment.user_id == user.id:
            raise refuse(
                "ASSIGN-002",
                f"{user.display_name} is {LABEL_OF[other].lower()} of this case already.",
                "The two coders and the reconciler must be three different people.",
                where=where,
                status=409,
            )
    if _saw_other_part(session, case.id, part, user.id):
        raise refuse(
            "ASSIGN-004",
            f"{user.display_name} has worked on this case in another part before.",
            "Choose somebody who has not seen it.",
            where=where,
            status=409,
        )
    _refuse_who_knows(session, case, part, user)


def _refuse_who_knows(session: Session, case: Case, part: str, user: User) -> None:
    since = knows_since(session, user.id, case.id) if part in SLOT_OF else None
    if since is not None:
        raise refuse(
            "ASSIGN-006",
            f"{user.display_name} has seen what was entered for this case, first on {since:%d/%m/%Y}, and cannot code it blind.",
            "Choose somebody who has not seen it.",
            where=part,
            status=409,
        )


def _has_role(session: Session, project_id: str, user_id: str, role: str) -> bool:
    query = select(func.count()).where(
        Membership.project_id == project_id,
        Membership.user_id == user_id,
        Membership.role == role,
        Membership.ended_at.is_(None),
    )
    return bool(session.scalar(query))


def _saw_other_part(session: Session, case_id: str, part: str, user_id: str) -> bool:
    """Whether the person held another part of the case earlier, so that it would not be blind."""
    query = select(func.count()).where(
        Assignment.case_id == case_id, Assignment.user_id == user_id, Assignment.part != part
    )
    return bool(session.scalar(query))


def _current_entry(session: Session, case_id: str, slot: int) -> Entry | None:
    return session.scalar(
        select(Entry).where(Entry.case_id == case_id, Entry.slot == slot, Entry.ended_at.is_(None))
    )


def _refuse_submitted(session: Session, case: Case, part: str) -> None:
    current = _current_entry(session, case.id, SLOT_OF[part]) if part in SLOT_OF else None
    if current is not None and current.state == "submitted":
        raise refuse(
            "ASSIGN-005",
            "This coder has submitted already.",
            "Return the entry first, if it has to be coded again.",
            where=part,
            status=409,
        )


def _hand_over_entry(session: Session, actor: Actor, case: Case, slot: int, coder: User) -> None:
    current = _current_entry(session, case.id, slot)
    if current is not None:
        current.ended_at = now(session)
        session.flush()
    project = session.get_one(Project, case.project_id)
    open_entry(session, actor, case, slot, coder, project.template_version_id)
