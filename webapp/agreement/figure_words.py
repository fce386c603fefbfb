"""A figure as it reads: a number with its interval, or a dash and the reason why there is none."""

from __future__ import annotations

from dataclasses import dataclass

from schema.coding.agreement import Estimate, Interval, Measure, NoInterval
from schema.framework.percent import percent_text
from webapp.agreement.drawing import number


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure as it reads: ``text`` with its ``interval``, or a dash and ``why``."""

    text: str
    interval: str = ""
    why: str = ""


def figure(held: Measure, span: Interval | NoInterval | None = None) -> Figure:
    """A coefficient as it reads."""
    if not isinstance(held, Estimate):
        return Figure("–", why=f"Undefined, because {held.reason}.")
    if isinstance(span, Interval):
        return Figure(number(held.value), f"{number(span.low)} to {number(span.high)}")
    return Figure(number(held.value), why=f"No interval: {span.reason}." if span else "")


def percent_figure(agreed: int, n: int, span: Interval | NoInterval | None = None) -> Figure:
    """A share as it reads: a whole percentage, and its interval."""
    if not n:
        return Figure("–", why="Undefined, because nothing was compared.")
    interval = f"{100 * span.low:.0f}% to {100 * span.high:.0f}%" if isinstance(span, Interval) else ""
    return Figure(percent_text(agreed, n), interval)
