"""The migrations lead to one shape, the models' own, on both databases; a run that fails leaves nothing behind."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, Table, inspect, select

from schema.problem import Refused
from schema.store.database import Database
from schema.store.migrate import MIGRATIONS, apply, check, current, head, upgrade
from schema.store.models import Base, EntryChange

BROKEN_STEP = """
import sqlalchemy as sa
from alembic import op
revision = "0099"
down_revision = "{head}"
def upgrade():
    op.create_table("half_done", sa.Column("id", sa.Integer(), primary_key=True))
    op.execute("INSERT INTO half_done (id) VALUES (1)")
    op.execute("INSERT INTO no_such_table (id) VALUES (1)")
"""

LOST_PARENT_STEP = """
from alembic import op
revision = "0099"
down_revision = "{head}"
def upgrade():
    op.execute("INSERT INTO web_session (token_hash, user_id, created_at, last_seen_at, expires_at) "
               "VALUES ('t', 'nobody', '2020-01-01', '2020-01-01', '2020-01-01')")
"""


def _with_step(folder: Path, source: str) -> Path:
    copy = folder / "migrations"
    shutil.copytree(MIGRATIONS, copy, ignore=shutil.ignore_patterns("__pycache__"))
    (copy / "versions" / "0099_step.py").write_text(source.format(head=head()), encoding="utf-8")
    return copy


def _plain(condition: str) -> str:
    """A condition without the brackets and kinds that PostgreSQL writes into it."""
    return condition.replace("(", "").replace(")", "").replace("::text", "")


def _tables(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names())


def test_there_is_one_last_step() -> None:
    assert ScriptDirectory(str(MIGRATIONS)).get_heads() == [head()]


def test_the_steps_are_numbered_and_named() -> None:
    names = sorted(path.stem for path in (MIGRATIONS / "versions").glob("*.py"))
    assert [name[:5] for name in names] == [f"{number:04}_" for number in range(1, len(names) + 1)]


def test_the_migrated_database_has_the_shape_of_the_models(database: Database) -> None:
    with database.reading() as session:
        context = MigrationContext.configure(session.connection(), opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_the_migrated_database_has_the_checks_of_the_models(database: Database) -> None:
    expected = {
        table.name: {
            str(check.name) for check in table.constraints if type(check).__name__ == "CheckConstraint"
        }
        for table in Base.metadata.tables.values()
    }
    with database.reading() as session:
        found = inspect(session.connection())
        assert {
            table: {str(check["name"]) for check in found.get_check_constraints(table)} for table in expected
        } == expected


def test_the_migrated_database_limits_its_unique_indexes_as_the_models_do(database: Database) -> None:
    key = "sqlite_where" if database.dialect == "sqlite" else "postgresql_where"
    expected = {
        index.name: _plain(str(index.dialect_options[database.dialect]["where"]))
        for table in Base.metadata.tables.values()
        for index in table.indexes
        if index.dialect_options[database.dialect]["where"] is not None
    }
    with database.reading() as session:
        found = inspect(session.connection())
        limited = {
            index["name"]: _plain(str(index["dialect_options"][key]))
            for table in Base.metadata.tables
            for index in found.get_indexes(table)
            if index.get("dialect_options", {}).get(key) is not None
        }
    assert limited == expected


def test_an_upgraded_database_passes_the_check(empty_database: Database) -> None:
    upgrade(empty_database)
    check(empty_database)
    assert current(empty_database) == head()


def test_upgrading_twice_changes_nothing(database: Database) -> None:
    upgrade(database)
    assert current(database) == head()


def test_an_empty_database_is_refused_with_the_remedy(empty_database: Database) -> None:
    with pytest.raises(Refused, match="tandem db upgrade"):
        check(empty_database)


def _insert(connection: Connection, table: str, **given: object) -> None:
    """A row at whatever step the database is; a column that needs a value and is given none gets an empty one."""
    empty = {bool: False, int: 0, str: "", datetime: datetime(2026, 1, 2, tzinfo=UTC)}
    found = Table(table, MetaData(), autoload_with=connection)
    needed = {
        column.name: empty[column.type.python_type]
        for column in found.columns
        if not (column.nullable or column.server_default is not None or column.autoincrement is True)
    }
    connection.execute(found.insert().values(needed | given))


def test_the_log_of_saves_comes_through_its_new_order_as_it_was(empty_database: Database) -> None:
    lines = [("e1", 2, "[2]"), ("e2", 1, "[3]"), ("e1", 1, "[1]")]
    with empty_database.altering() as connection:
        apply(connection, "0022")
        _insert(connection, "user_account", id="u")
        _insert(connection, "template_version", id="v", state="draft")
        _insert(connection, "project", id="p", template_version_id="v")
        _insert(connection, "study_case", id="c", project_id="p")
        for number, entry in enumerate(("e1", "e2"), 1):
            names = {"case_id": "c", "template_version_id": "v", "coder_id": "u", "state": "in_progress"}
            _insert(connection, "entry", id=entry, slot=number, repeats=number == 2, **names)
        for number, (entry, revision, changes) in enumerate(lines, 1):
            _insert(
                connection,
                "entry_change",
                id=number,
                entry_id=entry,
                revision=revision,
                by="u",
                changes=changes,
            )
    upgrade(empty_database)
    with empty_database.reading() as session:
        found = session.execute(select(EntryChange.entry_id, EntryChange.revision, EntryChange.changes)).all()
    assert sorted(tuple(row) for row in found) == sorted(lines)


def test_a_failed_step_leaves_nothing_half_done(database: Database, tmp_path: Path) -> None:
    with pytest.raises(Exception, match="no_such_table"):
        upgrade(database, _with_step(tmp_path, BROKEN_STEP))
    with database.reading() as session:
        assert "half_done" not in _tables(session.connection())
    assert current(database) == head()


def test_a_failed_first_run_leaves_an_empty_database(empty_database: Database, tmp_path: Path) -> None:
    with pytest.raises(Exception, match="no_such_table"):
        upgrade(empty_database, _with_step(tmp_path, BROKEN_STEP))
    with empty_database.reading() as session:
        assert _tables(session.connection()) == set()


def test_a_step_that_leaves_an_orphan_is_undone(database: Database, tmp_path: Path) -> None:
    with pytest.raises(Exception, match=r"point at nothing|user_id"):
        upgrade(database, _with_step(tmp_path, LOST_PARENT_STEP))
    assert current(database) == head()


def test_a_database_from_a_later_version_is_refused(database: Database) -> None:
    with database.altering() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9000'")
    with pytest.raises(Refused, match="later version"):
        check(database)
    with pytest.raises(Refused, match="later version"):
        upgrade(database)
