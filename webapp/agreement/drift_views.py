"""The page model of drift: which charts were raised, and their pictures as plain geometry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from schema.coding.agreement.drift import PAIR, DriftChart, DriftReport

WIDTH, HEIGHT, LEFT, BOTTOM = 640, 200, 40, 24
MOST_CHARTS = 12
MOST_LINES = 100


@dataclass(frozen=True, slots=True)
class Dot:
    """One case: where its average stands, and what is read out of it."""

    x: float
    y: float
    above: bool
    words: str


@dataclass(frozen=True)
class DriftPicture:
    """A chart as a drawing: the average case by case from the end of the first cases on, and the limit."""

    dots: tuple[Dot, ...]
    line: str
    limit: float
    ticks: tuple[tuple[str, float], ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT


@dataclass(frozen=True)
class DriftLine:
    """One chart as a line of the table, with its picture where it was raised."""

    chart: DriftChart
    question: str
    who: str
    raised: str
    picture: DriftPicture | None

    @property
    def rows(self) -> list[tuple[str, int, int, str]]:
        """Case, positions, seen differently and average, of the cases that are followed."""
        return [
            (point.reference, point.positions, point.unlike, percent(point.average or 0.0))
            for point in self.chart.followed
        ]


@dataclass(frozen=True)
class DriftPage:
    """Charts that were raised, with pictures, and all others that are watched, the nearest to their limit first."""

    report: DriftReport
    raised: tuple[DriftLine, ...]
    watched: tuple[DriftLine, ...]


def drift_page(report: DriftReport) -> DriftPage:
    """Collect what the page shows."""
    lines = tuple(map(drift_line, report.charts[:MOST_LINES]))  # those that were raised come first
    return DriftPage(report, tuple(line for line in lines if line.raised)[:MOST_CHARTS], lines)


def drift_line(chart: DriftChart) -> DriftLine:
    """One chart as it reads."""
    who = " and ".join(chart.who) if chart.kind == PAIR else f"{chart.who[0]}, with everybody"
    raised = chart.raised.reference if chart.raised else ""
    return DriftLine(chart, chart.field.label, who, raised, _picture(chart) if raised else None)


def percent(share: float) -> str:
    """A share as a whole percentage."""
    return f"{100 * share:.0f}%"


def _picture(chart: DriftChart) -> DriftPicture:
    points = chart.followed
    step = (WIDTH - LEFT - 10) / max(len(points), 1)

    def height(share: float) -> float:
        return round(HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - 10), 1)

    dots = tuple(
        Dot(
            round(LEFT + step * (index + 0.5), 1),
            height(point.average or 0.0),
            chart.is_above(point),
            f"{point.reference}: {percent(point.average or 0.0)}",
        )
        for index, point in enumerate(points)
    )
    ticks = tuple((percent(share), height(share)) for share in (0.0, 0.25, 0.5, 0.75, 1.0))
    return DriftPicture(dots, _line(dots), height(chart.limit), ticks)


def _line(dots: Sequence[Dot]) -> str:
    return " ".join(f"{dot.x},{dot.y}" for dot in dots)
