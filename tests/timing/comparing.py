"""Whether two series of times, taken in turn, differ: medians, the interval of their difference, and a rank test."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median
from time import perf_counter, process_time

from scipy.stats import mannwhitneyu

ROUNDS = 2_000
SEED = 20_261_126


@dataclass(frozen=True, slots=True)
class Compared:
    """Two series in milliseconds. ``low`` and ``high``: 95 per cent bootstrap interval of the difference of medians, B less A."""

    n: int
    a: float
    b: float
    low: float
    high: float
    p: float

    def alike(self, limit: float) -> bool:
        """Whether the whole interval lies within the limit on either side: shown to be no larger than that."""
        return -limit < self.low and self.high < limit

    def differ(self, limit: float) -> bool:
        """Whether the whole interval lies beyond the limit: shown to be larger. Between the two, too little was measured."""
        return self.low > limit or self.high < -limit


def compared(a: Sequence[float], b: Sequence[float]) -> Compared:
    """Compare two series of milliseconds (Mann and Whitney 1947 for ``p``; percentile bootstrap for the interval)."""
    dice = random.Random(SEED)
    differences = sorted(
        median(dice.choices(b, k=len(b))) - median(dice.choices(a, k=len(a))) for _ in range(ROUNDS)
    )
    low, high = differences[int(0.025 * ROUNDS)], differences[int(0.975 * ROUNDS) - 1]
    return Compared(len(a), median(a), median(b), low, high, float(mannwhitneyu(a, b).pvalue))


@dataclass
class Taken:
    """What one way took, each time, in milliseconds: by the clock on the wall, and of the processor."""

    wall: list[float] = field(default_factory=list)
    work: list[float] = field(default_factory=list)

    def later(self, number: int) -> Taken:
        """The same without the first so many times, in which caches were filled."""
        return Taken(self.wall[number:], self.work[number:])


def in_turn(ways: Sequence[Callable[[int], None]], times: int) -> list[Taken]:
    """Time each way so often, by turns and in an order drawn anew each time, so that whatever slows the machine meets all alike."""
    dice, taken = random.Random(SEED), [Taken() for _ in ways]
    for number in range(times):
        for place in dice.sample(range(len(ways)), len(ways)):
            begun, worked = perf_counter(), process_time()
            ways[place](number)
            taken[place].work.append((process_time() - worked) * 1_000)
            taken[place].wall.append((perf_counter() - begun) * 1_000)
    return taken
