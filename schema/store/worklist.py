"""What waits for a person: entries to code, comparisons to settle, and counts for those who oversee.

Nothing here tells a coder about anybody else's entry: a coder's lines come from their own entries alone, a
reconciler's from cases whose two entries have both been submitted.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import CTE, ColumnElement, Date, Label, Select, case, cast, exists, func, not_, null, select
from sqlalchemy.orm import Session

from schema.store.case_state import OF_COMPARISON, STATES, state_told_to_coder
from schema.store.deadlines import due_column
from schema.store.models import Assignment, Case, Comparison, Entry, Verification, is_current
from schema.store.repeats import being_repeated

#: How many lines of each kind the start page shows of one project; the case list has the rest.
MOST_LINES = 12
MOST_FINISHED = 5
#: What a coder should take up first.
ENTRY_ORDER = ("returned", "in_progress", "not_started")
COMPARISON_ORDER = ("resolving", "matching", "open", "resolved")
#: The states of the cases in which a reconciler has something to do.
TO_SETTLE = tuple(OF_COMPARISON[state] for state in COMPARISON_ORDER)


@dataclass(frozen=True, slots=True)
class EntryLine:
    """An entry that its coder still has to submit. ``flagged``: questions that they want to come back to."""

    project_id: str
    case_id: str
    reference: str
    title: str
    state: str
    answered: int
    updated_at: datetime | None
    flagged: int
    due: date | None = None


@dataclass(frozen=True, slots=True)
class CheckLine:
    """A case in which the person checks what the other coder entered."""

    project_id: str
    case_id: str
    reference: str
    title: str
    opened_at: datetime
    due: date | None = None


@dataclass(frozen=True, slots=True)
class ComparisonLine:
    """A comparison that its reconciler still has to sign off; counts are of positions that need a person."""

    project_id: str
    case_id: str
    reference: str
    title: str
    state: str
    discrepancies: int
    undecided: int
    due: date | None = None


@dataclass(frozen=True, slots=True)
class SignedOffLine:
    """A case that the person coded and that is signed off."""

    project_id: str
    case_id: str
    reference: str
    title: str
    signed_off_at: datetime | None


def signed_off_entries(session: Session, user_id: str, project_id: str) -> list[SignedOffLine]:
    """The cases of a project that the person coded and that are signed off, the latest first; none that they are coding again.

    Asked so that an index over the moments of sign-off is read from its end, and no further than the last line.
    """
    coded = exists().where(Entry.case_id == Comparison.case_id, Entry.coder_id == user_id, is_current())
    query = (
        select(Case.project_id, Case.id, Case.reference, Case.title, Comparison.signed_off_at)
        .select_from(Comparison)
        .join(Case, Case.id == Comparison.case_id)
        .where(
            Case.project_id == project_id,
            Case.kept_state == "signed off",
            Comparison.superseded_at.is_(None),
            Comparison.state == "signed_off",
            coded,
            Case.id.not_in(being_repeated(user_id)),
        )
        .order_by(Comparison.signed_off_at.desc(), Case.reference)
        .limit(MOST_FINISHED)
    )
    return [SignedOffLine(*row) for row in session.execute(query)]


def entries_to_code(session: Session, user_id: str, project_id: str) -> list[EntryLine]:
    """The person's own unsubmitted entries in a project: returned ones first, then those begun, then new ones.

    Of one state, those that are due first come first.
    """
    due = due_column(case({1: "coder_1"}, value=Entry.slot, else_="coder_2")).label("due")
    return _entry_lines(session, user_id, project_id, is_current(), due)


def repeats_to_code(session: Session, user_id: str, project_id: str) -> list[EntryLine]:
    """What the person codes again, for their agreement with themselves, in the order of :func:`entries_to_code`; never due."""
    never = cast(null(), Date).label("due")  # with its type, for PostgreSQL orders by no bare constant
    return _entry_lines(
        session, user_id, project_id, Case.id.in_(being_repeated(user_id)) & Entry.repeats, never
    )


def _entry_lines(
    session: Session, user_id: str, project_id: str, which: ColumnElement[bool], due: Label[Any]
) -> list[EntryLine]:
    rank = case({state: index for index, state in enumerate(ENTRY_ORDER)}, value=Entry.state, else_=9)
    query = (
        select(
            Case.project_id,
            Case.id,
            Case.reference,
            Case.title,
            Entry.state,
            Entry.answered,
            Entry.updated_at,
            Entry.flagged,
            due,
        )
        .join(Case, Case.id == Entry.case_id)
        .where(
            Case.project_id == project_id,
            Case.withdrawn_at.is_(None),
            Entry.coder_id == user_id,
            which,
            Entry.ended_at.is_(None),
            Entry.state.in_(ENTRY_ORDER),
        )
        .order_by(rank, due.nulls_last(), Case.reference)
        .limit(MOST_LINES)
    )
    return [EntryLine(*row) for row in session.execute(query)]


def values_to_check(session: Session, user_id: str, project_id: str) -> list[CheckLine]:
    """The cases of a project in which the person, as coder 2, still checks values of coder 1: the oldest first."""
    query = (
        select(
            Case.project_id,
            Case.id,
            Case.reference,
            Case.title,
            Verification.opened_at,
            due_column("coder_2"),
        )
        .join(Case, Case.id == Verification.case_id)
        .join(Entry, Entry.id == Verification.entry_id)
        .where(
            Case.project_id == project_id,
            Case.withdrawn_at.is_(None),
            Verification.superseded_at.is_(None),
            Verification.finished_at.is_(None),
            Entry.coder_id == user_id,
            is_current(),
        )
        .order_by(Verification.opened_at, Case.reference)
        .limit(MOST_LINES)
    )
    return [CheckLine(*row) for row in session.execute(query)]


def own_entry_counts(session: Session, user_id: str, project_id: str) -> dict[str, int]:
    """How many of the person's own current entries are in each state."""
    query = (
        select(Entry.state, func.count())
        .join(Case, Case.id == Entry.case_id)
        .where(
            Case.project_id == project_id,
            Case.kept_state != "withdrawn",
            Entry.coder_id == user_id,
            is_current(),
        )
        .group_by(Entry.state)
    )
    counted = {row[0]: row[1] for row in session.execute(query)}
    return {state: counted.get(state, 0) for state in (*ENTRY_ORDER, "submitted")}


