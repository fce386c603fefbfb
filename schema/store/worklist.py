"""What waits for a person: entries to code, comparisons to settle, and counts for those who oversee.

Nothing here tells a coder about anybody else's entry: a coder's lines come from their own entries alone, a
reconciler's from cases whose two entries have both been submitted.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Date, case, cast, func, null, select
from sqlalchemy.orm import Session

from schema.store.case_state import STATES, state_seen_by
from schema.store.deadlines import due_column
from schema.store.models import Assignment, Case, Comparison, Entry, Verification, is_current
from schema.store.repeats import being_repeated

#: How many lines of each kind the start page shows of one project; the case list has the rest.
MOST_LINES = 12
MOST_FINISHED = 5
#: What a coder should take up first.
ENTRY_ORDER = ("returned", "in_progress", "not_started")
COMPARISON_ORDER = ("resolving", "matching", "open", "resolved")


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
    """The cases of a project that the person coded and that are signed off, the latest first; none that they are coding again."""
    query = (
        select(Case.project_id, Case.id, Case.reference, Case.title, Comparison.signed_off_at)
        .join(Comparison, Comparison.case_id == Case.id)
        .join(Entry, Entry.case_id == Case.id)
        .where(
            Case.project_id == project_id,
            Case.withdrawn_at.is_(None),
            Comparison.superseded_at.is_(None),
            Comparison.state == "signed_off",
            Entry.coder_id == user_id,
            is_current(),
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
    due = due_column(case({1: "coder_1"}, value=Entry.slot, else_="coder_2"))
    return _entry_lines(session, user_id, project_id, is_current(), due)


def repeats_to_code(session: Session, user_id: str, project_id: str) -> list[EntryLine]:
    """What the person codes again, for their agreement with themselves, in the order of :func:`entries_to_code`; never due."""
    never = cast(null(), Date)  # with its type, for PostgreSQL orders by no bare constant
    return _entry_lines(
        session, user_id, project_id, Case.id.in_(being_repeated(user_id)) & Entry.repeats, never
    )


def _entry_lines(
    session: Session, user_id: str, project_id: str, which: ColumnElement[bool], due: ColumnElement[Any]
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
        .order_by(rank, due.is_(None), due, Case.reference)
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
            Case.withdrawn_at.is_(None),
            Entry.coder_id == user_id,
            is_current(),
        )
        .group_by(Entry.state)
    )
    counted = {row[0]: row[1] for row in session.execute(query)}
    return {state: counted.get(state, 0) for state in (*ENTRY_ORDER, "submitted")}


def comparisons_to_settle(session: Session, user_id: str, project_id: str) -> list[ComparisonLine]:
    """Live comparisons of cases that the person reconciles: those under way first, then untouched ones.

    Of one state, those that are due first come first.
    """
    due = due_column("reconciler")
    rank = case(
        {state: index for index, state in enumerate(COMPARISON_ORDER)}, value=Comparison.state, else_=9
    )
    query = (
        select(
            Case.project_id,
            Case.id,
            Case.reference,
            Case.title,
            Comparison.state,
            Comparison.discrepancies,
            Comparison.undecided,
            due,
        )
        .join(Case, Case.id == Comparison.case_id)
        .join(Assignment, Assignment.case_id == Case.id)
        .where(
            Case.project_id == project_id,
            Case.withdrawn_at.is_(None),
            Comparison.superseded_at.is_(None),
            Comparison.state.in_(COMPARISON_ORDER),
            Assignment.user_id == user_id,
            Assignment.part == "reconciler",
            Assignment.ended_at.is_(None),
        )
        .order_by(rank, due.is_(None), due, Case.reference)
        .limit(MOST_LINES)
    )
    return [ComparisonLine(*row) for row in session.execute(query)]


def reconciler_counts(session: Session, user_id: str, project_id: str) -> dict[str, int]:
    """How many cases the person reconciles: ``waiting`` for their coders, ``to_do`` and ``signed_off``."""
    query = (
        select(Comparison.state, func.count())
        .select_from(Assignment)
        .join(Case, Case.id == Assignment.case_id)
        .outerjoin(Comparison, (Comparison.case_id == Case.id) & Comparison.superseded_at.is_(None))
        .where(
            Case.project_id == project_id,
            Case.withdrawn_at.is_(None),
            Assignment.user_id == user_id,
            Assignment.part == "reconciler",
            Assignment.ended_at.is_(None),
        )
        .group_by(Comparison.state)
    )
    counted: dict[str | None, int] = {row[0]: row[1] for row in session.execute(query)}
    return {
        "waiting": counted.get(None, 0),
        "to_do": sum(counted.get(state, 0) for state in COMPARISON_ORDER),
        "signed_off": counted.get("signed_off", 0),
    }


def counts_of_projects(
    session: Session, project_ids: Collection[str], seen_by: str
) -> Mapping[str, dict[str, int]]:
    """Cases by state of several projects at once, as the person may see them; every state named, in workflow order."""
    counts = {project_id: dict.fromkeys(STATES, 0) for project_id in project_ids}
    state = state_seen_by(seen_by).label("state")
    inner = select(Case.project_id, state).where(Case.project_id.in_(list(project_ids))).subquery()
    query = select(inner.c.project_id, inner.c.state, func.count()).group_by(
        inner.c.project_id, inner.c.state
    )
    for project_id, name, number in session.execute(query):
        counts[project_id][name] = number
    return counts
