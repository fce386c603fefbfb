"""Replacing a person in many cases at once: who would take over where, with the load before and after, then all of it or nothing.

The plan is a function of the cases, the people and the seed. Applying plans again inside the transaction and compares it with the
plan that was shown, so that what is applied is what was seen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from zlib import crc32

from sqlalchemy import select
from sqlalchemy.orm import Session

from schema.actor import Actor
from schema.limits import ASSIGNED_CASES
from schema.problem import Problem, refuse
from schema.store.absences import Away
from schema.store.assignments import LABEL_OF, ROLE_OF, CaseParts, assign, parts_of_cases, why_not
from schema.store.audit import record
from schema.store.caselist import load_by_person
from schema.store.models import Case, Project, User
from schema.store.readmodel import coded_by, natural_order
from webapp.cases.operations import away_soon, members_with


@dataclass(frozen=True, slots=True)
class BoardOrder:
    """Who leaves which cases (ids), who takes over (empty: by lot), and the seed of the lot."""

    case_ids: tuple[str, ...]
    leaver: str
    successor: str
    seed: int


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of one case: who takes the part over, or why nobody does."""

    case: Case
    part: str
    successor: User | None
    problem: str = ""

    @property
    def label(self) -> str:
        """The part in words."""
        return LABEL_OF.get(self.part, "")


@dataclass(frozen=True, slots=True)
class Load:
    """How many cases of the project a person codes or reconciles, before and after."""

    name: str
    before: int
    after: int


@dataclass(frozen=True)
class BoardPlan:
    """The changes in natural order of references, and the loads that they make. ``away``: who is left out of the lot."""

    order: BoardOrder
    leaver: User
    changes: tuple[Change, ...]
    loads: tuple[Load, ...]
    away: tuple[Away, ...]

    @property
    def made(self) -> tuple[Change, ...]:
        """The changes that can be made."""
        return tuple(one for one in self.changes if one.successor is not None)

    @property
    def fingerprint(self) -> str:
        """A short text that changes when anything in the plan does."""
        said = "|".join(
            f"{one.case.id}:{one.part}:{one.successor.id if one.successor else ''}" for one in self.changes
        )
        return f"{crc32(said.encode()):08x}"


def plan_board(session: Session, actor: Actor, project: Project, order: BoardOrder) -> BoardPlan:
    """Plan who takes over in each case, writing nothing.

    Cases that the actor codes stay as they are: why somebody cannot be replaced there would tell of the other entry. Raises
    ``Refused``: BOARD-001 (422) where no case was chosen, or more than 300; BOARD-002 (422) where nobody leaves.
    """
    cases = _chosen(session, project, order)
    leaver = session.get(User, order.leaver)
    if leaver is None:
        raise refuse("BOARD-002", "Say who leaves these cases.", "Choose a person.", where="leaver")
    own, parts = coded_by(session, actor), parts_of_cases(session, cases)
    lot = _Lot.of(session, project, order)
    changes = tuple(
        Change(case, "", None, "You code this case. Another manager changes its people.")
        if case.id in own
        else _change(case, parts[case.id], leaver, lot)
        for case in cases
    )
    return BoardPlan(order, leaver, changes, lot.loads(leaver), lot.away)


def apply_board(session: Session, actor: Actor, project: Project, order: BoardOrder, shown: str) -> BoardPlan:
    """Plan again and make every change that can be made. ``shown``: the fingerprint of the plan that was looked at.

    Raises ``Refused``: BOARD-003 (409) where another plan would come out; BOARD-004 (409) where nothing can be changed.
    """
    plan = plan_board(session, actor, project, order)
    if plan.fingerprint != shown:
        raise refuse(
            "BOARD-003",
            "People or cases have changed since this was shown.",
            "Look at it again and apply that.",
            status=409,
        )
    if not plan.made:
        raise refuse("BOARD-004", "There is nothing to change.", "Choose other cases or people.", status=409)
    for one in plan.made:
        assert one.successor is not None
        assign(session, actor, one.case, one.part, one.successor)
    detail = {
        "cases": len(plan.made),
        "leaver": plan.leaver.id,
        "by": "lot" if not order.successor else order.successor,
        "seed": order.seed if not order.successor else None,
    }
    record(session, actor, "case.replace", project_id=project.id, detail=detail)
    return plan


