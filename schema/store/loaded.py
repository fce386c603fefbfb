"""Read a comparison whole: its row, both frozen entries, the pairing, the one result and the live decisions."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from schema.actor import Actor
from schema.answers.document import Document
from schema.coding import model as coding
from schema.coding.compare import compare
from schema.coding.consensus import build_consensus
from schema.coding.model import Decided, Pair
from schema.coding.questions import Agenda
from schema.problem import refuse
from schema.store.models import Case, Comparison, Decision, Entry, RowPair, Snapshot
from schema.store.snapshots import thawed
from schema.store.templates import compiled
from schema.template.model import Template
from schema.template.value import Value, from_plain, to_plain

AT_WORK = ("open", "matching", "resolving", "resolved")


@dataclass(frozen=True)
class LoadedComparison:
    """A comparison as people work on it. Who is A and who is B, :func:`coders_of` says; ``decided`` leaves deferred positions out."""

    row: Comparison
    template: Template
    template_a: Template
    template_b: Template
    a: Document
    b: Document
    pairs: tuple[Pair, ...]
    result: coding.Comparison
    decisions: tuple[Decision, ...]

    @property
    def decided(self) -> tuple[Decided, ...]:
        """The live decisions, as consensus needs them."""
        return tuple(as_decided(decision) for decision in self.decisions if decision.choice != "defer")

    def agenda(self) -> Agenda:
        """What is asked and what is moot, as decided so far."""
        return self._agenda

    @cached_property
    def _agenda(self) -> Agenda:
        return Agenda(self.result, self.decided)

    def consensus(self) -> Document:
        """The consensus as decided so far."""
        return build_consensus(self.result, self.a, self.b, self.decided)

    def live_decision(self, path: str) -> Decision | None:
        """The live decision on a path (it may be a deferral)."""
        return next((decision for decision in self.decisions if decision.path == path), None)

    def with_pairs(self, pairs: Sequence[Pair]) -> LoadedComparison:
        """The same entries, paired otherwise and compared again."""
        result = compare(
            self.template, self.a, self.b, pairs, template_a=self.template_a, template_b=self.template_b
        )
        return replace(self, pairs=tuple(pairs), result=result)


def load_comparison(session: Session, comparison_id: str) -> LoadedComparison:
    """Load a comparison, live or superseded. Raises ``Refused`` (404) where there is none."""
    row = session.get(Comparison, comparison_id)
    if row is None:
        raise refuse("RESOLVE-010", "There is no such comparison.", status=404)
    return load(session, row)


def load(session: Session, row: Comparison) -> LoadedComparison:
    """Load everything that belongs to a comparison's row."""
    return next(load_all(session, (row,)))


def load_all(session: Session, rows: Sequence[Comparison]) -> Iterator[LoadedComparison]:
    """Load everything that belongs to each of these rows, in their order, by three statements for all of them.

    Entries are thawed and compared when their turn comes, so that one case at a time is in memory.
    """
    ids = [row.id for row in rows]
    frozen, pairs, decisions = _frozen(session, rows), _pairs(session, ids), _live_decisions(session, ids)
    for row in rows:
        sides = (frozen[row.snapshot_1_id], frozen[row.snapshot_2_id])
        a, b = (thawed(side.id, side.body, side.sha256) for side in sides)
        versions = (row.template_version_id, *(side.template_version_id for side in sides))
        template, template_a, template_b = (compiled(session, version) for version in versions)
        held = tuple(pairs[row.id])
        result = compare(template, a, b, held, template_a=template_a, template_b=template_b)
        yield LoadedComparison(
            row, template, template_a, template_b, a, b, held, result, tuple(decisions[row.id])
        )


def find_live(session: Session, case_id: str, *, lock: bool = False) -> Comparison | None:
    """The comparison of a case that is not superseded; with ``lock``, as it is now and until the transaction ends."""
    query = select(Comparison).where(Comparison.case_id == case_id, Comparison.superseded_at.is_(None))
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.scalar(query)


def claim(session: Session, actor: Actor, comparison_id: str, *states: str) -> LoadedComparison:
    """Load a comparison to write to it, locked until the transaction ends.

    Raises ``Refused``: 404 where there is none; 409 where it is superseded, signed off or not in one of ``states`` (default:
    any in which people work); 403 where the actor is nobody in particular or coded the case.
    """
    query = select(Comparison).where(Comparison.id == comparison_id).with_for_update()
    row = session.scalar(query.execution_options(populate_existing=True))
    if row is None:
        raise refuse("RESOLVE-010", "There is no such comparison.", status=404)
    _refuse_closed(row, states or AT_WORK)
    refuse_coder(session, actor, row.case_id)
    return load(session, row)


