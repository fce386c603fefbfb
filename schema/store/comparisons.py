"""Comparisons in the store: made when both coders have submitted, superseded when an entry is returned.

What people do on one is in the modules of their noun (pairings, decisions, sign_off); all verbs can be had from here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from schema.actor import Actor
from schema.answers.document import Document
from schema.coding.align import propose
from schema.coding.model import Pair
from schema.coding.reconcile import carried_decisions
from schema.problem import refuse
from schema.store.audit import record
from schema.store.database import new_id, now
from schema.store.decisions import accept_agreed, decide, described, undo, undo_batch, withdraw_agreed
from schema.store.discrepancies import discrepancies_of, recount
from schema.store.loaded import (
    LoadedComparison,
    as_decided,
    find_live,
    history,
    load,
    load_comparison,
    pairs_of,
    plain_json,
)
from schema.store.models import (
    Case,
    Comparison,
    Decision,
    Entry,
    Project,
    Snapshot,
    TemplateVersion,
    is_current,
)
from schema.store.notices import notify_reconciler
from schema.store.pairing_undo import undo_pairing
from schema.store.pairings import confirm_pairing, link, plain_pair, store_pairs, swap, unlink
from schema.store.reopening import reopen
from schema.store.sign_off import confirmations, settle_everything, sign_off
from schema.store.snapshots import thaw
from schema.store.templates import compiled

__all__ = [
    "LoadedComparison",
    "accept_agreed",
    "confirm_pairing",
    "confirmations",
    "create_comparison",
    "decide",
    "discrepancies_of",
    "find_live",
    "history",
    "link",
    "load_comparison",
    "reopen",
    "settle_everything",
    "sign_off",
    "supersede",
    "swap",
    "undo",
    "undo_batch",
    "undo_pairing",
    "unlink",
    "withdraw_agreed",
]


SECOND_SLOT = 2


def create_comparison(
    session: Session, actor: Actor, case: Case, *, second: Snapshot | None = None
) -> Comparison:
    """Compare the two submitted entries of a case: proposes the pairing, stores discrepancies and counters.

    ``second`` is coder 2's entry with what they checked in it, where sections were checked instead of coded twice.
    After a returned entry, what people paired is kept where both rows survive, and decisions whose two values did not
    change are carried over. Raises ``Refused`` (409) where an entry is not submitted or a live comparison exists.
    """
    before = _previous(session, case)
    first, own = _submitted_snapshots(session, case)
    second = second or own
    if _turned(session, case, before):
        first, second = second, first
    row = Comparison(
        id=new_id(session),
        case_id=case.id,
        snapshot_1_id=first.id,
        snapshot_2_id=second.id,
        template_version_id=_newer_version(session, first, second),
        state="open",
        created_at=now(session),
    )
    session.add(row)
    session.flush()
    store_pairs(session, row.id, _proposed(session, row, _kept_pairs(session, before)))
    loaded = load(session, row)
    carried = _carry_over(session, before, loaded) if before else []
    recount(session, load(session, row))
    notify_reconciler(session, actor, case.id)
    _audit(session, actor, row, "comparison.create", _as_made(row, loaded.pairs, carried))
    return row


def supersede(session: Session, actor: Actor, case: Case, reason: str) -> Comparison | None:
    """Close the live comparison of a case, with the reason; gives it, or ``None`` where there is none.

    Nothing of it is lost: the next comparison carries over what still holds.
    """
    row = find_live(session, case.id, lock=True)
    if row is None:
        return None
    row.superseded_at, row.superseded_reason = now(session), reason
    row.revision += 1
    session.flush()
    _audit(session, actor, row, "comparison.supersede", {"state": row.state, "reason": reason})
    return row


def _submitted_snapshots(session: Session, case: Case) -> tuple[Snapshot, Snapshot]:
    if find_live(session, case.id):
        raise refuse("RESOLVE-015", "This case is being compared already.", status=409)
    query = select(Entry).where(Entry.case_id == case.id, is_current())
    entries = session.scalars(query.order_by(Entry.slot)).all()
    if [(entry.slot, entry.state) for entry in entries] != [(1, "submitted"), (2, "submitted")]:
        raise refuse("RESOLVE-016", "Both entries of the case must be submitted first.", status=409)
    return _latest_snapshot(session, entries[0]), _latest_snapshot(session, entries[1])


def _turned(session: Session, case: Case, before: Comparison | None) -> bool:
    """Whether slot 2 is A: as it was in the case's comparison before, else by lot where coders are unnamed.

    So the order is fixed for a case, and nobody can tell from it who has which slot. The lot is an id that is kept nowhere: drawn
    from one that is stored, whoever sees that id could work the order out.
    """
    if before is not None:
        entry_id = session.get_one(Snapshot, before.snapshot_1_id).entry_id
        return session.scalar(select(Entry.slot).where(Entry.id == entry_id)) == SECOND_SLOT
    unnamed = session.get_one(Project, case.project_id).coders_unnamed
    return unnamed and bool(sha256(new_id(session).encode()).digest()[0] & 1)


def _latest_snapshot(session: Session, entry: Entry) -> Snapshot:
    query = select(Snapshot).where(Snapshot.entry_id == entry.id)
    return session.scalars(
        query.order_by(Snapshot.revision.desc(), Snapshot.created_at.desc()).limit(1)
    ).one()


def _newer_version(session: Session, first: Snapshot, second: Snapshot) -> str:
    ids = {first.template_version_id, second.template_version_id}
    query = select(TemplateVersion.id).where(TemplateVersion.id.in_(ids))
    return (
        session.scalars(query.order_by(TemplateVersion.version.desc())).first() or first.template_version_id
    )


def _proposed(session: Session, row: Comparison, kept: Sequence[Pair]) -> tuple[Pair, ...]:
    a, b = _document(session, row.snapshot_1_id), _document(session, row.snapshot_2_id)
    template = compiled(session, row.template_version_id)
    return propose(template, a, b, new_id=lambda: new_id(session), kept=kept)


def _document(session: Session, snapshot_id: str) -> Document:
    return thaw(session, snapshot_id)


def _previous(session: Session, case: Case) -> Comparison | None:
    query = select(Comparison).where(Comparison.case_id == case.id, Comparison.superseded_at.is_not(None))
    return session.scalars(query.order_by(Comparison.superseded_at.desc()).limit(1)).first()


def _kept_pairs(session: Session, before: Comparison | None) -> tuple[Pair, ...]:
    """Links that a person made, or confirmed with the whole pairing. Rows left alone may find a partner now."""
    if before is None:
        return ()
    linked = (pair for pair in pairs_of(session, before.id) if pair.row_a and pair.row_b)
    return tuple(pair for pair in linked if before.matched_at or pair.origin == "person")


def _as_made(row: Comparison, pairs: Sequence[Pair], carried: Sequence[Decision]) -> dict[str, object]:
    """All that a new comparison begins with, so that the trail alone gives it back."""
    return {
        "snapshots": [row.snapshot_1_id, row.snapshot_2_id],
        "template_version": row.template_version_id,
        "pairs": [plain_pair(pair) for pair in pairs],
        "carried_over": [described(decision) | {"decided_by": decision.decided_by} for decision in carried],
    }


def _carry_over(session: Session, before: Comparison, loaded: LoadedComparison) -> list[Decision]:
    """Copy the decisions that still hold, under the names of who made them; gives the copies."""
    old = load(session, before)
    live = {decision.path: decision for decision in old.decisions if decision.choice != "defer"}
    decided = [as_decided(decision) for decision in live.values()]
    carried = carried_decisions(old.result, loaded.result, decided)
    copies = []
    for source, kept in carried:
        origin = live[source.path]
        copies.append(
            Decision(
                comparison_id=loaded.row.id,
                path=kept.path,
                choice=kept.choice,
                value=plain_json(kept.value),
                cause=origin.cause,
                reason=origin.reason,
                carried_from=origin.id,
                decided_at=origin.decided_at,
                decided_by=origin.decided_by,
            )
        )
    session.add_all(copies)
    session.flush()
    return copies


def _audit(
    session: Session, actor: Actor, row: Comparison, action: str, detail: Mapping[str, object]
) -> None:
    project = session.get_one(Case, row.case_id).project_id
    record(session, actor, action, project_id=project, case_id=row.case_id, object_id=row.id, detail=detail)
