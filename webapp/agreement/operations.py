"""What is done about agreement beyond looking: the figures are taken away as a file, which is logged."""

from __future__ import annotations

from sqlalchemy.orm import Session

from schema.actor import Actor
from schema.store.audit import record
from schema.store.models import Project


def log_fetched(session: Session, actor: Actor, project: Project, cases: int) -> None:
    """Log that somebody took the figures of so many compared cases away."""
    record(session, actor, "agreement.fetch", project_id=project.id, detail={"cases": cases})