def comparisons_to_settle(session: Session, user_id: str, project_id: str) -> list[ComparisonLine]:
    """Live comparisons of cases that the person reconciles: those under way first, then untouched ones.

    Of one state, those that are due first come first. The first are found by the cases alone, and only their comparisons are read.
    """
    first = _first_to_settle(user_id, project_id).subquery()
    query = (
        select(
            Case.project_id,
            Case.id,
            Case.reference,
            Case.title,
            Comparison.state,
            Comparison.discrepancies,
            Comparison.undecided,
            first.c.due,
        )
        .select_from(first)
        .join(Case, Case.id == first.c.id)
        .join(Comparison, Comparison.case_id == Case.id)
        .where(Comparison.superseded_at.is_(None))
        .order_by(first.c.rank, first.c.due.nulls_last(), Case.reference)
    )
    return [ComparisonLine(*row) for row in session.execute(query)]


def _first_to_settle(user_id: str, project_id: str) -> Select[*tuple[Any, ...]]:
    """The cases whose comparisons a reconciler should take up first."""
    due = due_column("reconciler").label("due")
    rank = case({state: index for index, state in enumerate(TO_SETTLE)}, value=Case.kept_state).label("rank")
    mine = exists().where(
        Assignment.case_id == Case.id,
        Assignment.user_id == user_id,
        Assignment.part == "reconciler",
        Assignment.ended_at.is_(None),
    )
    return (
        select(Case.id, rank, due)
        .where(Case.project_id == project_id, Case.kept_state.in_(TO_SETTLE), mine)
        .order_by(rank, due.nulls_last(), Case.reference)
        .limit(MOST_LINES)
    )


def reconciler_counts(session: Session, user_id: str, project_id: str) -> dict[str, int]:
    """How many cases the person reconciles: ``waiting`` for their coders, ``to_do`` and ``signed_off``."""
    state, held = Case.kept_state, _reconciled_by(user_id)
    done, to_do = state == "signed off", state.in_(TO_SETTLE)
    counted = (func.count(case((one, 1))) for one in (not_(done | to_do), to_do, done))
    query = select(*counted).select_from(held).join(Case, Case.id == held.c.case_id)
    query = query.where(Case.project_id == project_id, state != "withdrawn")
    return dict(zip(("waiting", "to_do", "signed_off"), session.execute(query).one(), strict=True))


def _reconciled_by(user_id: str) -> CTE:
    """The cases that a person reconciles, found first: left to itself SQLite goes through every case of the project and asks of each."""
    mine = (Assignment.user_id == user_id, Assignment.part == "reconciler", Assignment.ended_at.is_(None))
    return select(Assignment.case_id).where(*mine).cte("held").prefix_with("MATERIALIZED")


def counts_of_projects(
    session: Session, project_ids: Collection[str], seen_by: str
) -> Mapping[str, dict[str, int]]:
    """Cases by state of several projects at once, as the person may see them; every state named, in workflow order."""
    counts = {project_id: dict.fromkeys(STATES, 0) for project_id in project_ids}
    kept = (Case.project_id, Case.kept_state)
    query = select(*kept, func.count()).where(Case.project_id.in_(list(project_ids))).group_by(*kept)
    for project_id, name, number in session.execute(query):
        counts[project_id][name] = number
    for row in session.execute(_coded_by(seen_by)):
        project_id, name, seen, number = row
        if project_id in counts:
            counts[project_id][name] -= number
            counts[project_id][seen] += number
    return counts


def _coded_by(user_id: str) -> Select[str, str, str, int]:
    """The cases that a person codes, of all projects: how many of each state, and what they are told it is."""
    told = state_told_to_coder(Entry.state)
    query = select(Case.project_id, Case.kept_state, told, func.count()).select_from(Entry)
    query = query.join(Case, Case.id == Entry.case_id).where(Entry.coder_id == user_id, is_current())
    return query.group_by(Case.project_id, Case.kept_state, told)
