"""A case's state, derived in SQL from its entries and its live comparison.

:func:`case_state_expression` says what it is. ``study_case.state`` is kept by triggers, so that lists and dashboards count over an
index; ``tandem doctor`` compares the two.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, SQLColumnExpression, String, case, exists, func, literal, or_, select
from sqlalchemy.orm import Session

from schema.store.models import Case, Comparison, Entry, Verification, is_current

STATES = (
    "registered",
    "assigned",
    "coding",
    "verifying",
    "ready to compare",
    "matching rows",
    "resolving",
    "reconciled",
    "signed off",
    "withdrawn",
)
OF_COMPARISON = {
    "open": "ready to compare",
    "matching": "matching rows",
    "resolving": "resolving",
    "resolved": "reconciled",
    "signed_off": "signed off",
}


def _entries(*states: str) -> ColumnElement[int]:
    """How many current entries of the case are in one of the states (in any, where none is named)."""
    query = select(func.count()).where(Entry.case_id == Case.id, is_current())
    if states:
        query = query.where(Entry.state.in_(states))
    return query.correlate(Case).scalar_subquery()


def _comparison_state() -> ColumnElement[str]:
    return (
        select(Comparison.state)
        .where(Comparison.case_id == Case.id, Comparison.superseded_at.is_(None))
        .correlate(Case)
        .scalar_subquery()
    )


def _being_verified() -> ColumnElement[bool]:
    """Whether coder 2 has something to check before the entries can be compared."""
    return (
        exists()
        .where(
            Verification.case_id == Case.id,
            Verification.superseded_at.is_(None),
            Verification.finished_at.is_(None),
        )
        .correlate(Case)
    )


def case_state_expression() -> ColumnElement[str]:
    """The state of the ``study_case`` row at hand, as one expression to select or to filter by.

    The live comparison is looked up once for its state, since most cases of a study that has gone on for long have one.
    """
    comparison = _comparison_state()
    started = _entries("in_progress", "submitted", "returned")
    return case(
        (Case.withdrawn_at.is_not(None), literal("withdrawn", String)),
        (comparison.is_not(None), case(OF_COMPARISON, value=comparison)),
        (_being_verified(), literal("verifying", String)),
        (_entries("submitted") == 2, literal("ready to compare", String)),
        (started > 0, literal("coding", String)),
        (or_(_entries() > 0), literal("assigned", String)),
        else_=literal("registered", String),
    )


def state_seen_by(user_id: str) -> ColumnElement[str]:
    """The state as a person may see it: whoever codes a case learns from it no more than their own entry says.

    A case that the person codes is ``assigned`` until they start and ``coding`` until it is signed off.
    """
    own: ColumnElement[str] = (
        select(Entry.state)
        .where(Entry.case_id == Case.id, Entry.coder_id == user_id, is_current())
        .correlate(Case)
        .scalar_subquery()
    )
    return case((own.is_(None), Case.kept_state), else_=state_told_to_coder(own))


def state_told_to_coder(own: SQLColumnExpression[str]) -> ColumnElement[str]:
    """The state of the ``study_case`` row at hand as its coder may see it, by the state of their own entry."""
    return case(
        (Case.kept_state.in_(("signed off", "withdrawn")), Case.kept_state),
        (own == "not_started", literal("assigned", String)),
        else_=literal("coding", String),
    )


def state_for(session: Session, case_id: str, user_id: str) -> str:
    """Give the state of one case as :func:`state_seen_by` lets the person see it."""
    return session.scalars(select(state_seen_by(user_id)).where(Case.id == case_id)).one()
