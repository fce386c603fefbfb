"""Cases signed off week by week, and when the last would be, were the pace of the last weeks kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
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


@dataclass(frozen=True, slots=True)
class Presence:
    """How many of ``people`` are there on a day. ``away``: spans of days, both ends among them, by person."""

    people: int = 0
    away: Mapping[str, Sequence[tuple[date, date]]] = field(default_factory=dict)

    def on(self, day: date) -> int:
        """How many are there."""
        gone = sum(any(first <= day <= last for first, last in spans) for spans in self.away.values())
        return max(self.people - gone, 0)

    def during(self, first: date, days: int) -> int:
        """Days of work that people are there for, in so many days from the first on."""
        return sum(self.on(first + timedelta(days=number)) for number in range(days))


#: Where nobody is known to be away, one person stands for everybody.
ALWAYS = Presence(1)


def forecast(weeks: Sequence[Week], to_do: int, today: date, presence: Presence = ALWAYS) -> Forecast | None:
    """When the last case would be signed off; nothing where too few weeks or cases say how fast it goes.

    The last of ``weeks`` is the present one. It counts neither as a week nor with its cases, since it is not over. The pace is taken
    for each day that a person was there, and kept for each day that one will be: where nobody is away, it is the plain one.
    """
    full = weeks[:-1][-PACE_WEEKS:]
    cases = sum(week.signed_off for week in full)
    if not to_do or len(full) < LEAST_WEEKS or cases < LEAST_CASES:
        return None
    worked = presence.during(full[0].monday, len(full) * WEEK.days)
    if not worked:
        return None
    days = _days_for(Fraction(to_do * worked, cases), today, presence)
    return Forecast(cases, len(full), monday_of(today + timedelta(days=days))) if days else None


def _days_for(needed: Fraction, today: date, presence: Presence) -> int:
    """How many days from today on give the days of work that are needed; 0 where no number of days that counts does."""
    done = 0
    for days in range(1, MOST_DAYS + 1):
        done += presence.on(today + timedelta(days=days))
        if done >= needed:
            return days
    return 0


def monday_of(day: date) -> date:
    """The Monday on or before a day."""
    return day - timedelta(days=day.weekday())
