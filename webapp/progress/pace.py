"""Cases signed off week by week, and when the last would be, were the pace of the last weeks kept."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

WEEK = timedelta(weeks=1)
#: Weeks that the page shows, and that the pace is taken from: full ones only, since this one is not over.
MOST_WEEKS, PACE_WEEKS = 26, 8
#: From less than this nothing is forecast.
LEAST_WEEKS, LEAST_CASES = 2, 3
#: Nobody plans a study further ahead; a pace that needs longer says nothing.
MOST_DAYS = 10 * 366


@dataclass(frozen=True, slots=True)
class Week:
    """How many cases were signed off in the week that begins on this Monday, and in all up to its end."""

    monday: date
    signed_off: int
    in_all: int


@dataclass(frozen=True, slots=True)
class Forecast:
    """``cases`` were signed off in the last ``weeks`` full weeks; were that kept, the rest would be in ``monday``'s week."""

    cases: int
    weeks: int
    monday: date

    @property
    def pace(self) -> Fraction:
        """Cases a week."""
        return Fraction(self.cases, self.weeks)


def weeks_of(days: Iterable[date], today: date) -> tuple[Week, ...]:
    """Every week from the first sign-off to today, empty ones too; the oldest first."""
    counted = Counter(monday_of(day) for day in days)
    if not counted:
        return ()
    found: list[Week] = []
    monday, in_all = min(counted), 0
    while monday <= monday_of(today):
        in_all += counted[monday]
        found.append(Week(monday, counted[monday], in_all))
        monday += WEEK
    return tuple(found)


def forecast(weeks: Sequence[Week], to_do: int, today: date) -> Forecast | None:
    """When the last case would be signed off; nothing where too few weeks or cases say how fast it goes.

    The last of ``weeks`` is the present one. It counts neither as a week nor with its cases, since it is not over.
    """
    full = weeks[:-1][-PACE_WEEKS:]
    cases = sum(week.signed_off for week in full)
    if not to_do or len(full) < LEAST_WEEKS or cases < LEAST_CASES:
        return None
    days = math.ceil(Fraction(to_do * len(full) * WEEK.days, cases))
    return Forecast(cases, len(full), monday_of(today + timedelta(days=days))) if days <= MOST_DAYS else None


def monday_of(day: date) -> date:
    """The Monday on or before a day."""
    return day - timedelta(days=day.weekday())
