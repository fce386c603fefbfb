"""Bar charts as plain geometry: where each bar and text stands, in units of the drawing. The page draws them as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from textwrap import wrap

WIDTH = 400
LONGEST_BAR = 270
LETTERS_IN_A_LINE = 58
TEXT_LINE = 16
BAR = 13
GAP = 9
BESIDE = 6  # between the axis and a label, a bar and its figure


@dataclass(frozen=True, slots=True)
class Item:
    """What one group of bars shows: its label, and for each side a share from 0 to 1 with its text.

    ``heading``: what stands above the item where a new group of items begins.
    """

    label: str
    sides: tuple[tuple[Fraction, str], ...]
    heading: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """A line of text with its base line."""

    x: float
    y: float
    text: str
    is_heading: bool = False


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar from the left edge, with the figure beside its end. ``side`` counts from 0."""

    y: float
    width: float
    side: int
    text: Text


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing of so many units across and down."""

    width: int
    height: int
    labels: tuple[Text, ...]
    bars: tuple[Bar, ...]
    bar_height: int = BAR


def draw(items: Sequence[Item]) -> Chart:
    """Place the items beneath one another: each label above its bars, so that long labels have room on a phone."""
    labels: list[Text] = []
    bars: list[Bar] = []
    y = 0.0
    for item in items:
        for text, is_heading in ((item.heading, True), (item.label, False)):
            for line in wrap(text, LETTERS_IN_A_LINE):
                y += TEXT_LINE
                labels.append(Text(BESIDE, y - 4, line, is_heading))
        for side, (share, text) in enumerate(item.sides):
            width = round(float(share) * LONGEST_BAR, 1)
            bars.append(Bar(y, width, side, Text(width + BESIDE, y + BAR - 2, text)))
            y += BAR + 2
        y += GAP
    return Chart(WIDTH, round(y), tuple(labels), tuple(bars))
