"""Who codes a case and who reconciles it: three different people, held by the database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from schema.actor import Actor
from schema.problem import Problem, Refused, refuse
from schema.store.audit import record
from schema.store.database import new_id, now
from schema.store.entries import open_entry
from schema.store.models import Assignment, Case, CaseKnowledge, Entry, Membership, Project, User, is_current
from schema.store.notices import ASSIGNED, notify

ROLE_OF = {"coder_1": "coder", "coder_2": "coder", "reconciler": "reconciler"}
LABEL_OF = {"coder_1": "Coder 1", "coder_2": "Coder 2", "reconciler": "Reconciler"}
SLOT_OF = {"coder_1": 1, "coder_2": 2}


@dataclass(frozen=True, slots=True)
class CaseParts:
    """What decides who may hold which part of a case.

    ``held``: user ids by part now; ``past``: everybody who ever held which part; ``known``: who has seen unblinded values, and since
    when; ``states``: states of the current entries, by part.
    """

    withdrawn: bool
    held: Mapping[str, str]
    past: frozenset[tuple[str, str]]
    known: Mapping[str, datetime]
    states: Mapping[str, str]


def current_assignments(session: Session, case_id: str) -> dict[str, Assignment]:
    """The people of a case now, by part."""
    query = select(Assignment).where(Assignment.case_id == case_id, Assignment.ended_at.is_(None))
    return {assignment.part: assignment for assignment in session.scalars(query)}


def assign(session: Session, actor: Actor, case: Case, part: str, user: User) -> Assignment:
    """Give a part of a case to a person, replacing whoever held it.

    A new coder starts with a blank entry; the entry of the one replaced is ended and kept. Raises ``Refused``:
    ASSIGN-001 not a member with that role; ASSIGN-002 the person holds another part; ASSIGN-003 withdrawn;
    ASSIGN-004 the person has worked on this case in another part before; ASSIGN-005 whoever codes it now has
    submitted; ASSIGN-006 the person has seen unblinded values of the case, so that they cannot code it; ASSIGN-007 a
    coder of the case would replace the other one.
    """
    # Of two managers who give parts of one case, the later sees what the first gave.
    session.refresh(case, ["withdrawn_at"], with_for_update=True)
    role = _has_role(session, case.project_id, user.id, ROLE_OF[part])
    parts = parts_of_cases(session, [case])[case.id]
    _keep_coders_apart(actor, parts, part, user)
    problem = why_not(parts, part, user, has_role=role)
    if problem is not None:
        raise Refused(problem, status=422 if problem.code == "ASSIGN-001" else 409)
    before = parts.held.get(part)
    if before is not None:
        held = current_assignments(session, case.id)[part]
        if before == user.id:
            return held
        held.ended_at = now(session)
        session.flush()
    made = new_assignment(session, case, part, user)
    assignment = Assignment(**made)
    session.add(assignment)
    session.flush()
    if part in SLOT_OF:
        _hand_over_entry(session, actor, case, SLOT_OF[part], user, begun=part in parts.states)
    notify(session, actor, user.id, ASSIGNED, case.id)
    record_assignment(session, actor, case, made, before)
    return assignment


def new_assignment(session: Session, case: Case, part: str, user: User) -> dict[str, Any]:
    """The columns of an assignment that begins now."""
    return {
        "id": new_id(session),
        "case_id": case.id,
        "part": part,
        "user_id": user.id,
        "assigned_at": now(session),
    }


def record_assignment(
    session: Session, actor: Actor, case: Case, made: Mapping[str, Any], before: str | None = None
) -> None:
    """Put an assignment (its columns) on record. ``before``: whoever held the part until then (a user id)."""
    record(
        session,
        actor,
        "case.assign",
        project_id=case.project_id,
        case_id=case.id,
        object_id=made["id"],
        detail={"part": made["part"], "before": before, "after": made["user_id"]},
    )


def _keep_coders_apart(actor: Actor, parts: CaseParts, part: str, user: User) -> None:
    """Whoever codes the case replaces nobody beside them: that it can be done, or cannot, would tell of the other entry."""
    codes = any(one != part and held == actor.id for one, held in parts.held.items() if one in SLOT_OF)
    if codes and part in SLOT_OF and parts.held.get(part) not in (None, user.id):
        raise refuse(
            "ASSIGN-007",
            "You code this case, so you cannot replace its other coder.",
            "Ask another manager of the project.",
            where=part,
            status=409,
        )


def parts_of_cases(session: Session, cases: Sequence[Case]) -> dict[str, CaseParts]:
    """What decides who may hold which part of the cases, by case id: the same number of statements for any number of cases."""
    ids = [case.id for case in cases]
    held: dict[str, dict[str, str]] = defaultdict(dict)
    past: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for row in session.scalars(select(Assignment).where(Assignment.case_id.in_(ids))):
        past[row.case_id].add((row.user_id, row.part))
        if row.ended_at is None:
            held[row.case_id][row.part] = row.user_id
    known: dict[str, dict[str, datetime]] = defaultdict(dict)
    for one in session.scalars(select(CaseKnowledge).where(CaseKnowledge.case_id.in_(ids))):
        known[one.case_id][one.user_id] = one.since
    states: dict[str, dict[str, str]] = defaultdict(dict)
    query = select(Entry.case_id, Entry.slot, Entry.state).where(Entry.case_id.in_(ids), is_current())
    for case_id, slot, state in session.execute(query):
        states[case_id][f"coder_{slot}"] = state
    return {
        case.id: CaseParts(
            withdrawn=case.withdrawn_at is not None,
            held=held[case.id],
            past=frozenset(past[case.id]),
            known=known[case.id],
            states=states[case.id],
        )
        for case in cases
    }


def why_not(parts: CaseParts, part: str, user: User, *, has_role: bool) -> Problem | None:
    """Why a person cannot be given a part of a case; None where they can. ``has_role``: whether they have the part's role now."""
    found = _why_not(parts, part, user, has_role)
    if found is None:
        return None
    code, message, remedy = found
    return Problem(code, message, remedy, where=part)


