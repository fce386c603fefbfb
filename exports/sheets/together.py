"""Both entries and the consensus together: what each coder submitted, and what became of it, row beneath row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from exports.book import Book, Column
from exports.cells import Cell
from exports.sheets.answers import Layout, answer_cells
from exports.sheets.notes import notes_of
from schema.answers.derive import with_derived
from schema.answers.document import Row
from schema.answers.visibility import Visibility, visible
from schema.coding.model import Pair
from schema.store.master import MasterCase, Trace
from schema.template.model import CodeList, Template

CONSENSUS = "consensus"
SOURCES = ("A", "B", CONSENSUS)
SOURCE = Column(
    "source", "A or B: the entry of that coder as submitted; consensus: what was signed off", "label"
)
OF_A_CASE = (
    Column("case", "Case reference", width=14),
    SOURCE,
    Column("coder", "The coder; empty in the consensus"),
    Column("template_version", "Template version of the entry, or of the consensus", "whole"),
)
OF_A_ROW = (
    Column("case", "Case reference", width=14),
    SOURCE,
    Column("row_id", "Id of the consensus row that the row is linked with, or would have become", width=16),
    Column("row_number", "Position of the row in its own entry, or in the consensus, from 1", "whole"),
    Column("entry_row_id", "Id of the row in its own entry", width=16),
)
SENTENCE = (
    "The sheets “… together” hold what coder A and coder B submitted, and the consensus, row beneath row. Rows with the same “row_id” are about the same "
    "thing; where there is no row “consensus”, the row was left out."
)


@dataclass(frozen=True)
class Entries:
    """Gives the rows of one sheet of answers for both entries and the consensus."""

    layout: Layout
    missing: CodeList

    @property
    def leading(self) -> tuple[Column, ...]:
        """The columns before the fields."""
        return OF_A_ROW if self.layout.group else OF_A_CASE

    def columns(self) -> tuple[Column, ...]:
        """All columns."""
        return (*self.leading, *self.layout.columns()[len(self.layout.leading) :])

    def rows(self, case: MasterCase) -> Iterator[tuple[Cell, ...]]:
        """The rows of a case: three for the case itself, up to three for each linked row of a group."""
        sides = _sides(case)
        if self.layout.group:
            yield from self._linked(sides, case.trace)
        else:
            for side in sides:
                own = answer_cells(self.layout, side.case, side.seen, None, self.missing)
                yield (case.reference, side.source, side.coder, side.case.template.version, *own)

    def _linked(self, sides: tuple[Side, ...], trace: Trace) -> Iterator[tuple[Cell, ...]]:
        held = [side.numbered(self.layout.group) for side in sides]
        for pair in trace.comparison.pairs:
            if pair.group != self.layout.group:
                continue
            for side, rows in zip(sides, held, strict=True):
                found = rows.get(side.row_id(pair))
                if found:
                    number, row = found
                    own = answer_cells(self.layout, side.case, side.seen, row, self.missing)
                    yield (side.case.reference, side.source, pair.id, number, row.id, *own)


class EntriesSheet:
    """Writes one sheet of answers for both entries and the consensus, case by case."""

    def __init__(self, book: Book, layout: Layout, newest: Template) -> None:
        """Open the sheet; missing codes are read from the newest template."""
        self.entries = Entries(layout, newest.missing)
        frozen = "F2" if layout.group else "E2"
        notes = notes_of(layout, newest)
        leading = {column.name: column.label for column in self.entries.leading}
        title, columns = f"{layout.name} together", self.entries.columns()
        self.sheet = book.sheet(title, columns, frozen=frozen, notes={**notes, **leading})

    def add(self, case: MasterCase) -> None:
        """Write all rows of a case."""
        for row in self.entries.rows(case):
            self.sheet.append(row)


@dataclass(frozen=True)
class Side:
    """An entry, or the consensus, read as a case of its own."""

    source: str
    coder: str
    case: MasterCase
    seen: Visibility

    def numbered(self, group: str) -> Mapping[str, tuple[int, Row]]:
        """The rows of a group by their own ids, with their positions."""
        return {row.id: (number, row) for number, row in enumerate(self.case.document.rows(group), 1)}

    def row_id(self, pair: Pair) -> str:
        """The id that a linked row has on this side; empty where this side has none."""
        return {"A": pair.row_a, "B": pair.row_b}.get(self.source, pair.id)


def _sides(case: MasterCase) -> tuple[Side, ...]:
    entries = []
    for source, coder in (("A", case.coder_a), ("B", case.coder_b)):
        template, document = case.trace.side(source.casefold())
        held = replace(case, template=template, document=with_derived(template, document))
        entries.append(Side(source, coder, held, visible(template, document)))
    return (*entries, Side(CONSENSUS, "", case, visible(case.template, case.document)))
