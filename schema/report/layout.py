"""From runs of characters with their places on the page to lines in the order in which people read them.

Places are in points (1/72 inch) from the page's top left corner.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

EDGE = 6.0  # points by which lines of a column may begin apart: boxes are drawn round letters
COLUMN_LINES = 5  # fewer lines on a side are no column
NARROWEST_COLUMN = 0.22  # of the page's width; what is narrower is a column of a table
MOST_ACROSS = 0.4  # of all lines; a page of columns has few lines that run across both
WIDE_GAP = 0.9  # in line heights: a gap that parts two cells, not two words
WORD_GAP = 0.12  # in line heights: a gap that parts two words
FURNITURE_LINES = 2  # at the top and at the bottom of a page
DIGITS = re.compile(r"[0-9]+|\b[ivxl]+\b")


@dataclass(frozen=True, slots=True)
class Cell:
    """A piece of text on one line, and its box."""

    x0: float
    y0: float
    x1: float
    y1: float
    text: str

    @property
    def height(self) -> float:
        """The height of the box, never nothing."""
        return max(self.y1 - self.y0, 1.0)


@dataclass(frozen=True, slots=True)
class Line:
    """What stands on one line, from left to right; more than one cell where wide gaps part it, as in a table."""

    cells: tuple[Cell, ...]

    @property
    def text(self) -> str:
        """The whole line."""
        return " ".join(cell.text for cell in self.cells)

    @property
    def x0(self) -> float:
        """Where the line begins."""
        return self.cells[0].x0

    @property
    def y0(self) -> float:
        """The top of the line."""
        return min(cell.y0 for cell in self.cells)

    @property
    def y1(self) -> float:
        """The bottom of the line."""
        return max(cell.y1 for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its place in the file from 1, the number printed on it (empty where none is known), its lines.

    ``width`` and ``height`` in points.
    """

    number: int
    label: str
    width: float
    height: float
    lines: tuple[Line, ...]

    @property
    def text(self) -> str:
        """All lines of the page."""
        return "\n".join(line.text for line in self.lines)

    @property
    def name(self) -> str:
        """What people call the page: the printed number, else the place in the file."""
        return self.label or str(self.number)


def reading_lines(runs: Sequence[Cell], width: float) -> tuple[Line, ...]:
    """Put runs together into lines, column by column where the page has two."""
    rows = _rows([run for run in runs if run.text.strip()])
    cells = [cell for row in rows for cell in row]
    gutter = _gutter(cells, width)
    if gutter is None:
        return tuple(Line(tuple(row)) for row in rows)
    return tuple(_by_columns(rows, gutter))


def _rows(runs: Sequence[Cell]) -> list[list[Cell]]:
    """Runs that stand side by side, from top to bottom, joined into cells."""
    rows: list[list[Cell]] = []
    for run in sorted(runs, key=lambda one: (round(one.y1), one.x0)):
        for row in reversed(rows[-3:]):
            if _beside(row[0], run):
                row.append(run)
                break
        else:
            rows.append([run])
    return [_joined(sorted(row, key=lambda one: one.x0)) for row in rows]


def _beside(one: Cell, other: Cell) -> bool:
    shared = min(one.y1, other.y1) - max(one.y0, other.y0)
    return shared > 0.5 * min(one.height, other.height)


def _joined(row: Sequence[Cell]) -> list[Cell]:
    cells: list[Cell] = []
    for run in row:
        text = " ".join(run.text.split())
        last = cells[-1] if cells else None
        gap = run.x0 - last.x1 if last else 0.0
        if last is None or gap > WIDE_GAP * max(last.height, run.height):
            cells.append(Cell(run.x0, run.y0, run.x1, run.y1, text))
            continue
        open_ended = last.text.endswith(" ") or run.text[:1].isspace()
        parted = " " if gap > WORD_GAP * run.height or open_ended else ""
        cells[-1] = Cell(
            last.x0,
            min(last.y0, run.y0),
            max(last.x1, run.x1),
            max(last.y1, run.y1),
            (last.text.rstrip() + parted + text),
        )
    return cells


def _gutter(cells: Sequence[Cell], width: float) -> float | None:
    """Where the right one of two columns of running text begins; None where the page has one column."""
    edges = sorted(cell.x0 for cell in cells if 0.3 * width < cell.x0 < 0.7 * width)
    starts = {edge: bisect_right(edges, edge + EDGE) - bisect_left(edges, edge) for edge in edges}
    for start in sorted(starts, key=lambda edge: (-starts[edge], edge))[:3]:
        if starts[start] < COLUMN_LINES:
            return None
        right = [cell for cell in cells if cell.x0 >= start - 2]
        left = [cell for cell in cells if cell.x1 < start]
        across = len(cells) - len(right) - len(left)
        wide = all(
            len(side) >= COLUMN_LINES and median(one.x1 - one.x0 for one in side) > NARROWEST_COLUMN * width
            for side in (left, right)
        )
        if wide and across <= MOST_ACROSS * len(cells):
            return start
    return None


def _by_columns(rows: Sequence[Sequence[Cell]], gutter: float) -> Iterator[Line]:
    """Left column, then right column; a line across both closes what stands above it."""
    left: list[Line] = []
    right: list[Line] = []
    for row in rows:
        if any(cell.x0 < gutter - 2 and cell.x1 >= gutter for cell in row):
            yield from (*left, *right, Line(tuple(row)))
            left, right = [], []
            continue
        for side, held in (
            (left, [cell for cell in row if cell.x0 < gutter - 2]),
            (right, [cell for cell in row if cell.x0 >= gutter - 2]),
        ):
            if held:
                side.append(Line(tuple(held)))
    yield from (*left, *right)


def without_furniture(pages: Sequence[Page]) -> tuple[Page, ...]:
    """The pages without running heads and feet: what stands at the top or bottom of at least half of them, digits aside."""
    counted: Counter[str] = Counter()
    for page in pages:
        counted.update({_folded(page.lines[at]) for at in _edges(page)})
    often = {text for text, count in counted.items() if count >= max(3, len(pages) / 2)}
    return tuple(_bared(page, often) for page in pages)


def _bared(page: Page, often: set[str]) -> Page:
    gone = {at for at in _edges(page) if _folded(page.lines[at]) in often}
    kept = tuple(line for at, line in enumerate(page.lines) if at not in gone)
    return Page(page.number, page.label, page.width, page.height, kept)


def _edges(page: Page) -> set[int]:
    """The lines at the top and at the bottom by their place on the page, whatever order they are read in."""
    order = sorted(range(len(page.lines)), key=lambda at: page.lines[at].y0)
    return {*order[:FURNITURE_LINES], *order[-FURNITURE_LINES:]}


def _folded(line: Line) -> str:
    return DIGITS.sub("#", line.text.casefold())
