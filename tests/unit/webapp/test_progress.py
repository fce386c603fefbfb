"""Pace and forecast, and whom a case waits for: worked out by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime
from fractions import Fraction

import pytest

from schema.store.signed_off_totals import PairTotal, SignedOff
from schema.store.standing import CaseStanding, ComparisonStanding, EntryStanding, ProjectStanding
from webapp.progress.pace import Presence, Week, forecast, weeks_of
from webapp.progress.views import progress_view
from webapp.progress.waiting import in_state_since, waits_of
from webapp.progress.workload import pair_loads

MONDAY = date(2026, 11, 2)
NAMES = {"a": "Amara", "b": "Ben", "c": "Carol"}
PARTS = {"coder_1": "a", "coder_2": "b", "reconciler": "c"}


def on(day: int) -> datetime:
    return datetime(2026, 11, day, 12, tzinfo=UTC)


def entry(coder: str, state: str, *, started: int = 0, saved: int = 0) -> EntryStanding:
    begun, last = on(started) if started else None, on(saved) if saved else None
    return EntryStanding(coder, state, on(2), begun, last)


def case(
    state: str, *entries: EntryStanding, comparison: ComparisonStanding | None = None, checking: int = 0
) -> CaseStanding:
    slots = dict(enumerate(entries, 1))
    parts = PARTS if entries else {}
    return CaseStanding(
        state, "DHR-1", state, on(1), parts, slots, comparison, on(checking) if checking else None
    )


def compared(state: str, **days: int) -> ComparisonStanding:
    at = {name: on(day) for name, day in days.items()}
    return ComparisonStanding(state, on(5), at.get("matched"), at.get("reopened"), at.get("decided"))


def test_every_week_from_the_first_sign_off_counts_empty_ones_too() -> None:
    days = [date(2026, 11, 8), date(2026, 11, 2), date(2026, 11, 17)]  # a Sunday, its Monday, a Tuesday
    assert weeks_of(days, date(2026, 11, 24)) == (
        Week(date(2026, 11, 2), 2, 2),
        Week(date(2026, 11, 9), 0, 2),
        Week(date(2026, 11, 16), 1, 3),
        Week(date(2026, 11, 23), 0, 3),
    )
    assert weeks_of([], MONDAY) == ()


def test_the_forecast_takes_full_weeks_only() -> None:
    # 6 cases in two full weeks are 3 a week; 7 are left: 7/3 weeks are 16.3 days, so 17 from Thursday 19 November.
    days = [MONDAY] * 4 + [date(2026, 11, 9)] * 2 + [date(2026, 11, 18)] * 5
    today = date(2026, 11, 19)
    found = forecast(weeks_of(days, today), 7, today)
    assert found is not None
    assert (found.pace, found.cases, found.weeks) == (Fraction(3), 6, 2)
    assert found.monday == date(2026, 11, 30)  # the week of 6 December, a Sunday


@pytest.mark.parametrize(
    ("days", "today", "to_do"),
    [
        ([MONDAY] * 9, date(2026, 11, 10), 5),  # one full week
        ([MONDAY] * 2, date(2026, 11, 24), 5),  # two cases
        ([MONDAY] * 9, date(2026, 11, 24), 0),  # nothing left
        ([MONDAY] * 9, date(2027, 6, 1), 5),  # nothing for longer than the pace is taken from
        ([MONDAY] * 3, date(2026, 11, 24), 10**6),  # further ahead than anybody plans
    ],
)
def test_nothing_is_forecast_from_too_little(days: list[date], today: date, to_do: int) -> None:
    assert forecast(weeks_of(days, today), to_do, today) is None


@pytest.mark.parametrize(
    ("held", "waits"),
    [
        (case("registered"), [("", "Assign", 1)]),
        (case("coding", entry("a", "submitted"), entry("b", "not_started")), [("b", "Code", 2)]),
        (
            case("coding", entry("a", "returned", started=3, saved=9), entry("b", "in_progress", started=4)),
            [("a", "Correct what was returned", 9), ("b", "Code", 2)],
        ),
        (
            case("verifying", entry("a", "submitted"), entry("b", "submitted"), checking=6),
            [("b", "Check values", 6)],
        ),
        (case("ready to compare", *[entry("a", "submitted")] * 2, comparison=compared("open")), [("c", "Match rows", 5)]),
        (
            case("resolving", *[entry("a", "submitted")] * 2, comparison=compared("resolving", matched=7)),
            [("c", "Settle differences", 7)],
        ),
        (
            case("reconciled", *[entry("a", "submitted")] * 2, comparison=compared("resolved", matched=7, decided=8)),
            [("c", "Sign off", 8)],
        ),
        (
            case("resolving", *[entry("a", "submitted")] * 2, comparison=compared("resolving", matched=7, reopened=11)),
            [("c", "Settle differences", 11)],
        ),
    ],
)  # fmt: skip
def test_whom_a_case_waits_for_and_since_when(held: CaseStanding, waits: list[tuple[str, str, int]]) -> None:
    assert [(one.person, one.task, one.since.day) for one in waits_of(held)] == waits


def test_a_case_is_being_coded_since_the_first_coder_began() -> None:
    both = case("coding", entry("a", "in_progress", started=6), entry("b", "in_progress", started=4))
    assert in_state_since(both) == on(4)


def test_two_people_are_one_pair_whoever_is_first() -> None:
    cases = (
        case("coding", entry("a", "submitted"), entry("b", "in_progress")),
        case("resolving", entry("b", "submitted"), entry("a", "submitted"), comparison=compared("resolving")),
    )
    done = SignedOff(pairs={frozenset("ab"): PairTotal(2, 80, 60)})
    (pair,) = pair_loads(ProjectStanding(cases, done, 2, 0, NAMES))
    assert pair.names == ("Amara", "Ben")
    assert pair.states == {"signed_off": 2, "compared": 1, "coding": 1}
    assert (pair.agreed, pair.positions) == (60, 80)  # open cases tell nothing yet


def test_an_entry_is_stale_from_that_many_days_on() -> None:
    held = case("coding", entry("a", "in_progress", started=3, saved=6), entry("b", "submitted", saved=3))
    standing = ProjectStanding((held,), SignedOff(), 1, 0, NAMES)
    assert [(one.name, one.days) for one in progress_view(standing, on(20), 14).stale] == [("Amara", 14)]
    assert progress_view(standing, on(19), 14).stale == ()


def test_ages_are_full_days_in_the_state() -> None:
    held = case("coding", entry("a", "in_progress", started=6), entry("b", "in_progress", started=7))
    ages = {
        day: progress_view(ProjectStanding((held,), SignedOff(), 1, 0, NAMES), on(day), 14).states[0].ages
        for day in (12, 13, 20)
    }
    assert ages == {12: (1, 0, 0, 0), 13: (0, 1, 0, 0), 20: (0, 0, 1, 0)}


def test_the_forecast_counts_the_days_that_people_are_there_for() -> None:
    # 4 cases in two full weeks by two people: 28 days of work, 7 a case. 4 are left: 28 days of work from Friday 20 November on.
    # One is away for the first 14 of them, so that 14 are done by 3 December; the other 14 take 7 days: 10 December.
    days, today = [MONDAY] * 2 + [date(2026, 11, 9)] * 2, date(2026, 11, 19)
    weeks = weeks_of([*days, today], today)
    away = Presence(2, {"b": [(date(2026, 11, 20), date(2026, 12, 3))]})
    found = forecast(weeks, 4, today, away)
    assert found is not None
    assert found.monday == date(2026, 12, 7)
    plain = forecast(weeks, 4, today)
    assert plain is not None
    assert plain.monday == date(2026, 11, 30)  # 14 days: 3 December
    assert forecast(weeks, 4, today, Presence(2)) == plain


def test_who_was_away_when_the_pace_was_taken_counts_too() -> None:
    # The same 4 cases with one of two people away all the time: 14 days of work, 3.5 a case; 14 are needed, 2 a day: 26 November.
    days, today = [MONDAY] * 2 + [date(2026, 11, 9)] * 2, date(2026, 11, 19)
    away = Presence(2, {"b": [(MONDAY, date(2026, 11, 10)), (date(2026, 11, 11), today)]})
    found = forecast(weeks_of([*days, today], today), 4, today, away)
    assert found is not None
    assert found.monday == date(2026, 11, 23)
    gone = Presence(1, {"a": [(MONDAY, date(2027, 11, 2))]})
    assert forecast(weeks_of([*days, today], today), 4, today, gone) is None, "nobody was there"
