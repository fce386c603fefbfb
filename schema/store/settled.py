"""The discrepancies of a comparison with what was decided on each, as exports list them."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence

from schema.coding.model import Comparison, Position
from schema.store.loaded import LoadedComparison
from schema.store.master import SettledDiscrepancy, Settlement
from schema.store.models import Decision, Discrepancy
from schema.template.value import Value, from_plain

MOOT = "moot"
NameOf = Callable[[str], str]


def settled_discrepancies(
    loaded: LoadedComparison, stored: Sequence[Discrepancy], name_of: NameOf
) -> tuple[SettledDiscrepancy, ...]:
    """All discrepancies in template order, then the agreed positions that the reconciler overruled.

    ``stored``: the comparison's discrepancies in their order. ``name_of`` gives the name of a person by their id.
    A discrepancy that the consensus no longer asks about has the choice ``moot``.
    """
    decisions = {held.path: held for held in loaded.decisions}
    groups = {group.key for group in loaded.template.groups()}
    settled = []
    for held in stored:
        decision = decisions.pop(held.path, None)
        made = _settlement(decision, name_of) if decision else Settlement(MOOT if held.state == MOOT else "")
        settled.append(_of_row(held, made) if _is_lone(held, groups) else _of_value(held, made))
    if decisions:
        settled += _overruled(loaded.result, decisions, name_of)
    return tuple(settled)


def _is_lone(held: Discrepancy, groups: Collection[str]) -> bool:
    return held.section in groups and held.path.count(".") == 1


def _of_value(held: Discrepancy, settlement: Settlement) -> SettledDiscrepancy:
    row_id, field = _parts(held.path)
    a, b = (from_plain(json.loads(text)) for text in (held.value_a, held.value_b))
    return SettledDiscrepancy(held.path, held.section, row_id, field, held.verdict, a, b, settlement)


def _of_row(held: Discrepancy, settlement: Settlement) -> SettledDiscrepancy:
    row_id = held.path.split(".")[1]
    a, b = (_row(text) for text in (held.value_a, held.value_b))
    return SettledDiscrepancy(held.path, held.section, row_id, "", held.verdict, None, None, settlement, a, b)


def _overruled(
    found: Comparison, decisions: Mapping[str, Decision], name_of: NameOf
) -> list[SettledDiscrepancy]:
    positions = {position.path: position for position in found.positions}
    return [
        _agreed(positions[path], _settlement(decision, name_of))
        for path, decision in decisions.items()
        if path in positions
    ]


def _agreed(position: Position, settlement: Settlement) -> SettledDiscrepancy:
    row_id, field = _parts(position.path)
    return SettledDiscrepancy(
        position.path,
        position.section,
        row_id,
        field,
        str(position.verdict),
        position.a,
        position.b,
        settlement,
    )


def _settlement(decision: Decision, name_of: NameOf) -> Settlement:
    return Settlement(
        choice=decision.choice,
        value=from_plain(json.loads(decision.value)),
        cause=decision.cause,
        reason=decision.reason,
        decided_by=name_of(decision.decided_by),
        decided_at=decision.decided_at,
    )


def _parts(path: str) -> tuple[str, str]:
    """Row id and field key of ``section.key`` or ``group.pair_id.key``."""
    parts = path.split(".")
    return (parts[1], parts[2]) if len(parts) == 3 else ("", parts[1])


def _row(text: str) -> dict[str, Value]:
    return {key: from_plain(value) for key, value in (json.loads(text) or {}).items()}
