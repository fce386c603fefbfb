"""Take back what people did to the pairing of rows, act by act, from the before and after that the audit trail holds.

Nothing is rewritten: taking back is an act of its own, logged like the others. An act can be taken back until a decision
hangs on a pair that it made.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from schema.actor import Actor
from schema.coding.model import Pair
from schema.problem import refuse
from schema.store.loaded import LoadedComparison
from schema.store.models import Audit, Comparison, RowPair
from schema.store.pairings import audit_pairing, claim_pairing, replace_pairs, scored

CHANGE, CONFIRM_GROUP, CONFIRM, UNDO = (
    "pairing.change",
    "pairing.confirm_group",
    "pairing.confirm",
    "pairing.undo",
)


@dataclass(frozen=True)
class PairingAct:
    """Something a person did to the pairing of one group: the pairs that it took away and those that it made.

    For the confirmation of a group both are the same pairs, before and after they became a person's. ``seq`` is the act's
    number in the audit trail.
    """

    seq: int
    at: datetime
    actor_name: str
    action: str
    group: str
    before: tuple[Pair, ...]
    after: tuple[Pair, ...]


def last_pairing_act(session: Session, comparison: Comparison) -> PairingAct | None:
    """The act that :func:`undo_pairing` would take back; ``None`` where there is none."""
    standing = pairing_acts(session, comparison)
    return standing[-1] if standing else None


def pairing_acts(session: Session, comparison: Comparison) -> tuple[PairingAct, ...]:
    """What people did to the pairing and nobody took back, the last act last.

    Reads what has been committed: an act of the running transaction is not on record yet.
    """
    query = select(Audit).where(Audit.case_id == comparison.case_id, Audit.object_id == comparison.id)
    query = query.where(Audit.action.in_((CHANGE, CONFIRM_GROUP, CONFIRM, UNDO)))
    return tuple(_standing(session.scalars(query.order_by(Audit.seq))))


def undo_pairing(session: Session, actor: Actor, comparison_id: str, *, revision: int) -> PairingAct:
    """Take back the last act on the pairing that still stands; gives that act. Calling it again takes back the one before.

    The pairs that the act took away come back under their old ids. Raises ``Refused`` (409) where there is nothing to take
    back, the comparison has moved on since ``revision``, or a decision hangs on a pair that the act made.
    """
    loaded = claim_pairing(session, actor, comparison_id, revision)
    act = last_pairing_act(session, loaded.row)
    if act is None:
        raise refuse("MATCH-008", "There is no change of the pairing to take back.", status=409)
    if act.action == CONFIRM_GROUP:
        _withdraw_confirmation(session, actor, loaded, act)
        return act
    made = {pair.id for pair in act.after}
    going = [pair for pair in loaded.pairs if pair.id in made]
    coming = [scored(loaded, pair) for pair in act.before]
    replace_pairs(session, actor, loaded, act.group, going, coming, undoes=act.seq)
    return act


def _standing(rows: Iterable[Audit]) -> list[PairingAct]:
    """The acts that were not taken back, the last one last. Once all rows are confirmed, no group's confirmation stands alone."""
    acts: list[PairingAct] = []
    for row in rows:
        if row.action == CONFIRM:
            acts = [act for act in acts if act.action != CONFIRM_GROUP]
        elif row.action == UNDO:
            undone = json.loads(row.detail)["undoes"]
            acts = [act for act in acts if act.seq != undone]
        else:
            acts.append(_act(row, json.loads(row.detail)))
    return acts


def _act(row: Audit, detail: Mapping[str, Any]) -> PairingAct:
    before = _pairs(detail.get("before", detail.get("pairs", ())))
    after = _pairs(detail.get("after", detail.get("pairs", ())))
    return PairingAct(row.seq, row.at, row.actor_name, row.action, detail["group"], before, after)


def _pairs(plain: Iterable[Mapping[str, str]]) -> tuple[Pair, ...]:
    return tuple(
        Pair(held["id"], held["group"], held["a"], held["b"], origin=held["origin"]) for held in plain
    )


def _withdraw_confirmation(session: Session, actor: Actor, loaded: LoadedComparison, act: PairingAct) -> None:
    for pair in act.before:
        session.execute(update(RowPair).where(RowPair.id == pair.id).values(origin=pair.origin))
    loaded.row.revision += 1
    session.flush()
    audit_pairing(session, actor, loaded.row, UNDO, {"group": act.group, "undoes": act.seq})
