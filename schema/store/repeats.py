"""A case coded again by the same coder, for their agreement with themselves: given, given up, finished.

The second entry stands apart from the two that a case is coded from (``Entry.repeats``): nothing that reads a case's entries
meets it, so that it changes no comparison, no consensus, no export and no count. While it is open its coder sees neither what they
entered first, nor the other's entry, nor the consensus; the policy table says so.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import Session

from schema.actor import Actor
from schema.coding.repeating import Coding, pair_rows
from schema.limits import REPEATED_CASES
from schema.problem import refuse
from schema.store.audit import record
from schema.store.database import new_id, now
from schema.store.models import (
    Assignment,
    Case,
    Comparison,
    Entry,
    Membership,
    Project,
    RepeatCoding,
    RepeatSchedule,
    Snapshot,
    Unblinding,
    User,
    is_current,
)
from schema.store.notices import REPEAT, notify
from schema.store.readmodel import natural_order
from schema.store.snapshots import thaw
from schema.store.templates import compiled
from schema.store.verification import as_submitted

LEAST_DAYS, MOST_DAYS = 1, 3650


@dataclass(frozen=True, slots=True)
class Repeatable:
    """A case that its coder could code again."""

    case_id: str
    reference: str
    title: str
    signed_off_at: datetime


def repeaters(session: Session, project: Project) -> list[User]:
    """The coders of the project who could code cases again, by name: those who do not manage it, and can sign in."""
    roles = select(Membership.user_id).where(
        Membership.project_id == project.id, Membership.ended_at.is_(None)
    )
    query = (
        select(User)
        .where(
            User.id.in_(roles.where(Membership.role == "coder")),
            User.id.not_in(roles.where(Membership.role == "manager")),
            User.disabled_at.is_(None),
        )
        .order_by(User.display_name, User.id)
    )
    return list(session.scalars(query))


def repeatable(session: Session, project: Project, coder: User, days: int) -> list[Repeatable]:
    """The cases of the project that the person could code again, in natural order of references.

    They coded them, the sign-off is at least ``days`` days old, and they have not coded them again yet. Cases that were withdrawn,
    or that were opened to their coders, are none. Raises ``Refused`` (REPEAT-001) for somebody who is no coder of the project, or
    who manages it: a manager sees the final values of every case; (REPEAT-002) for a number of days that is none.
    """
    refuse_unfit(session, project, coder)
    refuse_days(days)
    again = select(Entry.case_id).where(Entry.coder_id == coder.id, Entry.repeats, Entry.ended_at.is_(None))
    query = (
        select(Case.id, Case.reference, Case.title, Comparison.signed_off_at)
        .join(Comparison, Comparison.case_id == Case.id)
        .join(Entry, Entry.case_id == Case.id)
        .join(Assignment, (Assignment.case_id == Case.id) & (Assignment.user_id == Entry.coder_id))
        .where(
            Case.project_id == project.id,
            Case.withdrawn_at.is_(None),
            Comparison.superseded_at.is_(None),
            Comparison.state == "signed_off",
            Comparison.signed_off_at <= now(session) - timedelta(days=days),
            Entry.coder_id == coder.id,
            is_current(),
            Assignment.ended_at.is_(None),
            Case.id.not_in(again),
            Case.id.not_in(select(Unblinding.case_id)),
        )
    )
    found = [
        Repeatable(case_id, reference, title, at)
        for case_id, reference, title, at in session.execute(query)
        if at is not None
    ]
    return sorted(found, key=lambda one: natural_order(one.reference))


def drawn(cases: Sequence[Repeatable], number: int, seed: int) -> tuple[str, ...]:
    """Draw so many of the cases by lot; the same cases, number and seed give the same ids, in the order of ``cases``.

    Raises ``Refused`` (REPEAT-003) for more than there are.
    """
    most = min(len(cases), REPEATED_CASES)
    if not 1 <= number <= most:
        raise refuse(
            "REPEAT-003",
            f"{number} cases cannot be drawn: {len(cases)} could be coded again, and {REPEATED_CASES} at most at once.",
            f"Enter a number from 1 to {most}."
            if most
            else "Wait until more cases are signed off for long enough.",
            where="number",
        )
    chosen = Random(seed).sample([one.case_id for one in cases], number)  # noqa: S311 - a published lot
    return tuple(one.case_id for one in cases if one.case_id in set(chosen))


def give_again(
    session: Session,
    actor: Actor,
    project: Project,
    coder: User,
    case_ids: Sequence[str],
    *,
    days: int,
    seed: int | None = None,
    schedule: RepeatSchedule | None = None,
) -> int:
    """Give cases to their coder again, each with a blank entry; gives how many. ``seed``: of the lot by which they were drawn;
    ``schedule``: by which they are given, in the name of whoever set it where nobody else does.

    Raises ``Refused``: REPEAT-004 where none is chosen, or too many; REPEAT-005 (409) for a case that cannot be coded again
    (any more); and what :func:`repeatable` raises.
    """
    session.refresh(project, with_for_update=True)  # of two managers at once, the later one finds it done
    wanted = list(dict.fromkeys(case_ids))
    if not 1 <= len(wanted) <= REPEATED_CASES:
        raise refuse(
            "REPEAT-004", "No case is chosen, or too many.", f"Tick from 1 to {REPEATED_CASES}.", where="case"
        )
    free = {one.case_id for one in repeatable(session, project, coder, days)}
    if not free.issuperset(wanted):
        raise refuse(
            "REPEAT-005",
            "Not every chosen case can be coded again by this coder.",
            "Look at the list again: somebody may have given it to them meanwhile.",
            where="case",
            status=409,
        )
    how: dict[str, object] = {"days": days, "seed": seed, "schedule": schedule.id if schedule else None}
    given_by = schedule.set_by if schedule and not actor.id else actor.id
    for case_id in wanted:
        _give(session, actor, session.get_one(Case, case_id), coder, given_by, how)
    return len(wanted)


def open_repeat(session: Session, case_id: str, coder_id: str) -> Entry | None:
    """The entry in which the person codes the case again, while it is not submitted."""
    return session.scalar(select(Entry).where(Entry.case_id == case_id, Entry.coder_id == coder_id, _open()))


def entry_at_work(session: Session, case_id: str, coder_id: str) -> Entry | None:
    """The person's entry of a case as they see it: while they code it again, that and not their first."""
    first = select(Entry).where(Entry.case_id == case_id, Entry.coder_id == coder_id, is_current())
    return open_repeat(session, case_id, coder_id) or session.scalar(first)


