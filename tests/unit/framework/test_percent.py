"""Percentages are rounded half up, in exact arithmetic, and there is none of nothing."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema.framework.percent import half_up, percent, percent_text


@pytest.mark.parametrize(
    ("count", "base", "places", "printed"),
    [
        (13, 80, 1, "16.3%"),  # 16.25
        (19, 40, 0, "48%"),  # 47.5
        (21, 40, 0, "53%"),  # 52.5: half to even would give 52
        (22, 33, 0, "67%"),
        (0, 33, 0, "0%"),
        (0, 0, 0, "n/a"),
        (39, 24, 0, "163%"),  # mentions of sub-themes by DHRs: 162.5
        (1, 3, 4, "33.3333%"),
    ],
)
def test_a_percentage_is_rounded_half_up(count: int, base: int, places: int, printed: str):
    assert percent_text(count, base, places) == printed


def test_a_percentage_of_nothing_is_not_available():
    assert percent(0, 0) is None


@given(st.integers(0, 10**6), st.integers(1, 10**6), st.integers(0, 3))
def test_it_is_what_decimal_arithmetic_gives(count: int, base: int, places: int):
    # A denominator of two powers has an exact decimal; others are compared with far more digits than are kept.
    exact = Decimal(100 * count) / Decimal(base)
    assert percent(count, base, places) == exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def test_negative_numbers_are_rounded_away_from_zero():
    assert half_up(Fraction(-5, 2), 0) == -3
