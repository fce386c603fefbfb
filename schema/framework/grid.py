"""Cross-tables: the lines of a table that count one question by another, as rows and columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from schema.framework.figures import Line, TableResult
from schema.framework.model import Crossing, Framework

Held = TypeVar("Held")
"""A line as it is counted, or as it is released."""


@dataclass(frozen=True, slots=True)
class Grid(Generic[Held]):
    """One cross-table. ``cells``: for each label of ``rows`` a line for each label of ``columns``, ``None`` where there is none."""

    columns: tuple[str, ...]
    rows: tuple[str, ...]
    cells: tuple[tuple[Held | None, ...], ...]


def crossed(framework: Framework, table: TableResult) -> Iterator[tuple[Crossing, Line]]:
    """The lines of a table that stand in a cross-table, each with its place, in their order."""
    for line in table.lines:
        indicator = framework.by_key.get(line.key)
        if indicator is not None and indicator.crossing is not None:
            yield indicator.crossing, line


def grids(framework: Framework, table: TableResult) -> Iterator[Grid[Line]]:
    """One grid for each family of crossed indicators in the table, in the order of its lines."""
    return arranged((line.key, crossing, line) for crossing, line in crossed(framework, table))


def arranged(lines: Iterable[tuple[str, Crossing, Held]]) -> Iterator[Grid[Held]]:
    """Lines as grids, by key and place. The key of a crossed line ends in the codes of its row and its column (``family.row.column``)."""
    families: dict[str, list[tuple[Crossing, Held]]] = {}
    for key, crossing, line in lines:
        family = key.removesuffix(f".{crossing.row}.{crossing.column}")
        families.setdefault(family, []).append((crossing, line))
    for held in families.values():
        yield _grid(held)


def _grid(held: list[tuple[Crossing, Held]]) -> Grid[Held]:
    rows = {crossing.row: crossing.row_label for crossing, _ in held}
    columns = {crossing.column: crossing.column_label for crossing, _ in held}
    lines = {(crossing.row, crossing.column): line for crossing, line in held}
    cells = tuple(tuple(lines.get((row, column)) for column in columns) for row in rows)
    return Grid(tuple(columns.values()), tuple(rows.values()), cells)
