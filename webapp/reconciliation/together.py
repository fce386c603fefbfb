"""The page model of settling several differences at once: the kinds, a preview of one, and the batches that stand."""

from __future__ import annotations

from dataclasses import dataclass

from schema.answers.summary import row_summary
from schema.coding.batches import ALIKE
from schema.coding.choices import asks_reason
from schema.coding.model import Position
from schema.coding.questions import locate
from schema.store.batches import Batch, alike_in, standing_batches
from webapp.reconciliation.queue import label_of, place_of
from webapp.reconciliation.room import Table
from webapp.reconciliation.wording import CHOSEN, or_blank

NO_ROW = "no such row"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of difference, and how many of it are open."""

    key: str
    title: str
    words: str
    count: int


@dataclass(frozen=True, slots=True)
class PreviewLine:
    """What would be settled, and how; ``reason_asked``: the template wants a reason with every decision on it."""

    path: str
    place: str
    label: str
    a: str
    b: str
    taken: str
    address: str
    reason_asked: bool


@dataclass(frozen=True, slots=True)
class Together:
    """The page. ``kind`` is none where none was chosen, or nothing is left of it."""

    kinds: tuple[Kind, ...]
    kind: Kind | None
    lines: tuple[PreviewLine, ...]
    batches: tuple[Batch, ...]


def together(table: Table, wanted: str) -> Together:
    """Put the page together."""
    choices = {key: alike_in(table.loaded, key) if table.matched else {} for key in ALIKE}
    kinds = tuple(Kind(key, one.title, one.words, len(choices[key])) for key, one in ALIKE.items())
    kind = next((one for one in kinds if one.key == wanted and one.count), None)
    found = choices[kind.key].items() if kind else ()
    lines = (_line(table, path, choice) for path, choice in found)
    return Together(
        kinds, kind, tuple(line for line in lines if line is not None), standing_batches(table.loaded)
    )


def _line(table: Table, path: str, choice: str) -> PreviewLine | None:
    position = locate(table.loaded.result, path)
    if position is None:
        return None
    section = table.loaded.template.by_key[position.section]
    a, b = _sides(table, position)
    return PreviewLine(
        path,
        place_of(table, position),
        label_of(position, section),
        a,
        b,
        CHOSEN[choice],
        table.address("resolve_page", at=path, _anchor="position"),
        asks_reason(position),
    )


def _sides(table: Table, position: Position) -> tuple[str, str]:
    template = table.loaded.template
    if position.field is not None:
        return or_blank(template, position.field, position.a), or_blank(template, position.field, position.b)
    row = row_summary(template.by_key[position.section], position.row) if position.row else NO_ROW
    return (row, NO_ROW) if position.pair and position.pair.row_a else (NO_ROW, row)
