"""Projects and their members. A role is ended, never deleted; a project that had a manager keeps one."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from schema.actor import Actor
from schema.problem import refuse
from schema.store.audit import record
from schema.store.database import new_id, now
from schema.store.models import ROLES, Membership, Project, TemplateVersion, User
from schema.store.sessions import ask_for_renewal, end_sessions_of
from schema.template.kinds import clean

KEY = re.compile(r"[a-z][a-z0-9-]{1,62}")
TITLE_LENGTH = 300


@dataclass(frozen=True)
class Member:
    """A person and one role that they hold in the project."""

    user: User
    membership: Membership

    @property
    def role(self) -> str:
        """One of ``ROLES``."""
        return self.membership.role


def create_project(
    session: Session,
    actor: Actor,
    key: str,
    title: str,
    template_version: TemplateVersion,
    rehearsal: bool = False,
    *,
    description: str = "",
) -> Project:
    """Make a project whose new entries use the template version. Nobody is a member yet, not even who made it.

    Raises Refused: PRJ-001 for a key that cannot stand in an address, PRJ-002 for one that is taken, PRJ-003 for a
    version that is not published, PRJ-004 without a title.
    """
    _refuse_bad_key(session, key)
    _refuse_unpublished(template_version)
    project = Project(
        id=new_id(session),
        key=key,
        title=_title(title),
        description=clean(description).strip(),
        template_key=template_version.key,
        template_version_id=template_version.id,
        rehearsal=rehearsal,
        created_at=now(session),
    )
    session.add(project)
    session.flush()
    detail = {
        "key": key,
        "template": f"{template_version.key}@{template_version.version}",
        "rehearsal": rehearsal,
    }
    record(session, actor, "project.create", project_id=project.id, object_id=project.id, detail=detail)
    return project


def edit_project(
    session: Session,
    actor: Actor,
    project: Project,
    *,
    title: str,
    description: str,
    coders_see_each_other: bool | None = None,
    coders_unnamed: bool | None = None,
    content_note: str | None = None,
) -> None:
    """Change title, description, what coders see after sign-off, whether reconciling names them and what is read before a case
    is opened (``None``: as before).

    Raises Refused (PRJ-004) without a title.
    """
    before = _described(project)
    project.title = _title(title)
    project.description = clean(description).strip()
    if coders_see_each_other is not None:
        project.coders_see_each_other = coders_see_each_other
    if coders_unnamed is not None:
        project.coders_unnamed = coders_unnamed
    if content_note is not None:
        project.content_note = clean(content_note)
    after = _described(project)
    if before != after:
        detail = {"before": before, "after": after}
        record(session, actor, "project.edit", project_id=project.id, object_id=project.id, detail=detail)


def use_template_version(session: Session, actor: Actor, project: Project, version: TemplateVersion) -> None:
    """Let new entries use another version of the project's template; begun entries keep theirs.

    Raises Refused: PRJ-003 for a version that is not published, PRJ-005 for another template.
    """
    _refuse_unpublished(version)
    if version.key != project.template_key:
        raise refuse(
            "PRJ-005",
            f"This project uses the template “{project.template_key}”.",
            "Choose one of its versions.",
        )
    detail = {"before": project.template_version_id, "after": version.id}
    project.template_version_id = version.id
    record(
        session,
        actor,
        "project.use_template_version",
        project_id=project.id,
        object_id=project.id,
        detail=detail,
    )


def find_project(session: Session, key: str) -> Project | None:
    """Return the project with the key, or None."""
    return session.scalar(select(Project).where(Project.key == key))


def all_projects(session: Session) -> list[Project]:
    """Return every project by key: for administrators and the command line."""
    return list(session.scalars(select(Project).order_by(Project.key)))


def projects_of(session: Session, actor: Actor) -> list[Project]:
    """Return the projects in which the actor holds a role, by title."""
    mine = select(Project).where(Project.id.in_(list(actor.roles))).order_by(Project.title, Project.key)
    return list(session.scalars(mine))


def members(session: Session, project: Project) -> list[Member]:
    """Return who holds which role now, by display name; a person with two roles comes twice."""
    rows = session.execute(
        select(User, Membership)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.project_id == project.id, Membership.ended_at.is_(None))
        .order_by(User.display_name, User.name, Membership.role)
    )
    return [Member(user, membership) for user, membership in rows]


def find_roles(session: Session, user: User) -> list[tuple[str, str]]:
    """Return (project key, role) for every role that the person holds now, in that order."""
    rows = session.execute(
        select(Project.key, Membership.role)
        .join(Membership, Membership.project_id == Project.id)
        .where(Membership.user_id == user.id, Membership.ended_at.is_(None))
        .order_by(Project.key, Membership.role)
    )
    return [(key, role) for key, role in rows]


def add_member(session: Session, actor: Actor, project: Project, user: User, role: str) -> Membership:
    """Give the person the role.

    Raises Refused: PRJ-010 for a role that is none, PRJ-011 where the person holds it already, PRJ-012 for a disabled account.
    """
    if role not in ROLES:
        raise refuse("PRJ-010", f"{role!r} is not a role.", f"Use one of {', '.join(ROLES)}.", where="role")
    if user.disabled_at is not None:
        raise refuse(
            "PRJ-012", f"The account “{user.name}” is disabled.", "Enable it first.", where="name", status=409
        )
    if _held(session, project, user, role) is not None:
        raise refuse(
            "PRJ-011",
            f"“{user.name}” is a {role} of this project already.",
            "There is nothing to do, or choose another role.",
            where="role",
            status=409,
        )
    membership = Membership(
        id=new_id(session), project_id=project.id, user_id=user.id, role=role, since=now(session)
    )
    session.add(membership)
    session.flush()
    ask_for_renewal(session, user)
    detail = {"name": user.name, "role": role}
    record(session, actor, "membership.add", project_id=project.id, object_id=user.id, detail=detail)
    return membership


def end_membership(session: Session, actor: Actor, project: Project, user: User, role: str) -> None:
    """Take the role away; whoever has no other one in the project is signed out everywhere.

    Raises Refused: PRJ-013 where the person does not hold it, PRJ-014 for the last manager.
    """
    membership = _held(session, project, user, role)
    if membership is None:
        raise refuse(
            "PRJ-013",
            f"“{user.name}” is not a {role} of this project.",
            "Look at the list again.",
            status=409,
        )
    if role == "manager" and _other_managers(session, project, user) == 0:
        raise refuse(
            "PRJ-014",
            f"“{user.name}” is the only manager of this project.",
            "Add another manager first.",
            status=409,
        )
    membership.ended_at = now(session)
    session.flush()
    if any(_held(session, project, user, other) for other in ROLES):
        ask_for_renewal(session, user)
    else:
        end_sessions_of(session, user)
    detail = {"name": user.name, "role": role}
    record(session, actor, "membership.end", project_id=project.id, object_id=user.id, detail=detail)


def _described(project: Project) -> dict[str, object]:
    return {
        "title": project.title,
        "description": project.description,
        "coders_see_each_other": project.coders_see_each_other,
        "coders_unnamed": project.coders_unnamed,
        "content_note": project.content_note,
    }


def _held(session: Session, project: Project, user: User, role: str) -> Membership | None:
    return session.scalar(
        select(Membership).where(
            Membership.project_id == project.id,
            Membership.user_id == user.id,
            Membership.role == role,
            Membership.ended_at.is_(None),
        )
    )


def _other_managers(session: Session, project: Project, user: User) -> int:
    """Count the managers beside this one who can sign in."""
    counted = (
        select(func.count())
        .select_from(Membership)
        .join(User, User.id == Membership.user_id)
        .where(
            Membership.project_id == project.id,
            Membership.role == "manager",
            Membership.user_id != user.id,
            Membership.ended_at.is_(None),
            User.disabled_at.is_(None),
        )
    )
    return session.scalar(counted) or 0


def _refuse_bad_key(session: Session, key: str) -> None:
    if not KEY.fullmatch(key):
        raise refuse(
            "PRJ-001",
            f"“{key}” cannot be a project's short name.",
            "Use 2 to 63 of a to z, 0 to 9 and hyphens, beginning with a letter: it stands in addresses.",
            where="key",
        )
    if find_project(session, key) is not None:
        raise refuse(
            "PRJ-002",
            f"There is a project “{key}” already.",
            "Choose another short name.",
            where="key",
            status=409,
        )


def _refuse_unpublished(version: TemplateVersion) -> None:
    if version.state != "published":
        raise refuse(
            "PRJ-003",
            f"Version {version.version} of “{version.key}” is {version.state}.",
            "Choose a published version.",
            where="template",
            status=409,
        )


def _title(title: str) -> str:
    cleaned = " ".join(clean(title).split())
    if not cleaned or len(cleaned) > TITLE_LENGTH:
        raise refuse("PRJ-004", f"A project needs a title of 1 to {TITLE_LENGTH} characters.", where="title")
    return cleaned
