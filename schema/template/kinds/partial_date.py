"""A date of which only the year, or year and month, may be known."""

from __future__ import annotations

import re
from datetime import date

from schema.template.kinds.base import Fault, Kind
from schema.template.model import Field
from schema.template.value import Answer, Invalid

ISO = re.compile(r"([0-9]{4})(?:-([0-9]{2}))?(?:-([0-9]{2}))?", re.ASCII)
BRITISH = re.compile(r"(?:(?:([0-9]{1,2})[/. ])?([0-9]{1,2}|[A-Za-z]{3,9})[/. ])?([0-9]{4})", re.ASCII)
MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
          "november", "december")  # fmt: skip


def month_number(word: str) -> int:
    """Read 5, 05, May or Sept as a month; 0 where it is none."""
    if word.isdigit():
        return int(word)
    found = [index for index, name in enumerate(MONTHS, 1) if name.startswith(word.lower())]
    return found[0] if len(found) == 1 else 0


def real(year: int, month: int, day: int) -> bool:
    """Whether the parts that are given (0: not given) make a date between 1900 and 2100."""
    try:
        date(year, month or 1, day or 1)
    except ValueError:
        return False
    return 1900 <= year <= 2100


def parts_of(text: str) -> tuple[int, int, int] | None:
    """Year, month, day (0: not given) of an ISO or a British date; ``None`` where it is neither."""
    if iso := ISO.fullmatch(text):
        parts = (int(iso[1]), int(iso[2] or 0), int(iso[3] or 0))
        written = (iso[2] is None or parts[1] > 0) and (iso[3] is None or parts[2] > 0)
        return parts if written and real(*parts) else None
    if british := BRITISH.fullmatch(text):
        day, month, year = british[1], british[2], british[3]
        number = month_number(month) if month else 0
        parts = (int(year), number, int(day or 0))
        written = (month is None or number > 0) and (day is None or parts[2] > 0)
        return parts if written and real(*parts) else None
    return None


def iso_text(parts: tuple[int, int, int]) -> str:
    """Write the parts that are given as an ISO text: ``2018``, ``2018-05`` or ``2018-05-03``."""
    year, month, day = parts
    return f"{year:04d}" + (f"-{month:02d}" if month else "") + (f"-{day:02d}" if day else "")


class PartialDate(Kind):
    """Stored as ``2018`` or ``2018-05`` or ``2018-05-03``."""

    name = "partial_date"
    example = "2018, 2018-05 or May 2018"
    least_parts = 1

    def parse(self, field: Field, text: str) -> Answer | Invalid:
        """Read ISO and British forms; day before month, as in the reports."""
        parts = parts_of(text)
        return iso_text(parts) if parts and self.fits(field, parts) else Invalid(text)

    def fits(self, field: Field, parts: tuple[int, int, int]) -> bool:
        """Whether as much of the date is given as the kind needs, and no more than the field keeps."""
        return self.least_parts <= sum(map(bool, parts)) <= field.limits.parts

    def check(self, field: Field, value: Answer) -> Fault | None:
        """Refuse what is not an ISO date of the parts needed, or lies outside the limits (in years)."""
        parts = parts_of(value) if isinstance(value, str) else None
        if parts is None or iso_text(parts) != value or not self.fits(field, parts):
            return Fault("DATE", f"Enter a date, for example {self.example_for(field)}.")
        least, most = field.limits.minimum, field.limits.maximum
        if (least is not None and parts[0] < least) or (most is not None and parts[0] > most):
            return Fault("RANGE", f"The year must lie between {least or 1900:g} and {most or 2100:g}.")
        return None

    def example_for(self, field: Field) -> str:
        """An example that the field accepts."""
        return "2018" if field.limits.parts == 1 else self.example

    def show(self, field: Field, value: Answer) -> str:
        """Write it as people read it: 3 May 2018, May 2018, 2018."""
        parts = parts_of(str(value))
        if parts is None:
            return str(value)
        year, month, day = parts
        return " ".join(filter(None, (str(day or ""), MONTHS[month - 1].title() if month else "", str(year))))


KIND = PartialDate()
