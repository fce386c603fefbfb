"""The doctor finds what is wrong, says what to do, and changes nothing but counters, and those only when asked to."""

from __future__ import annotations

import dataclasses
import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from schema.store import kept_backups, running
from schema.store.database import Database, sqlite_address, utc_now
from schema.store.kept_backups import Kept
from tests.store.installation import EXPORT, SECRET, fill, forge, keyed, settings_for
from webapp.cli import main
from webapp.health.operations import examine, fix_counters
from webapp.health.ward import of_files_modes, of_store_at, of_way_there
from webapp.settings import Settings

Installation = tuple[Database, Settings]


@pytest.fixture
def installation(database: Database, tmp_path: Path) -> Iterator[Installation]:
    """An installation with work in it, of which everything is well."""
    folder = tmp_path / "data"
    settings = settings_for(database, folder, backup_dir=folder)
    (folder / "one.backup").touch()
    opened = keyed(database, folder)
    fill(opened, folder)
    with opened.writing() as session:
        running.note(session, running.WORKER_SEEN)
        kept_backups.keep(session, [Kept("one.backup", utc_now())])
    yield opened, settings
    opened.dispose()


def _wrong(installation: Installation) -> dict[str, str]:
    found = examine(*installation)
    return {one.check: f"{one.said} {one.remedy}" for one in found if one.state != "ok"}


def test_all_is_well_and_every_check_says_so(installation: Installation) -> None:
    found = list(examine(*installation))
    assert [one for one in found if one.state != "ok"] == []
    there = ["connection"] if installation[0].dialect == "postgresql" else []
    roles = ["privileges"] if there else []
    assert [one.check for one in found] == [
        "settings", "disk", "migrations", "database", *there, "triggers", *roles, "counters", "audit trail", "files",
        "clock", "worker", "backups",
    ]  # fmt: skip


def test_drifted_counters_are_found_and_set_right_on_request(installation: Installation) -> None:
    database, _ = installation
    forge(database, "UPDATE entry SET answered = answered + 7")
    forge(database, "UPDATE comparison SET agreed = agreed + 1")
    forge(database, "UPDATE study_case SET state = 'withdrawn'")
    assert list(_wrong(installation)) == ["counters"]
    assert {(one.table, one.counter) for one in fix_counters(database)} == {
        ("entry", "answered"),
        ("comparison", "agreed"),
        ("study_case", "state"),
    }
    assert _wrong(installation) == {}
    assert fix_counters(database) == []


def test_what_is_wrong_is_named_with_its_remedy(installation: Installation) -> None:
    database, settings = installation
    (settings.data_dir / "exports" / "0123abcd.xlsx").write_bytes(EXPORT + b"!")
    settings.audit_heads.write_text("f" * 64 + "\n")
    settings.data_dir.chmod(0o755)
    with database.writing() as session:
        running.note(session, running.WORKER_SEEN, utc_now() - timedelta(minutes=10))
        kept_backups.keep(session, [Kept("one.backup", utc_now() - timedelta(days=3))])
    found = _wrong(installation)
    assert set(found) == {"settings", "files", "audit trail", "worker", "backups"}
    assert "was changed" in found["files"]
    assert "chmod 700" in found["settings"]
    (settings.data_dir / "exports" / "0123abcd.xlsx").unlink()
    assert "is missing" in _wrong(installation)["files"]


def test_the_latest_backup_is_looked_for_where_it_was_put_and_told_from_one_that_lacks_files(
    installation: Installation,
) -> None:
    database, settings = installation
    with database.writing() as session:
        ahead = Kept("ahead.backup", utc_now() + timedelta(days=365))
        kept_backups.keep(session, [Kept("one.backup", utc_now(), lacks=3), ahead])
    assert "is not complete: 3 of its stored files" in _wrong(installation)["backups"]
    (settings.data_dir / "one.backup").unlink()
    assert f"is no longer there: {settings.data_dir / 'one.backup'}." in _wrong(installation)["backups"]


@pytest.mark.parametrize(
    ("host", "encrypted", "checked", "state"),
    [
        ("/run/postgresql", False, False, "ok"),
        ("127.0.0.1", False, False, "ok"),
        ("db.example.org", False, False, "failed"),
        ("db.example.org", True, False, "warning"),
        ("db.example.org", True, True, "ok"),
    ],
)
def test_a_way_to_another_machine_that_others_can_listen_on_is_named(
    host: str, encrypted: bool, checked: bool, state: str
) -> None:
    found = of_way_there(host, encrypted=encrypted, checked=checked)
    assert found.state == state
    assert ("sslmode=verify-full" in found.remedy) == (state != "ok")


