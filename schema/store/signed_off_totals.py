"""What the signed-off cases of a project come to, counted by the database: a study ends with thousands of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, extract, func, literal_column, select
from sqlalchemy.orm import Session, aliased

from schema.store.models import Assignment, Case, Comparison, Entry, Project, is_current

DAY: ColumnElement[int] = literal_column(
    "86400"
)  # seconds; no parameter, so that it is the same expression wherever it stands
_LIVE = (Comparison.superseded_at.is_(None), Comparison.state == "signed_off")


@dataclass(frozen=True, slots=True)
class CoderTotal:
    """A coder's entries, and when one of them was last saved."""

    entries: int
    last_save: datetime | None


@dataclass(frozen=True, slots=True)
class PairTotal:
    """Cases of two coders, their positions, and how many of these needed nobody."""

    cases: int
    positions: int
    agreed: int


@dataclass(frozen=True, slots=True)
class SignedOff:
    """``days``: cases by the day (UTC) of their sign-off; ``coders`` and ``reconcilers`` (cases) by user id; ``pairs`` by both ids."""

    days: Mapping[date, int] = field(default_factory=dict)
    coders: Mapping[str, CoderTotal] = field(default_factory=dict)
    reconcilers: Mapping[str, int] = field(default_factory=dict)
    pairs: Mapping[frozenset[str], PairTotal] = field(default_factory=dict)

    @property
    def cases(self) -> int:
        """How many there are."""
        return sum(self.days.values())


def is_signed_off() -> ColumnElement[bool]:
    """Whether the ``study_case`` row at hand is signed off, and not withdrawn."""
    return Case.kept_state == "signed off"


def signed_off_totals(session: Session, project: Project) -> SignedOff:
    """Count the signed-off cases of a project, withdrawn ones left out, in one statement.

    The database counts those that share the day, the coders and the reconciler; every figure is a sum of these.
    """
    found = SignedOffCount()
    for alike in session.execute(_alike(project)):
        found.add(*alike)
    return SignedOff(found.days, found.coders, found.reconcilers, found.pairs)


class SignedOffCount:
    """Sums over cases that are alike."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.days: Counter[date] = Counter()
        self.coders: dict[str, CoderTotal] = {}
        self.reconcilers: Counter[str] = Counter()
        self.pairs: dict[frozenset[str], PairTotal] = {}

    def add(
        self,
        begun: int,
        coder_1: str | None,
        coder_2: str | None,
        reconciler: str | None,
        cases: int,
        positions: int,
        agreed: int,
        save_1: datetime | None,
        save_2: datetime | None,
    ) -> None:
        """Count ``cases``. ``begun``: the second in which their day began; a part that nobody holds any more is None."""
        self.days[datetime.fromtimestamp(int(begun), UTC).date()] += cases
        for coder, save in ((coder_1, save_1), (coder_2, save_2)):
            if coder:
                held = self.coders.get(coder, CoderTotal(0, None))
                self.coders[coder] = CoderTotal(held.entries + cases, later(held.last_save, save))
        if reconciler:
            self.reconcilers[reconciler] += cases
        if coder_1 and coder_2:
            pair = frozenset((coder_1, coder_2))
            before = self.pairs.get(pair, PairTotal(0, 0, 0))
            self.pairs[pair] = PairTotal(
                before.cases + cases, before.positions + int(positions), before.agreed + int(agreed)
            )


def later(one: datetime | None, other: datetime | None) -> datetime | None:
    """The later of two moments, of which either may be none."""
    return max(filter(None, (one, other)), default=None)


def _alike(project: Project) -> Select[*tuple[Any, ...]]:
    """A row for all signed-off cases of one day, two coders and a reconciler: their number and their sums."""
    first, second = aliased(Entry), aliased(Entry)
    seconds = extract("epoch", Comparison.signed_off_at)
    alike = (seconds - seconds % DAY, first.coder_id, second.coder_id, Assignment.user_id)
    sums = (
        func.count(),
        func.sum(Comparison.positions),
        func.sum(Comparison.agreed),
        func.max(first.updated_at),
        func.max(second.updated_at),
    )
    reconciles = and_(
        Assignment.case_id == Case.id, Assignment.part == "reconciler", Assignment.ended_at.is_(None)
    )
    return (
        select(*alike, *sums)
        .select_from(Case)
        .join(Comparison, and_(Comparison.case_id == Case.id, *_LIVE))
        .outerjoin(first, and_(first.case_id == Case.id, first.slot == 1, is_current(first)))
        .outerjoin(second, and_(second.case_id == Case.id, second.slot == 2, is_current(second)))
        .outerjoin(Assignment, reconciles)
        .where(Case.project_id == project.id, is_signed_off())
        .group_by(*alike)
    )
