"""Settling differences of one kind together, as a batch that can be undone."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from schema.actor import Actor
from schema.coding.batches import alike
from schema.problem import refuse
from schema.store.decisions import DECIDING, Choice, decide_batch
from schema.store.loaded import LoadedComparison, claim
from schema.store.pairings import refuse_stale
from schema.template.kinds import clean


@dataclass(frozen=True, slots=True)
class Batch:
    """What still stands of a batch: how many decisions, by whom, when, and why."""

    id: str
    standing: int
    decided_by: str
    decided_at: datetime
    reason: str


def alike_in(loaded: LoadedComparison, kind: str) -> dict[str, str]:
    """The choice for each position that a batch of this kind may settle, by path."""
    touched = {decision.path for decision in loaded.decisions}
    return alike(kind, loaded.agenda().undecided(), touched)


def settle_alike(
    session: Session,
    actor: Actor,
    comparison_id: str,
    kind: str,
    paths: Collection[str],
    *,
    revision: int,
    reason: str,
    cause: str = "",
) -> str:
    """Settle the chosen positions of one kind; gives the batch's id.

    Raises ``Refused``: 409 where the comparison has moved on since ``revision`` or a path is no longer of the kind, 422
    without a reason or where nothing was chosen.
    """
    loaded = claim(session, actor, comparison_id, *DECIDING)
    refuse_stale(loaded.row, revision)
    found = alike_in(loaded, kind)
    if not paths:
        raise refuse("RESOLVE-050", "Nothing is chosen.", "Tick what is to be settled.", where="path")
    if not clean(reason):
        raise refuse(
            "RESOLVE-051", "Say why these can be settled together.", "Give a reason.", where="reason"
        )
    if not set(paths) <= set(found):
        raise refuse("RESOLVE-052", "Some of these have been settled meanwhile.", "Look again.", status=409)
    choices = [Choice(path, choice, cause=cause) for path, choice in found.items() if path in paths]
    return decide_batch(session, actor, loaded, choices, reason=clean(reason))


def standing_batches(loaded: LoadedComparison) -> tuple[Batch, ...]:
    """The batches of which something still stands, the latest first."""
    made: dict[str, Batch] = {}
    for decision in loaded.decisions:
        if decision.batch_id:
            standing = made[decision.batch_id].standing if decision.batch_id in made else 0
            made[decision.batch_id] = Batch(
                decision.batch_id, standing + 1, decision.decided_by, decision.decided_at, decision.reason
            )
    return tuple(sorted(made.values(), key=lambda batch: batch.decided_at, reverse=True))
