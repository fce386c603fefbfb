"""What is done about the audit trail: looking at it and taking it away, both of which stand in it."""

from __future__ import annotations

from sqlalchemy.orm import Session

from schema.actor import Actor
from schema.store.audit import record
from schema.store.audit_read import AuditFilter
from schema.store.models import Project


def note_viewed(session: Session, actor: Actor, project: Project, wanted: AuditFilter) -> None:
    """Write down that somebody looked, and for what."""
    record(session, actor, "audit.view", project_id=project.id, detail=_described(wanted))


def note_exported(session: Session, actor: Actor, project: Project | None, wanted: AuditFilter) -> None:
    """Write down that somebody took the trail of a project, or of the installation, away, and which part."""
    where = project.id if project is not None else None
    record(session, actor, "audit.export", project_id=where, detail=_described(wanted))


def _described(wanted: AuditFilter) -> dict[str, object]:
    said: dict[str, object] = {
        "person": wanted.person,
        "case": wanted.case,
        "actions": list(wanted.actions),
        "since": wanted.since.isoformat() if wanted.since else "",
        "until": wanted.until.isoformat() if wanted.until else "",
    }
    return {key: value for key, value in said.items() if value}
