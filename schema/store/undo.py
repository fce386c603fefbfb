"""Taking back what a save changed: as a new save, so that the log keeps both and nothing of it is ever deleted.

A save that takes another back says so in the first line of its own: ``{"what": "undo", "path": "", "old": revision}``. It can be
taken back in turn, which puts the first one's changes in place again. A save is only taken back where every value still is
as it left it; otherwise something later would be lost.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from schema.actor import Actor
from schema.answers.document import Change, Evidence, Note
from schema.problem import Refused, refuse
from schema.store.desk import Desk
from schema.store.entries import LoggedSave
from schema.store.models import Entry, EntryChange
from schema.store.parts import Part, load_parts, plain_evidence, plain_note
from schema.store.saving import Log, check_editable, lock, write
from schema.store.templates import compiled
from schema.template.model import Template
from schema.template.value import from_plain, to_plain

UNDO, LIFT = "undo", "lift"
#: How many saves back a coder may look and go.
FAR = 100

Line = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PastSave:
    """A save of an entry. ``takes_back``: the revision that it undid, 0 for none; ``taken_back``: it was undone since.

    ``possible``: it can be taken back now, because everything in it still is as it left it.
    """

    save: LoggedSave
    takes_back: int
    taken_back: bool
    possible: bool

    @property
    def changes(self) -> tuple[dict[str, Any], ...]:
        """What it changed, without the line that says what it took back."""
        return tuple(line for line in self.save.changes if line["what"] != UNDO)


def past_saves(session: Session, entry: Entry) -> tuple[PastSave, ...]:
    """The latest saves of an entry, newest first, :data:`FAR` at most."""
    desk = Desk(_template(session, entry.template_version_id, entry.slot), load_parts(session, entry.id))
    query = select(EntryChange).where(EntryChange.entry_id == entry.id)
    rows = session.scalars(query.order_by(EntryChange.revision.desc()).limit(FAR))
    return _in_turn(desk, [_logged(row) for row in rows])


def last_path(session: Session, entry: Entry) -> str:
    """The path that the latest save of an entry changed last; empty where nothing was saved."""
    query = select(EntryChange).where(
        EntryChange.entry_id == entry.id, EntryChange.revision == entry.revision
    )
    row = session.scalars(query).first()
    return next((line["path"] for line in reversed(_logged(row).changes) if line["path"]), "") if row else ""


def latest_possible(saves: Sequence[PastSave]) -> PastSave:
    """The save that "undo" means: the newest that stands and is not itself an undoing.

    Raises ``Refused`` (UNDO-001, 409) where there is none.
    """
    for one in saves:
        if not one.taken_back and not one.takes_back:
            return one
    raise refuse("UNDO-001", "There is nothing left to undo.",
                 "Older changes stand on the page of your latest changes.", status=409)  # fmt: skip


def take_back(session: Session, actor: Actor, entry: Entry, revision: int) -> tuple[str, ...]:
    """Undo one save (by its revision) as a new save; give the paths that it changed.

    Raises ``Refused``: ENTRY-001 (409) where the entry is not open, UNDO-002 (409) where the save is none that can be undone or
    something in it was changed since.
    """
    held = lock(session, entry.id)
    check_editable(held.state)
    past = next((one for one in past_saves(session, entry) if one.save.revision == revision), None)
    if past is None or not past.possible:
        raise _changed_since()
    desk = Desk(_template(session, held.template_version_id, held.slot), load_parts(session, held.id))
    changes = _opposites(past.changes)
    logged: Log = [line for change in changes if (line := desk.apply(change)) is not None]
    mark = {"what": UNDO, "path": "", "old": revision, "new": None}
    write(session, actor, entry, held, desk, [mark, *logged], state="in_progress")
    return tuple(dict.fromkeys(line["path"] for line in logged))


def _template(session: Session, version_id: str, slot: int) -> Template:
    return compiled(session, version_id).for_slot(slot)


def _logged(row: EntryChange) -> LoggedSave:
    return LoggedSave(row.revision, row.at, row.by, tuple(json.loads(row.changes)))


def _in_turn(desk: Desk, newest_first: Sequence[LoggedSave]) -> tuple[PastSave, ...]:
    """Walk back through the log: whoever was undone by a save that itself stands was taken back."""
    found, undone, lifted = [], set[int](), False
    for save in newest_first:
        takes_back = next((line["old"] for line in save.changes if line["what"] == UNDO), 0)
        taken_back = save.revision in undone
        if takes_back and not taken_back:
            undone.add(takes_back)
        lifted = lifted or any(line["what"] == LIFT for line in save.changes)
        possible = not taken_back and not lifted and _stands(desk, save.changes)
        found.append(PastSave(save, takes_back, taken_back, possible))
    return tuple(found)


def _stands(desk: Desk, lines: Sequence[Line]) -> bool:
    """Whether everything that a save changed still is as it left it."""
    left = {(line["what"], line["path"]): line for line in lines if line["what"] != UNDO}
    made = _made(lines)
    outside = [line for line in left.values() if _row_of(line) not in made]
    return all(_as_left(desk, line) for line in outside) and all(
        _as_made(_part(desk, row), [line for line in left.values() if _row_of(line) == row]) for row in made
    )


def _made(lines: Sequence[Line]) -> list[str]:
    """The rows that a save made."""
    return [line["path"] for line in lines if line["what"] == "add_row"]


def _row_of(line: Line) -> str:
    """``group.row_id`` of a line about a row or a value in one; for a value of a plain section its path."""
    return ".".join(str(line["path"]).split(".")[:2])


def _part(desk: Desk, path: str) -> Part | None:
    """The live part that a path lies in, or is."""
    section, *rest = path.split(".")
    repeats = section in desk.template.by_key and desk.template.by_key[section].repeats
    part = desk.parts.get((section, rest[0] if repeats and rest else ""))
    return None if part is None or part.deleted else part


def _as_left(desk: Desk, line: Line) -> bool:
    """Whether one line of the log still says what is: of a value, its evidence or note, of a row's place or presence."""
    part, key = _part(desk, line["path"]), line["path"].rpartition(".")[2]
    if line["what"] in HELD:
        return bool(HELD[line["what"]](part).get(key) == line["new"])
    if line["what"] == "delete_row":
        return part is None
    if line["what"] == "move_row":
        return part is not None and bool(desk.live(part.section).index(part) == line["new"])
    return part is not None and bool(line["what"] == "restore_row")


