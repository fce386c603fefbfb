"""What a returned and resubmitted entry changed: the comparison before it beside the one that followed."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from schema.coding.carry import WhatChanged, what_changed
from schema.store.loaded import LoadedComparison, load
from schema.store.models import Comparison


@dataclass(frozen=True)
class Resubmitted:
    """The comparison that another one follows, and what differs between the two."""

    before: LoadedComparison
    changed: WhatChanged


def resubmitted(session: Session, loaded: LoadedComparison) -> Resubmitted | None:
    """What differs from the comparison that this one follows, with its pairs as they are now; ``None`` for a case's first."""
    before = _comparison_before(session, loaded.row)
    if before is None:
        return None
    old = load(session, before)
    entries = (old.a, old.b), (loaded.a, loaded.b)
    return Resubmitted(old, what_changed(old.result, loaded.result, old.decided, *entries))


def _comparison_before(session: Session, row: Comparison) -> Comparison | None:
    query = select(Comparison).where(
        Comparison.case_id == row.case_id,
        Comparison.id != row.id,
        Comparison.superseded_at <= row.created_at,
    )
    return session.scalars(query.order_by(Comparison.superseded_at.desc()).limit(1)).first()
