"""A backup holds one moment of everything, is refused when it is not what was written, and comes back on either database."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import sys
import warnings
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, inspect, select, text
from sqlalchemy.exc import DatabaseError

from schema.problem import Refused
from schema.store import migrate, portable, repeats_read, transfer
from schema.store.audit_verify import verify
from schema.store.comparisons import confirm_pairing
from schema.store.database import Database
from schema.store.models import Decision, Project, User
from schema.store.people import add_user
from schema.store.repeats_read import SelfAgreement, self_agreement
from tests.store.conftest import BACKENDS
from tests.store.double_coding import SYSTEM, Study, act, advice, entry, second
from tests.store.installation import EXPORT, counts, fill, forge, keyed, settings_for
from tests.support.databases import PostgresServer
from webapp.backups import operations, placing
from webapp.backups.locked import lock
from webapp.backups.operations import Checked, Made, Restored, check_backup, make_backup, reading_backup
from webapp.opening import open_database
from webapp.settings import Settings

PASSPHRASE = "violet kettle harbour nineteen"
Fresh = Callable[[str], Settings]


def _nothing() -> str:
    raise AssertionError("no passphrase is needed")


def _check(path: Path, settings: Settings, **how: bool) -> Checked:
    with reading_backup(path, settings, _nothing) as backup:
        return check_backup(backup, settings, **how)


def _restore(path: Path, settings: Settings, **how: bool) -> Restored:
    with reading_backup(path, settings, _nothing) as backup:
        return operations.restore(backup, settings, **how)


def _code(act: Callable[[], object]) -> str:
    with pytest.raises(Refused) as caught:
        act()
    return caught.value.problems[0].code


@pytest.fixture
def source(database: Database, tmp_path: Path) -> Iterator[tuple[Database, Settings, Study]]:
    """An installation with work in it."""
    folder = tmp_path / "source"
    settings = settings_for(database, folder)
    opened = keyed(database, folder)
    yield opened, settings, fill(opened, folder)
    opened.dispose()


@pytest.fixture
def fresh(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Fresh]:
    """Settings of an empty installation on a database of the kind that is asked for."""
    made: list[Database] = []

    def make(kind: str) -> Settings:
        folder = tmp_path / f"fresh-{kind}"
        if kind == "sqlite":
            database = Database(f"sqlite:///{tmp_path / f'fresh-{len(made)}.sqlite3'}")
        else:
            server: PostgresServer = request.getfixturevalue("postgres_server")
            database = server.empty()
        made.append(database)
        settings = settings_for(database, folder)
        database.dispose()
        return settings

    yield make
    for database in made:
        database.dispose()
        if database.dialect == "postgresql":
            request.getfixturevalue("postgres_server").drop(database)


@pytest.fixture
def small(tmp_path: Path) -> tuple[Path, Settings]:
    """A backup of a small installation on SQLite, for what is done to the file alone."""
    database = Database(f"sqlite:///{tmp_path / 'small.sqlite3'}")
    settings = settings_for(database, tmp_path / "small")
    opened = keyed(database, tmp_path / "small")
    migrate.upgrade(opened)
    with opened.writing() as session:
        add_user(session, SYSTEM, "amara")
    (settings.data_dir / "exports").mkdir()
    (settings.data_dir / "exports" / "one.xlsx").write_bytes(EXPORT)
    path = make_backup(opened, settings, tmp_path / "small.backup").path
    opened.dispose()
    return path, settings


@pytest.mark.parametrize("kind", BACKENDS)
def test_everything_comes_back_on_either_database(
    source: tuple[Database, Settings, Study], fresh: Fresh, tmp_path: Path, kind: str
) -> None:
    database, settings, study = source
    with database.reading() as session:
        sums = portable.sums(session.connection())
    assert (sums["repeat_coding"].rows, sums["repeat_schedule"].rows) == (1, 1)
    made = make_backup(database, settings, tmp_path)
    assert made.path.stat().st_mode & 0o777 == 0o600
    there = fresh(kind)
    assert _restore(made.path, there).kept == ()
    restored = open_database(there)
    try:
        _is_the_same(restored, made.manifest.sums | {"audit": sums["audit"]}, counts(database))
        assert _with_themselves(restored) == _with_themselves(database)
        assert (there.data_dir / "exports" / "0123abcd.xlsx").read_bytes() == EXPORT
        _rules_hold_and_work_goes_on(restored, study)
    finally:
        restored.dispose()


def _is_the_same(restored: Database, sums: dict[str, portable.Sum], before: dict[str, int]) -> None:
    with restored.reading() as session:
        found = portable.sums(session.connection())
        assert {name: one for name, one in found.items() if name != "audit"} == {
            name: one for name, one in sums.items() if name != "audit"
        }
        assert verify(session).holds
    # The restoring itself is on record; sessions, guesses and one-time codes stay behind.
    assert before["sessions"] == before["guesses"] == before["codes"] == 1
    assert counts(restored) == {
        "codes": 0,
        "sessions": 0,
        "guesses": 0,
        "acts": before["acts"],
        "people": before["people"],
    }


def _with_themselves(database: Database) -> list[SelfAgreement]:
    """How far coders agree with themselves, counted anew."""
    repeats_read._KEPT.clear()
    with database.reading() as session:
        found = self_agreement(session, session.scalars(select(Project)).one())
    assert [(one.coder, one.figures.cases) for one in found] == [("Amara", 1)]
    return found


def _rules_hold_and_work_goes_on(restored: Database, study: Study) -> None:
    for statement in ("UPDATE audit SET action = 'x'", "DELETE FROM snapshot"):
        with pytest.raises(DatabaseError), restored.altering() as connection:
            connection.execute(text(statement))
    again = Study(restored, study.project_id, study.version_id, study.users)
    comparison = again.compared(
        entry({"area": "North"}, recommendations=advice("1")),
        second(entry({"area": "South"}, recommendations=advice("1"))),
    )
    act(again, confirm_pairing, comparison)
    with restored.reading() as session:
        assert verify(session).holds
        assert (session.scalar(select(func.count()).select_from(Decision)) or 0) > 0


def test_a_changed_or_cut_file_is_refused_wherever_it_was_changed(small: tuple[Path, Settings]) -> None:
    path, settings = small
    whole = path.read_bytes()
    assert _check(path, settings).doubt == ""
    for place in range(3, len(whole), len(whole) // 60):
        changed = bytearray(whole)
        changed[place] ^= 0x20
        path.write_bytes(bytes(changed))
        try:
            _check(path, settings)
        except Refused:
            continue
        # Some bytes of an archive mean nothing (times of its members): then what is read is what was written.
        with zipfile.ZipFile(path) as archive:
            assert archive.testzip() is None
    for length in (0, 1, 100, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:length])
        assert _code(lambda: _check(path, settings)) in ("BAK-002", "BAK-003")


def test_a_backup_bears_no_moment_that_the_format_cannot_hold(small: tuple[Path, Settings]) -> None:
    """A clock that was never set stands at 1970, and the format begins with 1980."""
    path, _ = small
    lock(path, locked := path.with_name("locked.backup"), PASSPHRASE)
    for one in (path, locked):
        with zipfile.ZipFile(one) as archive:
            assert {held.date_time for held in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    with zipfile.ZipFile(path) as archive:
        assert archive.getinfo("tables/audit.jsonl").compress_type == zipfile.ZIP_DEFLATED


def test_a_name_that_is_too_long_is_refused(small: tuple[Path, Settings], tmp_path: Path) -> None:
    _, settings = small
    database = open_database(settings)
    assert _code(lambda: make_backup(database, settings, tmp_path / ("a" * 300))) == "BAK-013"
    database.dispose()


def _of_the_export(made: Made) -> list[str]:
    return [str(flaw) for flaw in made.flaws]


def test_a_stored_file_that_is_missing_or_changed_is_named_and_the_rest_is_written(
    source: tuple[Database, Settings, Study], tmp_path: Path
) -> None:
    database, settings, _ = source
    stored = settings.data_dir / "exports" / "0123abcd.xlsx"
    assert _of_the_export(make_backup(database, settings, tmp_path / "whole.backup")) == []
    stored.write_bytes(EXPORT[:-1] + b"!")
    changed = make_backup(database, settings, tmp_path / "changed.backup")
    stored.unlink()
    missing = make_backup(database, settings, tmp_path / "missing.backup")
    assert _of_the_export(changed) == ["exports/0123abcd.xlsx was changed."]
    assert _of_the_export(missing) == ["exports/0123abcd.xlsx is missing."]
    for made in (changed, missing):
        assert _check(made.path, settings).manifest == made.manifest
        with reading_backup(made.path, settings, _nothing) as backup:
            assert backup.flaws() == made.flaws


def test_a_stored_file_that_is_no_row_s_is_not_missed(
    source: tuple[Database, Settings, Study], tmp_path: Path
) -> None:
    """As after erasing: the rows go, and then the files."""
    database, settings, _ = source
    forge(database, "DELETE FROM export_file")
    (settings.data_dir / "exports" / "0123abcd.xlsx").unlink()
    made = make_backup(database, settings, tmp_path)
    assert (made.flaws, made.manifest.files) == ((), {})


@pytest.mark.skipif(os.name != "posix", reason="links of Windows need rights of their own")
def test_a_stored_file_that_is_a_link_to_another_folder_is_taken_along(
    source: tuple[Database, Settings, Study], tmp_path: Path
) -> None:
    database, settings, _ = source
    stored = settings.data_dir / "exports" / "0123abcd.xlsx"
    elsewhere = stored.rename(tmp_path / "elsewhere.xlsx")
    stored.symlink_to(elsewhere)
    made = make_backup(database, settings, tmp_path)
    assert (made.flaws, list(made.manifest.files)) == ((), ["exports/0123abcd.xlsx"])
    assert _check(made.path, settings).doubt == ""


@pytest.mark.skipif(sys.platform != "linux", reason="a file that gives an error when it is read is Linux's")
def test_a_stored_file_that_the_disk_does_not_give_is_named(
    source: tuple[Database, Settings, Study], tmp_path: Path
) -> None:
    database, settings, _ = source
    stored = settings.data_dir / "exports" / "0123abcd.xlsx"
    stored.unlink()
    stored.symlink_to("/proc/self/mem")
    made = make_backup(database, settings, tmp_path)
    assert _of_the_export(made) == ["exports/0123abcd.xlsx cannot be read: Input/output error."]
    assert _check(made.path, settings).doubt == ""


def _rewritten(path: Path, change: Callable[[str, bytes], bytes]) -> None:
    """Write the archive anew, hashes and all, as somebody would who has not the key."""
    with zipfile.ZipFile(path) as archive:
        held = {name: change(name, archive.read(name)) for name in archive.namelist()}
    manifest = json.loads(held["manifest.json"])
    for name, table in manifest["tables"].items():
        found = portable.summed(held[f"tables/{name}.jsonl"].splitlines(keepends=True))
        table.update(rows=found.rows, sha256=found.sha256)
    held["manifest.json"] = json.dumps(manifest).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in held.items():
            archive.writestr(name, content)


def test_a_file_that_was_rewritten_with_its_hashes_is_refused_by_its_seal(
    small: tuple[Path, Settings],
) -> None:
    path, settings = small
    _rewritten(
        path,
        lambda name, held: (
            held.replace(b'"is_admin":false', b'"is_admin":true') if "user_account" in name else held
        ),
    )
    assert _code(lambda: _check(path, settings)) == "BAK-007"
    assert _code(lambda: _check(path, settings, unverified=True)) == "BAK-007"


@pytest.mark.parametrize("more", ["files/documents/more.pdf", "tables/audit.jsonl"])
def test_a_file_with_more_in_it_than_its_manifest_names_is_refused(
    small: tuple[Path, Settings], more: str
) -> None:
    path, settings = small
    with zipfile.ZipFile(path, "a") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a name that is there already
        archive.writestr(more, zipfile.Path(path, more).read_bytes() if "audit" in more else b"more")
    assert _code(lambda: _check(path, settings)) == "BAK-007"
    assert _code(lambda: _check(path, settings, unverified=True)) == "BAK-007"


def test_a_name_that_leads_out_of_the_folder_is_refused(small: tuple[Path, Settings]) -> None:
    path, settings = small
    _rewritten(
        path,
        lambda name, held: held.replace(b"exports/one", b"exports/../one") if "manifest" in name else held,
    )
    assert _code(lambda: _check(path, settings, unverified=True)) == "BAK-003"


def test_without_the_key_a_backup_is_taken_only_when_that_is_said(
    small: tuple[Path, Settings], tmp_path: Path
) -> None:
    path, _ = small
    other = Settings(
        database_url=f"sqlite:///{tmp_path / 'other.sqlite3'}",
        secret_key="another key of another installation 0123456789",
        data_dir=tmp_path / "other",
    )
    other.data_dir.mkdir()
    assert _code(lambda: _restore(path, other)) == "BAK-006"
    assert "not known here" in _restore(path, other, unverified=True).checked.doubt


def test_a_trail_that_does_not_hold_is_told_before_anything_is_restored(
    small: tuple[Path, Settings], tmp_path: Path
) -> None:
    _, settings = small
    database = open_database(settings)
    with database.altering() as connection:
        connection.execute(text("DROP TRIGGER audit_no_update"))
        connection.execute(text("UPDATE audit SET actor_name = 'x' WHERE seq = 1"))
    path = make_backup(database, settings, tmp_path / "bad.backup").path
    database.dispose()
    assert _code(lambda: _check(path, settings)) == "BAK-014"
    assert "Row 1" in _check(path, settings, unverified=True).doubt


def test_a_backup_of_a_later_version_is_refused(
    source: tuple[Database, Settings, Study], tmp_path: Path
) -> None:
    database, settings, _ = source
    forge(database, "UPDATE alembic_version SET version_num = '9000'")
    made = make_backup(database, settings, tmp_path, actor=None)
    with pytest.raises(Refused, match="BAK-027: The backup is at step 9000"):
        _check(made.path, settings)


def test_a_backup_of_an_earlier_version_is_brought_to_this_one(
    empty_database: Database, fresh: Fresh, tmp_path: Path
) -> None:
    settings = settings_for(empty_database, tmp_path / "earlier")
    with empty_database.altering() as connection:
        migrate.apply(connection, "0005")
        connection.execute(
            text(
                "INSERT INTO user_account (id, name, display_name, is_admin, created_at) "
                "VALUES ('u1', 'amara', 'Amara', true, '2026-01-02 03:04:05.000006')"
            )
        )
    made = make_backup(empty_database, settings, tmp_path, actor=None)
    there = fresh(empty_database.dialect)
    _restore(made.path, there, unverified=True)
    restored = open_database(there)
    migrate.check(restored)
    with restored.reading() as session:
        assert session.get_one(User, "u1").created_at.isoformat() == "2026-01-02T03:04:05.000006+00:00"
    restored.dispose()


def test_what_is_there_is_replaced_only_when_that_is_said_and_is_kept(
    source: tuple[Database, Settings, Study], tmp_path: Path
) -> None:
    database, settings, _ = source
    made = make_backup(database, settings, tmp_path)
    settings.audit_heads.write_text("f" * 64 + "\n")
    with database.writing() as session:
        add_user(session, SYSTEM, "zoe")
    database.dispose()
    assert _code(lambda: _restore(made.path, settings)) == "BAK-011"
    kept = _restore(made.path, settings, replace=True).kept
    assert len(kept) == 3, kept
    again = open_database(settings)
    with again.reading() as session:
        assert session.scalar(select(User).where(User.name == "zoe")) is None
        assert verify(session).holds
    assert _people_aside(again, kept[0]) == counts(again)["people"] + 1
    again.dispose()
    assert (settings.data_dir / "exports" / "0123abcd.xlsx").read_bytes() == EXPORT
    assert not settings.audit_heads.exists()
    _restore(made.path, settings, replace=True)  # a second time as well


def _people_aside(database: Database, kept: str) -> int:
    if database.dialect == "sqlite":
        with sqlite3.connect(kept) as connection:
            return int(connection.execute("SELECT count(*) FROM user_account").fetchone()[0])
    schema = kept.split()[2]
    with database.reading() as session:
        assert schema in inspect(session.connection()).get_schema_names()
        return session.scalar(text(f"SELECT count(*) FROM {schema}.user_account")) or 0


def test_a_sqlite_database_in_use_is_not_replaced(small: tuple[Path, Settings]) -> None:
    path, settings = small
    server = open_database(settings)
    with server.reading() as session:
        session.scalar(select(User.id))
    assert _code(lambda: _restore(path, settings, replace=True)) == "BAK-012"
    server.dispose()
    _restore(path, settings, replace=True)


@pytest.mark.parametrize("left", ["a damaged file", "a stray log"])
def test_a_restore_gets_past_what_a_crash_left(small: tuple[Path, Settings], left: str) -> None:
    path, settings = small
    place = Path(settings.database_url.removeprefix("sqlite:///"))
    if left == "a damaged file":
        place.write_bytes(b"SQLite format 3\x00" + b"\xa5" * 8000)
    else:
        shutil.copyfile(place, f"{place}-wal")
        place.unlink()
    _restore(path, settings, replace=True)
    restored = open_database(settings)
    with restored.reading() as session:
        assert verify(session).holds
        assert session.scalar(text("PRAGMA integrity_check")) == "ok"
    restored.dispose()


def test_an_encrypted_backup_opens_with_its_passphrase_only(
    small: tuple[Path, Settings], tmp_path: Path
) -> None:
    _, settings = small
    database = open_database(settings)
    assert _code(lambda: make_backup(database, settings, tmp_path / "short.backup", "short")) == "BAK-008"
    made = make_backup(database, settings, tmp_path / "locked.backup", PASSPHRASE)
    database.dispose()
    assert b"amara" not in made.path.read_bytes()
    assert not (tmp_path / "short.backup").exists()

    def opened(passphrase: str) -> Checked:
        with reading_backup(made.path, settings, lambda: passphrase) as backup:
            return check_backup(backup, settings)

    assert opened(PASSPHRASE).doubt == ""
    assert _code(lambda: opened("another one altogether")) == "BAK-009"
    whole = bytearray(made.path.read_bytes())
    whole[-600] ^= 1
    made.path.write_bytes(bytes(whole))
    assert _code(lambda: opened(PASSPHRASE)) == "BAK-010"
    assert [one.name for one in settings.data_dir.iterdir() if one.name.startswith(".")] == []


@pytest.mark.parametrize("kind", BACKENDS)
def test_a_study_moves_to_another_database_and_every_table_is_the_same(
    source: tuple[Database, Settings, Study], fresh: Fresh, kind: str
) -> None:
    database, settings, _ = source
    there = fresh(kind)
    done = operations.move(database, settings, there.database_url)
    moved = open_database(there)
    with database.reading() as here, moved.reading() as session:
        left, arrived = portable.sums(here.connection()), portable.sums(session.connection())
        assert left.pop("audit") != arrived.pop("audit")  # that it was moved is on record there
        assert left == arrived
        assert verify(session, [done.manifest.audit_head]).holds
    moved.dispose()
    with pytest.raises(Refused, match="BAK-011, --to: The database to move to is not empty") as caught:
        operations.move(database, settings, there.database_url)
    assert "--replace" not in str(caught.value), "which is no option of this command"
    assert _code(lambda: operations.move(database, settings, settings.database_url)) == "BAK-016"


def test_nothing_is_moved_where_somebody_worked_meanwhile(
    source: tuple[Database, Settings, Study], fresh: Fresh, monkeypatch: pytest.MonkeyPatch
) -> None:
    database, settings, _ = source
    there = fresh(database.dialect)
    compare = placing.same_sums

    def after_somebody_worked(*asked: object) -> bool:
        with database.writing() as session:
            add_user(session, SYSTEM, "zoe")
        return compare(*asked)  # type: ignore[arg-type]

    monkeypatch.setattr(placing, "same_sums", after_somebody_worked)
    assert _code(lambda: operations.move(database, settings, there.database_url)) == "BAK-015"
    moved = open_database(there)
    with moved.reading() as session:
        assert not transfer.is_used(session.connection())
    moved.dispose()


def test_a_passphrase_is_worked_on_before_it_opens_anything(tmp_path: Path) -> None:
    """The header of ``key.age`` says the work (``-> scrypt SALT LOG2_N``, age version 1): about a second, 2^18 or more on most machines."""
    plain, target = tmp_path / "plain", tmp_path / "one.backup"
    plain.write_bytes(b"content")
    lock(plain, target, "four words that do not belong")
    with zipfile.ZipFile(target) as archive:
        header = archive.read("key.age")[:200].decode("ascii", "replace")
    _, kind, _, work = header.splitlines()[1].split()
    assert kind == "scrypt"
    assert int(work) >= 15
