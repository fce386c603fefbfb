"""Where things stand in the pictures of agreement; templates draw them, style sheets colour them. Lengths are pixels."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from schema.coding.agreement import Confusion, Estimate, Interval, Measure, NoInterval

STEP = 0.2
SHADES, DARK = 5, 4
CELL, NUMBERS = 34, 26
LABEL_WIDTH = 310
LONGEST_LABEL = 44


@dataclass(frozen=True, slots=True)
class Shape:
    """How a dot plot is laid out: names stand before their lines, or above them where the screen is narrow."""

    name: str
    left: int
    plot: int
    row: int
    name_above: int
    margin: int = 22
    top: int = 30


WIDE = Shape("wide", left=LABEL_WIDTH + 10, plot=430, row=24, name_above=0)
NARROW = Shape("narrow", left=18, plot=270, row=40, name_above=12)


@dataclass(frozen=True, slots=True)
class Dot:
    """One line of a dot plot: ``x`` of the estimate, and of the ends of its interval where there is one."""

    label: str
    y: int
    name_y: int
    x: float
    low: float | None
    high: float | None
    words: str


@dataclass(frozen=True)
class DotPlot:
    """Estimates with intervals on one axis; ``ticks`` are pairs of text and x."""

    measure: str
    shape: Shape
    dots: tuple[Dot, ...]
    ticks: tuple[tuple[str, float], ...]

    @property
    def width(self) -> int:
        """Of the whole picture."""
        return self.shape.left + self.shape.plot + self.shape.margin

    @property
    def height(self) -> int:
        """Of the whole picture."""
        return self.shape.top + self.shape.row * len(self.dots) + 8


PlotLine = tuple[str, Measure, Interval | NoInterval | None]


def dot_plots(measure: str, lines: Sequence[PlotLine]) -> tuple[DotPlot, ...]:
    """The plot of those lines that have an estimate, for wide and for narrow screens; nothing where none has."""
    known = [(label, held, span) for label, held, span in lines if isinstance(held, Estimate)]
    return tuple(_dot_plot(measure, known, shape) for shape in (WIDE, NARROW)) if known else ()


def _dot_plot(
    measure: str, lines: Sequence[tuple[str, Estimate, Interval | NoInterval | None]], shape: Shape
) -> DotPlot:
    least = min(0.0, *(_least(held, span) for _, held, span in lines))
    first_step = math.floor(least / STEP)
    start = first_step * STEP

    def place(value: float) -> float:
        return round(shape.left + shape.plot * (value - start) / (1 - start), 1)

    dots = tuple(
        _dot(label, held, span, shape, index, place) for index, (label, held, span) in enumerate(lines)
    )
    steps = range(first_step, round(1 / STEP) + 1)
    return DotPlot(
        measure, shape, dots, tuple((number(STEP * step, 1), place(STEP * step)) for step in steps)
    )


def _dot(
    label: str,
    held: Estimate,
    span: Interval | NoInterval | None,
    shape: Shape,
    index: int,
    place: Callable[[float], float],
) -> Dot:
    y = shape.top + shape.row * index + shape.row // 2 + shape.name_above // 2
    name_y = y - shape.name_above if shape.name_above else y + 4
    low, high = (place(span.low), place(span.high)) if isinstance(span, Interval) else (None, None)
    return Dot(label, y, name_y, place(held.value), low, high, words_of(held, span))


@dataclass(frozen=True, slots=True)
class Tile:
    """One filled cell of a heat map. ``shade`` from 1 (pale) to 5; ``same``: both gave this code."""

    x: int
    y: int
    times: int
    shade: int
    same: bool

    @property
    def dark(self) -> bool:
        """Whether the number on it is white."""
        return self.shade >= DARK


@dataclass(frozen=True)
class HeatMap:
    """Numbers of the codes along the top and the side, their names behind; ``labels``: number, name and middle."""

    labels: tuple[tuple[int, str, int], ...]
    tiles: tuple[Tile, ...]
    cell: int = CELL
    edge: int = NUMBERS

    @property
    def size(self) -> int:
        """Of the square of cells."""
        return self.cell * len(self.labels)

    @property
    def width(self) -> int:
        """Of the whole picture, with the names of the codes behind the cells."""
        return self.edge + self.size + LABEL_WIDTH

    @property
    def height(self) -> int:
        """Of the whole picture."""
        return self.edge + self.size + 2


def heat_map(found: Confusion) -> HeatMap:
    """Place the tiles of a confusion table."""
    place = {code: index for index, (code, _) in enumerate(found.codes)}
    agreed = max((times for (a, b), times in found.counts.items() if a == b), default=0)
    tiles = tuple(
        Tile(
            NUMBERS + CELL * place[b],
            NUMBERS + CELL * place[a],
            times,
            _shade(times, agreed if a == b else found.most),
            a == b,
        )
        for (a, b), times in sorted(
            found.counts.items(), key=lambda held: (place[held[0][0]], place[held[0][1]])
        )
    )
    labels = tuple(
        (index + 1, short(label), NUMBERS + CELL * index + CELL // 2)
        for index, (_, label) in enumerate(found.codes)
    )
    return HeatMap(labels, tiles)


def short(label: str, longest: int = LONGEST_LABEL) -> str:
    """A label that fits beside a plot; tables have it whole."""
    return label if len(label) <= longest else label[: longest - 1].rstrip() + "…"


def words_of(held: Measure, span: Interval | NoInterval | None) -> str:
    """An estimate with its interval in words, or why there is none."""
    if not isinstance(held, Estimate):
        return f"undefined, because {held.reason}"
    if isinstance(span, Interval):
        return f"{number(held.value)}, interval {number(span.low)} to {number(span.high)}"
    return number(held.value)


def number(value: float, places: int = 2) -> str:
    """A coefficient with a true minus sign; never a minus nought."""
    text = f"{value:.{places}f}"
    return text.lstrip("-") if float(text) == 0 else text.replace("-", "\u2212")


def _least(held: Estimate, span: Interval | NoInterval | None) -> float:
    return min(held.value, span.low) if isinstance(span, Interval) else held.value


def _shade(times: int, most: int) -> int:
    return max(1, math.ceil(SHADES * times / most)) if most else 1
