"""Runs the product and its peer in turn, and says how they compare: the median of the ratios, with its spread.

A machine that is shared is slow now and quick a second later. Therefore the two sides are run one right after the other, the one
and the other first in turn, and each pair gives one ratio. What runs in this process alone is timed by processor
time; what waits for a disk or another process, by the clock.
"""

from __future__ import annotations

import gc
import math
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median, quantiles

from webapp.app import settle

Work = Callable[[], object]
PROCESSOR, CLOCK = time.process_time, time.perf_counter


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the result: ``value`` (of ``unit``, ``x`` for a ratio) is to be at most ``goal``.

    ``low`` and ``high`` are the quartiles of the ratios, or the least and the most seen; equal to ``value`` where it was
    counted and not timed. ``sides`` says what the two came to. ``goal`` infinite: for information. ``remark``
    says by what a figure is bound, or what it leaves out.
    """

    what: str
    against: str
    value: float
    goal: float
    unit: str = "x"
    low: float = math.nan
    high: float = math.nan
    sides: str = ""
    remark: str = ""
    work: Work | None = None  # what is profiled where the goal is missed

    @property
    def met(self) -> bool:
        """Whether the goal is reached; a figure that could not be measured is none."""
        return self.value <= self.goal

    @property
    def over(self) -> float:
        """How many times its goal it is; without end where there should be none at all."""
        return self.value / self.goal if self.goal else math.inf


@dataclass(frozen=True, slots=True)
class Duel:
    """Seconds that each run of the two sides took, pair by pair, for one piece of work."""

    ours: tuple[float, ...]
    theirs: tuple[float, ...]
    work: Work

    @property
    def ratios(self) -> list[float]:
        """How many times as long the product took, for each pair of runs."""
        return [one / other for one, other in zip(self.ours, self.theirs, strict=True)]

    def figure(self, what: str, against: str, goal: float, remark: str = "") -> Figure:
        """Say how the two compare; a single pair has no spread."""
        low, _, high = quantiles(self.ratios, n=4) if len(self.ratios) > 1 else (math.nan,) * 3
        sides = f"{in_words(median(self.ours))} : {in_words(median(self.theirs))}"
        value = median(self.ratios)
        return Figure(
            what, against, value, goal, low=low, high=high, sides=sides, remark=remark, work=self.work
        )


def alternate(
    ours: Work, theirs: Work, *, rounds: int = 15, times: int = 1, clock: Callable[[], float] = PROCESSOR
) -> Duel:
    """Run both sides ``rounds`` times in turn, ``times`` pieces of work in each run, after one run of each to warm up."""
    ours()
    theirs()
    taken: tuple[list[float], list[float]] = ([], [])
    with settled():
        for number in range(rounds):
            sides = ((0, ours), (1, theirs))
            for side, work in sides if number % 2 == 0 else reversed(sides):
                taken[side].append(seconds(work, times, clock))
    return Duel(tuple(taken[0]), tuple(taken[1]), ours)


@contextmanager
def settled() -> Iterator[None]:
    """Have Python's collector of cycles leave alone what stands now, as the server does before it answers.

    Otherwise it would go through all that the benchmarks hold before each run, and leave the processor's caches without anything of the work.
    """
    gc.collect()
    settle()
    try:
        yield
    finally:
        gc.unfreeze()


def seconds(work: Work, times: int = 1, clock: Callable[[], float] = PROCESSOR) -> float:
    """Seconds for one piece of work, over ``times`` of them; what earlier work left behind is cleared away first."""
    gc.collect()
    began = clock()
    for _ in range(times):
        work()
    return (clock() - began) / times


def growth(
    what: str, sizes: Sequence[int], taken: Sequence[float], goal: float, *, linear: bool = False
) -> Figure:
    """The exponent with which time grows from the first size to the last: 0 not at all, 1 in proportion."""
    exponent = math.log(taken[-1] / taken[0]) / math.log(sizes[-1] / sizes[0])
    sides = ", ".join(f"{size:,}: {in_words(one)}" for size, one in zip(sizes, taken, strict=True))
    against = "in proportion to the cases" if linear else "itself"
    return Figure(what, against, exponent, goal, unit="exponent", sides=sides)


def in_words(taken: float) -> str:
    """A time as people read it."""
    for unit, least in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if taken >= least:
            return f"{taken / least:.3g} {unit}"
    return f"{taken / 1e-9:.3g} ns"
