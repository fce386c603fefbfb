"""A number with decimals, and ages such as "6 months"."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from typing import TypeGuard

from schema.template.kinds.base import Fault, Kind
from schema.template.kinds.integer import range_fault
from schema.template.model import Field
from schema.template.value import Answer, Invalid, Value

NUMBER = re.compile(r"[+-]?[0-9]{1,12}(\.[0-9]{1,12})?", re.ASCII)
PART = re.compile(
    r"([0-9]{1,4}(?:\.[0-9]{1,4})?)\s*(years?|yrs?|y|months?|mths?|m|weeks?|wks?|w|days?|d)", re.ASCII
)
PER_YEAR = {"y": Decimal(1), "m": Decimal(12), "w": Decimal(52), "d": Decimal(365)}


def rounded(number: Decimal, places: int) -> float:
    """Round half up to ``places`` decimals, as a float that prints as such."""
    return float(number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)) + 0.0  # never -0.0


def is_number(value: Answer) -> TypeGuard[int | float]:
    """Whether the value is a number; true and false are none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def years(text: str) -> Decimal | None:
    """Read "6 months", "1 year 3 months" or "3 weeks" as years: 12 months, 52 weeks, 365 days a year."""
    words = text.lower().replace(",", " ").replace(" and ", " ").replace(" old", " ").strip()
    parts = PART.findall(words)
    if not parts or PART.sub("", words).strip():
        return None
    return sum((Decimal(number) / PER_YEAR[unit[0]] for number, unit in parts), Decimal(0))


class DecimalNumber(Kind):
    """A number rounded half up to the field's places; where ``unit`` is years, durations are read too."""

    name = "decimal"
    default_measure = "interval"

    def parse(self, field: Field, text: str) -> Answer | Invalid:
        """Read ASCII digits with a decimal point, or a duration where the unit is years."""
        if NUMBER.fullmatch(text):
            return rounded(Decimal(text), field.limits.places)
        duration = years(text) if field.unit == "years" else None
        return Invalid(text) if duration is None else rounded(duration, field.limits.places)

    def settle(self, field: Field, value: Answer) -> Value:
        """Store 7 as 7.0 and -0.0 as 0.0, so that equal numbers are equal texts; numbers too large stay as they are."""
        return value + 0.0 if isinstance(value, int | float) and abs(value) <= 10**12 else value

    def check(self, field: Field, value: Answer) -> Fault | None:
        """Refuse other types, NaN, infinities, more decimals than the field keeps, and numbers outside the limits."""
        example = "for example 7, 0.5 or 6 months" if field.unit == "years" else "for example 7 or 0.5"
        if not is_number(value) or value != value or abs(value) > 10**12:
            return Fault("DECIMAL", f"Enter a number, {example}.")
        if rounded(Decimal(repr(value)), field.limits.places) != value:
            return Fault("DECIMAL", f"Give at most {field.limits.places} decimals.")
        return range_fault(field, value)

    def normal(self, field: Field, value: Answer) -> float:
        """7 and 7.0 are the same number."""
        return float(value) if isinstance(value, int | float) else float("nan")

    def show(self, field: Field, value: Answer) -> str:
        """Write all decimals that count, without a trailing ``.0``."""
        if not is_number(value):
            return str(value)
        digits = f"{value:.{field.limits.places}f}"
        return digits.rstrip("0").rstrip(".") if "." in digits else digits


KIND = DecimalNumber()
