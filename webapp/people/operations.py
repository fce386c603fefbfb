"""What an administrator does about accounts."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from schema.actor import Actor
from schema.store.models import Membership, Project, User
from schema.store.people import add_user, issue_reset_code, users


@dataclass(frozen=True)
class NewCode:
    """An account and its one-time code, which exists only here: the database holds its hash."""

    user: User
    code: str


@dataclass(frozen=True)
class PersonLine:
    """An account in the list, with the number of projects that the person takes part in."""

    user: User
    projects: int


def add_person(session: Session, actor: Actor, name: str, display_name: str, is_admin: bool) -> NewCode:
    """Make an account and the code that opens it."""
    user = add_user(session, actor, name, display_name, is_admin)
    return NewCode(user, issue_reset_code(session, actor, user))


def people(session: Session) -> list[PersonLine]:
    """Return all accounts by sign-in name, disabled ones too."""
    counted = select(Membership.user_id, func.count(Membership.project_id.distinct())).where(
        Membership.ended_at.is_(None)
    )
    projects = {row[0]: row[1] for row in session.execute(counted.group_by(Membership.user_id))}
    return [PersonLine(user, projects.get(user.id, 0)) for user in users(session)]


def roles_of(session: Session, user: User) -> list[tuple[Project, str]]:
    """Return the projects that the person takes part in, with the role, by title."""
    held = (
        select(Project, Membership.role)
        .join(Membership, Membership.project_id == Project.id)
        .where(Membership.user_id == user.id, Membership.ended_at.is_(None))
        .order_by(Project.title, Membership.role)
    )
    return [(project, role) for project, role in session.execute(held)]
