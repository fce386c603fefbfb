"""Pilot rounds as they are read: their cases, what was decided by which figures, and which cases the master leaves out."""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from schema.actor import Actor
from schema.coding.agreement.frozen import FrozenAgreement, freeze, thaw
from schema.store.agreement_read import agreement_among
from schema.store.case_state import state_seen_by
from schema.store.models import Case, Comparison, Pilot, PilotCase, PilotChoice, PilotDecision, Project, User
from schema.store.readmodel import coded_by, natural_order


@dataclass(frozen=True, slots=True)
class PilotLine:
    """A case of a round, in the state that the person who looks may know."""

    case_id: str
    reference: str
    title: str
    state: str


@dataclass(frozen=True, slots=True)
class PilotRuling:
    """What was decided on a round: ``go`` or ``revise``, by figures that are kept under ``sha256``."""

    decision: str
    reason: str
    cases: int
    sha256: str
    decided_at: datetime
    decided_by: str
    figures: FrozenAgreement


@dataclass(frozen=True, slots=True)
class MasterChoice:
    """Whether the cases of a round are in the master, from when on and why."""

    number: int
    in_master: bool
    reason: str
    chosen_at: datetime
    chosen_by: str


@dataclass(frozen=True)
class PilotRound:
    """One round. ``withheld``: the person who looks codes a case of it that is not signed off, so that nothing is said of what
    was decided. ``choices``: the latest first."""

    id: str
    number: int
    began_at: datetime
    began_by: str
    cancelled_at: datetime | None
    cancelled_reason: str
    lines: tuple[PilotLine, ...]
    withheld: bool
    ruling: PilotRuling | None
    choices: tuple[MasterChoice, ...]

    @property
    def is_open(self) -> bool:
        """Whether the round waits for its decision."""
        return self.cancelled_at is None and self.ruling is None

    @property
    def in_master(self) -> bool:
        """Whether its signed-off cases are in the master."""
        return bool(self.choices) and self.choices[0].in_master


def pilot_rounds(session: Session, actor: Actor, project: Project) -> tuple[PilotRound, ...]:
    """All rounds of a project as the actor may know them, the latest first."""
    query = (
        select(Pilot, User.display_name)
        .join(User, User.id == Pilot.began_by)
        .where(Pilot.project_id == project.id)
        .order_by(Pilot.number.desc())
    )
    pilots = session.execute(query).all()
    if not pilots:
        return ()
    lines, own = _lines(session, actor, project), coded_by(session, actor)
    open_own = not_signed_off(session, own & {line.case_id for held in lines.values() for line in held})
    rulings, choices = _rulings(session, project), _choices(session, project)
    return tuple(
        _round(pilot, name, lines.get(pilot.id, ()), open_own, rulings.get(pilot.id), choices[pilot.id])
        for pilot, name in pilots
    )


def open_round(session: Session, project: Project) -> Pilot | None:
    """The round that waits for its decision, if there is one."""
    return session.scalar(
        select(Pilot)
        .outerjoin(PilotDecision, PilotDecision.pilot_id == Pilot.id)
        .where(Pilot.project_id == project.id, Pilot.cancelled_at.is_(None), PilotDecision.pilot_id.is_(None))
    )


def pilot_figures(session: Session, actor: Actor, project: Project, pilot_id: str) -> FrozenAgreement:
    """The agreement of a round's cases that are compared now, without open ones that the actor codes."""
    return freeze(agreement_among(session, actor, project, case_ids_of(session, pilot_id)))


def case_ids_of(session: Session, pilot_id: str) -> frozenset[str]:
    """The cases of a round, withdrawn ones too."""
    return frozenset(session.scalars(select(PilotCase.case_id).where(PilotCase.pilot_id == pilot_id)))


