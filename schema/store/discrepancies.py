"""Keeps the stored list of discrepancies and the counters of a comparison: one function, called by every writer."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from schema.coding.model import Position
from schema.coding.questions import Agenda, in_order
from schema.store.database import new_id
from schema.store.loaded import LoadedComparison, plain_json
from schema.store.models import Discrepancy
from schema.template.value import to_plain


@dataclass(frozen=True, slots=True)
class Counters:
    """What lists and dashboards show of a comparison; ``discrepancies`` leaves moot positions out."""

    positions: int
    agreed: int
    discrepancies: int
    undecided: int


def recount(session: Session, loaded: LoadedComparison) -> Counters:
    """Bring the stored discrepancies and counters in line with the pairing and the live decisions.

    Keeps the state between resolving and resolved in step: resolved means that nothing is undecided.
    """
    agenda = loaded.agenda()
    states = _states(loaded, agenda)
    _store(session, loaded, agenda, states)
    counters = _count(loaded, states)
    row = loaded.row
    row.positions, row.agreed = counters.positions, counters.agreed
    row.discrepancies, row.undecided = counters.discrepancies, counters.undecided
    if row.state in ("resolving", "resolved"):
        row.state = "resolving" if counters.undecided else "resolved"
    session.flush()
    return counters


def counters_of(loaded: LoadedComparison) -> Counters:
    """Compute the counters afresh, for ``tandem doctor``; nothing is written."""
    return _count(loaded, _states(loaded, loaded.agenda()))


def discrepancies_of(session: Session, comparison_id: str) -> tuple[Discrepancy, ...]:
    """The stored discrepancies in the order of the template, moot ones included."""
    return tuple(discrepancies_among(session, (comparison_id,))[comparison_id])


def discrepancies_among(
    session: Session, comparison_ids: Sequence[str]
) -> Mapping[str, Sequence[Discrepancy]]:
    """The same of many comparisons, by the comparison's id, by one statement."""
    query = select(Discrepancy).where(Discrepancy.comparison_id.in_(comparison_ids))
    found: dict[str, list[Discrepancy]] = defaultdict(list)
    for held in session.scalars(query.order_by(Discrepancy.ordinal)):
        found[held.comparison_id].append(held)
    return found


def listed(loaded: LoadedComparison, agenda: Agenda) -> tuple[Position, ...]:
    """Every position that a person looks at or would have to, moot ones included."""
    return in_order(loaded.result, [*loaded.result.needing_a_person(), *agenda.opened])


def _states(loaded: LoadedComparison, agenda: Agenda) -> dict[str, str]:
    choices = {decision.path: decision.choice for decision in loaded.decisions}
    return {
        position.path: _state(position.path in agenda.moot, choices.get(position.path))
        for position in listed(loaded, agenda)
    }


def _state(moot: bool, choice: str | None) -> str:
    if moot:
        return "moot"
    if choice is None:
        return "open"
    return "deferred" if choice == "defer" else "decided"


def _count(loaded: LoadedComparison, states: dict[str, str]) -> Counters:
    agreed = sum(not position.needs_person for position in loaded.result.positions)
    asked = [state for state in states.values() if state != "moot"]
    undecided = sum(state in ("open", "deferred") for state in asked)
    return Counters(len(loaded.result.positions), agreed, len(asked), undecided)


def _store(session: Session, loaded: LoadedComparison, agenda: Agenda, states: dict[str, str]) -> None:
    stored = {row.path: row for row in discrepancies_of(session, loaded.row.id)}
    for ordinal, position in enumerate(listed(loaded, agenda)):
        row = stored.pop(position.path, None)
        if row is None:
            row = Discrepancy(id=new_id(session), comparison_id=loaded.row.id, path=position.path)
            session.add(row)
        _describe(row, position, ordinal, states[position.path])
    for gone in stored.values():
        session.delete(gone)


def _describe(row: Discrepancy, position: Position, ordinal: int, state: str) -> None:
    row.ordinal, row.section, row.verdict, row.state = ordinal, position.section, str(position.verdict), state
    row.value_a, row.value_b = _side(position, "a"), _side(position, "b")


def _side(position: Position, side: str) -> str:
    """One side as plain JSON; of a lone row, all its values on the side that has it."""
    if position.field is not None:
        return plain_json(position.a if side == "a" else position.b)
    has = position.pair is not None and bool(position.pair.row_a if side == "a" else position.pair.row_b)
    if not has or position.row is None:
        return "null"
    values = {key: to_plain(value) for key, value in position.row.values.items()}
    return json.dumps(values, ensure_ascii=False, sort_keys=True)
