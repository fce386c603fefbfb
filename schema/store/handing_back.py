"""A coder hands a case back, without a reason: the part is free for somebody else, and what they entered is kept aside.

What they code again, for their agreement with themselves, is handed back in the same way; their part of the case stays theirs.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from schema.actor import Actor
from schema.problem import refuse
from schema.store.assignments import SLOT_OF, current_assignments
from schema.store.audit import record
from schema.store.database import now
from schema.store.models import Assignment, Case, ContentNoteRead, Entry, is_current
from schema.store.notices import HANDED_BACK, REPEAT_ENDED, notify_managers
from schema.store.repeats import give_up, open_repeat


def hand_case_back(session: Session, actor: Actor, case: Case) -> None:
    """End the actor's part as a coder of the case, and their entry; of a case that they code again only the second entry.

    Raises ``Refused`` (409): HANDBACK-001 where they do not code it, HANDBACK-002 where they have submitted.
    """
    session.execute(select(Case.id).where(Case.id == case.id).with_for_update())
    again = open_repeat(session, case.id, actor.id)
    if again is not None:
        give_up(session, actor, again)
        notify_managers(session, actor, case.project_id, case.id, REPEAT_ENDED)
        return
    held = next(
        (one for part, one in current_assignments(session, case.id).items()
         if part in SLOT_OF and one.user_id == actor.id),
        None,
    )  # fmt: skip
    if held is None:
        raise refuse("HANDBACK-001", "You do not code this case.", "Go back to your work.", status=409)
    entry = session.scalar(
        select(Entry)
        .where(Entry.case_id == case.id, Entry.slot == SLOT_OF[held.part], is_current())
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if entry is not None and entry.state == "submitted":
        raise refuse(
            "HANDBACK-002",
            "You have submitted this entry, so nothing of the case waits for you.",
            "There is nothing to hand back.",
            status=409,
        )
    moment = now(session)
    held.ended_at, held.handed_back = moment, True
    if entry is not None:
        entry.ended_at = moment
    session.flush()
    notify_managers(session, actor, case.project_id, case.id, HANDED_BACK)
    record(
        session,
        actor,
        "case.hand_back",
        project_id=case.project_id,
        case_id=case.id,
        object_id=held.id,
        detail={"part": held.part},
    )


def handed_back(session: Session, case_id: str) -> dict[str, datetime]:
    """By vacant part: when it was handed back. Who did is in the audit trail, and nobody else's concern."""
    query = select(Assignment).where(Assignment.case_id == case_id).order_by(Assignment.assigned_at)
    found: dict[str, datetime] = {}
    for one in session.scalars(query):
        found.pop(one.part, None)
        if one.handed_back and one.ended_at is not None:
            found[one.part] = one.ended_at
    return found


def note_was_read(session: Session, case_id: str, user_id: str) -> bool:
    """Whether a person has read the content note before this case."""
    return session.get(ContentNoteRead, (case_id, user_id)) is not None


def mark_note_read(session: Session, actor: Actor, case_id: str) -> None:
    """Keep that the actor has read the content note; twice is the same as once."""
    if not note_was_read(session, case_id, actor.id):
        session.add(ContentNoteRead(case_id=case_id, user_id=actor.id, read_at=now(session)))
