"""The page model of a question as its coder sees it: their own answer, the thread, and nothing else of the comparison."""

from __future__ import annotations

from dataclasses import dataclass

from schema.answers.document import Document, Evidence
from schema.answers.summary import row_summary
from schema.coding.model import Position
from schema.coding.questions import locate
from schema.store.asking import Thread
from schema.store.loaded import LoadedComparison
from schema.template.model import Field
from webapp.reconciliation.queue import label_of
from webapp.reconciliation.wording import or_blank


@dataclass(frozen=True, slots=True)
class AskedPage:
    """The question. ``value`` and ``row`` are the coder's own; both are empty where the position is no longer there."""

    thread: Thread
    section: str
    label: str
    field: Field | None
    row: str
    value: str
    evidence: Evidence | None


def asked_page(loaded: LoadedComparison, thread: Thread) -> AskedPage:
    """Put the page together from the coder's own frozen entry."""
    position = locate(loaded.result, thread.path)
    own = loaded.a if thread.side == "a" else loaded.b
    if position is None:
        return AskedPage(thread, "", "A row that has been matched otherwise since", None, "", "", None)
    section = loaded.template.by_key[position.section]
    row_id = _own_row(position, thread.side)
    row = own.row(section.key, row_id) if row_id else None
    label = (
        label_of(position, section)
        if position.field
        else f"A {section.repeats.one if section.repeats else 'row'}"
    )
    return AskedPage(
        thread,
        section.label,
        label,
        position.field,
        row_summary(section, row) if row else "",
        _own_value(loaded, position, thread.side),
        _evidence(own, position, row_id),
    )


def _own_row(position: Position, side: str) -> str:
    pair = position.pair
    if pair is None:
        return ""
    return pair.row_a if side == "a" else pair.row_b


def _own_value(loaded: LoadedComparison, position: Position, side: str) -> str:
    if position.field is None or (position.pair is not None and not _own_row(position, side)):
        return ""
    return or_blank(loaded.template, position.field, position.a if side == "a" else position.b)


def _evidence(own: Document, position: Position, row_id: str) -> Evidence | None:
    if position.field is None or (position.pair is not None and not row_id):
        return None
    place = f"{position.section}.{row_id}" if row_id else position.section
    return own.evidence.get(f"{place}.{position.field.key}")
