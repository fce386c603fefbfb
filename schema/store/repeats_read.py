"""Cases coded again as they are read: who codes what again, and how far each coder agrees with themselves.

Figures are functions of two frozen entries and a pairing that is written once, so that they never change.
"""

from __future__ import annotations

import json
from collections import OrderedDict, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from schema.coding.agreement import Compared, build_report
from schema.coding.agreement.frozen import FrozenAgreement, freeze
from schema.coding.model import Comparison, Pair
from schema.coding.repeating import Coding, compare_with_self
from schema.store.models import Case, Entry, Membership, Project, RepeatCoding, Snapshot, User
from schema.store.people import distinct_names
from schema.store.snapshots import latest_snapshot, thaw
from schema.store.templates import compiled

KEPT_FIGURES = 32

_KEPT: OrderedDict[tuple[str, ...], FrozenAgreement] = OrderedDict()
_LOCK = Lock()


@dataclass(frozen=True, slots=True)
class RepeatLine:
    """A case that is being coded again, or was. ``stopped``: why its coder cannot go on, where they cannot; else empty."""

    entry_id: str
    case_id: str
    reference: str
    title: str
    coder: str
    state: str
    given_at: datetime
    given_by: str
    submitted_at: datetime | None
    stopped: str


@dataclass(frozen=True, slots=True)
class SelfAgreement:
    """How far one coder agrees with themselves, over all cases that they coded again."""

    coder: str
    figures: FrozenAgreement


@dataclass(frozen=True, slots=True)
class Repeated:
    """One case that was coded twice by the same coder: both codings, and what comparing them found (A is the first)."""

    first: Coding
    second: Coding
    result: Comparison


def repeat_lines(session: Session, project: Project) -> list[RepeatLine]:
    """Everything of the project that was given to be coded again and not given up: what waits first, then the latest."""
    giver = aliased(User)
    query = (
        select(Entry, RepeatCoding, Case, giver.display_name)
        .join(RepeatCoding, RepeatCoding.entry_id == Entry.id)
        .join(Case, Case.id == Entry.case_id)
        .join(giver, giver.id == RepeatCoding.given_by)
        .where(Case.project_id == project.id, Entry.ended_at.is_(None))
        .order_by(RepeatCoding.given_at.desc(), Case.reference)
    )
    rows = session.execute(query).all()
    names = distinct_names(session, {entry.coder_id for entry, *_ in rows})
    roles = _roles(session, project)
    lines = [
        RepeatLine(
            entry.id,
            case.id,
            case.reference,
            case.title,
            names[entry.coder_id],
            entry.state,
            held.given_at,
            given_by,
            entry.submitted_at,
            "" if entry.state == "submitted" else _stopped(case, roles[entry.coder_id]),
        )
        for entry, held, case, given_by in rows
    ]
    return sorted(lines, key=lambda line: line.state == "submitted")


def self_agreement(session: Session, project: Project, coder_id: str = "") -> list[SelfAgreement]:
    """How far each coder of the project agrees with themselves (or one of them), by name; cases that were withdrawn left out."""
    query = (
        select(Entry)
        .join(Case, Case.id == Entry.case_id)
        .where(
            Case.project_id == project.id,
            Case.withdrawn_at.is_(None),
            Entry.repeats,
            Entry.ended_at.is_(None),
            Entry.state == "submitted",
        )
        .order_by(Entry.submitted_at, Entry.id)
    )
    if coder_id:
        query = query.where(Entry.coder_id == coder_id)
    by_coder: dict[str, list[Entry]] = defaultdict(list)
    for entry in session.scalars(query):
        by_coder[entry.coder_id].append(entry)
    names = distinct_names(session, set(by_coder))
    found = [SelfAgreement(names[coder], _figures(session, held)) for coder, held in by_coder.items()]
    return sorted(found, key=lambda one: one.coder)


def repeated(session: Session, entry: Entry) -> Repeated:
    """Both codings of a submitted repeat, compared by the pairing that was fixed when it was submitted."""
    held = session.get_one(RepeatCoding, entry.id)
    second = latest_snapshot(session, entry.id)
    assert second is not None, "a submitted entry has its snapshot"
    a, b = (_coding(session, one, entry.slot) for one in (session.get_one(Snapshot, held.first_id), second))
    pairs = [Pair(f"p{place}", *plain) for place, plain in enumerate(json.loads(held.pairs))]
    return Repeated(a, b, compare_with_self(a, b, pairs))


def _coding(session: Session, snapshot: Snapshot, slot: int) -> Coding:
    return Coding(compiled(session, snapshot.template_version_id).for_slot(slot), thaw(session, snapshot.id))


def _figures(session: Session, entries: Sequence[Entry]) -> FrozenAgreement:
    key = tuple(entry.id for entry in entries)
    with _LOCK:
        found = _KEPT.get(key)
    if found is None:
        found = freeze(build_report(_compared(session, entries)))
    with _LOCK:
        _KEPT[key] = found
        _KEPT.move_to_end(key)
        while len(_KEPT) > KEPT_FIGURES:
            _KEPT.popitem(last=False)
    return found


def _compared(session: Session, entries: Sequence[Entry]) -> Iterator[Compared]:
    for entry in entries:
        month = f"{entry.submitted_at:%Y-%m}"
        yield Compared(repeated(session, entry).result, (entry.coder_id, entry.coder_id), month)


def _roles(session: Session, project: Project) -> dict[str, set[str]]:
    query = select(Membership.user_id, Membership.role).where(
        Membership.project_id == project.id, Membership.ended_at.is_(None)
    )
    roles: dict[str, set[str]] = defaultdict(set)
    for user_id, role in session.execute(query):
        roles[user_id].add(role)
    return roles


def _stopped(case: Case, roles: set[str]) -> str:
    if case.withdrawn_at is not None:
        return "the case is withdrawn"
    if "coder" not in roles:
        return "no longer a coder of this project"
    return "manages the project now" if "manager" in roles else ""