def being_repeated(coder_id: str) -> Select[str]:
    """The ids of the cases that a person codes again now: whatever tells of what came of them is not shown to them."""
    return select(Entry.case_id).where(Entry.coder_id == coder_id, _open())


def open_repeats(session: Session, project: Project, coder: User) -> int:
    """How many cases of the project the person has to code again now."""
    query = select(func.count()).select_from(Entry).join(Case, Case.id == Entry.case_id)
    held = (Case.project_id == project.id, Case.withdrawn_at.is_(None), Entry.coder_id == coder.id, _open())
    return session.scalar(query.where(*held)) or 0


def give_up(session: Session, actor: Actor, entry: Entry) -> None:
    """End a repeat that is not submitted; what was entered in it is kept aside. Raises ``Refused`` (REPEAT-006, 409) where it is
    submitted or ended already.
    """
    session.refresh(entry, with_for_update=True)
    if not entry.repeats or entry.ended_at is not None or entry.state == "submitted":
        raise refuse(
            "REPEAT-006", "This case is not being coded again any more.", "Load the page again.", status=409
        )
    entry.ended_at = now(session)
    session.flush()
    _record(session, actor, "repeat.give_up", entry, {"coder_id": entry.coder_id})


def finish_repeat(session: Session, actor: Actor, entry: Entry, snapshot: Snapshot) -> None:
    """Fix which rows of the first and of the second entry belong together, now that the second is submitted."""
    held = session.get_one(RepeatCoding, entry.id)
    first = session.get_one(Snapshot, held.first_id)
    a, b = (
        Coding(compiled(session, one.template_version_id).for_slot(entry.slot), thaw(session, one.id))
        for one in (first, snapshot)
    )
    pairs = pair_rows(a, b, lambda: new_id(session))
    plain = [[pair.group, pair.row_a, pair.row_b] for pair in pairs]
    held.pairs = json.dumps(plain, separators=(",", ":"))
    session.flush()
    _record(session, actor, "repeat.finish", entry, {"snapshots": [first.id, snapshot.id], "pairs": plain})


