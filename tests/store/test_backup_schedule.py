"""Backups by themselves: one worker makes each, the oldest go, a failed one is tried again, and one is made before a migration."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from schema.problem import Refused
from schema.store import migrate, running
from schema.store.database import Database, utc_now
from schema.store.models import Audit
from tests.store.installation import SECRET, fill, keyed, settings_for
from tests.support.clock import Clock
from tests.support.databases import sqlite_database
from tests.support.nodes import ROOT, wait_until
from webapp import beating
from webapp.backups import schedule
from webapp.cli import main
from webapp.jobs import Worker
from webapp.settings import Settings

EIGHT = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
#: Makes a backup that is due, in a process that dies of the first file of more than two million bytes.
KILLED = """
import os, resource, signal
from webapp.backups.schedule import make_due
from webapp.opening import open_database
from webapp.settings import from_environment
signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
resource.setrlimit(resource.RLIMIT_FSIZE, (2 * 2**20, 2 * 2**20))
settings = from_environment(os.environ)
make_due(open_database(settings), settings)
"""


@pytest.fixture
def clock() -> Clock:
    return Clock(EIGHT)


@pytest.fixture
def timed(tmp_path: Path, clock: Clock) -> Iterator[Database]:
    made = sqlite_database(tmp_path / "timed.sqlite3", clock=clock)
    yield made
    made.dispose()


def test_a_backup_is_made_when_it_is_due_and_the_oldest_goes(
    timed: Database, clock: Clock, tmp_path: Path
) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    (folder / "tandem-mine.backup").touch()
    settings = settings_for(timed, tmp_path / "data", backup_dir=folder, backup_keep=2)
    for hours in (0, 1, 5, 6, 12):
        clock.at = EIGHT + timedelta(hours=hours)
        schedule.make_due(timed, settings)
    # Due at 0, 6 and 12 hours; of the three the two latest stay, and what is not ours.
    assert sorted(path.name for path in folder.iterdir()) == [
        "tandem-20260301T140000Z.backup",
        "tandem-20260301T200000Z.backup",
        "tandem-mine.backup",
    ]
    with timed.reading() as session:
        assert session.scalars(select(Audit.action)).all() == ["backup.make"] * 3


def _made_at(timed: Database, clock: Clock, settings: Settings, *hours: float) -> list[str]:
    """Let backups be made at these hours after eight, and return what is in the folder then: day and hour of each."""
    for hour in hours:
        clock.at = EIGHT + timedelta(hours=hour)
        schedule.make_due(timed, settings)
    assert isinstance(settings.backup_dir, Path)
    return sorted(path.name.split("-")[1][:11] for path in settings.backup_dir.iterdir())


@pytest.fixture
def one_kept(timed: Database, tmp_path: Path) -> Settings:
    """Settings by which one backup is kept."""
    (tmp_path / "backups").mkdir()
    return settings_for(timed, tmp_path / "data", backup_dir=tmp_path / "backups", backup_keep=1)


def test_a_backup_of_a_clock_that_was_ahead_takes_the_place_of_no_other(
    timed: Database, clock: Clock, one_kept: Settings
) -> None:
    assert _made_at(timed, clock, one_kept, 24) == ["20260302T08"]
    assert _made_at(timed, clock, one_kept, 0) == ["20260301T08", "20260302T08"]
    assert _made_at(timed, clock, one_kept, 6) == ["20260301T14", "20260302T08"]
    assert _made_at(timed, clock, one_kept, 30) == ["20260302T14"]


def test_backups_of_another_installation_in_the_same_folder_are_left_alone(
    timed: Database, clock: Clock, one_kept: Settings, tmp_path: Path
) -> None:
    assert _made_at(timed, clock, one_kept, 0) == ["20260301T08"]
    other = sqlite_database(tmp_path / "other.sqlite3", clock=clock)
    assert _made_at(other, clock, one_kept, 6, 12) == ["20260301T08", "20260301T20"]
    other.dispose()
    assert _made_at(timed, clock, one_kept, 13) == ["20260301T20", "20260301T21"]


def test_what_a_killed_backup_left_beside_the_others_is_cleared_away_after_a_day(
    timed: Database, one_kept: Settings, tmp_path: Path
) -> None:
    old, fresh, other = (
        tmp_path / "backups" / f".{name}.backup.x1y2z3" for name in ("tandem-1", "tandem-2", "mine")
    )
    for folder in (old, fresh, other):
        folder.mkdir()
        (folder / "unfinished").touch()
    for path in (old / "unfinished", old, other / "unfinished", other):
        os.utime(path, (0, 0))
    schedule.make_due(timed, one_kept)
    assert [one.exists() for one in (old, fresh, other)] == [False, True, True]


def test_backups_that_an_earlier_version_made_are_removed_in_their_turn(
    timed: Database, clock: Clock, one_kept: Settings, tmp_path: Path
) -> None:
    (tmp_path / "backups" / "tandem-20260228T080000Z.backup").touch()
    with timed.writing() as session:
        running.note(session, running.BACKUP_DONE, datetime(2026, 2, 28, 8, tzinfo=UTC))
    assert _made_at(timed, clock, one_kept, 0) == ["20260301T08"]


def test_a_backup_that_lacks_stored_files_takes_the_place_of_no_complete_one(
    timed: Database, clock: Clock, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "backups").mkdir()
    settings = settings_for(timed, tmp_path / "data", backup_dir=tmp_path / "backups", backup_keep=1)
    working = keyed(timed, tmp_path / "data")
    fill(working, tmp_path / "data")
    working.dispose()
    stored = tmp_path / "data" / "exports" / "0123abcd.xlsx"
    assert _made_at(timed, clock, settings, 0) == ["20260301T08"]
    whole = stored.read_bytes()
    stored.unlink()
    assert _made_at(timed, clock, settings, 6) == ["20260301T08", "20260301T14"]
    assert "exports/0123abcd.xlsx is missing." in caplog.text
    assert _made_at(timed, clock, settings, 12) == ["20260301T08", "20260301T20"]
    stored.write_bytes(whole)
    assert _made_at(timed, clock, settings, 18) == ["20260302T02"]


def test_of_several_workers_one_makes_the_backup(database: Database) -> None:
    def claimed() -> bool:
        with database.writing() as session:
            return running.claim(session, running.BACKUP_BEGUN, timedelta(hours=6))

    assert [claimed(), claimed()] == [True, False]


def test_a_backup_that_failed_is_tried_again_soon_and_the_log_says_why(
    timed: Database, clock: Clock, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = settings_for(timed, tmp_path / "data", backup_dir=tmp_path / "absent")
    with pytest.raises(Refused):
        schedule.make_due(timed, settings)
    assert f"There is no folder {tmp_path / 'absent'}. Make it first." in caplog.text
    (tmp_path / "absent").mkdir()
    schedule.make_due(timed, settings)
    assert list((tmp_path / "absent").iterdir()) == []
    clock.at += timedelta(minutes=15)
    schedule.make_due(timed, settings)
    assert len(list((tmp_path / "absent").iterdir())) == 1


@pytest.mark.skipif(os.name != "posix", reason="limits of a process are set on POSIX")
def test_a_backup_whose_process_was_killed_is_tried_again_soon(tmp_path: Path) -> None:
    """The kernel kills it (SIGXFSZ) in the midst of writing: the file that is stored is larger than any that it may write."""
    clock = Clock(utc_now())
    database = sqlite_database(tmp_path / "killed.sqlite3", clock=clock)
    folder = tmp_path / "backups"
    folder.mkdir()
    settings = settings_for(database, tmp_path / "data", backup_dir=folder)
    (settings.data_dir / "exports").mkdir()
    (settings.data_dir / "exports" / "large.xlsx").write_bytes(b"0" * 3 * 2**20)
    database.dispose()
    given = {
        "TANDEM_DATA_DIR": str(settings.data_dir),
        "TANDEM_SECRET_KEY": SECRET,
        "TANDEM_DATABASE_URL": settings.database_url,
        "TANDEM_BACKUP_DIR": str(folder),
    }
    killed = subprocess.run([sys.executable, "-c", KILLED], env=os.environ | given, cwd=ROOT, check=False)
    assert (killed.returncode, list(folder.iterdir())) == (-signal.SIGXFSZ, [])
    found = []
    for minutes in (10, 20):
        clock.forward(minutes=minutes)
        schedule.make_due(database, settings)
        found.append(len(list(folder.iterdir())))
    database.dispose()
    assert found == [0, 1]


def test_an_attempt_that_lasts_is_not_begun_again_beside_it(
    timed: Database, clock: Clock, one_kept: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(beating, "BEAT_SECONDS", 0.01)

    def begun() -> datetime | None:
        with timed.reading() as session:
            return running.noted(session, running.BACKUP_BEGUN)

    with timed.writing() as session:
        assert schedule._claim(session, one_kept)
    with schedule._beating(timed):
        clock.forward(hours=1)
        wait_until(lambda: begun() == clock.at, "the attempt is noted again")
        with timed.writing() as session:
            assert not schedule._claim(session, one_kept)


def test_a_worker_does_its_chores_and_one_that_fails_does_not_end_it(
    database: Database, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    done: list[str] = []

    def failing(*_: object) -> None:
        done.append("failing")
        raise OSError("no room")

    worker = Worker(
        database, settings_for(database, tmp_path / "data"), (failing, lambda *_: done.append("other"))
    )
    worker._do_chores()
    worker._do_chores()
    assert done == ["failing", "other"]
    assert "failing" in caplog.text
    with database.reading() as session:
        assert running.noted(session, running.WORKER_SEEN) is not None


def test_a_migration_is_preceded_by_a_backup(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'tandem.sqlite3'}")
    with database.altering() as connection:
        migrate.apply(connection, "0005")
    database.dispose()
    environment = {"TANDEM_DATA_DIR": str(tmp_path), "TANDEM_SECRET_KEY": SECRET, "TANDEM_DATABASE_URL": None}
    ran = CliRunner().invoke(main, ["db", "upgrade"], env=environment)
    assert (ran.exit_code, "Backup: " in ran.output) == (0, True), ran.output
    made = list((tmp_path / "backups").iterdir())
    assert [path.name.startswith(f"tandem-before-{migrate.head()}-") for path in made] == [True]
    assert "at step 0005" in CliRunner().invoke(main, ["verify", str(made[0])], env=environment).output
    again = CliRunner().invoke(main, ["db", "upgrade"], env=environment)
    assert "Backup: " not in again.output
