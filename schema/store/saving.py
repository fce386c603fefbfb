"""One save of an entry: nothing is lost in silence, nothing is written twice.

A save says on which revision it is based. Where the entry has moved on in other places the changes are made to what is there
now; where it has moved on in the same place nothing is written and both values are given back. The revision stands in
the UPDATE itself, so that no two saves can both believe they were next.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from sqlalchemy import Connection, CursorResult, inspect, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from schema.actor import Actor
from schema.answers.bounds import storable, storable_evidence, storable_note
from schema.answers.document import Change, Evidence, Note
from schema.problem import Problem, Refused, refuse
from schema.store.database import now
from schema.store.desk import ROW_ACTS, Desk, Target, target_of
from schema.store.models import Entry
from schema.store.parts import Key, Part, load_parts, write_parts
from schema.store.save_statements import ADD_TO_LOG, CHANGE, CHANGE_ENTRY, LOCK_ENTRY, WHOLE_ENTRY, Runs
from schema.store.templates import compiled
from schema.template.value import Value

EDITABLE = ("not_started", "in_progress", "returned")
CHANGES_MOST = 50_000
NAMED_PARTS_MOST = 50
#: What is done to a question, as against a row.
VALUE_ACTS = ("set", "evidence", "note")

Log = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Written:
    """What a save wrote: columns of the entry's row, the new revision among them, and parts as they lie in the table now."""

    columns: Mapping[str, Any]
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Saved:
    """What a save came to. ``revision`` is the entry's now (unchanged where nothing changed).

    ``elsewhere``: paths that others changed since the revision the save was based on; the page should load them again.
    ``written``: what it wrote upon the revision before, so that whoever holds that one need not read again; ``None`` where nothing changed.
    """

    revision: int
    elsewhere: tuple[str, ...] = ()
    written: Written | None = None


@dataclass(frozen=True, slots=True)
class Conflict:
    """One path that was changed since. ``what`` is their act: set, evidence, note or delete_row (then ``theirs`` is ``None``)."""

    path: str
    yours: Value | Evidence | Note
    theirs: Value | Evidence | Note
    what: str = "set"


class Stale(Refused):
    """A save hit paths that had changed since the revision it was based on. Nothing was written."""

    def __init__(self, conflicts: Sequence[Conflict], revision: int) -> None:
        """Keep both values of each path, and the revision that the entry has now."""
        self.conflicts, self.revision = tuple(conflicts), revision
        super().__init__(
            [
                Problem(
                    "ENTRY-009",
                    "This was changed elsewhere while you worked on it.",
                    "Choose which of the two to keep.",
                    conflict.path,
                )
                for conflict in conflicts
            ],
            status=409,
        )


@dataclass(frozen=True, slots=True)
class Held:
    """The entry's own row at the moment of saving, locked where the database locks rows."""

    id: str
    revision: int
    state: str
    answered: int
    flagged: int
    template_version_id: str
    slot: int
    source_hash: str


def save_changes(
    session: Session, actor: Actor, entry: Entry | str, base_revision: int, changes: Sequence[Change]
) -> Saved:
    """Make changes to an entry, in order, and log them in the same transaction; all of them or none.

    ``entry``: an object of this session, which is told what was written; or only its id.
    Besides the acts of :class:`~schema.answers.document.Change` there is ``restore_row`` (path), which brings a deleted row back.
    Drafts take any value that :mod:`schema.answers.bounds` can store. Raises ``Stale`` (409) where a path was changed
    since ``base_revision``; ``Refused``: ENTRY-001 (409) where the entry is not open for editing, ENTRY-002 to ENTRY-006 with
    the path for what cannot be made, ENTRY-007 (409) where the entry was lifted since, ENTRY-008 for a revision that is none.
    """
    connection = session.connection()
    held = lock(connection, entry if isinstance(entry, str) else entry.id)
    check_editable(held.state)
    if not 0 <= base_revision <= held.revision or len(changes) > CHANGES_MOST:
        raise refuse("ENTRY-008", "This save is based on a revision that the entry never had, or is too large.",
                     "Load the page again.", status=409)  # fmt: skip
    template = compiled(session, held.template_version_id, held.source_hash).for_slot(held.slot)
    targets = [target_of(template, change) for change in changes]
    since = _since(connection, held, base_revision)
    desk = Desk(template, load_parts(connection, held.id, _keys(changes, targets)))
    logged = _apply(desk, list(zip(changes, targets, strict=True)), since, held.revision)
    elsewhere = tuple(dict.fromkeys(change["path"] for change in since))
    if not logged:
        return Saved(held.revision, elsewhere)
    columns = write(session, actor, entry, held, desk, logged, state="in_progress")
    parts = [replace(part, touched=False, stored=True) for part in desk.parts.values() if part.touched]
    return Saved(columns["revision"], elsewhere, Written(columns, tuple(parts)))


def lock(runs: Runs, entry_id: str) -> Held:
    """Read the entry's row for a change of it. Raises ``Refused`` (ENTRY-010, 404) where there is none."""
    row = runs.execute(LOCK_ENTRY, {"of_entry": entry_id}).first()
    if row is None:
        raise refuse("ENTRY-010", "There is no such entry, or another coder has taken it over.", status=404)
    return Held(*cast("Sequence[Any]", row))


def check_editable(state: str) -> None:
    """Raise ``Refused`` (ENTRY-001, 409) unless an entry in this state may be changed."""
    if state not in EDITABLE:
        raise refuse("ENTRY-001", "This entry has been submitted and can no longer be changed.",
                     "Ask a manager to return it to you if something has to be put right.", status=409)  # fmt: skip


