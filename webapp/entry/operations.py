"""What a coder does with an entry: save, arrange rows, paste; and what its manager does: return it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from schema.actor import Actor
from schema.answers.document import Change, Document, Evidence, Note, new_row_id
from schema.coding.verification import Checked
from schema.problem import Refused, refuse
from schema.store import submission, verification
from schema.store.entries import Saved, change_log, load_document, restore_row, save_changes
from schema.store.models import Entry
from schema.store.saving import VALUE_ACTS
from schema.store.templates import compiled_for
from schema.store.undo import latest_possible, past_saves, take_back
from schema.template.model import Section, Template
from schema.template.value import from_plain
from webapp.entry.paste import Proposed
from webapp.entry.rows import row_changes

CLOSED = "ENTRY-001"


def closed(entry: Entry) -> Refused:
    """Build the refusal of a change to an entry that is submitted or has been handed over."""
    return refuse(
        CLOSED,
        "This entry has been submitted, so nothing more can be saved in it.",
        "Ask your manager to return it if something has to change.",
        status=409,
    )


def require_open(entry: Entry) -> None:
    """Raise ``Refused`` (ENTRY-001, 409) where an entry takes no changes any more."""
    if entry.state == "submitted" or entry.ended_at is not None:
        raise closed(entry)


def save(
    session: Session, actor: Actor, entry: Entry, base_revision: int, changes: Sequence[Change]
) -> Saved:
    """Save changes that were made on a page of ``base_revision``; says what others changed since then.

    Raises ``Refused`` where the entry is closed or a path is unknown, ``Stale`` where the same path was changed
    meanwhile.
    """
    require_open(entry)
    return save_changes(session, actor, entry, base_revision, changes)


def autosave(
    session: Session, actor: Actor, entry: Entry, base_revision: int, changes: Sequence[Change]
) -> Saved:
    """Save as :func:`save` does. ``entry`` may be the page's own: it is not told, since the commit may yet fail."""
    require_open(entry)
    return save_changes(session, actor, entry.id, base_revision, changes)


def arrange(
    session: Session, actor: Actor, entry: Entry, section: Section, act: str, row_id: str, base_revision: int
) -> tuple[str, Saved]:
    """Add, duplicate, move, delete or restore a row; gives the id of the row that the act was about or made."""
    require_open(entry)
    if act == "restore":
        return row_id, restore_row(session, actor, entry, base_revision, f"{section.key}.{row_id}")
    document = load_document(session, entry.id)
    changes = row_changes(section, document, act, row_id, new_row_id)
    saved = save_changes(session, actor, entry, base_revision, changes)
    return (changes[0].path.split(".")[1] if changes else row_id), saved


def undo(session: Session, actor: Actor, entry: Entry, revision: int) -> tuple[str, ...]:
    """Undo one save as a new one; gives the paths that changed. Raises ``Refused`` (409) where that would lose something later."""
    require_open(entry)
    return take_back(session, actor, entry, revision)


def undo_latest(session: Session, actor: Actor, entry: Entry) -> tuple[str, ...]:
    """Undo the latest change that stands; done again, the one before it."""
    require_open(entry)
    latest = latest_possible(past_saves(session, entry))
    return take_back(session, actor, entry, latest.save.revision)


def make_rows(
    session: Session, actor: Actor, entry: Entry, section: Section, rows: Sequence[Proposed]
) -> int:
    """Make rows out of a pasted block, all in one save; gives how many."""
    require_open(entry)
    changes: list[Change] = []
    for row in rows:
        path = f"{section.key}.{new_row_id()}"
        changes.append(Change("add_row", path))
        changes.extend(
            Change("set", f"{path}.{field.key}", value=value)
            for field, value, _ in row.values
            if value is not None
        )
    most = section.repeats.maximum if section.repeats else 0
    if len(load_document(session, entry.id).rows(section.key)) + len(rows) > most:
        raise refuse(
            "ROW-003",
            f"{section.label}: that would make more than the {most} rows allowed.",
            "Paste fewer, or delete some first.",
            where="text",
            status=409,
        )
    save_changes(session, actor, entry, entry.revision, changes)
    return len(rows)


