"""Where the owner is apart, PostgreSQL itself keeps the role that serves from changing what is append-only: by privilege, not by trigger."""

from __future__ import annotations

import dataclasses
import gc
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from schema.problem import Refused
from schema.store import guards, migrate, privileges
from schema.store.audit_verify import verify
from schema.store.database import Database
from schema.store.models import Audit, Case, ExportFile, User
from tests.support.databases import PostgresServer
from tests.support.roles import Parted, copied, parted
from tests.support.signed_off import signed_off_case
from tests.support.world import PASSWORD, World, populate
from webapp import opening
from webapp.cli import main
from webapp.health.operations import examine
from webapp.jobs import Worker
from webapp.projects.erasing import CASE, erase
from webapp.wsgi import application

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
    "CREATE TEMPORARY TABLE case_knowledge (id integer)",
    "CREATE SCHEMA mine",
    "DROP SCHEMA public CASCADE",
    "SET session_replication_role = replica",
    "UPDATE alembic_version SET version_num = '0001'",
)
INTEGRITY, CHECKED = "23000", "23514"  # integrity_constraint_violation (our triggers), check_violation
TAKE = (
    "INSERT INTO assignment (id, case_id, part, user_id, assigned_at) "
    "SELECT 'x', case_id, '{part}', user_id, now() FROM assignment WHERE part = '{of}'"
)
#: On a case that was signed off: who took which part is kept, and no state is reached that the work does not have.
KEPT_OF_A_CASE = {
    TAKE.format(part="coder_2", of="coder_1"): INTEGRITY,
    TAKE.format(part="reconciler", of="coder_2"): INTEGRITY,
    TAKE.format(part="coder_1", of="reconciler"): INTEGRITY,
    "UPDATE assignment SET part = 'reconciler' WHERE part = 'coder_1'": INTEGRITY,
    "UPDATE assignment SET user_id = 'x'": INTEGRITY,
    "UPDATE comparison SET undecided = 1": CHECKED,
    "UPDATE comparison SET state = 'reopened'": CHECKED,
    "UPDATE entry SET state = 'signed_off'": CHECKED,
    "DELETE FROM assignment": DENIED,
    "DELETE FROM case_knowledge": DENIED,
    "DELETE FROM entry": DENIED,
    "DELETE FROM comparison": DENIED,
    "DELETE FROM decision": DENIED,
    "DELETE FROM study_case": DENIED,
    "DELETE FROM user_account": DENIED,
}


@pytest.fixture(scope="module")
def roles(postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parted]:
    """A database that was prepared by its owner and belongs to nobody who serves; tests leave it as it was."""
    with parted(postgres_server, tmp_path_factory.mktemp("parted")) as made:
        opening.upgrade(made.serving, made.settings)
        yield made


@pytest.fixture
def fresh(postgres_server: PostgresServer, roles: Parted, tmp_path: Path) -> Iterator[Parted]:
    """Another one, for a test that changes it."""
    with copied(postgres_server, roles, tmp_path) as made:
        yield made


def _state(database: Database, statement: str) -> str:
    """PostgreSQL's state of the refusal of a statement, empty where it is let through; nothing of it stays."""
    with database.engine.connect() as connection:
        try:
            connection.execute(text(statement))
        except DBAPIError as error:
            return str(getattr(error.orig, "sqlstate", ""))
        finally:
            connection.rollback()
    return ""


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
    assert _state(roles.serving, f'SET ROLE "{roles.owner.url.username}"') == DENIED


def test_a_case_lives_from_the_first_answer_to_the_workbook_and_is_erased(fresh: Parted) -> None:
    """Served by a role that owns nothing, as which a server does everything but erase; that is done by whoever knows the owner."""
    serving = dataclasses.replace(fresh.settings, database_owner_url="")
    world = World(fresh.serving, serving.data_dir)
    with world.writing() as session:
        populate(session)
    signed_off_case(world, "DHR-001", report={"area": "Elsewhere", "children_known": "no"})
    dana = world.client_for("dana")
    assert dana.submit("/projects/pilot/exports", {"format": "xlsx", "password": PASSWORD}).status_code == 303
    Worker(world.database, world.settings).run_all()
    with world.reading() as session:
        assert session.scalar(select(func.count()).select_from(ExportFile)) == 1
        assert session.scalars(select(Case.kept_state)).all() == ["signed off"]
    assert {one: _state(fresh.serving, one) for one in KEPT_OF_A_CASE} == KEPT_OF_A_CASE
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
    opening.require_fit(world.database, fresh.settings)