def _why_not(parts: CaseParts, part: str, user: User, has_role: bool) -> tuple[str, str, str] | None:
    if parts.withdrawn:
        return "ASSIGN-003", "This case is withdrawn.", "Restore it first."
    if user.disabled_at is not None or not has_role:
        return (
            "ASSIGN-001",
            f"{user.display_name} is not a {ROLE_OF[part]} of this project.",
            "Choose a member with that role, or add the role on the project's page.",
        )
    for other, holder in parts.held.items():
        if other != part and holder == user.id:
            return (
                "ASSIGN-002",
                f"{user.display_name} is {LABEL_OF[other].lower()} of this case already.",
                "The two coders and the reconciler must be three different people.",
            )
    if any(who == user.id and held != part for who, held in parts.past):
        # Held another part earlier, so that it would not be blind.
        return (
            "ASSIGN-004",
            f"{user.display_name} has worked on this case in another part before.",
            "Choose somebody who has not seen it.",
        )
    since = parts.known.get(user.id) if part in SLOT_OF else None
    if since is not None:
        return (
            "ASSIGN-006",
            f"{user.display_name} has seen what was entered for this case, first on {since:%d/%m/%Y}, and cannot code it blind.",
            "Choose somebody who has not seen it.",
        )
    if parts.states.get(part) == "submitted" and parts.held.get(part) != user.id:
        return (
            "ASSIGN-005",
            "This coder has submitted already.",
            "Return the entry first, if it has to be coded again.",
        )
    return None


def _has_role(session: Session, project_id: str, user_id: str, role: str) -> bool:
    query = select(func.count()).where(
        Membership.project_id == project_id,
        Membership.user_id == user_id,
        Membership.role == role,
        Membership.ended_at.is_(None),
    )
    return bool(session.scalar(query))


def _current_entry(session: Session, case_id: str, slot: int) -> Entry | None:
    return session.scalar(select(Entry).where(Entry.case_id == case_id, Entry.slot == slot, is_current()))


def _hand_over_entry(
    session: Session, actor: Actor, case: Case, slot: int, coder: User, *, begun: bool
) -> None:
    current = _current_entry(session, case.id, slot) if begun else None
    if current is not None:
        current.ended_at = now(session)
        session.flush()
    project = session.get_one(Project, case.project_id)
    open_entry(session, actor, case, slot, coder, project.template_version_id)
