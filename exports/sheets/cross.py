"""Cross-tables of the findings: as they are printed, one question in the rows and the other in the columns, or a line for each cell."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from exports.book import Book, Column
from exports.cells import Cell
from exports.sheets.findings import percent_cell
from schema.framework.figures import Evaluation
from schema.framework.grid import Grid, crossed, grids

Held = TypeVar("Held")
NAME, TITLE = "cross-tables", "Cross-tables of the findings, one line for each cell"
PLACE = (
    Column("table", "Table", width=16),
    Column("table.title", "Title of the table", width=28),
    Column("row", "Code of the row", width=16),
    Column("row.label", "What stands in the rows", width=34),
    Column("column", "Code of the column", width=16),
    Column("column.label", "What stands in the columns", width=34),
)
COLUMNS = (
    *PLACE,
    Column("line", "The line of the findings that is the cell", width=24),
    Column("n", "How many", "whole"),
    Column("valid_n", "Of how many with an answer", "whole"),
    Column("percent", "n as a percentage of valid_n, rounded half up; n/a where that is 0", "number"),
    Column("as_printed", "The figure as it would be printed", width=16),
)


def cross_rows(evaluation: Evaluation) -> Iterator[tuple[Cell, ...]]:
    """Every cell of every cross-table, with the codes and labels of its row and its column."""
    places = evaluation.framework.places
    for table in evaluation.tables:
        for crossing, line in crossed(evaluation.framework, table):
            yield (
                table.key,
                table.title,
                crossing.row,
                crossing.row_label,
                crossing.column,
                crossing.column_label,
                line.key,
                line.count,
                line.base,
                percent_cell(line.count, line.base, places),
                line.text(places),
            )


def write_cross_tables(book: Book, evaluation: Evaluation) -> None:
    """Write a sheet for each table that counts one question by another."""
    places = evaluation.framework.places
    for table in evaluation.tables:
        held = grids(evaluation.framework, table)
        write_grids(book, table.key, table.title, table.unit_label, held, lambda line: line.text(places))


def write_grids(
    book: Book,
    key: str,
    title: str,
    unit_label: str,
    held: Iterable[Grid[Held]],
    words: Callable[[Held], str],
) -> None:
    """Write the cross-tables of one table; ``words`` is how a cell is printed."""
    for grid in held:
        first = Column(title, f"Counted in {unit_label}", "label", 44)
        names = _distinct((title, *grid.columns))[1:]
        own = (Column(name, f"{title}: {name}", "label", 18) for name in names)
        book.write_sheet(f"cross {key}", (first, *own), _rows(grid, words))


def _distinct(labels: Sequence[str]) -> list[str]:
    """Labels as headings: the columns of one table may not share a name, however it is written."""
    names: list[str] = []
    for label in labels:
        same = sum(label.casefold() == other.casefold() for other in labels[: len(names)])
        names.append(f"{label} ({same + 1})" if same else label)
    return names


def _rows(grid: Grid[Held], words: Callable[[Held], str]) -> Iterator[tuple[Cell, ...]]:
    for label, cells in zip(grid.rows, grid.cells, strict=True):
        yield (label, *(None if cell is None else words(cell) for cell in cells))
