"""Backups by themselves: one worker makes each, the oldest go, a failed one is tried again, and one is made before a migration."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from schema.problem import Refused
from schema.store import migrate, running
from schema.store.database import Database
from schema.store.models import Audit
from tests.store.installation import SECRET, settings_for
from tests.support.clock import Clock
from tests.support.databases import sqlite_database
from webapp.backups import schedule
from webapp.cli import main
from webapp.jobs import Worker


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime(2026, 3, 1, 8, 0, tzinfo=UTC))


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
    for hours in (0, 1, 5, 6, 12, -3):
        clock.at = datetime(2026, 3, 1, 8, 0, tzinfo=UTC) + timedelta(hours=hours)
        schedule.make_due(timed, settings)
    # Due at 0, 6 and 12 hours, and when the clock was set back; of the four the two latest by name stay, and what is not ours.
    assert sorted(path.name for path in folder.iterdir()) == [
        "tandem-20260301T140000Z.backup",
        "tandem-20260301T200000Z.backup",
        "tandem-mine.backup",
    ]
    with timed.reading() as session:
        assert session.scalars(select(Audit.action)).all() == ["backup.make"] * 4
        assert running.noted(session, running.BACKUP_DONE) == clock.at


def test_of_several_workers_one_makes_the_backup(database: Database) -> None:
    def claimed() -> bool:
        with database.writing() as session:
            return running.claim(session, running.BACKUP_BEGUN, timedelta(hours=6))

    assert [claimed(), claimed()] == [True, False]


def test_a_backup_that_failed_is_tried_again_soon(timed: Database, clock: Clock, tmp_path: Path) -> None:
    settings = settings_for(timed, tmp_path / "data", backup_dir=tmp_path / "absent")
    with pytest.raises(Refused):
        schedule.make_due(timed, settings)
    (tmp_path / "absent").mkdir()
    schedule.make_due(timed, settings)
    assert list((tmp_path / "absent").iterdir()) == []
    clock.at += timedelta(minutes=15)
    schedule.make_due(timed, settings)
    assert len(list((tmp_path / "absent").iterdir())) == 1


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
