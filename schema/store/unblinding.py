"""Opening a case to its own coders: by a manager, with a reason, on record, and never taken back.

It waits until both have submitted, so that nothing that agreement reads was entered by somebody who had seen the other's
values; for the same reason no entry of an unblinded case is returned.
"""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from schema.actor import Actor
from schema.problem import refuse
from schema.store.audit import record
from schema.store.database import now
from schema.store.models import Case, Entry, Unblinding, is_current
from schema.template.kinds import clean


def find_unblinding(session: Session, case_id: str) -> Unblinding | None:
    """Return who unblinded the case, when and why; None for a case that is blind to its coders."""
    return session.get(Unblinding, case_id)


def unblind(session: Session, actor: Actor, case: Case, reason: str) -> Unblinding:
    """Let the coders of the case read each other's entry and the comparison from now on.

    Raises ``Refused``: UNBLIND-001 (422) without a reason; UNBLIND-002 (409) where it has been done; UNBLIND-003 (409) while
    an entry is not submitted; UNBLIND-004 (409) for a withdrawn case.
    """
    session.refresh(case, with_for_update=True)  # of two managers at once, the later one finds it done
    why = clean(reason).strip()
    if not why:
        raise refuse("UNBLIND-001", "Say why the case is unblinded.", "Enter a reason.", where="reason")
    if case.withdrawn_at is not None:
        raise refuse("UNBLIND-004", "This case is withdrawn.", "Restore it first.", status=409)
    if find_unblinding(session, case.id) is not None:
        raise refuse("UNBLIND-002", "This case has been unblinded already.", status=409)
    if _submitted(session, case.id) < 2:
        raise refuse(
            "UNBLIND-003",
            "Both coders must have submitted before a case can be unblinded.",
            "Until then each entry has to be made without the other.",
            status=409,
        )
    done = Unblinding(case_id=case.id, unblinded_by=actor.id, reason=why, unblinded_at=now(session))
    session.add(done)
    session.flush()
    record(
        session,
        actor,
        "case.unblind",
        project_id=case.project_id,
        case_id=case.id,
        object_id=case.id,
        detail={"reason": why},
    )
    return done


def refuse_unblinded(session: Session, case_id: str) -> None:
    """Raise ``Refused`` (UNBLIND-005, 409) where the case is unblinded: what would be entered now were not independent."""
    if find_unblinding(session, case_id) is not None:
        raise refuse(
            "UNBLIND-005",
            "This case has been unblinded: what a coder entered now would not be independent.",
            "Settle the difference in the comparison, with the reason.",
            status=409,
        )


def _submitted(session: Session, case_id: str) -> int:
    query = select(func.count()).where(Entry.case_id == case_id, is_current(), Entry.state == "submitted")
    return session.scalar(query) or 0
