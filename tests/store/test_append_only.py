"""What was written stays written, whatever statement somebody tries."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from schema.actor import COMMAND_LINE
from schema.problem import Refused
from schema.store import guards
from schema.store.audit import record
from schema.store.database import Database, now
from schema.store.models import Audit, EntryChange, TemplateVersion
from tests.store.one_case import one_case, value

REPLACE = (
    "INSERT OR REPLACE INTO audit (seq, at, actor_name, action, object_id, detail, request_id, key_name, prev_hash, hash) "
    "VALUES (1, '2020-01-01', 'x', 'x.x', '', '{}', '', '', '', '')"
)


def _try(database: Database, statement: str) -> None:
    # By the trigger: a statement that fails for another reason would show nothing.
    with (
        pytest.raises(DatabaseError, match=r"append-only|never changed"),
        database.writing() as session,
    ):
        session.execute(text(statement))


def _published(database: Database, state: str = "published") -> None:
    with database.writing() as session:
        session.add(
            TemplateVersion(
                id="v1",
                key="small",
                version=1,
                title="Small",
                source="a",
                codelists="{}",
                source_hash="h",
                state=state,
                created_at=now(session),
            )
        )


@pytest.fixture
def audited(database: Database) -> Database:
    with database.writing() as session:
        record(session, COMMAND_LINE, "user.add", object_id="amara", detail={"is_admin": False})
    return database


def test_an_act_is_recorded_with_who_and_when(audited: Database) -> None:
    with audited.reading() as session:
        row = session.scalars(select(Audit)).one()
    assert (row.actor_name, row.action, row.object_id, row.detail) == (
        "command line",
        "user.add",
        "amara",
        '{"is_admin": false}',
    )
    assert row.at.tzinfo is UTC
    assert row.at <= datetime.now(UTC)


@pytest.mark.parametrize("statement", ["UPDATE audit SET actor_name = 'x'", "DELETE FROM audit"])
def test_the_audit_trail_cannot_be_changed(audited: Database, statement: str) -> None:
    _try(audited, statement)
    with audited.reading() as session:
        assert session.scalars(select(Audit.actor_name)).all() == ["command line"]


def test_the_audit_trail_cannot_be_emptied_or_replaced(audited: Database) -> None:
    _try(audited, REPLACE if audited.dialect == "sqlite" else "TRUNCATE audit")
    with audited.reading() as session:
        assert session.scalars(select(Audit.actor_name)).all() == ["command line"]


def test_a_line_of_the_log_of_saves_cannot_be_changed_taken_out_or_replaced(database: Database) -> None:
    setting = one_case(database)
    setting.save(0, value("report.area", "Exampleshire"))
    acts = ["UPDATE entry_change SET changes = '[]'", "DELETE FROM entry_change"]
    replace = (
        "INSERT OR REPLACE INTO entry_change SELECT entry_id, revision, at, \"by\", '[]' FROM entry_change"
    )
    for act in [*acts, replace if database.dialect == "sqlite" else "TRUNCATE entry_change"]:
        _try(database, act)
    with database.reading() as session:
        assert "Exampleshire" in session.scalars(select(EntryChange.changes)).one()


@pytest.mark.parametrize("table", ["audit", "entry_change", "snapshot"])
def test_each_append_only_table_has_its_triggers(database: Database, table: str) -> None:
    asked = {
        "sqlite": "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :name",
        "postgresql": "SELECT count(*) FROM pg_trigger WHERE tgrelid = CAST(:name AS regclass) AND NOT tgisinternal",
    }[database.dialect]
    with database.reading() as session:
        count = session.execute(text(asked), {"name": table}).scalar_one()
    assert count == {"sqlite": 2, "postgresql": 1}[database.dialect]


def test_every_trigger_that_keeps_rows_is_known_and_one_that_is_taken_away_is_missed(
    database: Database,
) -> None:
    """Known by name: of what the migrations made, all but those that keep the state of a case, which the doctor counts."""
    with database.reading() as session:
        made = set(session.scalars(text(guards.IN_PLACE[database.dialect])))
        assert {name for name in made if "_state_" not in name} == set(guards.guards(database.dialect))
    guards.require(database)
    away = {
        "sqlite": ["DROP TRIGGER audit_no_update", "DROP TRIGGER assignment_blind"],
        "postgresql": [
            "ALTER TABLE audit DISABLE TRIGGER USER",
            "DROP TRIGGER assignment_blind ON assignment",
        ],
    }
    with database.writing() as session:
        for statement in away[database.dialect]:
            session.execute(text(statement))
    with pytest.raises(Refused) as refused:
        guards.require(database)
    assert refused.value.problems[0].code == "DB-003"
    assert "gone from: assignment, audit." in refused.value.problems[0].message


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE template_version SET source = 'b'",
        "UPDATE template_version SET codelists = '{\"x\": 1}'",
        "UPDATE template_version SET version = 2",
        "UPDATE template_version SET state = 'draft'",
        "DELETE FROM template_version",
    ],
)
def test_a_published_version_cannot_be_changed(database: Database, statement: str) -> None:
    _published(database)
    _try(database, statement)


def test_a_published_version_can_be_retired(database: Database) -> None:
    _published(database)
    with database.writing() as session:
        session.execute(text("UPDATE template_version SET state = 'retired'"))
    with database.reading() as session:
        assert session.scalars(select(TemplateVersion.state)).all() == ["retired"]


def test_a_draft_can_still_be_changed(database: Database) -> None:
    _published(database, state="draft")
    with database.writing() as session:
        session.execute(text("UPDATE template_version SET source = 'b', state = 'published'"))
    with database.reading() as session:
        assert session.scalars(select(TemplateVersion.source)).all() == ["b"]
