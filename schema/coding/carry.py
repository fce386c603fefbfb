"""Carry decisions over to a new comparison of the same case, where nothing they rest on has changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from schema.coding.model import Comparison, Decided, Pair
from schema.coding.questions import locate


def carry_over(old: Comparison, new: Comparison, decided: Sequence[Decided]) -> tuple[Decided, ...]:
    """Give the decisions whose two values (or whose lone row) are the same in the new comparison, at their new paths.

    A decision inside a repeating group needs the same two rows to be linked again.
    """
    return tuple(carried for _, carried in carried_decisions(old, new, decided))


def carried_decisions(
    old: Comparison, new: Comparison, decided: Sequence[Decided]
) -> tuple[tuple[Decided, Decided], ...]:
    """As :func:`carry_over`, each with the decision it comes from."""
    ids = _new_ids(old.pairs, new.pairs)
    moved = ((decision, _new_path(decision.path, ids)) for decision in decided)
    return tuple(
        (decision, replace(decision, path=path))
        for decision, path in moved
        if path and _same(old, new, decision.path, path)
    )


def _new_ids(old: Sequence[Pair], new: Sequence[Pair]) -> dict[str, str]:
    named = {(pair.group, pair.row_a, pair.row_b): pair.id for pair in new}
    found = {pair.id: named.get((pair.group, pair.row_a, pair.row_b), "") for pair in old}
    return {old_id: new_id for old_id, new_id in found.items() if new_id}


def _new_path(path: str, ids: dict[str, str]) -> str:
    """The path in the new comparison; empty where its pair is gone."""
    section, second, *key = path.split(".")
    if second in ids:
        return ".".join((section, ids[second], *key))
    return "" if key else path


def _same(old: Comparison, new: Comparison, old_path: str, new_path: str) -> bool:
    before, after = locate(old, old_path), locate(new, new_path)
    if before is None or after is None or before.row != after.row:
        return False
    if before.field is None or after.field is None:
        return before.field is after.field
    return (before.a, before.b) == (after.a, after.b) and before.field.kind == after.field.kind