def write(
    session: Session,
    actor: Actor,
    entry: Entry | str,
    held: Held,
    desk: Desk,
    logged: Log,
    **columns: Any,
) -> dict[str, Any]:
    """Write touched parts, the entry's row and one line of the log; give the columns of the entry's row that were set.

    ``columns`` of the entry are set too. Raises ``Refused`` (409) where the entry has moved on in the meantime.
    """
    if not actor.id:
        raise refuse(
            "ENTRY-017", "An entry is changed in a person's name.", "Act as its coder, or as a manager."
        )
    moment, revision = now(session), held.revision + 1
    fresh = {
        "revision": revision,
        "answered": held.answered + desk.more_answered(),
        "flagged": held.flagged + desk.more_flagged(),
        "updated_at": moment,
    } | columns
    if held.state == "not_started" and fresh.get("state") == "in_progress":
        fresh["started_at"] = moment
    # A state that stays is not named in the UPDATE, which then touches no index of it and wakes no trigger.
    written = {name: value for name, value in fresh.items() if name != "state" or value != held.state}
    based_on, connection = {"of_entry": held.id, "of_revision": held.revision}, session.connection()
    if not changed_one(connection, CHANGE_ENTRY, written | based_on):
        raise refuse("ENTRY-011", "The entry changed at the same moment.", "Try again.", status=409)
    write_parts(connection, held.id, revision, desk.parts.values())
    line = {"entry_id": held.id, "revision": revision, "at": moment, "by": actor.id,
            "changes": json.dumps(logged, ensure_ascii=False, separators=(",", ":"))}  # fmt: skip
    connection.execute(ADD_TO_LOG, line)
    if not isinstance(entry, str):
        remember(entry, fresh)
    return fresh


def changed_one(runs: Runs, statement: Any, given: dict[str, Any] | None = None) -> bool:
    """Run an UPDATE; whether it met exactly one row."""
    return cast("CursorResult[Any]", runs.execute(statement, given)).rowcount == 1


def reread(session: Session, entry: Entry) -> None:
    """Read a loaded entry's row again, after what the session had read was let go; as its next use would, at a third of the cost."""
    (entry_id,) = inspect(entry).identity or ("",)
    row = session.connection().execute(WHOLE_ENTRY, {"of_entry": entry_id}).one()
    remember(entry, row._asdict())


def remember(entry: Entry, columns: Mapping[str, Any]) -> None:
    """Tell the loaded object what Core has written, so that nobody reads an old revision from it."""
    for name, value in columns.items():
        set_committed_value(entry, name, value)


def _keys(changes: Iterable[Change], targets: Iterable[Target]) -> set[Key] | None:
    """The parts that the changes need: whole groups where rows come, go or move."""
    keys = {
        (target.section.key, "*") if change.what in ROW_ACTS else target.key
        for change, target in zip(changes, targets, strict=True)
    }
    return keys if 0 < len(keys) <= NAMED_PARTS_MOST else None


def _since(connection: Connection, held: Held, base_revision: int) -> Log:
    """What was changed after the revision that a save is based on."""
    if base_revision == held.revision:
        return []
    query = select(CHANGE.c.changes).where(CHANGE.c.entry_id == held.id, CHANGE.c.revision > base_revision)
    rows = connection.scalars(query.order_by(CHANGE.c.revision))
    since: Log = [change for row in rows for change in json.loads(row)]
    if any(change["what"] == "lift" for change in since):
        raise refuse("ENTRY-007", "The entry was moved to another version of the questionnaire.",
                     "Load the page again; your last change was not saved.", status=409)  # fmt: skip
    return since


def _apply(desk: Desk, changes: Sequence[tuple[Change, Target]], since: Log, revision: int) -> Log:
    logged, conflicts = [], []
    theirs = {(change["what"], change["path"]) for change in since}
    edited_rows = {path.rpartition(".")[0] for what, path in theirs if what in VALUE_ACTS}
    for change, target in changes:
        if conflict := _conflict(desk, change, target, theirs, edited_rows):
            conflicts.append(conflict)
        elif line := desk.apply(change):
            logged.append(line)
    if conflicts:
        raise Stale(conflicts, revision)
    return logged


def _conflict(
    desk: Desk, change: Change, target: Target, theirs: set[tuple[str, str]], edited_rows: set[str]
) -> Conflict | None:
    """Say how a change meets what was changed since; the same value, or a row deleted by both, is no conflict."""
    part = desk.parts.get(target.key)
    yours = {"evidence": change.evidence, "note": change.note}.get(change.what, change.value)
    if part is not None and part.deleted and ("delete_row", target.row_path) in theirs:
        ends = change.what in ("delete_row", "restore_row", "add_row")
        return None if ends else Conflict(change.path, yours, None, "delete_row")
    if change.what == "delete_row" and change.path in edited_rows:
        return Conflict(change.path, None, None, "set")
    if part is None or (change.what, change.path) not in theirs:
        return None
    if change.what not in VALUE_ACTS:
        return None
    wanted, held = _both(change, part)
    return Conflict(change.path, wanted, held, change.what) if wanted != held else None


def _both(change: Change, part: Part) -> tuple[Value | Evidence | Note, Value | Evidence | Note]:
    """What a change would put in a place, and what stands there."""
    path, key = change.path, change.path.rpartition(".")[2]
    if change.what == "evidence":
        return storable_evidence(path, change.evidence), part.evidence.get(key, Evidence())
    if change.what == "note":
        return storable_note(path, change.note), part.notes.get(key, Note())
    return storable(path, change.value), part.values.get(key)
