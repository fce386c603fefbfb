"""Time on each section, worked out by hand from when was saved."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from schema.answers.time_spent import SavedAt, time_spent
from webapp.entry.spent import in_minutes

NINE = datetime(2026, 11, 23, 9, tzinfo=UTC)


def _at(minutes: float, section: str) -> SavedAt:
    return SavedAt(NINE + timedelta(minutes=minutes), section)


def test_the_time_between_two_saves_counts_for_the_section_of_the_later_one() -> None:
    saves = [_at(0, "report"), _at(3, "report"), _at(5, "victims"), _at(9, "report")]
    assert time_spent(saves) == {"report": timedelta(minutes=7), "victims": timedelta(minutes=2)}


def test_a_long_pause_is_none_of_the_work() -> None:
    saves = [_at(0, "report"), _at(10, "report"), _at(20.5, "report"), _at(21.5, "report")]
    assert time_spent(saves) == {"report": timedelta(minutes=11)}


def test_a_save_about_no_section_and_a_clock_that_went_back_count_for_none() -> None:
    assert time_spent([_at(0, "report"), _at(1, ""), _at(0, "report")]) == {}
    assert time_spent([]) == {}


def test_times_read_in_hours_and_minutes() -> None:
    assert [in_minutes(timedelta(minutes=number)) for number in (0.4, 5, 65, 120)] == [
        "under 1 min", "5 min", "1 h 5 min", "2 h 0 min",
    ]  # fmt: skip
