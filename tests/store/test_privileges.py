"""Where the owner is apart, PostgreSQL itself keeps the role that serves from changing what is append-only: by privilege, not by trigger."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select, text
from sqlalchemy.exc import ProgrammingError

from schema.problem import Refused
from schema.store import guards, migrate, privileges
from schema.store.audit_verify import verify
from schema.store.database import Database
from schema.store.models import Audit, Case, ExportFile, User
from tests.support.databases import PostgresServer
from tests.support.roles import Parted, parted
from tests.support.signed_off import signed_off_case
from tests.support.world import PASSWORD, World, populate
from webapp import opening
from webapp.cli import main
from webapp.health.operations import examine
from webapp.jobs import Worker
from webapp.projects.erasing import CASE, erase

pytestmark = pytest.mark.postgres

DENIED = "42501"  # insufficient_privilege, PostgreSQL's documentation, appendix A
#: Every way by which a statement changes, empties, replaces or lets go of what a table keeps.
FORBIDDEN = (
    "UPDATE {table} SET {column} = {column}",
    "UPDATE {table} SET {column} = {column} WHERE false",
    "DELETE FROM {table}",
    "TRUNCATE {table} CASCADE",
    "INSERT INTO {table} SELECT * FROM {table} ON CONFLICT ({key}) DO UPDATE SET {column} = EXCLUDED.{column}",
    "MERGE INTO {table} AS t USING {table} AS s ON t.{column} = s.{column} WHEN MATCHED THEN DELETE",
    "SELECT * FROM {table} FOR UPDATE",
    "ALTER TABLE {table} DISABLE TRIGGER USER",
    "ALTER TABLE {table} DISABLE TRIGGER {table}_append_only",
    "DROP TRIGGER {table}_append_only ON {table}",
    "CREATE TRIGGER mine BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    "CREATE RULE mine AS ON INSERT TO {table} DO INSTEAD NOTHING",
    "ALTER TABLE {table} DROP COLUMN {column} CASCADE",
    "ALTER TABLE {table} RENAME TO mine",
    "DROP TABLE {table} CASCADE",
)
#: And of what keeps all of them.
FORBIDDEN_OF_ALL = (
    "DROP FUNCTION refuse_change() CASCADE",
    "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
    "CREATE TABLE mine (id integer)",
    "DROP SCHEMA public CASCADE",
    "SET session_replication_role = replica",
    "UPDATE alembic_version SET version_num = '0001'",
)


@pytest.fixture(scope="module")
def roles(postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parted]:
    """A database that was prepared by its owner and belongs to nobody who serves; tests leave it as it was."""
    with parted(postgres_server, tmp_path_factory.mktemp("parted")) as made:
        opening.upgrade(made.serving, made.settings)
        yield made


@pytest.fixture
def fresh(postgres_server: PostgresServer, tmp_path: Path) -> Iterator[Parted]:
    """An empty one, for a test that changes it."""
    with parted(postgres_server, tmp_path) as made:
        yield made


def _state(database: Database, statement: str) -> str:
    """PostgreSQL's state of the refusal of a statement, empty where it is let through; nothing of it stays."""
    with database.engine.connect() as connection:
        try:
            connection.execute(text(statement))
        except ProgrammingError as error:
            return str(getattr(error.orig, "sqlstate", ""))
        finally:
            connection.rollback()
    return ""


def _by_owner(roles: Parted, *statements: str) -> None:
    with roles.owner.writing() as session:
        for statement in statements:
            session.execute(text(statement))


def _keys(database: Database, table: str) -> list[str]:
    with database.reading() as session:
        asked = text(
            "SELECT attname::text FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY (indkey) "
            "WHERE indisprimary AND indrelid = to_regclass(:name)"
        )
        return list(session.scalars(asked, {"name": table}))


@pytest.mark.parametrize("table", guards.APPEND_ONLY)
def test_whatever_changes_an_append_only_table_is_refused_by_privilege(roles: Parted, table: str) -> None:
    key = _keys(roles.serving, table)
    filled = {"table": table, "column": key[0], "key": ", ".join(key)}
    states = {one: _state(roles.serving, one.format(**filled)) for one in FORBIDDEN}
    assert states == dict.fromkeys(FORBIDDEN, DENIED)
    assert _state(roles.serving, f"SELECT * FROM {table}") == ""


