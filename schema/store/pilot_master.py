"""Which cases the master leaves out because they are pilot cases: asked by everything that counts or exports signed-off cases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from schema.store.master import PilotFact
from schema.store.models import Case, Comparison, Pilot, PilotCase, PilotChoice, PilotDecision, Project


@dataclass(frozen=True, slots=True)
class _Held:
    """A round with the choice that counts for it."""

    id: str
    number: int
    decision: str
    decided_at: datetime | None
    in_master: bool
    reason: str


def pilot_facts(session: Session, project: Project) -> tuple[PilotFact, ...]:
    """What a file says of each round that was not cancelled, the first one first."""
    held = _rounds(session, project)
    if not held:
        return ()
    registered, signed_off = (
        _counts(session, project, signed_off=False),
        _counts(session, project, signed_off=True),
    )
    return tuple(
        PilotFact(
            one.number,
            registered.get(one.id, 0),
            signed_off.get(one.id, 0),
            one.decision,
            one.decided_at,
            one.in_master,
            one.reason,
        )
        for one in held
    )


def kept_out(session: Session, project: Project) -> Mapping[str, str]:
    """The pilot cases that the master leaves out, each with the reason in a sentence."""
    reasons = {one.id: _reason(one) for one in _rounds(session, project) if not one.in_master}
    if not reasons:
        return {}
    query = select(PilotCase.case_id, PilotCase.pilot_id).where(PilotCase.pilot_id.in_(list(reasons)))
    return {case_id: reasons[pilot_id] for case_id, pilot_id in session.execute(query)}


def _reason(one: _Held) -> str:
    if not one.decision:
        return f"Pilot case (round {one.number}): whether to go on or to revise has not been decided."
    return f"Pilot case (round {one.number}), kept out: {one.reason}"


def _rounds(session: Session, project: Project) -> list[_Held]:
    latest = select(PilotChoice.pilot_id, func.max(PilotChoice.number).label("number")).group_by(
        PilotChoice.pilot_id
    )
    last = latest.subquery()
    query = (
        select(
            Pilot.id,
            Pilot.number,
            func.coalesce(PilotDecision.decision, ""),
            PilotDecision.decided_at,
            func.coalesce(PilotChoice.in_master, False),
            func.coalesce(PilotChoice.reason, ""),
        )
        .outerjoin(PilotDecision, PilotDecision.pilot_id == Pilot.id)
        .outerjoin(last, last.c.pilot_id == Pilot.id)
        .outerjoin(PilotChoice, (PilotChoice.pilot_id == Pilot.id) & (PilotChoice.number == last.c.number))
        .where(Pilot.project_id == project.id, Pilot.cancelled_at.is_(None))
        .order_by(Pilot.number)
    )
    return [_Held(*row) for row in session.execute(query)]


def _counts(session: Session, project: Project, *, signed_off: bool) -> Mapping[str, int]:
    """Cases of each round that are not withdrawn; with ``signed_off`` those alone."""
    query = (
        select(PilotCase.pilot_id, func.count())
        .join(Case, Case.id == PilotCase.case_id)
        .where(Case.project_id == project.id, Case.withdrawn_at.is_(None))
        .group_by(PilotCase.pilot_id)
    )
    if signed_off:
        query = query.join(Comparison, Comparison.case_id == Case.id).where(
            Comparison.superseded_at.is_(None), Comparison.state == "signed_off"
        )
    return {row[0]: row[1] for row in session.execute(query)}
