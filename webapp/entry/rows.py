"""What is done to whole rows, as changes of a document."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from schema.answers.document import Change, Document, Row
from schema.problem import Refused, refuse
from schema.template.kinds import kind_of
from schema.template.model import Section

ACTS = ("add", "duplicate", "up", "down", "delete", "restore")


def row_changes(
    section: Section, document: Document, act: str, row_id: str, new_id: Callable[[], str]
) -> tuple[Change, ...]:
    """Give the changes of one act on a row; ``restore`` is the store's own and not among them.

    Raises ``Refused``: ROW-001 (409) for a row that is not there, ROW-002 (422) for another act, ROW-003 (409) at
    the most rows allowed.
    """
    if act == "add":
        _refuse_at_most(section, document)
        return (Change("add_row", f"{section.key}.{new_id()}"),)
    row = document.row(section.key, row_id)
    if row is None:
        raise gone(section, row_id)
    if act == "duplicate":
        _refuse_at_most(section, document)
        return tuple(_duplicate(section, document, row, new_id()))
    if act == "delete":
        return (Change("delete_row", f"{section.key}.{row.id}"),)
    if act in ("up", "down"):
        return _move(section, document, row, -1 if act == "up" else 1)
    raise refuse("ROW-002", "There is no such act on a row.", "Load the page again.", where=act[:40])


def gone(section: Section, row_id: str) -> Refused:
    """Build the refusal for a row that is not there."""
    one = section.repeats.one if section.repeats else "row"
    return refuse(
        "ROW-001",
        f"This {one} is not there any more.",
        "It may have been deleted in another window; deleted rows can be restored below the list.",
        where=f"{section.key}.{row_id[:40]}",
        status=409,
    )


def _refuse_at_most(section: Section, document: Document) -> None:
    repeats = section.repeats
    if repeats is not None and len(document.rows(section.key)) >= repeats.maximum:
        raise refuse(
            "ROW-003",
            f"{section.label}: there are {repeats.maximum} rows, and no more are allowed.",
            "Delete one that is not needed first.",
            where=section.key,
            status=409,
        )


def _position(section: Section, document: Document, row: Row) -> int:
    return [other.id for other in document.rows(section.key)].index(row.id)


def _move(section: Section, document: Document, row: Row, step: int) -> tuple[Change, ...]:
    at = _position(section, document, row) + step
    if not 0 <= at < len(document.rows(section.key)):
        return ()
    return (Change("move_row", f"{section.key}.{row.id}", position=at),)


def _duplicate(section: Section, document: Document, row: Row, new_id: str) -> Iterator[Change]:
    path = f"{section.key}.{new_id}"
    yield Change("add_row", path, position=_position(section, document, row) + 1)
    for field in section.fields:
        if field.key in row.values and kind_of(field).stores:
            yield Change("set", f"{path}.{field.key}", value=row.values[field.key])
        evidence = document.evidence.get(f"{section.key}.{row.id}.{field.key}")
        if evidence:
            yield Change("evidence", f"{path}.{field.key}", evidence=evidence)
