"""Parts of an entry, as they lie in the table: one body for each section and for each row of a repeating group."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select

from schema.answers.canonical import dump, read_values
from schema.answers.document import Document, Evidence, Note, Row
from schema.store.save_statements import (
    ADD_PART,
    CHANGE_PART,
    ONE_PART,
    PART,
    PART_COLUMNS,
    PARTS_SINCE,
    Runs,
)
from schema.template.value import Value, to_plain

Key = tuple[str, str]


@dataclass
class Part:
    """One section (empty ``row_id``) or row while it is being changed. ``stored``: it has a row in the table already."""

    section: str
    row_id: str = ""
    position: int = 0
    values: dict[str, Value] = field(default_factory=dict)
    evidence: dict[str, Evidence] = field(default_factory=dict)
    notes: dict[str, Note] = field(default_factory=dict)
    deleted: bool = False
    stored: bool = False
    touched: bool = False

    @property
    def key(self) -> Key:
        """Section key and row id."""
        return self.section, self.row_id

    @property
    def answered(self) -> int:
        """How many values it counts for: none once it is deleted."""
        return 0 if self.deleted else len(self.values)

    @property
    def flagged(self) -> int:
        """How many questions its coder wants to come back to: none once it is deleted."""
        return 0 if self.deleted else sum(note.flagged for note in self.notes.values())

    def body(self) -> str:
        """Write values, evidence and, where there are any, notes as they are stored."""
        values = {key: to_plain(value) for key, value in self.values.items()}
        evidence = {key: plain_evidence(held) for key, held in self.evidence.items()}
        notes = {key: plain_note(held) for key, held in self.notes.items()}
        return dump({"v": values, "e": evidence} | ({"n": notes} if notes else {}))


def plain_evidence(evidence: Evidence) -> dict[str, str]:
    """Give the JSON form of evidence."""
    return {"page": evidence.page, "quote": evidence.quote}


def plain_note(note: Note) -> dict[str, object]:
    """Give the JSON form of a note."""
    return {"flagged": note.flagged, "memo": note.memo}


def read_notes(body: Mapping[str, Any]) -> dict[str, Note]:
    """Read the notes out of a part's body."""
    return {key: Note(held["flagged"], held["memo"]) for key, held in body.get("n", {}).items()}


def load_parts(runs: Runs, entry_id: str, keys: Collection[Key] | None = None) -> list[Part]:
    """Load parts of an entry in order, deleted rows included: all, or those named.

    A key ``(group, "*")`` names all rows of a group.
    """
    if keys is not None and len(keys) == 1 and (key := next(iter(keys)))[1] != "*":
        one = {"of_entry": entry_id, "of_section": key[0], "of_row": key[1]}
        return [_part(*row) for row in runs.execute(ONE_PART, one)]
    query = select(*PART_COLUMNS).where(PART.c.entry_id == entry_id)
    if keys is not None:
        query = query.where(or_(*map(_named, keys)))
    rows = runs.execute(query.order_by(PART.c.section, PART.c.position, PART.c.row_id))
    return [_part(*row) for row in rows]


def parts_after(runs: Runs, entry_id: str, known: Iterable[Part], revision: int, at: datetime) -> list[Part]:
    """Give all parts of an entry, in order, where those of an earlier revision are known: only what was written since is read.

    ``at``: when that revision was saved. Empty where it was not saved then (a restored database has another past), or where
    nothing was written since: then they have to be loaded.
    """
    given = {"of_entry": entry_id, "of_revision": revision, "of_moment": at}
    since = [_part(*row) for row in runs.execute(PARTS_SINCE, given)]
    return with_written(known, since) if since else []


def with_written(known: Iterable[Part], written: Iterable[Part]) -> list[Part]:
    """Give all parts of an entry, in order, where some were written since the others were read."""
    held = {part.key: part for part in (*known, *written)}
    return sorted(held.values(), key=lambda part: (part.section, part.position, part.row_id))


def to_document(parts: Iterable[Part]) -> Document:
    """Put live parts, in their order, together as the document that the domain sees."""
    sections: dict[str, dict[str, Value]] = {}
    groups: dict[str, list[Row]] = {}
    evidence: dict[str, Evidence] = {}
    notes: dict[str, Note] = {}
    for part in parts:
        if part.deleted:
            continue
        prefix = f"{part.section}.{part.row_id}" if part.row_id else part.section
        evidence |= {f"{prefix}.{key}": held for key, held in part.evidence.items()}
        notes |= {f"{prefix}.{key}": held for key, held in part.notes.items()}
        if part.row_id:
            groups.setdefault(part.section, []).append(Row(part.row_id, part.values))
        elif part.values:
            sections[part.section] = part.values
    return Document(sections, {group: tuple(rows) for group, rows in groups.items()}, evidence, notes=notes)


def write_parts(runs: Runs, entry_id: str, revision: int, parts: Iterable[Part]) -> None:
    """Write the touched parts, marked with the revision that wrote them."""
    touched = [part for part in parts if part.touched]
    if fresh := [_row(entry_id, revision, part) for part in touched if not part.stored]:
        runs.execute(ADD_PART, fresh)
    if known := [_bound(entry_id, revision, part) for part in touched if part.stored]:
        runs.execute(CHANGE_PART, known)


def _row(entry_id: str, revision: int, part: Part) -> dict[str, Any]:
    return {
        "entry_id": entry_id,
        "section": part.section,
        "row_id": part.row_id,
        "position": part.position,
        "body": part.body(),
        "revision": revision,
        "deleted": part.deleted,
    }


def _bound(entry_id: str, revision: int, part: Part) -> dict[str, Any]:
    row = _row(entry_id, revision, part)
    return {
        "of_entry": row.pop("entry_id"),
        "of_section": row.pop("section"),
        "of_row": row.pop("row_id"),
    } | row


def _named(key: Key) -> ColumnElement[bool]:
    section, row_id = key
    if row_id == "*":
        return PART.c.section == section
    return and_(PART.c.section == section, PART.c.row_id == row_id)


def _part(section: str, row_id: str, position: int, body: str, deleted: bool) -> Part:
    plain = json.loads(body)
    return Part(
        section=section,
        row_id=row_id,
        position=position,
        values=dict(read_values(plain["v"])),
        evidence={key: Evidence(held["page"], held["quote"]) for key, held in plain["e"].items()},
        notes=read_notes(plain),
        deleted=deleted,
        stored=True,
    )


def in_order(parts: Iterable[Part]) -> Sequence[Part]:
    """Sort rows of one group by position."""
    return sorted(parts, key=lambda part: (part.position, part.row_id))
