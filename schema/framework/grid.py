"""Cross-tables: the lines of a table that count one question by another, as rows and columns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from schema.framework.figures import Line, TableResult
from schema.framework.model import Crossing, Framework


@dataclass(frozen=True, slots=True)
class Grid:
    """One cross-table. ``cells``: for each label of ``rows`` a line for each label of ``columns``, ``None`` where there is none."""

    columns: tuple[str, ...]
    rows: tuple[str, ...]
    cells: tuple[tuple[Line | None, ...], ...]


def grids(framework: Framework, table: TableResult) -> Iterator[Grid]:
    """One grid for each family of crossed indicators in the table, in the order of its lines."""
    families: dict[str, list[tuple[Crossing, Line]]] = {}
    for line in table.lines:
        indicator = framework.by_key.get(line.key)
        if indicator is not None and indicator.crossing is not None:
            families.setdefault(indicator.family, []).append((indicator.crossing, line))
    for held in families.values():
        yield _grid(held)


def _grid(held: list[tuple[Crossing, Line]]) -> Grid:
    rows = {crossing.row: crossing.row_label for crossing, _ in held}
    columns = {crossing.column: crossing.column_label for crossing, _ in held}
    lines = {(crossing.row, crossing.column): line for crossing, line in held}
    cells = tuple(tuple(lines.get((row, column)) for column in columns) for row in rows)
    return Grid(tuple(columns.values()), tuple(rows.values()), cells)
