"""What was settled about one coder's answers in their signed-off cases: how often their answer stood, and the causes."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import and_, case, select
from sqlalchemy.orm import Session

from schema.store.models import Case, Comparison, Decision, Discrepancy, Entry, Project, Snapshot, is_current
from schema.store.repeats import being_repeated

ABSENT = "null"
"""How a discrepancy stores the side that has no such row."""


@dataclass(frozen=True, slots=True)
class Settled:
    """One difference that a person settled. ``stood``: whether the final is what the coder gave. ``cause`` may be empty."""

    case_id: str
    reference: str
    cause: str
    stood: bool


def settled_for(session: Session, user_id: str, project: Project) -> list[Settled]:
    """Every settled difference of the signed-off cases that the person codes, in the order of references.

    Questions that the final extract does not ask are left out, and so is what nobody had to settle; so are cases that the person
    is coding again.
    """
    is_a = Snapshot.entry_id == Entry.id
    own = case((is_a, Discrepancy.value_a), else_=Discrepancy.value_b)
    of_path = and_(Decision.comparison_id == Comparison.id, Decision.path == Discrepancy.path)
    query = (
        select(Case.id, Case.reference, Decision.cause, Decision.choice, Decision.value, own)
        .join(Comparison, Comparison.case_id == Case.id)
        .join(Snapshot, Snapshot.id == Comparison.snapshot_1_id)
        .join(Entry, Entry.case_id == Case.id)
        .join(Discrepancy, Discrepancy.comparison_id == Comparison.id)
        .join(Decision, of_path)
        .where(
            Case.project_id == project.id,
            Case.withdrawn_at.is_(None),
            Comparison.superseded_at.is_(None),
            Comparison.state == "signed_off",
            Entry.coder_id == user_id,
            is_current(),
            Case.id.not_in(being_repeated(user_id)),
            Decision.superseded_at.is_(None),
            Discrepancy.state == "decided",
        )
        .order_by(Case.reference, Discrepancy.ordinal)
    )
    return [
        Settled(case_id, reference, cause, stood(choice, value, own))
        for case_id, reference, cause, choice, value, own in session.execute(query)
    ]


def stood(choice: str, value: str, own: str) -> bool:
    """Whether a decision left what the coder gave; ``value`` and ``own`` are as decision and discrepancy store them."""
    if choice == "equivalent":
        return True
    if choice in ("keep_row", "drop_row"):
        return (own != ABSENT) == (choice == "keep_row")
    return value == own