def refuse_while_repeated(session: Session, entry: Entry) -> None:
    """Raise ``Refused`` (409) where an entry is a repeat, which nobody returns (REPEAT-007), or while its coder codes the case
    again (REPEAT-008): what is returned to them they would see.
    """
    if entry.repeats:
        raise refuse(
            "REPEAT-007",
            "A second coding is not returned: it is measured as it was submitted.",
            "Give the case to its coder again if need be, once it has been given up.",
            status=409,
        )
    if open_repeat(session, entry.case_id, entry.coder_id) is not None:
        raise refuse(
            "REPEAT-008",
            "Its coder is coding this case again, blind to this entry.",
            "Wait until they have submitted, or give the second coding up on the page Coding again.",
            status=409,
        )


def refuse_unfit(session: Session, project: Project, coder: User) -> None:
    """Raise ``Refused`` (REPEAT-001) for somebody who is no coder of the project, or manages it."""
    if coder.id not in {user.id for user in repeaters(session, project)}:
        raise refuse(
            "REPEAT-001",
            f"{coder.display_name} is no coder of this project, or manages it and so sees the final values of its cases.",
            "Choose another coder.",
            where="coder",
        )


def refuse_days(days: int) -> None:
    """Raise ``Refused`` (REPEAT-002) for a number of days that cannot have passed."""
    if not LEAST_DAYS <= days <= MOST_DAYS:
        raise refuse(
            "REPEAT-002",
            "That is no number of days that can have passed.",
            f"Enter a number from {LEAST_DAYS} to {MOST_DAYS:,}.",
            where="days",
        )


def _open() -> ColumnElement[bool]:
    return and_(Entry.repeats, Entry.ended_at.is_(None), Entry.state != "submitted")


def _give(
    session: Session, actor: Actor, case: Case, coder: User, given_by: str, how: dict[str, object]
) -> None:
    query = select(Entry).where(Entry.case_id == case.id, Entry.coder_id == coder.id, is_current())
    before = session.scalars(query).one()
    first = as_submitted(session, before.id)
    entry = Entry(
        id=new_id(session),
        case_id=case.id,
        slot=before.slot,
        coder_id=coder.id,
        template_version_id=first.template_version_id,
        state="not_started",
        revision=0,
        answered=0,
        flagged=0,
        created_at=now(session),
        repeats=True,
    )
    session.add(entry)
    session.flush()
    session.add(
        RepeatCoding(entry_id=entry.id, first_id=first.id, given_at=now(session), given_by=given_by, pairs="")
    )
    session.flush()
    notify(session, actor, coder.id, REPEAT, case.id)
    detail = {"coder_id": coder.id, "slot": entry.slot, "template_version": entry.template_version_id}
    _record(session, actor, "repeat.give", entry, {**detail, "first": first.id, **how})


def _record(session: Session, actor: Actor, act: str, entry: Entry, detail: dict[str, object]) -> None:
    project = session.get_one(Case, entry.case_id).project_id
    record(session, actor, act, project_id=project, case_id=entry.case_id, object_id=entry.id, detail=detail)
