"""A whole number."""

from __future__ import annotations

import re

from schema.template.kinds.base import Fault, Kind
from schema.template.model import Field
from schema.template.value import Answer, Invalid

WHOLE = re.compile(r"[+-]?[0-9]{1,15}", re.ASCII)


def range_fault(field: Field, value: float) -> Fault | None:
    """Say that a number lies outside the field's limits, or ``None``."""
    least, most = field.limits.minimum, field.limits.maximum
    if (least is not None and value < least) or (most is not None and value > most):
        if least is not None and most is not None:
            return Fault("RANGE", f"Enter a number from {least:g} to {most:g}.")
        bound = f"{least:g} or more" if least is not None else f"{most:g} or less"
        return Fault("RANGE", f"Enter {bound}.")
    return None


class Integer(Kind):
    """Digits only, at most 15 of them (a spreadsheet keeps no more)."""

    name = "integer"
    default_measure = "interval"

    def parse(self, field: Field, text: str) -> Answer | Invalid:
        """Read ASCII digits with an optional sign; nothing else is a number."""
        return int(text) if WHOLE.fullmatch(text) else Invalid(text)

    def check(self, field: Field, value: Answer) -> Fault | None:
        """Refuse other types and numbers outside the limits."""
        if not isinstance(value, int) or isinstance(value, bool):
            return Fault("INTEGER", "Enter a whole number in digits, for example 34.")
        if abs(value) >= 10**15:
            return Fault("RANGE", "Enter a number of at most 15 digits.")
        return range_fault(field, value)


KIND = Integer()
