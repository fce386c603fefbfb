"""Page models of the findings: tables as an analyst prints them, their charts and their plain text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import groupby

from schema.framework.figures import Evaluation, Line, TableResult
from schema.framework.grid import Grid, grids
from schema.framework.percent import NOT_AVAILABLE, half_up, percent_text
from webapp.bar_chart import Chart, Item, draw

Address = Callable[[int, str, str, str], str]
"""The page behind a figure: side, table, line, part (counted, missing or within)."""
COUNTED, MISSING, WITHIN = "counted", "missing", "within"
WITHOUT_ANSWER = ".missing"
"""How the key of the line ends that says how many gave no answer; it is in the table, but is no bar."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of one selection. ``share`` is exact; ``None`` where nothing is divided."""

    text: str
    percent: str
    missing: int | None
    within: str
    share: Fraction | None
    address: str
    missing_address: str
    within_address: str


@dataclass(frozen=True, slots=True)
class LineView:
    """One line of a table with a figure for each selection."""

    key: str
    label: str
    unit: str
    figures: tuple[Figure, ...]
    difference: str


@dataclass(frozen=True, slots=True)
class GroupView:
    """Lines under one heading."""

    heading: str
    note: str
    lines: tuple[LineView, ...]


@dataclass(frozen=True, slots=True)
class TableView:
    """One table, its cross-tables (of one selection alone), its chart and its plain text."""

    key: str
    title: str
    unit: str
    note: str
    groups: tuple[GroupView, ...]
    grids: tuple[Grid[Figure], ...]
    has_within: bool
    chart: Chart | None
    text: str


def table_views(evaluations: Sequence[Evaluation], address: Address) -> Iterator[TableView]:
    """The tables of one evaluation, or of two beside each other (of the same framework)."""
    first = evaluations[0]
    units = {table.unit: table.unit_label for table in reversed(first.framework.tables)}
    for results in zip(*(evaluation.tables for evaluation in evaluations), strict=True):
        view = _table(results, first.framework.places, units, address)
        crossed = grids(first.framework, results[0]) if len(evaluations) == 1 else ()
        shown = (_grid(view.key, grid, first.framework.places, address) for grid in crossed)
        yield replace(view, grids=tuple(shown))


def points(first: Fraction | None, second: Fraction | None, places: int) -> str:
    """The difference of two shares in percentage points, from exact numbers: ``+12``, ``-3``, ``0`` or ``n/a``."""
    if first is None or second is None:
        return NOT_AVAILABLE
    value = half_up((second - first) * 100, places)
    return f"{value + 0:f}" if value <= 0 else f"+{value:f}"


def _table(results: Sequence[TableResult], places: int, units: dict[str, str], address: Address) -> TableView:
    table = results[0]
    groups = []
    lines = zip(*(result.lines for result in results), strict=True)
    for (heading, note), held in groupby(lines, key=lambda sides: _group(sides[0])):
        made = tuple(_line(table.key, sides, places, units, table.unit_label, address) for sides in held)
        groups.append(GroupView(heading, note, made))
    return TableView(
        table.key,
        table.title,
        table.unit_label,
        table.note,
        tuple(groups),
        (),
        len(results) == 1 and any(line.within for line in table.lines),
        _chart(groups),
        "\n".join(_text(table, groups)),
    )


def _grid(table: str, grid: Grid[Line], places: int, address: Address) -> Grid[Figure]:
    cells = (
        tuple(_figure(table, line, 0, places, address) if line else None for line in lines)
        for lines in grid.cells
    )
    return Grid(grid.columns, grid.rows, tuple(cells))


def _group(line: Line) -> tuple[str, str]:
    return line.heading or line.within_label, line.note


def _line(
    table: str,
    sides: Sequence[Line],
    places: int,
    units: dict[str, str],
    usual: str,
    address: Address,
) -> LineView:
    line = sides[0]
    figures = tuple(_figure(table, held, side, places, address) for side, held in enumerate(sides))
    divided = len(sides) == 2 and line.base is not None and line.count is not None
    difference = points(figures[0].share, figures[1].share, places) if divided else ""
    unit = units.get(line.unit, line.unit)
    return LineView(line.key, line.label, "" if unit == usual else unit, figures, difference)


def _figure(table: str, line: Line, side: int, places: int, address: Address) -> Figure:
    within = (
        f"{line.within[0]}/{line.within[1]} ({percent_text(*line.within, places)})" if line.within else ""
    )
    return Figure(
        text=_number(line),
        percent=_percent(line, places),
        missing=line.missing if line.base is not None else None,
        within=within,
        share=_share(line),
        address=address(side, table, line.key, COUNTED) if line.sources else "",
        missing_address=address(side, table, line.key, MISSING) if line.missing else "",
        within_address=address(side, table, line.key, WITHIN) if line.within_sources else "",
    )


def _percent(line: Line, places: int) -> str:
    return "" if line.count is None or line.base is None else percent_text(line.count, line.base, places)


def _share(line: Line) -> Fraction | None:
    return Fraction(line.count, line.base) if line.count is not None and line.base else None


def _number(line: Line) -> str:
    if line.count is None:
        return f"{NOT_AVAILABLE if line.value is None else format(line.value, 'f')} (N = {line.base})"
    return str(line.count) if line.base is None else f"{line.count}/{line.base}"


def _chart(groups: Sequence[GroupView]) -> Chart | None:
    items = [item for group in groups for item in _items(group)]
    return draw(items) if len(items) > 1 else None


def _items(group: GroupView) -> Iterator[Item]:
    heading = group.heading
    for line in group.lines:
        divided = any(figure.share is not None for figure in line.figures)
        if divided and not line.key.endswith(WITHOUT_ANSWER):
            bars = tuple((figure.share or Fraction(0), _beside(figure)) for figure in line.figures)
            yield Item(line.label, bars, heading)
            heading = ""


def _beside(figure: Figure) -> str:
    return f"{figure.text} ({figure.percent})"


def _text(table: TableResult, groups: Sequence[GroupView]) -> Iterator[str]:
    yield f"{table.title} ({table.unit_label})"
    for group in groups:
        if group.heading:
            yield group.heading
        for line in group.lines:
            shown = " | ".join(", ".join(filter(None, (one.text, one.percent))) for one in line.figures)
            unit = f" [{line.unit}]" if line.unit else ""
            yield f"{line.label}{unit}: {shown}"