def test_an_upgrade_gives_what_is_due_on_a_new_table_and_takes_away_what_is_not(fresh: Parted) -> None:
    fresh.by_owner("CREATE TABLE later (id serial PRIMARY KEY, said text)")
    fresh.by_owner(f'GRANT UPDATE (actor_name) ON audit TO "{fresh.role}"')
    fresh.by_owner(f'REVOKE INSERT ON notice FROM "{fresh.role}"')
    assert _refused(fresh) == [
        "may UPDATE on audit", "may not SELECT, INSERT, UPDATE on later", "may not USAGE on later_id_seq",
        "may not INSERT on notice",
    ]  # fmt: skip
    opening.upgrade(fresh.serving, fresh.settings)
    privileges.require(fresh.serving, apart=True)
    with fresh.serving.writing() as session:
        session.execute(text("INSERT INTO later (said) VALUES ('a')"))
        session.execute(text("UPDATE later SET said = 'b'"))
    assert _state(fresh.serving, "TRUNCATE later") == DENIED


def _refused(roles: Parted, database: Database | None = None) -> list[str]:
    """What is said of the role that serves, by what it is about."""
    with pytest.raises(Refused) as refused:
        privileges.require(database or roles.serving, apart=True)
    (problem,) = refused.value.problems
    assert problem.code == "DB-004"
    said = problem.message.removesuffix(".").split(", which serves, ")[1].split("; ")
    return sorted(said, key=lambda one: one.rsplit(" ", 1)[-1])


def test_what_a_role_is_or_may_make_counts_as_well_as_what_it_may_do_to_tables(
    fresh: Parted, postgres_server: PostgresServer
) -> None:
    name, other = fresh.owner.url.database, postgres_server.role()
    fresh.by_owner("GRANT CREATE ON SCHEMA public TO PUBLIC")
    postgres_server.run(f'GRANT CREATE, TEMPORARY ON DATABASE "{name}" TO PUBLIC')
    assert _refused(fresh) == [
        "may make tables and functions in the schema (CREATE)", "may make schemas in the database (CREATE)",
        "may make temporary tables in the database (TEMPORARY)",
    ]  # fmt: skip
    postgres_server.run(f'ALTER ROLE "{fresh.role}" NOINHERIT CREATEROLE')
    postgres_server.run(f'GRANT "{other}" TO "{fresh.role}"')
    said = _refused(fresh)
    postgres_server.run(f'REVOKE "{other}" FROM "{fresh.role}"')
    postgres_server.run(f'ALTER ROLE "{fresh.role}" INHERIT NOCREATEROLE')
    assert said == ["may make roles and their members (CREATEROLE)", f"is a member of {other}"]
    with opening.as_owner(fresh.serving, fresh.settings) as owner:
        assert "owns the database and " in _refused(fresh, owner)[0]
    postgres_server.run(f'ALTER ROLE "{fresh.role}" SUPERUSER')
    said = _refused(fresh)
    postgres_server.run(f'ALTER ROLE "{fresh.role}" NOSUPERUSER')
    assert said == ["is a superuser, to whom nothing is refused"]


def test_a_role_that_owns_what_it_serves_from_is_refused_and_nothing_is_upgraded(
    postgres_server: PostgresServer, tmp_path: Path
) -> None:
    with parted(postgres_server, tmp_path) as empty:
        same = dataclasses.replace(empty.settings, database_url=empty.settings.database_owner_url)
        with pytest.raises(Refused) as refused:
            opening.upgrade(empty.owner, same)
        assert "owns the database" in refused.value.problems[0].message
        assert migrate.current(empty.owner) is None
        alone = dataclasses.replace(empty.settings, database_owner_url="")
        with pytest.raises(Refused) as refused:  # as a server does that finds the database empty
            opening.upgrade(empty.serving, alone)
        assert refused.value.problems[0].code == "DB-006"


