"""The coders' own notes of a comparison's two entries: they stand in no snapshot, so that no figure can take account of them.

They cannot change while an entry is submitted, so what is read here is what stood when it was.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from schema.answers.document import Note
from schema.store.models import Comparison, EntryPart, Snapshot
from schema.store.parts import read_notes

#: Only parts with notes have this in their body: inside a text the quotation marks would be escaped.
NOTED = '%"n":{%'


def notes_of_sides(session: Session, comparison: Comparison) -> dict[str, Mapping[str, Note]]:
    """The notes of sides A and B by path, deleted rows left out."""
    sides = {comparison.snapshot_1_id: "A", comparison.snapshot_2_id: "B"}
    query = (
        select(Snapshot.id, EntryPart.section, EntryPart.row_id, EntryPart.body)
        .join(EntryPart, EntryPart.entry_id == Snapshot.entry_id)
        .where(Snapshot.id.in_(sides), EntryPart.deleted.is_(False), EntryPart.body.like(NOTED))
    )
    found: dict[str, dict[str, Note]] = {"A": {}, "B": {}}
    for snapshot_id, section, row_id, body in session.execute(query):
        place = f"{section}.{row_id}" if row_id else section
        notes = read_notes(json.loads(body))
        found[sides[snapshot_id]] |= {f"{place}.{key}": note for key, note in notes.items()}
    return {**found}
