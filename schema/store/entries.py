"""Entries: one coder's extraction of one case, from opening to submission."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Update, select, update
from sqlalchemy.orm import Session

from schema.actor import Actor
from schema.answers.changes import changes_between
from schema.answers.document import Change, Document, Note
from schema.answers.lift import Lifted, lift
from schema.problem import Refused, refuse
from schema.store.audit import record
from schema.store.database import new_id, now
from schema.store.desk import Desk
from schema.store.models import Case, Entry, EntryChange, TemplateVersion, User, is_current
from schema.store.parts import load_parts, to_document
from schema.store.save_statements import ENTRY
from schema.store.saving import (
    Conflict,
    Saved,
    Stale,
    changed_one,
    check_editable,
    lock,
    remember,
    save_changes,
    write,
)
from schema.store.templates import compiled
from schema.template.kinds import clean
from schema.template.model import SECOND_SLOT, Template

__all__ = [
    "Conflict",
    "LoggedSave",
    "Saved",
    "Stale",
    "change_log",
    "load_document",
    "mark_returned",
    "mark_submitted",
    "open_entry",
    "pin_to_version",
    "refuse_other_mode",
    "restore_row",
    "save_changes",
    "save_document",
]

SUBMITTABLE = ("in_progress", "returned")


@dataclass(frozen=True, slots=True)
class LoggedSave:
    """One save as the log has it: ``changes`` are ``{"what", "path", "old", "new"}`` with plain values."""

    revision: int
    at: datetime
    by: str
    changes: tuple[dict[str, Any], ...]


def open_entry(
    session: Session, actor: Actor, case: Case, slot: int, coder: User, template_version_id: str
) -> Entry:
    """Give the coder's entry in this slot (1 or 2) of the case, making an empty one where there is none.

    It is pinned to the template version. Raises ``Refused`` (ENTRY-012, 409) where somebody else holds the slot, or
    the coder holds the other one: the same person may not code a case twice.
    """
    session.execute(select(Case.id).where(Case.id == case.id).with_for_update())
    current = select(Entry).where(Entry.case_id == case.id, is_current())
    for entry in session.scalars(current):
        if entry.slot == slot and entry.coder_id == coder.id:
            return entry
        if entry.slot == slot or entry.coder_id == coder.id:
            raise refuse("ENTRY-012", "A case is coded by two different people, each in a place of their own.",
                         "End the other entry first.", where=f"coder_{slot}", status=409)  # fmt: skip
    entry = Entry(**blank_entry(session, actor, case, slot, coder, template_version_id))
    session.add(entry)
    session.flush()
    return entry


def blank_entry(
    session: Session, actor: Actor, case: Case, slot: int, coder: User, template_version_id: str
) -> dict[str, Any]:
    """Put on record that an empty entry is opened in a slot that nobody holds, and give its columns. The caller has locked the case."""
    entry: dict[str, Any] = {
        "id": new_id(session),
        "case_id": case.id,
        "slot": slot,
        "coder_id": coder.id,
        "template_version_id": template_version_id,
        "state": "not_started",
        "revision": 0,
        "answered": 0,
        "flagged": 0,
        "created_at": now(session),
    }
    detail = {
        "slot": slot,
        "coder": coder.name,
        "coder_id": coder.id,
        "template_version": template_version_id,
    }
    record(
        session,
        actor,
        "entry.open",
        project_id=case.project_id,
        case_id=case.id,
        object_id=entry["id"],
        detail=detail,
    )
    return entry


def load_document(session: Session, entry_id: str) -> Document:
    """Give the entry's answers as one document, deleted rows left out; an empty document where nothing is saved."""
    return to_document(load_parts(session, entry_id))


def restore_row(session: Session, actor: Actor, entry: Entry, base_revision: int, path: str) -> Saved:
    """Bring a deleted row (``group.row_id``) back with what it held, to the place it had. Raises as ``save_changes``."""
    return save_changes(session, actor, entry, base_revision, [Change("restore_row", path)])


def save_document(session: Session, actor: Actor, entry: Entry, document: Document) -> Saved:
    """Make the entry say exactly what the document says, as one save (import, sample). Raises as ``save_changes``."""
    changes = changes_between(load_document(session, entry.id), document)
    return save_changes(session, actor, entry, entry.revision, changes)


def mark_submitted(session: Session, actor: Actor, entry: Entry) -> None:
    """Close the entry for editing. Raises ``Refused`` (409) where it is submitted already, was never begun, or has changed
    since it was loaded: what was checked must be what is submitted.
    """
    columns = {"state": "submitted", "submitted_at": now(session), "returned_reason": ""}
    guard = (ENTRY.c.revision == entry.revision, ENTRY.c.state.in_(SUBMITTABLE))
    if not changed_one(session, _update(entry).where(*guard).values(columns)):
        raise _not_submittable(lock(session, entry.id).state)
    remember(entry, columns)


