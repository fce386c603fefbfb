"""Parts of one entry on the desk: changes are made to them here before anything is written.

A change that would change nothing (a browser that sends the same save again) leaves no trace.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from schema.answers.bounds import storable, storable_evidence, storable_note
from schema.answers.document import Change, Evidence, Note
from schema.answers.intake import ROW_ID
from schema.problem import Refused, refuse
from schema.store.parts import Key, Part, in_order, plain_evidence, plain_note
from schema.template.kinds import kind_of
from schema.template.model import Field, Repeats, Section, Template
from schema.template.value import to_plain

Held = TypeVar("Held", Evidence, Note)

ROW_ACTS = frozenset({"add_row", "move_row", "delete_row", "restore_row"})


@dataclass(frozen=True, slots=True)
class Target:
    """What a change's path points at: a section or group, its row (empty: none), its field (for values, evidence and notes)."""

    section: Section
    row_id: str = ""
    field: Field | None = None

    @property
    def key(self) -> Key:
        """The part it lies in."""
        return self.section.key, self.row_id

    @property
    def row_path(self) -> str:
        """``group.row_id``."""
        return f"{self.section.key}.{self.row_id}"


def target_of(template: Template, change: Change) -> Target:
    """Read a change's path against the template.

    Raises ``Refused`` (ENTRY-002) with the path where the template has no such section, row or field, or the act is unknown.
    """
    parts = change.path.split(".")
    section = template.by_key.get(parts[0])
    if section is None:
        raise _unknown(change, f"There is no section “{parts[0]}” in this questionnaire.")
    if change.what in ROW_ACTS:
        if section.repeats is None or len(parts) != 2 or not ROW_ID.fullmatch(parts[1]):
            raise _unknown(change, "This is not a row of a repeating group.")
        return Target(section, parts[1])
    if change.what not in _APPLY:
        raise _unknown(change, f"“{change.what[:40]}” is not a change that an entry knows.")
    return _field_target(change, section, parts)


def _field_target(change: Change, section: Section, parts: list[str]) -> Target:
    row_id = parts[1] if section.repeats and len(parts) == 3 else ""
    field = section.by_key.get(parts[-1]) if len(parts) == (3 if section.repeats else 2) else None
    if field is None:
        raise _unknown(change, f"There is no such field in “{section.label}”.")
    if not kind_of(field).stores:
        raise _unknown(change, f"“{field.label}” is worked out from other answers and cannot be set.")
    return Target(section, row_id, field)


class Desk:
    """The loaded parts of one entry. ``apply`` makes a change and gives its line for the log."""

    def __init__(self, template: Template, parts: Iterable[Part]) -> None:
        """Lay out the parts; sections that were never saved appear when they are first written to."""
        self.template = template
        self.parts: dict[Key, Part] = {part.key: part for part in parts}
        self._answered, self._flagged = self._counted()

    def apply(self, change: Change) -> dict[str, Any] | None:
        """Make one change; ``None`` where it changes nothing. Raises ``Refused`` with the path where it cannot be made."""
        logged = _APPLY[change.what](self, change, target_of(self.template, change))
        return None if logged is None else {"what": change.what, "path": change.path} | logged

    def more_answered(self) -> int:
        """How many more values are held now than when the desk was laid out."""
        return self._counted()[0] - self._answered

    def more_flagged(self) -> int:
        """How many more questions are flagged now than when the desk was laid out."""
        return self._counted()[1] - self._flagged

    def _counted(self) -> tuple[int, int]:
        parts = self.parts.values()
        return sum(part.answered for part in parts), sum(part.flagged for part in parts)

    def part(self, change: Change, target: Target) -> Part:
        """Give the live part that a value lies in. Raises ``Refused`` (ENTRY-004) for a row that is not there."""
        held = self.parts.get(target.key)
        if held is None and not target.row_id:
            held = self.parts[target.key] = Part(target.section.key)
        if held is None or held.deleted:
            raise row_gone(change, target)
        return held

    def live(self, group: str) -> list[Part]:
        """The rows of a group that are not deleted, in order."""
        return [part for part in self.ordered(group) if not part.deleted]

    def ordered(self, group: str) -> list[Part]:
        """All rows of a group, deleted ones in the places they had."""
        return list(in_order(part for part in self.parts.values() if part.section == group))

    def place(self, moved: Part, position: int | None) -> int:
        """Put a row at a position among the live ones (``None``: the end); give the position it came to."""
        others = [part for part in self.ordered(moved.section) if part is not moved]
        live = [part for part in others if not part.deleted]
        at = len(live) if position is None else max(0, min(position, len(live)))
        before = others.index(live[at]) if at < len(live) else len(others)
        for number, part in enumerate((*others[:before], moved, *others[before:])):
            if part.position != number or part is moved:
                part.position, part.touched = number, True
        return at

    def room_for_a_row(self, change: Change, section: Section) -> None:
        """Raise ``Refused`` (ENTRY-005) where the group is full."""
        most = (section.repeats or Repeats("row")).maximum
        if len(self.live(section.key)) >= most:
            message = f"“{section.label}” holds at most {most} rows."
            raise refuse("ENTRY-005", message, "Delete a row that is not needed.", where=change.path)


