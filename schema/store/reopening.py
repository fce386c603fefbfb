"""Taking a sign-off back: the case is resolved again, and what was signed stays on record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from schema.actor import Actor
from schema.problem import refuse
from schema.store.audit import record
from schema.store.database import now
from schema.store.discrepancies import recount
from schema.store.loaded import AT_WORK, claim, project_of
from schema.store.models import Snapshot, User
from schema.store.pairings import refuse_stale
from schema.template.kinds import clean


@dataclass(frozen=True, slots=True)
class Signing:
    """A sign-off: ``id`` of the frozen consensus, its hash, who signed and when."""

    id: str
    sha256: str
    who: str
    at: datetime


def reopen(session: Session, actor: Actor, comparison_id: str, *, revision: int, reason: str) -> None:
    """Take the sign-off of a comparison back. Decisions, accepted values and the signed consensus stay as they are.

    Raises ``Refused``: 403 for whoever coded the case, 409 where it is not signed off or has moved on, 422 without a
    reason.
    """
    loaded = claim(session, actor, comparison_id, *AT_WORK, "signed_off")
    row = loaded.row
    if row.state != "signed_off":
        raise refuse("RESOLVE-071", "This case is not signed off.", status=409)
    refuse_stale(row, revision)
    why = clean(reason).strip()
    if not why:
        raise refuse("RESOLVE-070", "Say why the case is resolved again.", "Give a reason.", where="reason")
    undone = signings(session, row.id)[0]
    row.state, row.signed_off_at, row.signed_off_by = "resolving", None, None
    row.reopened_at, row.reopened_by, row.reopened_reason = now(session), actor.id, why
    row.revision += 1
    recount(session, loaded)
    record(
        session,
        actor,
        "comparison.reopen",
        project_id=project_of(session, row),
        case_id=row.case_id,
        object_id=row.id,
        detail={"reason": why, "snapshot": undone.id, "sha256": undone.sha256},
    )


def signings(session: Session, comparison_id: str) -> tuple[Signing, ...]:
    """Every sign-off of a comparison, those taken back included, the latest first."""
    query = (
        select(Snapshot.id, Snapshot.sha256, User.display_name, Snapshot.created_at)
        .join(User, User.id == Snapshot.created_by)
        .where(Snapshot.comparison_id == comparison_id)
        .order_by(Snapshot.revision.desc())
    )
    return tuple(Signing(*row) for row in session.execute(query))