def test_what_keeps_all_of_them_can_be_neither_replaced_nor_removed(roles: Parted) -> None:
    states = {one: _state(roles.serving, one) for one in FORBIDDEN_OF_ALL}
    assert states == dict.fromkeys(FORBIDDEN_OF_ALL, DENIED)


def test_a_case_lives_from_the_first_answer_to_the_workbook_and_is_erased(fresh: Parted) -> None:
    """Served by a role that owns nothing, as which a server does everything but erase; that is done by whoever knows the owner."""
    opening.upgrade(fresh.serving, fresh.settings)
    world = World(fresh.serving, fresh.settings.data_dir)
    with world.writing() as session:
        populate(session)
    signed_off_case(world, "DHR-001", report={"area": "Elsewhere", "children_known": "no"})
    dana = world.client_for("dana")
    assert dana.submit("/projects/pilot/exports", {"format": "xlsx", "password": PASSWORD}).status_code == 303
    Worker(world.database, world.settings).run_all()
    with world.reading() as session:
        assert session.scalar(select(func.count()).select_from(ExportFile)) == 1
        assert session.scalars(select(Case.kept_state)).all() == ["signed off"]
    _erased_by_command_alone(fresh, world)


def _erased_by_command_alone(fresh: Parted, world: World) -> None:
    root, page = world.client_for("root"), "/projects/pilot/erase"
    assert "tandem project erase pilot --case REFERENCE" in root.page(page).words
    form = {"what": "case", "typed": "DHR-001", "reason": "As asked.", "password": PASSWORD}
    answer = root.submit(page, form)
    assert answer.status_code == 409
    assert "as a role that cannot erase" in answer.get_data(as_text=True)
    erase(world.database, fresh.settings, world.actor("root"), "pilot", CASE, "DHR-001", "As asked.")
    with world.reading() as session:
        assert session.scalars(select(Case)).all() == []
        assert session.scalars(select(Audit.action).order_by(Audit.seq.desc())).first() == "case.erase"
        assert verify(session).holds
    guards.require(world.database)
    privileges.require(world.database)


def test_an_upgrade_gives_what_is_due_on_a_new_table_and_takes_away_what_is_not(fresh: Parted) -> None:
    opening.upgrade(fresh.serving, fresh.settings)
    serving = str(fresh.serving.url.username)
    _by_owner(
        fresh,
        "CREATE TABLE later (id serial PRIMARY KEY, said text)",
        f'GRANT UPDATE (actor_name) ON audit TO "{serving}"',
        f'REVOKE INSERT ON notice FROM "{serving}"',
    )
    assert _refusal(fresh) == [
        "may UPDATE on audit", "may not SELECT, INSERT, UPDATE, DELETE on later", "may not USAGE on later_id_seq",
        "may not INSERT on notice",
    ]  # fmt: skip
    opening.upgrade(fresh.serving, fresh.settings)
    privileges.require(fresh.serving)
    with fresh.serving.writing() as session:
        session.execute(text("INSERT INTO later (said) VALUES ('a')"))
        session.execute(text("UPDATE later SET said = 'b'"))
    assert _state(fresh.serving, "TRUNCATE later") == DENIED


def _refusal(roles: Parted) -> list[str]:
    with pytest.raises(Refused) as refused:
        privileges.require(roles.serving)
    (problem,) = refused.value.problems
    assert problem.code == "DB-004"
    return sorted(problem.message.removesuffix(".").split(", which serves, ")[1].split("; "), key=_by_name)


def _by_name(said: str) -> str:
    return said.rsplit(" ", 1)[-1]