def row_gone(change: Change, target: Target) -> Refused:
    """Say that a row is not there (any more)."""
    return refuse("ENTRY-004", "This row is not there: it was deleted, or never added.",
                  "Add a row, or restore the deleted one.", where=change.path)  # fmt: skip


def _unknown(change: Change, message: str) -> Refused:
    return refuse("ENTRY-002", message, "Load the page again.", where=change.path[:300])


def _set(desk: Desk, change: Change, target: Target) -> dict[str, Any] | None:
    part, key = desk.part(change, target), change.path.rpartition(".")[2]
    value, old = storable(change.path, change.value), part.values.get(key)
    if value == old and type(value) is type(old):
        return None
    part.touched = True
    if value is None:
        del part.values[key]
    else:
        part.values[key] = value
    return {"old": to_plain(old), "new": to_plain(value)}


def _evidence(desk: Desk, change: Change, target: Target) -> dict[str, Any] | None:
    part, key = desk.part(change, target), change.path.rpartition(".")[2]
    evidence, old = storable_evidence(change.path, change.evidence), part.evidence.get(key, Evidence())
    return _beside(part, part.evidence, key, old, evidence, plain_evidence)


def _note(desk: Desk, change: Change, target: Target) -> dict[str, Any] | None:
    part, key = desk.part(change, target), change.path.rpartition(".")[2]
    note, old = storable_note(change.path, change.note), part.notes.get(key, Note())
    return _beside(part, part.notes, key, old, note, plain_note)


def _beside(
    part: Part, held: dict[str, Held], key: str, old: Held, new: Held, plain: Callable[[Held], Any]
) -> dict[str, Any] | None:
    """Keep what stands beside an answer; one that says nothing is none."""
    if new == old:
        return None
    part.touched = True
    if new:
        held[key] = new
    else:
        del held[key]
    return {"old": plain(old) if old else None, "new": plain(new) if new else None}


def _add_row(desk: Desk, change: Change, target: Target) -> dict[str, Any] | None:
    held = desk.parts.get(target.key)
    if held is not None and held.deleted:
        raise refuse("ENTRY-006", "A deleted row has this id.", "Restore that row, or choose another id.",
                     where=change.path)  # fmt: skip
    if held is not None:
        return None
    desk.room_for_a_row(change, target.section)
    part = desk.parts[target.key] = Part(target.section.key, target.row_id, touched=True)
    return {"old": None, "new": desk.place(part, change.position)}


def _move_row(desk: Desk, change: Change, target: Target) -> dict[str, Any] | None:
    part = desk.part(change, target)
    old = desk.live(part.section).index(part)
    last = len(desk.live(part.section)) - 1
    wanted = last if change.position is None else max(0, min(change.position, last))
    return None if wanted == old else {"old": old, "new": desk.place(part, wanted)}


def _delete_row(desk: Desk, change: Change, target: Target) -> dict[str, Any] | None:
    held = desk.parts.get(target.key)
    if held is None:
        raise row_gone(change, target)
    if held.deleted:
        return None
    position = desk.live(held.section).index(held)
    held.deleted = held.touched = True
    old: dict[str, Any] = {
        "position": position,
        "values": {key: to_plain(value) for key, value in held.values.items()},
        "evidence": {key: plain_evidence(evidence) for key, evidence in held.evidence.items()},
    }
    if held.notes:
        old["notes"] = {key: plain_note(note) for key, note in held.notes.items()}
    return {"old": old, "new": None}


def _restore_row(desk: Desk, change: Change, target: Target) -> dict[str, Any] | None:
    held = desk.parts.get(target.key)
    if held is None:
        raise row_gone(change, target)
    if not held.deleted:
        return None
    desk.room_for_a_row(change, target.section)
    held.deleted, held.touched = False, True
    return {"old": None, "new": desk.live(held.section).index(held)}


_APPLY: Mapping[str, Callable[[Desk, Change, Target], dict[str, Any] | None]] = {
    "set": _set,
    "evidence": _evidence,
    "note": _note,
    "add_row": _add_row,
    "move_row": _move_row,
    "delete_row": _delete_row,
    "restore_row": _restore_row,
}