def free_cases(session: Session, project: Project) -> list[Case]:
    """Cases that are in no round and not withdrawn, in natural order of their references."""
    taken = (
        select(PilotCase.case_id)
        .join(Pilot, Pilot.id == PilotCase.pilot_id)
        .where(Pilot.project_id == project.id, Pilot.cancelled_at.is_(None))
    )
    query = select(Case).where(
        Case.project_id == project.id, Case.withdrawn_at.is_(None), Case.id.not_in(taken)
    )
    return sorted(session.scalars(query), key=lambda case: natural_order(case.reference))


def round_of(session: Session, case_id: str) -> int:
    """The number of the round that a case is in; 0 where it is in none."""
    query = (
        select(func.max(Pilot.number))
        .join(PilotCase, PilotCase.pilot_id == Pilot.id)
        .where(PilotCase.case_id == case_id, Pilot.cancelled_at.is_(None))
    )
    return session.scalar(query) or 0


def not_signed_off(session: Session, case_ids: frozenset[str]) -> frozenset[str]:
    """Those of the cases that are neither signed off nor withdrawn."""
    done = select(Comparison.case_id).where(
        Comparison.case_id.in_(case_ids),
        Comparison.superseded_at.is_(None),
        Comparison.state == "signed_off",
    )
    query = select(Case.id).where(Case.id.in_(case_ids), Case.withdrawn_at.is_(None), Case.id.not_in(done))
    return frozenset(session.scalars(query))


def _round(
    pilot: Pilot,
    began_by: str,
    lines: tuple[PilotLine, ...],
    open_own: frozenset[str],
    ruling: PilotRuling | None,
    choices: Sequence[MasterChoice],
) -> PilotRound:
    withheld = any(line.case_id in open_own for line in lines)
    return PilotRound(
        pilot.id,
        pilot.number,
        pilot.began_at,
        began_by,
        pilot.cancelled_at,
        pilot.cancelled_reason,
        lines,
        withheld,
        None if withheld else ruling,
        () if withheld else tuple(choices),
    )


def _lines(session: Session, actor: Actor, project: Project) -> Mapping[str, tuple[PilotLine, ...]]:
    query = (
        select(PilotCase.pilot_id, Case.id, Case.reference, Case.title, state_seen_by(actor.id))
        .join(PilotCase, PilotCase.case_id == Case.id)
        .where(Case.project_id == project.id)
    )
    found: dict[str, list[PilotLine]] = defaultdict(list)
    for pilot_id, *rest in session.execute(query):
        found[pilot_id].append(PilotLine(*rest))
    return {
        key: tuple(sorted(held, key=lambda line: natural_order(line.reference)))
        for key, held in found.items()
    }


def _rulings(session: Session, project: Project) -> Mapping[str, PilotRuling]:
    query = (
        select(PilotDecision, User.display_name)
        .join(User, User.id == PilotDecision.decided_by)
        .join(Pilot, Pilot.id == PilotDecision.pilot_id)
        .where(Pilot.project_id == project.id)
    )
    return {row.pilot_id: _ruling(row, name) for row, name in session.execute(query)}


def _ruling(row: PilotDecision, name: str) -> PilotRuling:
    figures = thaw(zlib.decompress(row.body).decode())
    return PilotRuling(row.decision, row.reason, row.cases, row.sha256, row.decided_at, name, figures)


def _choices(session: Session, project: Project) -> Mapping[str, list[MasterChoice]]:
    """The choices of each round, the latest first."""
    query = (
        select(PilotChoice, User.display_name)
        .join(User, User.id == PilotChoice.chosen_by)
        .join(Pilot, Pilot.id == PilotChoice.pilot_id)
        .where(Pilot.project_id == project.id)
        .order_by(PilotChoice.number.desc())
    )
    found: dict[str, list[MasterChoice]] = defaultdict(list)
    for row, name in session.execute(query):
        found[row.pilot_id].append(MasterChoice(row.number, row.in_master, row.reason, row.chosen_at, name))
    return found