def test_a_role_that_was_given_nothing_is_told_what_to_run(fresh: Parted) -> None:
    fresh.by_owner(f'REVOKE ALL ON alembic_version, notice FROM "{fresh.role}"')
    with pytest.raises(Refused) as refused:
        migrate.current(fresh.serving)
    assert refused.value.problems[0].code == "DB-006"
    assert "tandem db upgrade" in refused.value.problems[0].remedy
    fresh.by_owner(f'GRANT SELECT ON alembic_version TO "{fresh.role}"')
    failed = [one for one in examine(fresh.serving, fresh.settings) if one.state == "failed"]
    assert failed[0].check == "privileges"
    assert "may not SELECT, INSERT, UPDATE on notice" in failed[0].said


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
    state, said = _line(roles, database_url=owner, database_owner_url="")
    assert (state, "owns the tables" in said) == ("ok", True)
    state, said = _line(roles, database_url=owner)
    assert (state, "owns the database" in said) == ("failed", True)
    roles.by_owner(f'GRANT DELETE ON audit TO "{roles.role}"')
    state, said = _line(roles)
    roles.by_owner(f'REVOKE DELETE ON audit FROM "{roles.role}"')
    assert state == "failed"
    assert "may DELETE on audit" in said
    assert "tandem db upgrade" in said


def _environment(roles: Parted, *, owner: bool) -> dict[str, str]:
    return {
        "TANDEM_DATA_DIR": str(roles.settings.data_dir),
        "TANDEM_SECRET_KEY": roles.settings.secret_key,
        "TANDEM_DATABASE_URL": roles.settings.database_url,
        "TANDEM_DATABASE_OWNER_URL": roles.settings.database_owner_url if owner else "",
    }


def _tandem(roles: Parted, *words: str, owner: bool = True) -> Result:
    return CliRunner().invoke(main, words, env=_environment(roles, owner=owner), catch_exceptions=False)


def _application(roles: Parted) -> None:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in _environment(roles, owner=False).items():
            patch.setenv(name, value)
        application().extensions["tandem"].database.dispose()
    gc.unfreeze()


def test_no_server_starts_where_the_role_that_serves_may_do_more_or_less_than_is_due(
    fresh: Parted, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[bool] = []
    monkeypatch.setattr("webapp.serving.serve", lambda *_: started.append(True))
    monkeypatch.setattr("webapp.jobs.Worker.start", lambda *_: started.append(True))
    monkeypatch.setattr("webapp.jobs.Worker.wait", lambda *_: None)
    assert (_tandem(fresh, "serve", owner=False).exit_code, started) == (0, [True])
    _application(fresh)
    for change in ("GRANT UPDATE ON snapshot TO", "REVOKE INSERT ON snapshot FROM"):
        fresh.by_owner(f'{change} "{fresh.role}"')
        for command in ("serve", "worker"):
            refused = _tandem(fresh, command, owner=False)
            assert (refused.exit_code, "DB-004" in refused.output) == (2, True)
        with pytest.raises(Refused, match="DB-004"):
            _application(fresh)
        assert "privileges that are due" in _tandem(fresh, "db", "upgrade").output
    assert (_tandem(fresh, "serve", owner=False).exit_code, started) == (0, [True, True])


def test_a_restored_database_serves_again(fresh: Parted, tmp_path: Path) -> None:
    backup = str(tmp_path / "one.backup")
    assert _tandem(fresh, "user", "add", "amara", owner=False).exit_code == 0
    assert _tandem(fresh, "backup", backup, owner=False).exit_code == 0
    refused = _tandem(fresh, "restore", backup, "--replace", owner=False)
    assert (refused.exit_code, "DB-006" in refused.output) == (2, True)
    restored = _tandem(fresh, "restore", backup, "--replace")
    assert restored.exit_code == 0, restored.output
    privileges.require(fresh.serving, apart=True)
    assert "amara" in _tandem(fresh, "user", "list", owner=False).output


@pytest.mark.full
def test_what_is_moved_goes_where_it_was_told_and_not_to_the_owner_of_what_is_left(
    fresh: Parted, postgres_server: PostgresServer
) -> None:
    assert _tandem(fresh, "user", "add", "amara", owner=False).exit_code == 0
    target = postgres_server.empty()
    moved = _tandem(fresh, "move", "--to", target.url.render_as_string(hide_password=False))
    assert moved.exit_code == 0, moved.output
    with target.reading() as session:
        assert session.scalars(select(User.name)).all() == ["amara"]
    postgres_server.drop(target)
