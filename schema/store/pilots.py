"""The pilot of a project: a round of first cases is marked, decided by its agreement, and kept out of the master or in it.

The decision freezes the figures that it rests on, and is never changed; whether the cases are in the master may be chosen anew, with
a reason. Nothing here changes an entry or a comparison.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from schema.actor import Actor
from schema.limits import PILOT_CASES
from schema.problem import refuse
from schema.store.audit import record
from schema.store.database import new_id, now
from schema.store.models import (
    Case,
    Comparison,
    Membership,
    Pilot,
    PilotCase,
    PilotChoice,
    PilotDecision,
    Project,
    User,
)
from schema.store.pilots_read import case_ids_of, free_cases, not_signed_off, open_round, pilot_figures
from schema.store.readmodel import coded_by, natural_order
from schema.template.kinds import clean

GO, REVISE = "go", "revise"
DECISIONS = (GO, REVISE)
LONGEST_REASON = 2_000
MOST_NAMED = 5


def begin_pilot(session: Session, actor: Actor, project: Project, size: int) -> Pilot:
    """Mark the first ``size`` cases, in natural order of references, that are in no round and not withdrawn.

    Raises ``Refused``: PILOT-001 (422) for a number of cases that cannot be marked; PILOT-002 (409) while a round waits for its
    decision.
    """
    _claim(session, project)
    if open_round(session, project) is not None:
        raise refuse(
            "PILOT-002",
            "A round of the pilot waits for its decision.",
            "Decide on it, or cancel it, before you mark another one.",
            status=409,
        )
    free = free_cases(session, project)
    most = min(len(free), PILOT_CASES)
    if not 1 <= size <= most:
        raise refuse(
            "PILOT-001",
            f"{size} cases cannot be marked: {len(free)} are in no round yet, and a round has at most {PILOT_CASES}.",
            f"Enter a number from 1 to {most}." if most else "Register cases first.",
            where="size",
        )
    last = session.scalar(select(func.max(Pilot.number)).where(Pilot.project_id == project.id)) or 0
    pilot = Pilot(
        id=new_id(session),
        project_id=project.id,
        number=last + 1,
        began_at=now(session),
        began_by=actor.id,
        cancelled_reason="",
    )
    session.add(pilot)
    session.flush()
    session.add_all(PilotCase(pilot_id=pilot.id, case_id=case.id) for case in free[:size])
    session.flush()
    detail: dict[str, object] = {
        "round": pilot.number,
        "cases": size,
    }  # which ones: pilot_case, which erasing reaches
    _record(session, actor, project, "pilot.begin", pilot, detail)
    return pilot


def cancel_pilot(session: Session, actor: Actor, project: Project, reason: str) -> Pilot:
    """Give up the round that waits for its decision; its cases are ordinary ones again.

    Raises ``Refused``: PILOT-003 (409) where none waits, PILOT-004 (422) without a reason.
    """
    pilot = _claim_open(session, project)
    pilot.cancelled_at, pilot.cancelled_reason = now(session), _reason(reason)
    session.flush()
    detail = {"round": pilot.number, "reason": pilot.cancelled_reason}
    _record(session, actor, project, "pilot.cancel", pilot, detail)
    return pilot


def decide_pilot(
    session: Session,
    actor: Actor,
    project: Project,
    decision: str,
    reason: str,
    *,
    in_master: bool,
    shown: str,
) -> PilotDecision:
    """Decide to go on or to revise, and freeze the agreement of the round. ``shown``: the hash of the figures that were looked at.

    Raises ``Refused``: PILOT-003 (409) where no round waits; PILOT-004 (422) without a reason; PILOT-005 (422) for what is no decision;
    PILOT-006 (409) while a manager codes a case of the round that is not signed off, who would learn from it that the other coder has
    submitted; PILOT-007 (409) while cases are not compared with their rows matched; PILOT-008 (409) where figures have changed.
    """
    pilot = _claim_open(session, project)
    if decision not in DECISIONS:
        raise refuse("PILOT-005", "Say whether to go on or to revise.", "Choose one.", where="decision")
    why = _reason(reason)
    _refuse_unready(session, project, pilot)
    figures = pilot_figures(session, actor, project, pilot.id)
    if figures.sha256 != shown:
        raise refuse(
            "PILOT-008",
            "The figures have changed since this page was shown.",
            "Look at them again, then decide.",
            status=409,
        )
    made = PilotDecision(
        pilot_id=pilot.id,
        decision=decision,
        reason=why,
        cases=figures.cases,
        body=zlib.compress(figures.to_json().encode()),
        sha256=figures.sha256,
        decided_at=now(session),
        decided_by=actor.id,
    )
    session.add(made)
    session.flush()
    detail = {
        "round": pilot.number,
        "decision": decision,
        "cases": figures.cases,
        "sha256": figures.sha256,
        "reason": why,
    }
    _record(session, actor, project, "pilot.decide", pilot, detail)
    _choose(session, actor, project, pilot, in_master=in_master, reason=why)
    return made


def choose_for_master(
    session: Session, actor: Actor, project: Project, number: int, reason: str, *, in_master: bool
) -> PilotChoice:
    """Take the cases of a decided round into the master, or out of it.

    Raises ``Refused``: PILOT-003 (409) where the round is not decided; PILOT-004 (422) without a reason; PILOT-009 (409) where that is
    how it stands.
    """
    _claim(session, project)
    pilot = session.scalar(
        select(Pilot)
        .join(PilotDecision, PilotDecision.pilot_id == Pilot.id)
        .where(Pilot.project_id == project.id, Pilot.number == number)
    )
    if pilot is None:
        raise refuse("PILOT-003", "This round is not decided.", "Decide on it first.", status=409)
    latest = _latest(session, pilot)
    if latest is not None and latest.in_master == in_master:
        raise refuse(
            "PILOT-009", "That is how it stands already.", "Choose the other, or leave it.", status=409
        )
    return _choose(session, actor, project, pilot, in_master=in_master, reason=_reason(reason))


def _choose(
    session: Session, actor: Actor, project: Project, pilot: Pilot, *, in_master: bool, reason: str
) -> PilotChoice:
    latest = _latest(session, pilot)
    choice = PilotChoice(
        pilot_id=pilot.id,
        number=latest.number + 1 if latest else 1,
        in_master=in_master,
        reason=reason,
        chosen_at=now(session),
        chosen_by=actor.id,
    )
    session.add(choice)
    session.flush()
    detail = {"round": pilot.number, "in_master": in_master, "reason": reason}
    _record(session, actor, project, "pilot.choose", pilot, detail)
    return choice


def _latest(session: Session, pilot: Pilot) -> PilotChoice | None:
    query = select(PilotChoice).where(PilotChoice.pilot_id == pilot.id)
    return session.scalar(query.order_by(PilotChoice.number.desc()).limit(1))


def _claim(session: Session, project: Project) -> None:
    session.refresh(project, with_for_update=True)  # of two managers at once, the later one finds it done


def _claim_open(session: Session, project: Project) -> Pilot:
    _claim(session, project)
    pilot = open_round(session, project)
    if pilot is None:
        raise refuse(
            "PILOT-003", "No round of the pilot waits for a decision.", "Mark cases first.", status=409
        )
    return pilot


def _refuse_unready(session: Session, project: Project, pilot: Pilot) -> None:
    cases = case_ids_of(session, pilot.id)
    coding = sorted(_managers_who_code(session, project, not_signed_off(session, cases)))
    if coding:
        raise refuse(
            "PILOT-006",
            f"{', '.join(coding)} manages this project and codes a case of the round that is not signed off.",
            "Have the case signed off first: the decision would tell them that both coders have submitted.",
            status=409,
        )
    waiting = _not_compared(session, cases)
    if waiting or not _still_in(session, cases):
        named = ", ".join(waiting[:MOST_NAMED]) + (" and others" if len(waiting) > MOST_NAMED else "")
        raise refuse(
            "PILOT-007",
            f"Not every case of the round is compared with its rows matched: {named}."
            if waiting
            else "Every case of the round is withdrawn.",
            "Wait for them, or withdraw those that will not be coded." if waiting else "Cancel the round.",
            status=409,
        )


def _managers_who_code(session: Session, project: Project, cases: frozenset[str]) -> Iterator[str]:
    query = (
        select(User)
        .join(Membership, Membership.user_id == User.id)
        .where(
            Membership.project_id == project.id,
            Membership.role == "manager",
            Membership.ended_at.is_(None),
        )
    )
    for user in session.scalars(query):
        if coded_by(session, Actor(user.id, user.name)) & cases:
            yield user.display_name


def _still_in(session: Session, cases: frozenset[str]) -> bool:
    query = select(Case.id).where(Case.id.in_(cases), Case.withdrawn_at.is_(None))
    return session.scalar(query.limit(1)) is not None


def _not_compared(session: Session, cases: frozenset[str]) -> list[str]:
    """References of the cases, withdrawn ones left out, whose pairing nobody has confirmed."""
    matched = select(Comparison.case_id).where(
        Comparison.case_id.in_(cases), Comparison.superseded_at.is_(None), Comparison.matched_at.is_not(None)
    )
    query = select(Case.reference).where(
        Case.id.in_(cases), Case.withdrawn_at.is_(None), Case.id.not_in(matched)
    )
    return sorted(session.scalars(query), key=natural_order)


def _reason(reason: str) -> str:
    why = clean(reason).strip()
    if not why or len(why) > LONGEST_REASON:
        raise refuse(
            "PILOT-004",
            "Say why.",
            f"Enter a reason of at most {LONGEST_REASON:,} characters.",
            where="reason",
        )
    return why


def _record(
    session: Session, actor: Actor, project: Project, act: str, pilot: Pilot, detail: dict[str, object]
) -> None:
    record(session, actor, act, project_id=project.id, object_id=pilot.id, detail=detail)
