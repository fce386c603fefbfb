"""A project asks a second step of signing in of those who hold certain roles in it, on record; an installation may ask more.

Whoever has none yet holds no role in that project until it is set up, from their next request on: see :mod:`schema.store.sessions`.
Somebody whose account has no password signs in through their university alone, which asks what it asks: of them nothing is asked here.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from schema.actor import Actor
from schema.problem import refuse
from schema.store import two_step
from schema.store.audit import record
from schema.store.models import ROLES, Membership, Project, TwoStep, User
from schema.store.people import actor_for


def ask_of(session: Session, actor: Actor, project: Project, roles: Collection[str]) -> None:
    """Ask a second step of these roles of the project, and of no others; of none where there are none.

    Raises Refused (PRJ-025) for what is no role. Nothing is written where it is so already.
    """
    unknown = sorted(set(roles) - set(ROLES))
    if unknown:
        raise refuse(
            "PRJ-025", f"“{unknown[0]}” is no role.", f"Choose among: {', '.join(ROLES)}.", where="roles"
        )
    before, after = sorted(project.second_step_roles), sorted(set(roles))
    if before == after:
        return
    project.second_step_of = ",".join(after)
    detail = {"before": before, "after": after}
    record(
        session, actor, "project.ask_second_step", project_id=project.id, object_id=project.id, detail=detail
    )


def closed_to(session: Session, user_id: str) -> frozenset[str]:
    """Ids of the projects that ask a second step of a role which the person holds there, while they have none: nothing of these is shown
    to them until it is set up. Pages learn it with the session (:mod:`schema.store.sessions`); this is for what is made without one.
    """
    query = (
        select(Membership.project_id, Membership.role, Project.second_step_of)
        .join(Project, Project.id == Membership.project_id)
        .join(User, User.id == Membership.user_id)
        .outerjoin(TwoStep, TwoStep.user_id == Membership.user_id)
        .where(
            Membership.user_id == user_id,
            Membership.ended_at.is_(None),
            Project.second_step_of != "",
            User.password_hash.is_not(None),
            TwoStep.confirmed_at.is_(None),
        )
    )
    return frozenset(project for project, role, of in session.execute(query) if role in of.split(","))


def is_asked_of(session: Session, user: User, asked: Collection[str]) -> bool:
    """Whether a second step is asked of the person: by the installation (``asked``), or by a project for a role they hold there."""
    if two_step.is_asked_of(actor_for(session, user), asked):
        return True
    held = select(Membership.role, Project.second_step_of).join(Project, Project.id == Membership.project_id)
    mine = held.where(
        Membership.user_id == user.id, Membership.ended_at.is_(None), Project.second_step_of != ""
    )
    return any(role in of.split(",") for role, of in session.execute(mine))