def _as_made(part: Part | None, lines: Sequence[Line]) -> bool:
    """Whether a row that a save made holds what it was made with, and nothing more."""
    made: dict[str, dict[str, object]] = {what: {} for what in HELD}
    for line in lines:
        if line["what"] in HELD and line["new"] is not None:
            made[line["what"]][line["path"].rpartition(".")[2]] = line["new"]
    return part is not None and all(held(part) == made[what] for what, held in HELD.items())


def _plain(part: Part | None) -> dict[str, object]:
    return {key: to_plain(value) for key, value in part.values.items()} if part else {}


def _plain_evidence(part: Part | None) -> dict[str, object]:
    return {key: plain_evidence(held) for key, held in part.evidence.items()} if part else {}


def _plain_notes(part: Part | None) -> dict[str, object]:
    return {key: plain_note(held) for key, held in part.notes.items()} if part else {}


#: What a part holds of questions, in plain form, by the act that changes it.
HELD: Mapping[str, Callable[[Part | None], dict[str, object]]] = {
    "set": _plain,
    "evidence": _plain_evidence,
    "note": _plain_notes,
}


def _opposites(lines: Sequence[Line]) -> list[Change]:
    """The changes that undo a save, last first. A row that it made is deleted whole, so that it can be restored with what it held."""
    made = _made(lines)
    kept = [line for line in lines if line["what"] == "add_row" or _row_of(line) not in made]
    return [_opposite(line) for line in reversed(kept)]


def _opposite(line: Line) -> Change:
    match line["what"]:
        case "set":
            return Change("set", line["path"], value=from_plain(line["old"]))
        case "evidence":
            return Change("evidence", line["path"], evidence=Evidence(**(line["old"] or {})))
        case "note":
            return Change("note", line["path"], note=Note(**(line["old"] or {})))
        case "move_row":
            return Change("move_row", line["path"], position=line["old"])
        case "delete_row":
            return Change("restore_row", line["path"])
    return Change("delete_row", line["path"])


def _changed_since() -> Refused:
    return refuse(
        "UNDO-002",
        "This cannot be undone as it stands: something in it was changed since, or belongs to another version.",
        "Undo the later change first, or correct the answer by hand.",
        status=409,
    )