def take_flag_off(session: Session, actor: Actor, entry: Entry, path: str) -> Saved:
    """Take the flag off a question; its memo stays. Raises as :func:`save` does."""
    require_open(entry)
    memo = load_document(session, entry.id).notes.get(path, Note()).memo
    return save_changes(session, actor, entry, entry.revision, [Change("note", path, note=Note(memo=memo))])


def take_in(
    session: Session, actor: Actor, entry: Entry, base_revision: int, changes: Sequence[Change]
) -> Saved:
    """Save what an entry workbook brought, in one save; rows that are not there yet are added first, in their order.

    Raises as :func:`save` does, and ``Refused`` (ENTRY-005, ENTRY-006) for a row that finds no room or was deleted.
    """
    require_open(entry)
    template, document = compiled_for(session, entry), load_document(session, entry.id)
    rows = (path.rpartition(".")[0] for path in (change.path for change in changes) if path.count(".") == 2)
    added = [
        Change("add_row", row)
        for row in dict.fromkeys(rows)
        if row.split(".")[0] in template.by_key and document.row(*row.split(".")) is None
    ]
    return save_changes(session, actor, entry, base_revision, [*added, *changes])


def document_at(session: Session, entry: Entry, current: Document, revision: int) -> Document:
    """Give the answers as a page of an earlier revision had shown them: later changes of values are taken back.

    Rows that were added, moved or deleted since stay as they are now; a page speaks of rows by their ids.
    """
    if revision >= entry.revision:
        return current
    earliest: dict[tuple[str, str], Change] = {}
    for logged in change_log(session, entry.id):
        if logged.revision > revision:
            for line in logged.changes:
                earliest.setdefault((line["what"], line["path"]), _taken_back(line))
    back = [
        change for change in earliest.values() if change.what in VALUE_ACTS and _stands(current, change.path)
    ]
    return current.with_changes(back)


def _taken_back(line: Mapping[str, Any]) -> Change:
    if line["what"] == "evidence":
        return Change("evidence", line["path"], evidence=Evidence(**(line["old"] or {})))
    if line["what"] == "note":
        return Change("note", line["path"], note=Note(**(line["old"] or {})))
    value = from_plain(line["old"]) if line["what"] == "set" else None
    return Change(line["what"], line["path"], value=value)


def _stands(document: Document, path: str) -> bool:
    parts = path.split(".")
    return len(parts) == 2 or document.row(parts[0], parts[1]) is not None


def submit(
    session: Session, actor: Actor, entry: Entry, template: Template, confirmed: Collection[str]
) -> tuple[str, ...]:
    """Submit an entry; submitting twice is the same as once. Gives the paths that were left out."""
    if entry.state == "submitted":
        return ()
    return submission.submit_entry(session, actor, entry, template, confirmed).dropped


def hand_back(session: Session, actor: Actor, entry: Entry, reason: str) -> None:
    """Return a submitted entry to its coder, with the reason."""
    submission.return_entry(session, actor, entry, reason)


def keep_checks(
    session: Session, actor: Actor, verification_id: str, revision: int, checks: Mapping[str, Checked]
) -> int:
    """Keep what coder 2 found of coder 1's values; gives the revision for the next save."""
    return verification.save_checks(session, actor, verification_id, revision, checks)


def finish_checks(session: Session, actor: Actor, verification_id: str, revision: int) -> None:
    """End the checks, so that the case is compared."""
    verification.finish_checks(session, actor, verification_id, revision)


def template_of(session: Session, entry: Entry) -> Template:
    """The questionnaire that an entry is pinned to."""
    return compiled_for(session, entry)
