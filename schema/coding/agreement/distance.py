"""How far two ratings are apart: the squared differences that Krippendorff's alpha adds up, each from 0 (the same)."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, Literal

Level = Literal["nominal", "ordinal", "interval", "ratio", "jaccard", "masi"]
Distance = Callable[[Hashable, Hashable], float]

SUBSET, OVERLAP = 2 / 3, 1 / 3


def nominal(first: Hashable, second: Hashable) -> float:
    """0 for the same code, 1 for another."""
    return float(first != second)


def interval(first: Any, second: Any) -> float:
    """(a - b) squared, in the square of the field's unit. For numbers."""
    apart: float = float(first) - float(second)
    return apart**2


def ratio(first: Any, second: Any) -> float:
    """((a - b) / (a + b)) squared; 0 where both are 0. For numbers from 0 upwards."""
    total = float(first) + float(second)
    return ((float(first) - float(second)) / total) ** 2 if total else 0.0


def jaccard(a: Any, b: Any) -> float:
    """1 - |both| / |either| for two sets; two empty sets are the same. Jaccard, P. (1912). New Phytologist 11, 37-50."""
    apart: float = 1 - len(a & b) / len(a | b) if a or b else 0.0
    return apart


def masi(a: Any, b: Any) -> float:
    """1 - J x M for two sets: measuring agreement on set-valued items.

    J is |both| / |either|; M is 1 for equal sets, 2/3 where one lies within the other, 1/3 where they overlap, 0 where they
    share nothing. Two empty sets are the same; an empty one and another share nothing. Passonneau, R. (2006). Measuring agreement on set-valued items (MASI) for semantic and pragmatic annotation.
    Proceedings of LREC 2006, 831-836.
    """
    if a == b:
        return 0.0
    if not a & b:
        return 1.0
    within = SUBSET if a <= b or b <= a else OVERLAP
    apart: float = 1 - len(a & b) / len(a | b) * within
    return apart


def ordinal(used: Mapping[Hashable, float], order: Sequence[Hashable]) -> Distance:
    """(number of ratings from a to b, counting a and b half) squared, over ``used``: how often each code occurs.

    Krippendorff's ordinal metric is the interval metric on mid-ranks. ``order`` holds the codes, lowest first.
    """
    ranks = mid_ranks(used, order)
    return lambda first, second: (ranks[first] - ranks[second]) ** 2


def mid_ranks(used: Mapping[Hashable, float], order: Sequence[Hashable]) -> dict[Hashable, float]:
    """The middle place of each code when all ratings are put in order."""
    ranks: dict[Hashable, float] = {}
    below = 0.0
    for code in order:
        times = used.get(code, 0)
        ranks[code] = below + times / 2
        below += times
    return ranks


PLAIN: Mapping[str, Distance] = {
    "nominal": nominal,
    "interval": interval,
    "ratio": ratio,
    "jaccard": jaccard,
    "masi": masi,
}
"""The distances that do not depend on the data."""