@pytest.mark.parametrize(
    ("address", "state"),
    [
        ("https://objects.example.org", "ok"),
        ("http://127.0.0.1:9000", "ok"),
        ("http://objects.example.org:9000", "failed"),
        ("objects.example.org", "failed"),
    ],
)
def test_a_store_of_files_that_is_reached_without_encryption_is_named(address: str, state: str) -> None:
    found = of_store_at(address)
    assert (found.state, "objects.example.org" in found.said) == (state, state == "failed")


def test_a_clock_that_was_set_back_is_found(installation: Installation) -> None:
    _, settings = installation
    earlier = Database(settings.database_url, clock=lambda: utc_now() - timedelta(days=1))
    said = {one.check: one.said for one in examine(earlier, settings) if one.state == "failed"}
    earlier.dispose()
    assert "in the future" in said["clock"]


def test_a_database_of_another_version_or_none_is_said_and_nothing_more_is_looked_at(
    installation: Installation, tmp_path: Path
) -> None:
    database, settings = installation
    forge(database, "UPDATE alembic_version SET version_num = '0004'")
    assert "tandem db upgrade" in _wrong(installation)["migrations"]
    forge(database, "UPDATE alembic_version SET version_num = '9000'")
    assert "later version" in _wrong(installation)["migrations"]
    nowhere = dataclasses.replace(settings, database_url="postgresql://nobody@127.0.0.1:9/none")
    gone = Database(nowhere.database_url)
    assert "TANDEM_DATABASE_URL" in _wrong((gone, nowhere))["database"]
    gone.dispose()


def _doctor(folder: Path, *words: str, **others: str) -> Result:
    given = {"TANDEM_DATA_DIR": str(folder), "TANDEM_SECRET_KEY": SECRET, "TANDEM_DATABASE_URL": None}
    return CliRunner().invoke(main, ["doctor", *words], env=given | others)


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")
def test_the_command_ends_with_one_where_something_failed_and_speaks_json(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    CliRunner().invoke(
        main, ["user", "add", "rowan"], env={"TANDEM_DATA_DIR": str(folder), "TANDEM_SECRET_KEY": SECRET}
    )
    assert _doctor(folder).exit_code == 0
    (folder / "tandem.sqlite3").chmod(0o644)
    answer = _doctor(folder, "--json")
    failed = [one for one in json.loads(answer.stdout) if one["state"] == "failed"]
    assert answer.exit_code == 1
    assert [one["remedy"] for one in failed] == [f"chmod 600 {folder}/tandem.sqlite3"]
    refused = _doctor(folder, TANDEM_SECRET_KEY="weak")
    assert (refused.exit_code, "SET-004" in refused.stdout) == (1, True)


def _present(folder: Path) -> set[str]:
    return {one.name for one in folder.iterdir()}


def test_what_is_not_there_is_said_and_not_made(tmp_path: Path) -> None:
    mistyped = _doctor(tmp_path / "mistyped")
    assert (mistyped.exit_code, "SET-049" in mistyped.stdout) == (1, True)
    empty = _doctor(tmp_path)
    assert (empty.exit_code, "DB-007" in empty.stdout) == (1, True)
    log = tmp_path / "tandem.sqlite3-wal"
    log.write_bytes(b"what was saved last")
    lone = _doctor(tmp_path)
    assert (lone.exit_code, "SET-048" in lone.stdout) == (1, True)
    assert (_present(tmp_path), log.read_bytes()) == ({log.name}, b"what was saved last")


def test_a_damaged_file_is_said_beside_everything_else(tmp_path: Path) -> None:
    given = {"TANDEM_DATA_DIR": str(tmp_path), "TANDEM_SECRET_KEY": SECRET}
    CliRunner().invoke(main, ["user", "add", "rowan"], env=given)
    path = tmp_path / "tandem.sqlite3"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
        (size,) = connection.execute("PRAGMA page_size").fetchone()
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'audit'").fetchone()
    whole = path.read_bytes()
    path.write_bytes(whole[: (page - 1) * size] + b"\xff" * size + whole[page * size :])
    found = {one["check"]: one for one in json.loads(_doctor(tmp_path, "--json").stdout)}
    assert {"failed"} == {found[name]["state"] for name in ("database", "audit trail")}
    assert "docs/backups.md" in found["audit trail"]["remedy"]
    assert {"counters", "files", "worker", "backups"} <= set(found)


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")
def test_stored_files_that_others_can_reach_are_named(installation: Installation) -> None:
    _, settings = installation
    exports = settings.data_dir / "exports"
    exports.chmod(0o755)
    assert f"chmod 700 {exports}" in _wrong(installation)["settings"]


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")
def test_the_file_of_the_database_is_looked_at_wherever_it_lies(
    installation: Installation, tmp_path: Path
) -> None:
    _, settings = installation
    elsewhere = tmp_path / "elsewhere.sqlite3"
    elsewhere.touch(0o644)
    moved = dataclasses.replace(settings, database_url=sqlite_address(elsewhere))
    assert [one.remedy for one in of_files_modes(moved)] == [f"chmod 600 {elsewhere}"]
