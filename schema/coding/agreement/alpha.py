"""Krippendorff's alpha: one coefficient for any number of coders, any level of measurement, and sets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any, cast

from schema.coding.agreement.distance import PLAIN, Distance, Level, ordinal
from schema.coding.agreement.estimate import (
    NO_VARIATION,
    NOTHING_COMPARED,
    ONE_POSITION,
    Estimate,
    Measure,
    Table,
    Undefined,
)

TWO = 2
Coincidences = defaultdict[tuple[Hashable, Hashable], float]


def alpha(
    units: Iterable[Sequence[Hashable | None]], level: Level, order: Sequence[Hashable] | None = None
) -> Measure:
    """Krippendorff's alpha, 1 - Do / De: at most 1; 0 is what chance gives.

    ``units`` are positions with one rating for each coder, ``None`` where a coder gave none; units with fewer than two
    ratings are left out. Each pair of ratings within a unit of m ratings counts 1 / (m - 1) towards the coincidences; Do is
    the mean distance over the coincidences, De that over all pairs of ratings whatever their unit. ``level`` names the
    distance (see :mod:`schema.coding.agreement.distance`): nominal, ordinal (by ``order``, lowest first; by size where
    left out), interval, ratio, or for frozensets jaccard and masi. ``n`` of the result counts units. Krippendorff, K. (2011).
    Computing Krippendorff's alpha-reliability, University of Pennsylvania. Undefined where no unit or one unit has two
    ratings, or all ratings are the same.
    """
    coincidences, n = _coincidences(units)
    return _alpha(coincidences, n, level, order)


def alpha_of(table: Table, level: Level, order: Sequence[Hashable] | None = None) -> Measure:
    """:func:`alpha` of two coders, from a table of how often each pair of ratings occurs."""
    coincidences: Coincidences = defaultdict(float)
    for (a, b), times in table.items():
        coincidences[a, b] += times
        coincidences[b, a] += times
    return _alpha(coincidences, sum(table.values()), level, order)


def _alpha(coincidences: Coincidences, n: int, level: Level, order: Sequence[Hashable] | None) -> Measure:
    if not n:
        return Undefined(NOTHING_COMPARED)
    used: dict[Hashable, float] = defaultdict(float)
    for (first, _), times in coincidences.items():
        used[first] += times
    distance = _distance(used, level, order)
    total = sum(used.values())
    expected = sum(used[a] * used[b] * distance(a, b) for a in used for b in used)
    if not expected:
        return Undefined(NO_VARIATION, n)
    if n == 1:
        return Undefined(ONE_POSITION, n)
    observed = sum(times * distance(a, b) for (a, b), times in coincidences.items())
    return Estimate(float(1 - (total - 1) * observed / expected), n)


def _coincidences(units: Iterable[Sequence[Hashable | None]]) -> tuple[Coincidences, int]:
    found: Coincidences = defaultdict(float)
    n = 0
    for unit in units:
        ratings = [rating for rating in unit if rating is not None]
        if len(ratings) < TWO:
            continue
        n += 1
        for place, first in enumerate(ratings):
            for other, second in enumerate(ratings):
                if place != other:
                    found[first, second] += 1 / (len(ratings) - 1)
    return found, n


def _distance(used: Mapping[Hashable, float], level: Level, order: Sequence[Hashable] | None) -> Distance:
    if level == "ordinal":
        return ordinal(used, sorted(cast(Any, used)) if order is None else order)
    return PLAIN[level]
