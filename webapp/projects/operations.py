"""What an administrator or a manager does about a project and its members."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from schema.actor import Actor
from schema.problem import refuse
from schema.store.models import Project, TemplateVersion, User
from schema.store.people import find_user
from schema.store.projects import add_member, create_project
from schema.store.templates import ensure_shipped, find_version
from schema.template.shipped import load_shipped, shipped_keys


@dataclass(frozen=True)
class NewProject:
    """What is asked for to start a project; ``template`` is ``key@version``, ``manager`` a sign-in name."""

    key: str
    title: str
    description: str
    template: str
    manager: str
    rehearsal: bool = False


def start_project(session: Session, actor: Actor, wanted: NewProject) -> Project:
    """Make the project with its first manager, publishing a shipped template that was never used.

    Raises Refused for what the store refuses, PRJ-020 for an unknown template, PRJ-021 for an unknown manager.
    """
    version = _version(session, actor, wanted.template)
    manager = _person(session, wanted.manager, where="manager")
    project = create_project(
        session, actor, wanted.key, wanted.title, version, wanted.rehearsal, description=wanted.description
    )
    add_member(session, actor, project, manager, "manager")
    return project


def give_role(session: Session, actor: Actor, project: Project, name: str, role: str) -> User:
    """Give a role to the person with the sign-in name. Raises Refused (PRJ-021 for an unknown name)."""
    user = _person(session, name, where="name")
    add_member(session, actor, project, user, role)
    return user


def template_choices(session: Session) -> dict[str, str]:
    """Templates that a project can start with, as ``key@version`` and words: published ones, then shipped ones."""
    published = select(TemplateVersion).where(TemplateVersion.state == "published")
    rows = session.scalars(published.order_by(TemplateVersion.title, TemplateVersion.version.desc()))
    found = {f"{row.key}@{row.version}": f"{row.title}, version {row.version}" for row in rows}
    taken = {name.partition("@")[0] for name in found}
    newest = {key: version for key, version in sorted(shipped_keys()) if key not in taken}
    shipped = {
        f"{key}@{version}": f"{load_shipped(key, version).title}, version {version}"
        for key, version in newest.items()
    }
    return {**found, **shipped}


def person_choices(session: Session) -> dict[str, str]:
    """People who can be given a role, as sign-in name and words."""
    active = select(User).where(User.disabled_at.is_(None)).order_by(User.display_name, User.name)
    return {user.name: f"{user.display_name} ({user.name})" for user in session.scalars(active)}


def _version(session: Session, actor: Actor, template: str) -> TemplateVersion:
    key, _, number = template.partition("@")
    wanted = int(number) if number.isascii() and number.isdigit() else 0
    found = find_version(session, key, wanted)
    if found is not None:
        return found
    if (key, wanted) in shipped_keys():
        return ensure_shipped(session, actor, key, wanted)
    raise refuse("PRJ-020", "There is no such questionnaire.", "Choose one from the list.", where="template")


def _person(session: Session, name: str, *, where: str) -> User:
    user = find_user(session, name)
    if user is None:
        raise refuse("PRJ-021", f"Nobody is called “{name}”.", "Choose one from the list.", where=where)
    return user
