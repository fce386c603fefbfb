"""The business verbs of the cases room; registering and assigning themselves live in the store."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from zlib import crc32

from sqlalchemy import select
from sqlalchemy.orm import Session

from schema.actor import Actor
from schema.problem import refuse
from schema.store.absences import Away, absences_of
from schema.store.assignments import assign, current_assignments
from schema.store.audit import record
from schema.store.caselist import load_by_person, unassigned_cases
from schema.store.database import now
from schema.store.many_parts import give_parts
from schema.store.models import Case, Membership, Project, User
from webapp.cases.draw import Drawn, draw

AWAY_WITHIN = timedelta(days=7)


@dataclass(frozen=True)
class DrawPlan:
    """A draw with what is needed to read it: cases, people and loads after it. ``away``: who was left out, and when they are away."""

    seed: int
    drawn: tuple[Drawn, ...]
    cases: Mapping[str, Case]
    people: Mapping[str, User]
    coding: Mapping[str, int]
    reconciling: Mapping[str, int]
    away: tuple[Away, ...] = ()


def members_with(session: Session, project: Project, role: str) -> list[User]:
    """Members who hold the role now and can sign in, in the order of their names."""
    query = (
        select(User)
        .join(Membership, Membership.user_id == User.id)
        .where(
            Membership.project_id == project.id,
            Membership.role == role,
            Membership.ended_at.is_(None),
            User.disabled_at.is_(None),
        )
        .order_by(User.display_name)
    )
    return list(session.scalars(query))


def assign_people(session: Session, actor: Actor, case: Case, chosen: Mapping[str, str]) -> int:
    """Give the parts of a case to the people chosen (user ids by part; an empty id changes nothing).

    Gives how many parts changed. Raises ``Refused`` for the first part that cannot be given.
    """
    changed = 0
    for part, user_id in chosen.items():
        if not user_id:
            continue
        user = session.get(User, user_id)
        if user is None:
            raise refuse("ASSIGN-001", "This person is not a member.", "Choose somebody listed.", where=part)
        held = current_assignments(session, case.id).get(part)
        changed += assign(session, actor, case, part, user) is not held
    return changed


def plan_draw(session: Session, project: Project, seed: int) -> DrawPlan:
    """Draw people for every case without anybody, writing nothing; whoever is away, or will be within a week, is left out.

    Raises ``Refused`` (DRAW-001, DRAW-002).
    """
    cases = unassigned_cases(session, project.id)
    if not cases:
        raise refuse(
            "DRAW-002", "Every case has people already.", "Register or import cases first.", status=409
        )
    coders = members_with(session, project, "coder")
    reconcilers = members_with(session, project, "reconciler")
    away = away_soon(session, (*coders, *reconcilers))
    gone = {one.user_id for one in away}
    coders = [user for user in coders if user.id not in gone]
    reconcilers = [user for user in reconcilers if user.id not in gone]
    coding = load_by_person(session, project.id, "coder_1", "coder_2")
    reconciling = load_by_person(session, project.id, "reconciler")
    by_name = sorted({user.id: user for user in (*coders, *reconcilers)}.values(), key=lambda user: user.name)
    drawn = draw(
        [case.reference for case in cases],
        [user.name for user in coders],
        [user.name for user in reconcilers],
        seed,
        coding={user.name: coding.get(user.id, 0) for user in by_name},
        reconciling={user.name: reconciling.get(user.id, 0) for user in by_name},
    )
    people = {user.name: user for user in by_name}
    for one in drawn:
        for name in (one.coder_1, one.coder_2):
            coding[people[name].id] = coding.get(people[name].id, 0) + 1
        reconciling[people[one.reconciler].id] = reconciling.get(people[one.reconciler].id, 0) + 1
    return DrawPlan(
        seed,
        drawn,
        {case.reference: case for case in cases},
        people,
        {user.name: coding.get(user.id, 0) for user in coders},
        {user.name: reconciling.get(user.id, 0) for user in reconcilers},
        away,
    )


def away_soon(session: Session, people: Iterable[User]) -> tuple[Away, ...]:
    """The absences that keep people out of a draw: those of today, and those that begin within a week."""
    today = now(session).date()
    found = absences_of(session, {user.id for user in people}, today)
    return tuple(one for one in found if one.first_day <= today + AWAY_WITHIN)


def apply_draw(session: Session, actor: Actor, project: Project, seed: int, shown: str) -> DrawPlan:
    """Draw again and assign. ``shown``: :func:`fingerprint` of the draw that was looked at.

    Raises ``Refused`` (DRAW-003, 409) where people or cases have changed since, so that another draw would come out.
    """
    plan = plan_draw(session, project, seed)
    if fingerprint(plan) != shown:
        raise refuse(
            "DRAW-003",
            "People or cases have changed since this draw was shown.",
            "Look at the new draw and apply that.",
            status=409,
        )
    parts = ("coder_1", "coder_2", "reconciler")
    wanted = [
        (plan.cases[one.case], {part: plan.people[getattr(one, part)] for part in parts})
        for one in plan.drawn
    ]
    give_parts(session, actor, project, wanted)
    record(
        session,
        actor,
        "case.draw",
        project_id=project.id,
        detail={"seed": seed, "cases": len(plan.drawn)},
    )
    return plan


def fingerprint(plan: DrawPlan) -> str:
    """A short text that changes when anything in the draw does."""
    text = "|".join(f"{one.case}:{one.coder_1}:{one.coder_2}:{one.reconciler}" for one in plan.drawn)
    return f"{crc32(text.encode()):08x}"
