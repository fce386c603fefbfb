"""Where the cases of a project stand, for whoever oversees them: a fixed number of statements, however many cases.

Open cases are read one by one; what is signed off is counted by the database, since a study ends with thousands of such cases.
Whoever codes a case, or coded it, does not meet it here before it is signed off.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from schema.actor import Actor
from schema.store.absences import Away, absences_of, people_at_work
from schema.store.deadlines import Dues, project_deadlines
from schema.store.models import (
    Assignment,
    Case,
    Comparison,
    Decision,
    Entry,
    Project,
    Verification,
    is_current,
)
from schema.store.people import distinct_names
from schema.store.readmodel import coded_by, natural_order
from schema.store.signed_off_totals import SignedOff, is_signed_off, signed_off_totals

SIGNED_OFF = "signed off"


@dataclass(frozen=True, slots=True)
class EntryStanding:
    """A current entry. ``updated_at`` is its last save, or when it was returned."""

    coder: str
    state: str
    created_at: datetime
    started_at: datetime | None
    updated_at: datetime | None


@dataclass(frozen=True, slots=True)
class ComparisonStanding:
    """The live comparison. ``decided_at``: the last decision."""

    state: str
    created_at: datetime
    matched_at: datetime | None
    reopened_at: datetime | None
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class CaseStanding:
    """A case that is neither signed off nor withdrawn.

    ``parts``: user ids by part; ``entries`` by slot; ``checking_since``: see verification.
    ``dues``: by which day it is due, by part (see deadlines). ``handed_back_at``: since when a part is vacant because its coder
    handed the case back.
    """

    id: str
    reference: str
    state: str
    registered_at: datetime
    parts: Mapping[str, str]
    entries: Mapping[int, EntryStanding]
    comparison: ComparisonStanding | None
    checking_since: datetime | None
    dues: Dues = field(default_factory=dict)
    handed_back_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ProjectStanding:
    """All open cases that the person may know of, in natural order of references; and what is signed off, in figures.

    ``to_do``: cases of the project that are not signed off, those that the person codes among them. ``left_out``: how many
    open cases are not in ``cases`` because the person codes them, or coded them. ``names``: display names by user id, told apart
    where two people share one. ``team``: how many people code or reconcile in the project now; ``away``: their absences
    past and to come.
    """

    cases: tuple[CaseStanding, ...]
    signed_off: SignedOff
    to_do: int
    left_out: int
    names: Mapping[str, str]
    team: int = 0
    away: tuple[Away, ...] = ()


def project_standing(session: Session, actor: Actor, project: Project) -> ProjectStanding:
    """Read where every case of the project stands, withdrawn ones left out, as the actor may know it."""
    own = coded_by(session, actor)
    query = select(Case.id, Case.reference, Case.kept_state, Case.registered_at).where(_open(project))
    rows = session.execute(query).all()
    (parts, returned), entries = _parts(session, project), _entries(session, project)
    comparisons, checks = _comparisons(session, project), _checks(session, project)
    dues = project_deadlines(session, project)
    found = [
        CaseStanding(
            *row,
            parts.get(row.id, {}),
            entries.get(row.id, {}),
            comparisons.get(row.id),
            checks.get(row.id),
            dues.get(row.id, {}),
            returned.get(row.id),
        )
        for row in rows
        if row.id not in own
    ]
    signed_off = signed_off_totals(session, project)
    people = {*signed_off.coders, *signed_off.reconcilers}
    people |= {entry.coder for one in found for entry in one.entries.values()}
    people |= {user_id for one in found for user_id in one.parts.values()}
    team = people_at_work(session, project)
    return ProjectStanding(
        cases=tuple(sorted(found, key=lambda one: natural_order(one.reference))),
        signed_off=signed_off,
        to_do=len(rows),
        left_out=len(rows) - len(found),
        names=distinct_names(session, people),
        team=len(team),
        away=tuple(absences_of(session, team, date.min)),
    )


def _of(project: Project) -> ColumnElement[bool]:
    return and_(Case.project_id == project.id, Case.withdrawn_at.is_(None))


def _open(project: Project) -> ColumnElement[bool]:
    return and_(_of(project), ~is_signed_off())


def _parts(
    session: Session, project: Project
) -> tuple[Mapping[str, Mapping[str, str]], Mapping[str, datetime]]:
    """Who holds which part of each case; and since when one is vacant because it was handed back."""
    query = (
        select(Assignment.case_id, Assignment.part, Assignment.user_id, Assignment.ended_at)
        .join(Case, Case.id == Assignment.case_id)
        .where(_open(project), or_(Assignment.ended_at.is_(None), Assignment.handed_back))
    )
    found: dict[str, dict[str, str]] = defaultdict(dict)
    given_up: list[tuple[str, str, datetime]] = []
    for case_id, part, user_id, ended_at in session.execute(query):
        if ended_at is None:
            found[case_id][part] = user_id
        else:
            given_up.append((case_id, part, ended_at))
    vacant = {case_id: at for case_id, part, at in given_up if part not in found[case_id]}
    return found, vacant


def _entries(session: Session, project: Project) -> Mapping[str, Mapping[int, EntryStanding]]:
    columns = (Entry.coder_id, Entry.state, Entry.created_at, Entry.started_at, Entry.updated_at)
    query = (
        select(*columns, Entry.case_id, Entry.slot)
        .join(Case, Case.id == Entry.case_id)
        .where(_open(project), is_current())
    )
    found: dict[str, dict[int, EntryStanding]] = defaultdict(dict)
    for row in session.execute(query):
        found[row.case_id][row.slot] = EntryStanding(*row[:5])
    return found


def _comparisons(session: Session, project: Project) -> Mapping[str, ComparisonStanding]:
    last = select(func.max(Decision.decided_at)).where(Decision.comparison_id == Comparison.id)
    query = (
        select(
            Comparison.case_id,
            Comparison.state,
            Comparison.created_at,
            Comparison.matched_at,
            Comparison.reopened_at,
            # What is asked of few cases is counted for few.
            case((Comparison.state == "resolved", last.correlate(Comparison).scalar_subquery())),
        )
        .join(Case, Case.id == Comparison.case_id)
        .where(_of(project), Comparison.superseded_at.is_(None), Comparison.state != "signed_off")
    )
    return {case_id: ComparisonStanding(*rest) for case_id, *rest in session.execute(query)}


def _checks(session: Session, project: Project) -> Mapping[str, datetime]:
    query = (
        select(Verification.case_id, Verification.opened_at)
        .join(Case, Case.id == Verification.case_id)
        .where(_of(project), Verification.superseded_at.is_(None), Verification.finished_at.is_(None))
    )
    return {row.case_id: row.opened_at for row in session.execute(query)}
