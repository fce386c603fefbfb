"""Counters and states that are stored so that lists need not count: worked out again, compared, and set right."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from schema.store.case_state import case_state_expression
from schema.store.discrepancies import counters_of
from schema.store.loaded import load
from schema.store.models import Base, Case, Comparison, Entry, EntryPart

ROWS_AT_ONCE = 200
COUNTERS = ("answered", "flagged")


@dataclass(frozen=True, slots=True)
class Drift:
    """A stored number or state that is not what counting gives. ``table`` and ``id`` name the row, ``counter`` the column."""

    table: str
    id: str
    counter: str
    stored: int | str
    counted: int | str

    def __str__(self) -> str:
        return f"{self.table} {self.id}: {self.counter} is {self.stored}, counted {self.counted}"


def drifts(session: Session) -> Iterator[Drift]:
    """Give every stored counter that does not hold: of entries, and of comparisons that are not superseded; and every case's kept state."""
    yield from _of_cases(session)
    yield from _of_entries(session)
    yield from _of_comparisons(session)


def mend(session: Session) -> list[Drift]:
    """Set every counter that does not hold to what counting gives, and return what was wrong."""
    found = list(drifts(session))
    for one in found:
        table = Base.metadata.tables[one.table]
        session.execute(update(table).where(table.c.id == one.id).values({one.counter: one.counted}))
    return found


def _of_cases(session: Session) -> Iterator[Drift]:
    derived = case_state_expression()
    query = select(Case.id, Case.kept_state, derived).where(Case.kept_state != derived).order_by(Case.id)
    for case_id, kept, found in session.execute(query):
        yield Drift("study_case", case_id, "state", kept, found)


def _of_entries(session: Session) -> Iterator[Drift]:
    counted: dict[str, tuple[int, int]] = {}
    parts = select(EntryPart.entry_id, EntryPart.body).where(EntryPart.deleted.is_(False))
    for entry_id, body in session.execute(parts.execution_options(yield_per=ROWS_AT_ONCE)):
        plain, (answered, flagged) = json.loads(body), counted.get(entry_id, (0, 0))
        more = sum(bool(note["flagged"]) for note in plain.get("n", {}).values())
        counted[entry_id] = answered + len(plain["v"]), flagged + more
    stored = select(Entry.id, Entry.answered, Entry.flagged).order_by(Entry.id)
    for entry_id, *kept in session.execute(stored):
        for counter, held, found in zip(COUNTERS, kept, counted.get(entry_id, (0, 0)), strict=True):
            if held != found:
                yield Drift("entry", entry_id, counter, held, found)


def _of_comparisons(session: Session) -> Iterator[Drift]:
    live = select(Comparison.id).where(Comparison.superseded_at.is_(None)).order_by(Comparison.id)
    for comparison_id in session.scalars(live).all():
        row = session.get_one(Comparison, comparison_id)
        for counter, counted in asdict(counters_of(load(session, row))).items():
            if getattr(row, counter) != counted:
                yield Drift("comparison", row.id, counter, getattr(row, counter), counted)
        session.expunge_all()
