"""Percentages with their rule stated: rounded half up in exact arithmetic, "n/a" where there is nothing to divide by."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

NOT_AVAILABLE = "n/a"


def percent(count: int, base: int, places: int = 0) -> Decimal | None:
    """Give ``100 * count / base`` rounded half up to ``places`` decimals; ``None`` where ``base`` is 0.

    13 of 80 to one place is 16.3 (16.25 exactly), 19 of 40 to none is 48 (47.5 exactly).
    """
    if base == 0:
        return None
    return half_up(Fraction(100 * count, base), places)


def half_up(number: Fraction, places: int) -> Decimal:
    """Round an exact number half up, away from zero on both sides."""
    scaled = abs(number) * 10**places
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    sign = -1 if number < 0 else 1
    return Decimal(sign * whole).scaleb(-places)


def percent_text(count: int, base: int, places: int = 0) -> str:
    """Write a percentage for people: ``88%``, ``16.3%`` or ``n/a``."""
    value = percent(count, base, places)
    return NOT_AVAILABLE if value is None else f"{value:f}%"
