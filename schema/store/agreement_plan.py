"""The agreement plan of a project in the store: versions that follow one another, marked once coding has begun."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from schema.actor import Actor
from schema.coding.agreement.plan import AgreementPlan, PlannedField, plan_faults
from schema.problem import Refused, refuse
from schema.store.audit import record
from schema.store.database import now
from schema.store.models import AgreementPlanVersion, Case, Entry, Project, User
from schema.store.templates import compiled
from schema.template.kinds import clean


def record_plan(
    session: Session,
    actor: Actor,
    project: Project,
    fields: Sequence[PlannedField],
    share: int,
    reason: str = "",
) -> AgreementPlan:
    """Write down the plan, as the version that follows what there is.

    Raises ``Refused``: PLAN-001, PLAN-003 and PLAN-004 (422) as :func:`schema.coding.agreement.plan.plan_faults` says;
    PLAN-002 (422) where an entry of the project has been submitted and no reason is given; PLAN-005 (409) where the plan
    says exactly this already.
    """
    session.refresh(
        project, with_for_update=True
    )  # of two managers at once, the later one follows the other's version
    if faults := list(plan_faults(compiled(session, project.template_version_id), fields, share)):
        raise Refused(faults)
    before, began, why = current_plan(session, project), coding_began(session, project), clean(reason)
    if before is not None and (before.fields, before.share) == (tuple(fields), share):
        raise refuse(
            "PLAN-005", "This is what the plan says already.", "Change something, or leave it.", status=409
        )
    if began and not why:
        raise refuse(
            "PLAN-002",
            "Coding has begun: an entry of this project has been submitted.",
            "Say why the plan is written or changed now. It will be marked as made after coding began.",
            where="reason",
        )
    row = AgreementPlanVersion(
        project_id=project.id,
        version=before.version + 1 if before else 1,
        fields=json.dumps([_plain(one) for one in fields], sort_keys=True),
        share=share,
        reason=why,
        after_coding=began,
        recorded_at=now(session),
        recorded_by=actor.id,
    )
    session.add(row)
    session.flush()
    detail = {
        "version": row.version,
        "fields": len(fields),
        "share": share,
        "after_coding": began,
        "reason": why,
    }
    record(session, actor, "agreement.plan", project_id=project.id, object_id=str(row.version), detail=detail)
    return _plan(row, session.get_one(User, actor.id).display_name)


def current_plan(session: Session, project: Project) -> AgreementPlan | None:
    """The plan as it stands; ``None`` where none was recorded."""
    return next(iter(plan_versions(session, project)), None)


def plan_versions(session: Session, project: Project) -> tuple[AgreementPlan, ...]:
    """All versions of the plan, the latest first."""
    query = (
        select(AgreementPlanVersion, User.display_name)
        .join(User, User.id == AgreementPlanVersion.recorded_by)
        .where(AgreementPlanVersion.project_id == project.id)
        .order_by(AgreementPlanVersion.version.desc())
    )
    return tuple(_plan(row, name) for row, name in session.execute(query))


def coding_began(session: Session, project: Project) -> bool:
    """Whether an entry of the project has ever been submitted."""
    query = exists().where(
        Entry.case_id == Case.id, Case.project_id == project.id, Entry.submitted_at.is_not(None)
    )
    return bool(session.scalar(select(query)))


def cases_to_code(session: Session, project: Project) -> int:
    """How many cases the project has, withdrawn ones left out."""
    query = select(func.count()).where(Case.project_id == project.id, Case.withdrawn_at.is_(None))
    return session.scalar(query) or 0


def _plan(row: AgreementPlanVersion, name: str) -> AgreementPlan:
    fields = tuple(
        PlannedField(one["path"], one["measure"], one["threshold"]) for one in json.loads(row.fields)
    )
    return AgreementPlan(row.version, fields, row.share, row.reason, row.after_coding, row.recorded_at, name)


def _plain(one: PlannedField) -> dict[str, object]:
    return {"path": one.path, "measure": one.measure, "threshold": one.threshold}