def refuse_coder(session: Session, actor: Actor, case_id: str) -> None:
    """Refuse anyone who coded the case, now or before, and anyone without an account: decisions bear a name."""
    if not actor.id:
        raise refuse("RESOLVE-013", "Reconciling needs a person's name.", "Say who decides.", status=403)
    if session.scalar(select(Entry.id).where(Entry.case_id == case_id, Entry.coder_id == actor.id).limit(1)):
        raise refuse(
            "RESOLVE-014",
            "You coded this case, so you cannot reconcile it.",
            "Ask a manager to assign somebody else.",
            status=403,
        )


def pairs_of(session: Session, comparison_id: str) -> tuple[Pair, ...]:
    """The pairs of a comparison in their order."""
    return tuple(_pairs(session, (comparison_id,))[comparison_id])


def _pairs(session: Session, comparison_ids: Sequence[str]) -> Mapping[str, list[Pair]]:
    columns = (
        RowPair.id,
        RowPair.group,
        RowPair.row_a,
        RowPair.row_b,
        RowPair.score,
        RowPair.why,
        RowPair.origin,
    )
    query = select(RowPair.comparison_id, *columns).where(RowPair.comparison_id.in_(comparison_ids))
    found: dict[str, list[Pair]] = defaultdict(list)
    for row in session.execute(query.order_by(RowPair.group, RowPair.position, RowPair.id)):
        found[row.comparison_id].append(_as_pair(*row[1:]))
    return found


def live_decisions(session: Session, comparison_id: str) -> tuple[Decision, ...]:
    """The decisions that stand, deferrals included."""
    return tuple(_live_decisions(session, (comparison_id,))[comparison_id])


def _live_decisions(session: Session, comparison_ids: Sequence[str]) -> Mapping[str, list[Decision]]:
    query = select(Decision).where(
        Decision.comparison_id.in_(comparison_ids), Decision.superseded_at.is_(None)
    )
    found: dict[str, list[Decision]] = defaultdict(list)
    for decision in session.scalars(query.order_by(Decision.id)):
        found[decision.comparison_id].append(decision)
    return found


def history(session: Session, comparison_id: str, path: str) -> tuple[Decision, ...]:
    """All decisions ever made on a path, the first one first."""
    query = select(Decision).where(Decision.comparison_id == comparison_id, Decision.path == path)
    return tuple(session.scalars(query.order_by(Decision.id)))


def project_of(session: Session, row: Comparison) -> str:
    """The id of the project a comparison belongs to."""
    return session.get_one(Case, row.case_id).project_id


def coders_of(session: Session, row: Comparison) -> dict[str, str]:
    """The ids of who coded side a and side b, by their frozen entries."""
    query = (
        select(Snapshot.id, Entry.coder_id)
        .join(Entry, Entry.id == Snapshot.entry_id)
        .where(Snapshot.id.in_((row.snapshot_1_id, row.snapshot_2_id)))
    )
    coders = {found.id: found.coder_id for found in session.execute(query)}
    return {"a": coders[row.snapshot_1_id], "b": coders[row.snapshot_2_id]}


def _as_pair(pair_id: str, group: str, row_a: str, row_b: str, score: float, why: str, origin: str) -> Pair:
    said = tuple((str(key), float(share)) for key, share in json.loads(why or "[]"))
    return Pair(pair_id, group, row_a, row_b, score, said, origin)


def as_decided(decision: Decision) -> Decided:
    """The domain's form of a stored decision."""
    return Decided(decision.path, decision.choice, from_plain(json.loads(decision.value)))


def plain_json(value: Value) -> str:
    """The stored form of one value."""
    return json.dumps(to_plain(value), ensure_ascii=False, sort_keys=True)


def _frozen(session: Session, rows: Sequence[Comparison]) -> Mapping[str, Row[str, bytes, str, str]]:
    """The frozen entries of comparisons by the snapshot's id, each with the version of the template that its coder used."""
    ids = [snapshot for row in rows for snapshot in (row.snapshot_1_id, row.snapshot_2_id)]
    columns = (Snapshot.id, Snapshot.body, Snapshot.sha256, Snapshot.template_version_id)
    return {row.id: row for row in session.execute(select(*columns).where(Snapshot.id.in_(ids)))}


def _refuse_closed(row: Comparison, states: tuple[str, ...]) -> None:
    if row.superseded_at is not None:
        raise refuse(
            "RESOLVE-011",
            f"An entry of this case was returned, so this comparison is closed: {row.superseded_reason}",
            "Go on in the new comparison once both coders have submitted.",
            status=409,
        )
    if row.state not in states:
        raise refuse("RESOLVE-012", WRONG_STATE[row.state], status=409)


WRONG_STATE = {
    "open": "Confirm which rows belong together before you decide on values.",
    "matching": "Confirm which rows belong together before you decide on values.",
    "resolving": "The pairing has been confirmed already.",
    "resolved": "The pairing has been confirmed already.",
    "signed_off": "This case has been signed off.",
}
