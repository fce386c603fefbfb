"""The page about erasing says how long everything is kept: by the numbers of the code, each of which a test holds."""

from __future__ import annotations

from dataclasses import fields
from datetime import timedelta
from pathlib import Path

import pytest

from schema.store import agreement_kept, people, sessions, throttle, two_step
from webapp.access import devices
from webapp.access.sessions import HALF_WAY
from webapp.settings import Settings

TESTS = Path(__file__).parents[1]
PAGE = (TESTS.parent / "docs" / "erasing.md").read_text(encoding="utf-8")
ROWS = dict(line.strip("| ").split(" | ", 1) for line in PAGE.splitlines() if line.startswith("| "))
SET = {one.name: one.default for one in fields(Settings)}


def _days(time: object) -> str:
    """The time as the page writes it."""
    assert isinstance(time, timedelta)
    for size, name in (
        (timedelta(days=1), "day"),
        (timedelta(hours=1), "hour"),
        (timedelta(minutes=1), "minute"),
    ):
        if time % size == timedelta():
            return f"{time // size} {name}{'' if time == size else 's'}"
    raise AssertionError(time)


#: The beginning of a row, what it must say, and the test that holds that the product does so.
KEPT = (
    (
        "answers",
        "until their case or project is erased",
        "store/test_erasing.py::test_an_erased_project_is_gone_with_all_that_hung_on_it",
    ),
    (
        "the audit trail",
        "replaced by a seal",
        "store/test_erasing.py::test_the_trail_keeps_who_and_when_and_still_holds",
    ),
    (
        "accounts",
        "for ever",
        "store/test_people.py::test_a_disabled_account_loses_sessions_and_code_and_can_be_opened_again",
    ),
    ("a sign-in", _days(SET["session_idle"]), "web/test_account.py::test_an_idle_session_ends"),
    (
        "a sign-in",
        _days(SET["session_absolute"]),
        "web/test_account.py::test_work_does_not_stretch_a_session_beyond_its_limit",
    ),
    ("a sign-in", _days(HALF_WAY), "web/test_two_step.py::test_half_a_sign_in_ends_by_itself"),
    (
        "the record of a sign-in",
        _days(sessions.KEPT_AFTER_END),
        "store/test_people.py::test_long_ended_sessions_are_cleared_away_at_the_next_sign_in",
    ),
    (
        "the mark",
        _days(timedelta(seconds=devices.HALF_A_YEAR)),
        "web/test_guessing.py::test_a_mark_of_a_browser_is_forgotten_after_half_a_year",
    ),
    (
        "a one-time code",
        _days(people.CODE_LIFETIME),
        "store/test_people.py::test_a_wrong_name_a_wrong_code_and_an_old_code_are_refused_in_the_same_words",
    ),
    (
        "a second step",
        _days(two_step.PENDING_FOR),
        "web/test_two_step.py::test_a_seed_that_nobody_confirmed_within_the_hour_counts_for_nothing",
    ),
    (
        "counts of wrong",
        f"{_days(throttle.FEW_FORGOTTEN_AFTER)} after the last of up to {throttle.FREE}",
        "store/test_throttle.py::test_counts_are_apart_and_a_few_are_forgotten_after_a_day",
    ),
    (
        "counts of wrong",
        _days(throttle.FORGOTTEN_AFTER),
        "store/test_throttle.py::test_counts_are_apart_and_a_few_are_forgotten_after_a_day",
    ),
    (
        "the address for the daily digest",
        "until its owner wants no more",
        "web/test_notices.py::test_whoever_ends_it_gets_no_more",
    ),
    (
        "agreement that was counted",
        f"the latest {agreement_kept.KEPT_COUNTS} counts",
        "store/test_agreement_read.py",
    ),
    (
        "temporary files",
        "until a server or worker next starts",
        "durable/test_left_behind.py::test_what_a_killed_process_was_writing_lies_in_the_data_folder_alone_and_is_cleared_away",
    ),
    (
        "backups",
        f"the latest {SET['backup_keep']} ",
        "store/test_backup_schedule.py::test_a_backup_is_made_when_it_is_due_and_the_oldest_goes",
    ),
    (
        "logs",
        "without answers or names",
        "web/test_health.py::test_no_log_line_holds_an_answer_a_name_or_a_token",
    ),
)


@pytest.mark.parametrize(("what", "said", "test"), KEPT)
def test_how_long_something_is_kept_is_said_and_held(what: str, said: str, test: str) -> None:
    (row,) = [
        how_long
        for name, how_long in ROWS.items()
        if name == what or name.startswith((f"{what} ", f"{what},"))
    ]
    assert said in row
    file, _, name = test.partition("::")
    assert f"def {name}" in (TESTS / file).read_text(encoding="utf-8")
