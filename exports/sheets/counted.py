"""The sheets between answers and findings: for each unit one row, and for each figure whether it counts that row.

Cases, people, children, recommendations and examples have a sheet each. A cell is 1 (counted), 0 (in the total and not counted), or
empty (not in the total); in a column of a statistic it is the number itself. Cases by indicator stand on the sheet
*framework* and not here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import repeat

from exports.book import Book, Column, Sheet
from exports.cells import Cell
from schema.framework.behind import block_of
from schema.framework.figures import Evaluation, Line, Source, TableResult
from schema.framework.model import CASE, Block

WITHIN = "within"
LEADING = (Column("case", "Case reference", width=14), Column("row_id", "Id of the row", width=14))


@dataclass(frozen=True)
class Counted:
    """One column: ``kind`` is how its numbers are shown; ``given`` says which stand in which rows, the later over the earlier."""

    name: str
    label: str
    kind: str
    given: tuple[tuple[Iterable[Source], Iterable[int | float]], ...]

    def sources(self) -> Iterator[Source]:
        """The rows that belong to it."""
        for sources, _ in self.given:
            yield from sources

    def cells(self, places: Mapping[Source, int]) -> list[Cell]:
        """What stands in each row of the sheet, by the places of the rows."""
        cells: list[Cell] = [None] * len(places)
        for sources, numbers in self.given:
            for source, number in zip(sources, numbers, strict=False):  # zeros and ones have no end
                cells[places[source]] = number
        return cells


class CountedSheets:
    """All columns by unit, and where they stand once they are written. ``elsewhere``: (table, line) that need no column."""

    def __init__(self, evaluation: Evaluation, elsewhere: Collection[tuple[str, str]]) -> None:
        """Collect the columns."""
        self.evaluation = evaluation
        self.units: dict[str, dict[str, Counted]] = {}
        for result, table in zip(evaluation.tables, evaluation.framework.tables, strict=True):
            for line in result.lines:
                block = block_of(table, line.key)
                if block is not None and (result.key, line.key) not in elsewhere:
                    held = self.units.setdefault(block.unit, {})
                    held.update((one.name, one) for one in _columns(result, line, block))

    def write(self, book: Book) -> dict[str, str]:
        """Write a sheet for each unit; gives each column a name in the workbook, by the name of the column."""
        ranges: dict[str, str] = {}
        for unit, columns in self.units.items():
            leading = LEADING[: 1 if unit == CASE else 2]
            own = (Column(held.name, held.label, held.kind, 10.0) for held in columns.values())
            title = f"counted {'cases' if unit == CASE else unit}"
            sheet = book.write_sheet(title, (*leading, *own), self._rows(unit, len(leading)))
            ranges |= _named(book, sheet, columns, len(leading))
        return ranges

    def _rows(self, unit: str, leading: int) -> Iterator[tuple[Cell, ...]]:
        places = {source: place for place, source in enumerate(self._sources(unit))}
        columns = [held.cells(places) for held in self.units[unit].values()]
        for source, *cells in zip(places, *columns, strict=True):
            yield (*(source.case, source.row)[:leading], *cells)

    def _sources(self, unit: str) -> list[Source]:
        """Every row that any figure looks at, by case; within a case in the order in which they were counted."""
        found = dict.fromkeys(source for held in self.units[unit].values() for source in held.sources())
        order = {case.reference: number for number, case in enumerate(self.evaluation.cases)}
        return sorted(found, key=lambda source: order[source.case])


def column_of(table: str, line: str, block: Block) -> str:
    """The name of the column that a line is counted from; least, most and mean share one."""
    return f"{table}.{block.key if block.kind == 'statistics' else line}"


def _columns(table: TableResult, line: Line, block: Block) -> Iterator[Counted]:
    name = column_of(table.key, line.key, block)
    label = ": ".join(part for part in (table.title, line.heading, line.label) if part)
    if block.kind == "statistics":
        label = ": ".join(part for part in (table.title, line.heading) if part)
        yield Counted(name, label, "number", ((line.sources, line.numbers),))
        return
    yield Counted(name, label, "whole", _marked(line.base_sources, line.sources))
    if line.within is not None:
        within = _marked(line.within_base_sources, line.within_sources)
        yield Counted(f"{name}.{WITHIN}", f"{label}, within {line.within_label}", "whole", within)


def _marked(
    total: Iterable[Source], counted: Iterable[Source]
) -> tuple[tuple[Iterable[Source], Iterable[int]], ...]:
    return (total, repeat(0)), (counted, repeat(1))


def _named(book: Book, sheet: Sheet, columns: Mapping[str, Counted], leading: int) -> dict[str, str]:
    return {
        held.name: book.define(f"counted_{held.name}", sheet.cells(number), held.label)
        for number, held in enumerate(columns.values(), leading + 1)
    }
