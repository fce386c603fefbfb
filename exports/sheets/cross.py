"""Cross-tables of the findings as they are printed: one sheet for each, one question in its rows and the other in its columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from exports.book import Book, Column
from exports.cells import Cell
from schema.framework.figures import Evaluation
from schema.framework.grid import Grid, grids


def write_cross_tables(book: Book, evaluation: Evaluation) -> None:
    """Write a sheet for each table that counts one question by another."""
    for table in evaluation.tables:
        for grid in grids(evaluation.framework, table):
            first = Column(table.title, f"Counted in {table.unit_label}", "label", 44)
            names = _distinct((table.title, *grid.columns))[1:]
            own = (Column(name, f"{table.title}: {name}", "label", 18) for name in names)
            columns = (first, *own)
            book.write_sheet(f"cross {table.key}", columns, _rows(grid, evaluation.framework.places))


def _distinct(labels: Sequence[str]) -> list[str]:
    """Labels as headings: the columns of one table may not share a name, however it is written."""
    names: list[str] = []
    for label in labels:
        same = sum(label.casefold() == other.casefold() for other in labels[: len(names)])
        names.append(f"{label} ({same + 1})" if same else label)
    return names


def _rows(grid: Grid, places: int) -> Iterator[tuple[Cell, ...]]:
    for label, lines in zip(grid.rows, grid.cells, strict=True):
        yield (label, *(line.text(places) if line else None for line in lines))
