"""What is done about agreement beyond looking: the plan is recorded, the figures are taken away as a file."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from schema.actor import Actor
from schema.coding.agreement.plan import AgreementPlan, PlannedField
from schema.store import agreement_plan
from schema.store.audit import record
from schema.store.models import Project


def log_fetched(session: Session, actor: Actor, project: Project, cases: int) -> None:
    """Log that somebody took the figures of so many compared cases away."""
    record(session, actor, "agreement.fetch", project_id=project.id, detail={"cases": cases})


def record_plan(
    session: Session, actor: Actor, project: Project, fields: Sequence[PlannedField], share: int, reason: str
) -> AgreementPlan:
    """Record a version of the agreement plan; once an entry has been submitted, with the reason, and marked."""
    return agreement_plan.record_plan(session, actor, project, fields, share, reason)