def mark_returned(session: Session, actor: Actor, entry: Entry, reason: str) -> None:
    """Give a submitted entry back to its coder; the first save afterwards sets it in progress again.

    Raises ``Refused``: ENTRY-014 without a reason, ENTRY-015 (409) where it is not submitted.
    """
    if not clean(reason):
        raise refuse("ENTRY-014", "Say why the entry is returned.", "Enter a reason.", where="reason")
    columns = {"state": "returned", "returned_reason": clean(reason), "updated_at": now(session)}
    if not changed_one(session, _update(entry).where(ENTRY.c.state == "submitted").values(columns)):
        raise refuse(
            "ENTRY-015", "Only a submitted entry can be returned.", "Load the page again.", status=409
        )
    remember(entry, columns)


def pin_to_version(session: Session, actor: Actor, entry: Entry, template_version_id: str) -> Lifted:
    """Lift an entry to a later version of its template: one revision, logged, with notes for the coder.

    Raises ``Refused``: ENTRY-001 (409) where it is submitted, ENTRY-016 (409) for a version that is not a later one of the same
    template, and what :func:`refuse_other_mode` raises.
    """
    held = lock(session, entry.id)
    check_editable(held.state)
    old, new = (
        session.get_one(TemplateVersion, version)
        for version in (held.template_version_id, template_version_id)
    )
    if new.key != old.key or new.version <= old.version or new.state == "draft":
        raise refuse("ENTRY-016", f"{new.key} {new.version} is not a later version of {old.key} {old.version}.",
                     "Choose a later, published version of the same template.", status=409)  # fmt: skip
    before, after = compiled(session, old.id), compiled(session, new.id)
    refuse_other_mode(before, after, held.slot)
    parts = load_parts(session, entry.id)
    document = to_document(parts)
    lifted = lift(document, before.for_slot(held.slot), after.for_slot(held.slot))
    desk = Desk(after.for_slot(held.slot), parts)
    logged: list[dict[str, Any]] = [{"what": "lift", "path": "", "old": old.version, "new": new.version}]
    logged += _carry(desk, [*changes_between(document, lifted.document), *_retired_flags(desk)])
    write(session, actor, entry, held, desk, logged, template_version_id=new.id)
    detail = {
        "from": old.version,
        "to": new.version,
        "template_version": new.id,
        "notes": list(lifted.notes),
    }
    record(session, actor, "entry.lift", case_id=entry.case_id, object_id=entry.id, detail=detail)
    return lifted


def refuse_other_mode(before: Template, after: Template, slot: int) -> None:
    """Raise ``Refused`` (ENTRY-023, 409) where coder 2 would code a section that they only checked, or the other way round:
    what was coded blind would be thrown away, or what was seen would count as blind.
    """
    if slot != SECOND_SLOT:
        return
    for section in before.sections:
        later = after.by_key.get(section.key)
        if later is not None and later.mode != section.mode:
            raise refuse(
                "ENTRY-023",
                f"Version {after.version} changes whether “{section.label}” is coded twice or checked.",
                "Finish this entry with the version that it was begun with.",
                status=409,
            )


def change_log(session: Session, entry_id: str) -> list[LoggedSave]:
    """Give all saves of an entry, oldest first."""
    rows = session.scalars(
        select(EntryChange).where(EntryChange.entry_id == entry_id).order_by(EntryChange.revision)
    )
    return [LoggedSave(row.revision, row.at, row.by, tuple(json.loads(row.changes))) for row in rows]


def _carry(desk: Desk, changes: Sequence[Change]) -> list[dict[str, Any]]:
    return [line for change in changes if (line := desk.apply(change)) is not None]


def _retired_flags(desk: Desk) -> Iterator[Change]:
    """Take the flags off questions that are asked no more, where nobody could: the page does not have them. Memos stay."""
    for part in [one for one in desk.parts.values() if not one.deleted]:
        section = desk.template.by_key.get(part.section)
        prefix = f"{part.section}.{part.row_id}" if part.row_id else part.section
        for key, note in part.notes.items():
            field = section.by_key.get(key) if section else None
            if section and field and note.flagged and (section.retired or field.retired):
                yield Change("note", f"{prefix}.{key}", note=Note(memo=note.memo))


def _update(entry: Entry) -> Update:
    return update(ENTRY).where(ENTRY.c.id == entry.id, ENTRY.c.ended_at.is_(None))


def _not_submittable(state: str) -> Refused:
    message = {
        "submitted": "This entry has been submitted already.",
        "not_started": "Nothing has been entered yet.",
    }.get(state, "The entry was changed while it was being submitted.")
    return refuse("ENTRY-013", message, "Load the page again.", status=409)
