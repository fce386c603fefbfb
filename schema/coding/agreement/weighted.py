"""Weighted kappa: agreement of two coders on codes in an order, where a near miss counts less than a far one."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Literal

from schema.coding.agreement.estimate import (
    NO_VARIATION,
    NOTHING_COMPARED,
    ONE_POSITION,
    Estimate,
    Measure,
    Ratings,
    Table,
    Undefined,
    margins,
    table_of,
)

Weights = Literal["linear", "quadratic"]


def weighted_kappa(ratings: Ratings, order: Sequence[Hashable], weights: Weights = "linear") -> Measure:
    """Weighted kappa: 1 - sum(w x observed) / sum(w x expected), at most 1.

    w is the distance of two codes in ``order`` (``linear``) or its square (``quadratic``); expected is from each coder's
    own frequencies. Cohen, J. (1968). Weighted kappa. Psychological Bulletin 70, 213-220. ``order`` holds every code
    that occurs, lowest first; codes that nobody used still take their place in it. Undefined where nothing or one position was
    compared, or one code was used throughout. Raises ``ValueError`` for a code that is not in the order.
    """
    return weighted_kappa_of(table_of(ratings), order, weights)


def weighted_kappa_of(table: Table, order: Sequence[Hashable], weights: Weights = "linear") -> Measure:
    """:func:`weighted_kappa` from a table of how often each pair of ratings occurs."""
    n = sum(table.values())
    if not n:
        return Undefined(NOTHING_COMPARED)
    place = {code: index for index, code in enumerate(order)}
    of_a, of_b = margins(table)
    if unknown := (of_a.keys() | of_b.keys()) - place.keys():
        raise ValueError(f"not in the order: {sorted(map(str, unknown))}")
    observed = sum(times * weight(place[a], place[b], weights) for (a, b), times in table.items())
    expected = sum(
        of_a[a] * of_b[b] * weight(place[a], place[b], weights) for a in of_a for b in of_b
    )  # n times too large, like the line below
    if not expected:
        return Undefined(NO_VARIATION, n)
    return Undefined(ONE_POSITION, n) if n == 1 else Estimate(1 - observed * n / expected, n)


def weight(first: int, second: int, weights: Weights) -> int:
    """How far two places of an order are apart, as the weights say."""
    apart = abs(first - second)
    return apart if weights == "linear" else apart * apart