def test_a_role_that_owns_what_it_serves_from_or_belongs_to_the_owner_is_refused_and_nothing_is_upgraded(
    fresh: Parted, postgres_server: PostgresServer
) -> None:
    same = dataclasses.replace(fresh.settings, database_url=fresh.settings.database_owner_url)
    with pytest.raises(Refused) as refused:
        opening.upgrade(fresh.owner, same)
    assert "owns the database" in refused.value.problems[0].message
    assert migrate.current(fresh.owner) is None
    postgres_server.join(str(fresh.serving.url.username), str(fresh.owner.url.username))
    with pytest.raises(Refused) as refused:
        opening.upgrade(fresh.serving, fresh.settings)
    assert refused.value.problems[0].code == "DB-004"
    assert migrate.current(fresh.owner) is None


def test_a_role_that_was_given_nothing_is_told_what_to_run(fresh: Parted) -> None:
    migrate.upgrade(fresh.owner)
    with pytest.raises(Refused) as refused:
        migrate.current(fresh.serving)
    assert refused.value.problems[0].code == "DB-006"
    assert "tandem db upgrade with TANDEM_DATABASE_OWNER_URL" in refused.value.problems[0].remedy


def _line(roles: Parted, **others: str) -> tuple[str, str]:
    settings = dataclasses.replace(roles.settings, **others)  # type: ignore[arg-type]
    database = opening.open_database(settings)
    found = {one.check: one for one in examine(database, settings)}["privileges"]
    database.dispose()
    return found.state, f"{found.said} {found.remedy}"


def test_the_doctor_says_whether_the_role_that_serves_is_apart_and_how_it_is_put_right(roles: Parted) -> None:
    owner = roles.settings.database_owner_url
    assert _line(roles)[0] == "ok"
    assert "owns nothing" in _line(roles)[1]
    assert _line(roles, database_url=owner, database_owner_url="")[0] == "ok"
    state, said = _line(roles, database_url=owner)
    assert (state, "a role of its own" in said) == ("failed", True)
    serving = roles.serving.url.username
    _by_owner(roles, f'GRANT DELETE ON audit TO "{serving}"')
    state, said = _line(roles)
    _by_owner(roles, f'REVOKE DELETE ON audit FROM "{serving}"')
    assert state == "failed"
    assert "may DELETE on audit" in said
    assert "tandem db upgrade" in said


def _tandem(roles: Parted, *words: str) -> Result:
    environment = {
        "TANDEM_DATA_DIR": str(roles.settings.data_dir),
        "TANDEM_SECRET_KEY": roles.settings.secret_key,
        "TANDEM_DATABASE_URL": roles.settings.database_url,
        "TANDEM_DATABASE_OWNER_URL": roles.settings.database_owner_url,
    }
    return CliRunner().invoke(main, words, env=environment, catch_exceptions=False)


def test_commands_prepare_restore_and_move_as_the_owner_and_no_server_starts_with_other_privileges(
    fresh: Parted, postgres_server: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[bool] = []
    monkeypatch.setattr("webapp.serving.serve", lambda *_: started.append(True))
    assert _tandem(fresh, "user", "add", "amara").exit_code == 0  # an empty database is prepared by itself
    backup = tmp_path / "one.backup"
    assert _tandem(fresh, "backup", str(backup)).exit_code == 0
    restored = _tandem(fresh, "restore", str(backup), "--replace")
    assert restored.exit_code == 0, restored.output
    privileges.require(fresh.serving)
    assert "amara" in _tandem(fresh, "user", "list").output
    assert (_tandem(fresh, "serve").exit_code, started) == (0, [True])
    _by_owner(fresh, f'GRANT UPDATE ON snapshot TO "{fresh.serving.url.username}"')
    for command in ("serve", "worker"):
        refused = _tandem(fresh, command)
        assert (refused.exit_code, "DB-004" in refused.output, started) == (2, True, [True])
    assert "privileges that are due" in _tandem(fresh, "db", "upgrade").output
    assert (_tandem(fresh, "serve").exit_code, started) == (0, [True, True])
    _moved_elsewhere(fresh, postgres_server)


def _moved_elsewhere(fresh: Parted, server: PostgresServer) -> None:
    """What is moved goes where it was told, not to the owner of what is left."""
    target = server.empty()
    moved = _tandem(fresh, "move", "--to", target.url.render_as_string(hide_password=False))
    assert moved.exit_code == 0, moved.output
    with target.reading() as session:
        assert session.scalars(select(User.name)).all() == ["amara"]
    server.drop(target)
