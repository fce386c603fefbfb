"""What the signed-off cases of a project come to, counted by the database: a study ends with thousands of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, extract, func, literal_column, select
from sqlalchemy.orm import Session

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
    """Count the signed-off cases of a project, withdrawn ones left out, in four statements."""
    return SignedOff(
        _days(session, project),
        _coders(session, project),
        _reconcilers(session, project),
        _pairs(session, project),
    )


def _cases(project: Project, *columns: Any) -> Select[Any]:
    """Columns of the signed-off cases and their comparisons."""
    query = select(*columns).select_from(Comparison).join(Case, Case.id == Comparison.case_id)
    return query.where(and_(Case.project_id == project.id, Case.withdrawn_at.is_(None), *_LIVE))


def _days(session: Session, project: Project) -> Mapping[date, int]:
    seconds = extract("epoch", Comparison.signed_off_at)
    day = seconds - seconds % DAY
    rows = session.execute(_cases(project, day, func.count()).group_by(day))
    return {datetime.fromtimestamp(int(begun), UTC).date(): number for begun, number in rows}


def _coders(session: Session, project: Project) -> Mapping[str, CoderTotal]:
    query = _cases(project, Entry.coder_id, func.count(), func.max(Entry.updated_at))
    query = query.join(Entry, Entry.case_id == Case.id).where(is_current()).group_by(Entry.coder_id)
    return {coder: CoderTotal(entries, last) for coder, entries, last in session.execute(query)}


def _reconcilers(session: Session, project: Project) -> Mapping[str, int]:
    query = _cases(project, Assignment.user_id, func.count()).join(Assignment, Assignment.case_id == Case.id)
    query = query.where(Assignment.part == "reconciler", Assignment.ended_at.is_(None))
    return {row[0]: row[1] for row in session.execute(query.group_by(Assignment.user_id))}


def _pairs(session: Session, project: Project) -> Mapping[frozenset[str], PairTotal]:
    """First both coders of each case beside its figures, then these by pair."""
    coded = _cases(
        project,
        func.min(Entry.coder_id).label("one"),
        func.max(Entry.coder_id).label("other"),
        func.max(Comparison.positions).label("positions"),
        func.max(Comparison.agreed).label("agreed"),
    )
    coded = coded.join(Entry, Entry.case_id == Case.id).where(is_current()).group_by(Case.id)
    each = coded.having(func.count() == 2).subquery()
    people = (each.c.one, each.c.other)
    query = select(*people, func.count(), func.sum(each.c.positions), func.sum(each.c.agreed))
    return {
        frozenset((one, other)): PairTotal(cases, int(positions), int(agreed))
        for one, other, cases, positions, agreed in session.execute(query.group_by(*people))
    }
