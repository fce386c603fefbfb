"""Who acts in a command about agreement: a manager of the project, by sign-in name."""

from __future__ import annotations

from sqlalchemy.orm import Session

from schema.actor import Actor
from schema.problem import refuse
from schema.store.models import Project, User
from schema.store.people import actor_for, find_user


def manager_called(session: Session, project: Project, name: str) -> Actor:
    """The manager in whose name something is done. Raises ``Refused``: AGR-010 (403) for anybody else, AGR-011 (404) for nobody."""
    actor = actor_for(session, person_called(session, name))
    if not actor.has_role(project.id, "manager"):
        raise refuse(
            "AGR-010",
            f"{name} does not manage {project.key}.",
            "Name a manager of it after --as.",
            status=403,
        )
    return actor


def person_called(session: Session, name: str) -> User:
    """The person with a sign-in name. Raises ``Refused`` (AGR-011, 404) where there is nobody."""
    found = find_user(session, name)
    if found is None:
        raise refuse("AGR-011", f"There is nobody called “{name}”.", "See `tandem user list`.", status=404)
    return found