def _chosen(session: Session, project: Project, order: BoardOrder) -> list[Case]:
    if not 0 < len(set(order.case_ids)) <= ASSIGNED_CASES:
        raise refuse(
            "BOARD-001",
            f"{len(set(order.case_ids))} cases are chosen." if order.case_ids else "No case is chosen.",
            f"Tick from 1 to {ASSIGNED_CASES} cases.",
            where="case",
        )
    query = select(Case).where(Case.project_id == project.id, Case.id.in_(order.case_ids))
    return sorted(session.scalars(query), key=lambda case: natural_order(case.reference))


@dataclass
class _Lot:
    """The people who can take a part over, and what each has to do by now."""

    members: Mapping[str, Sequence[User]]
    work: Mapping[str, Counter[str]]
    before: Mapping[str, Counter[str]]
    dice: Random
    successor: str
    away: tuple[Away, ...]

    @classmethod
    def of(cls, session: Session, project: Project, order: BoardOrder) -> _Lot:
        members = {role: members_with(session, project, role) for role in ("coder", "reconciler")}
        away = away_soon(session, (user for held in members.values() for user in held))
        work = {
            "coder": Counter(load_by_person(session, project.id, "coder_1", "coder_2")),
            "reconciler": Counter(load_by_person(session, project.id, "reconciler")),
        }
        return cls(
            members,
            work,
            {role: Counter(held) for role, held in work.items()},
            Random(order.seed),  # noqa: S311 - a published lot, not a secret
            order.successor,
            () if order.successor else away,
        )

    def candidates(self, role: str) -> list[User]:
        """Whoever is named; else everybody who is not away, those with least to do first, ties by lot."""
        if self.successor:
            return [user for user in self.members[role] if user.id == self.successor]
        gone = {one.user_id for one in self.away}
        people = sorted(
            (user for user in self.members[role] if user.id not in gone), key=lambda user: user.name
        )
        self.dice.shuffle(people)
        return sorted(people, key=lambda user: self.work[role][user.id])

    def hand_over(self, role: str, leaver: User, successor: User) -> None:
        """Count a case as the successor's from now on."""
        self.work[role][leaver.id] -= 1
        self.work[role][successor.id] += 1

    def loads(self, leaver: User) -> tuple[Load, ...]:
        """Of everybody whose load changes, and of all who might have taken over."""
        people = {user.id: user for held in self.members.values() for user in held} | {leaver.id: leaver}
        return tuple(
            Load(
                user.display_name,
                sum(self.before[role][user.id] for role in self.before),
                sum(self.work[role][user.id] for role in self.work),
            )
            for user in sorted(people.values(), key=lambda user: (user.display_name, user.name))
        )


def _change(case: Case, parts: CaseParts, leaver: User, lot: _Lot) -> Change:
    part = next((part for part, held in parts.held.items() if held == leaver.id), "")
    if not part:
        return Change(case, "", None, f"{leaver.display_name} has no part in this case.")
    reasons: list[Problem] = []
    for user in lot.candidates(ROLE_OF[part]):
        if user.id == leaver.id:
            continue
        problem = why_not(parts, part, user, has_role=True)
        if problem is None:
            lot.hand_over(ROLE_OF[part], leaver, user)
            return Change(case, part, user)
        reasons.append(problem)
    return Change(case, part, None, _why_nobody(part, reasons))


def _why_nobody(part: str, reasons: Sequence[Problem]) -> str:
    if not reasons:
        return f"Nobody else can take it over: no other {ROLE_OF[part]} is a member and there."
    submitted = next((one for one in reasons if one.code == "ASSIGN-005"), None)
    return (
        (submitted or reasons[0]).message
        if submitted or len(reasons) == 1
        else "Nobody is free for it: all have another part, or know the case."
    )
