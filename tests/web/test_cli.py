"""The command line: every command has its sentence; bad input ends with exit code 2 and what to do, what passes by itself with 75."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select, text

from schema.store import two_step
from schema.store.database import PRAGMAS, Database
from schema.store.identities import person_of
from schema.store.migrate import upgrade
from schema.store.models import Audit, TwoStep
from schema.store.passwords import verify_password
from schema.store.people import find_user, use_reset_code
from tests.support.commands import held_commands
from webapp.cli import main
from webapp.command_list import LISTED

Tandem = Callable[..., Result]
#: What only some requests need; the server loads each with the first of them (docs/architecture.md).
HEAVY = {
    "alembic",
    "authlib",
    "cryptography",
    "docx",
    "lxml",
    "numpy",
    "openpyxl",
    "pandas",
    "pygments",
    "pypdfium2",
    "pyreadstat",
    "python_calamine",
    "rapidfuzz",
    "s3fs",
    "scipy",
}
CODE = re.compile(r"(?:[a-z0-9]{4}-){3}[a-z0-9]{4}")


@pytest.fixture
def tandem(tmp_path: Path) -> Tandem:
    """Run a command in an installation of its own."""
    environment = {"TANDEM_DATA_DIR": str(tmp_path), "TANDEM_DATABASE_URL": None, "TANDEM_SECRET_KEY": None}

    def run(*words: str, typed: str = "", **others: str) -> Result:
        return CliRunner().invoke(
            main, words, input=typed, env={**environment, **others}, catch_exceptions=False
        )

    return run


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """The database of that installation, migrated."""
    made = Database(f"sqlite:///{tmp_path / 'tandem.sqlite3'}")
    upgrade(made)
    yield made
    made.dispose()


def test_no_server_starts_where_a_trigger_that_keeps_rows_is_gone(
    tandem: Tandem, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = []
    monkeypatch.setattr("webapp.serving.serve", lambda *_: started.append(True))
    assert (tandem("serve").exit_code, started) == (0, [True])
    with database.writing() as session:
        session.execute(text("DROP TRIGGER audit_no_update"))
    for command in ("serve", "worker"):
        refused = tandem(command)
        assert refused.exit_code == 2
        assert "DB-003" in refused.output
    assert started == [True]


def test_help_lists_every_command_with_a_sentence(tandem: Tandem) -> None:
    said = " ".join(tandem("--help").output.split())
    for name, _, command in held_commands():
        assert _sentence(command), f"{name} has no sentence"
        assert f"{name} {_sentence(command)}" in said


def test_the_list_of_commands_is_what_the_rooms_hold() -> None:
    held = {name: (module, _sentence(command)) for name, module, command in held_commands()}
    assert {line.name: (line.module, line.sentence.removesuffix(".")) for line in LISTED} == held
    assert [line.name for line in LISTED] == sorted(held)


def _sentence(command: click.Command) -> str:
    return " ".join((command.help or "").split()).partition(". ")[0].removesuffix(".")


def _printed(script: str) -> set[str]:
    """The words that a Python of its own prints."""
    words = [sys.executable, "-c", script]
    return set(subprocess.run(words, capture_output=True, text=True, check=True).stdout.split())


def _loaded(script: str) -> set[str]:
    """The modules that a Python of its own holds after a script."""
    return _printed(f"{script}\nimport sys; print(*sys.modules)")


def test_help_for_all_commands_loads_no_room() -> None:
    asked = "import contextlib, io, webapp.cli\nwith contextlib.redirect_stdout(io.StringIO()):\n    webapp.cli.main(['--help'], standalone_mode=False)"
    assert _loaded(asked) & {"flask", "sqlalchemy", "webapp.command_line", "webapp.people.commands"} == set()


def test_the_server_starts_without_the_heavy_libraries() -> None:
    assert _loaded("import webapp.serving, webapp.command_line") & HEAVY == set()


def test_what_a_command_loads_is_left_alone_by_the_collector_which_goes_on() -> None:
    asked = "import click, gc\nfrom webapp.cli import main\nmain.get_command(click.Context(main), 'user')"
    looked_at, left = "gc.get_objects()", "gc.get_freeze_count()"
    assert _printed(f"{asked}\nprint(len({looked_at}) < {left}, gc.isenabled())") == {"True"}


def test_a_new_person_opens_the_account_with_the_printed_code(tandem: Tandem, database: Database) -> None:
    ran = tandem("user", "add", "Rowan", "--display-name", "Rowan Reed", "--admin")
    assert ran.exit_code == 0
    code = CODE.search(ran.output)
    assert code is not None
    with database.writing() as session:
        user = use_reset_code(session, "rowan", code[0], "hash")
        assert (user.display_name, user.is_admin) == ("Rowan Reed", True)


def test_a_password_can_be_asked_for_instead(tandem: Tandem, database: Database) -> None:
    typed = "a wet bicycle sings\n"
    ran = tandem("user", "add", "rowan", "--ask-password", typed=typed * 2)
    assert ran.exit_code == 0
    assert "bicycle" not in ran.output
    with database.reading() as session:
        user = find_user(session, "rowan")
        assert user is not None
        assert verify_password(user.password_hash, "a wet bicycle sings")


def test_a_weak_password_is_refused_and_nobody_added(tandem: Tandem, database: Database) -> None:
    ran = tandem("user", "add", "rowan", "--ask-password", typed="passwordpassword\n" * 2)
    assert (ran.exit_code, "PWD-004" in ran.stderr) == (2, True)
    with database.reading() as session:
        assert find_user(session, "rowan") is None


def test_a_role_is_given_in_a_project_to_new_and_known_people(tandem: Tandem) -> None:
    assert (
        tandem(
            "project", "create", "pilot", "--title", "Pilot", "--template", "dhr-childrens-services"
        ).exit_code
        == 0
    )
    assert CODE.search(tandem("user", "add", "amara", "--role", "coder", "--project", "pilot").output)
    again = tandem("user", "add", "amara", "--role", "reconciler", "--project", "pilot")
    assert again.exit_code == 0
    assert not CODE.search(again.output)
    assert tandem("user", "list").output == "amara\tamara\tcoder in pilot, reconciler in pilot\n"
    assert tandem("project", "list").output.startswith("pilot\tPilot\tdhr-childrens-services@")


def test_a_rehearsal_is_marked(tandem: Tandem) -> None:
    tandem(
        "project",
        "create",
        "trial",
        "--title",
        "Trial",
        "--template",
        "dhr-childrens-services@1",
        "--rehearsal",
    )
    assert tandem("project", "list").output == "trial\tTrial\tdhr-childrens-services@1\trehearsal\n"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("user", "add", "two words"), "PPL-001"),
        (("user", "add", "amara", "--role", "coder", "--project", "nowhere"), "PRJ-404"),
        (("user", "add", "amara", "--role", "coder"), "go together"),
        (("user", "add", "amara", "--role", "owner", "--project", "x"), "is not one of"),
        (("user", "reset-code", "nobody"), "PPL-007"),
        (("project", "create", "Bad Key", "--title", "T", "--template", "dhr-childrens-services"), "PRJ-001"),
        (("project", "create", "good", "--title", "T", "--template", "no-such"), "PRJ-022"),
        (("project", "create", "good", "--title", "T", "--template", "dhr-childrens-services@99"), "TPL-204"),
        (("project", "create", "good", "--title", "T", "--template", "dhr-childrens-services@x"), "PRJ-024"),
    ],
)
def test_bad_input_ends_with_two_and_leaves_nothing(
    tandem: Tandem, database: Database, words: tuple[str, ...], told: str
) -> None:
    ran = tandem(*words)
    assert (ran.exit_code, told in ran.stderr, ran.stdout) == (2, True, "")
    with database.reading() as session:
        assert session.scalars(select(Audit.action)).all() == []


def test_bad_settings_end_with_two_and_all_problems(tandem: Tandem) -> None:
    ran = tandem("user", "list", TANDEM_SECRET_KEY="weak", TANDEM_PORT="x")
    assert ran.exit_code == 2
    assert ("SET-002" in ran.stderr, "SET-004" in ran.stderr) == (True, True)


def test_a_database_that_does_not_answer_ends_a_command_as_what_passes_by_itself(tandem: Tandem) -> None:
    refused = tandem("user", "list", TANDEM_DATABASE_URL="postgresql://tandem:marmalade@127.0.0.1:1/x")
    assert (refused.exit_code, "SET-014" in refused.stderr) == (75, True)


def test_a_database_that_somebody_else_holds_ends_a_command_with_what_to_do_and_lets_it_come_again(
    tandem: Tandem, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("schema.store.database.PRAGMAS", ("PRAGMA busy_timeout=50", *PRAGMAS[1:]))
    other = sqlite3.connect(str(database.url.database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")  # as another program would, past our queue
    refused = tandem("user", "add", "rowan")
    other.close()
    assert refused.exit_code == 75
    assert "DB-503" in refused.output
    assert tandem("user", "add", "rowan").exit_code == 0


def test_a_reset_code_is_printed_for_somebody_who_has_an_account(tandem: Tandem, database: Database) -> None:
    tandem("user", "add", "amara")
    code = CODE.search(tandem("user", "reset-code", "AMARA").output)
    assert code is not None
    with database.writing() as session:
        assert use_reset_code(session, "amara", code[0], "hash").name == "amara"


def test_an_account_is_closed_and_opened_from_the_command_line(tandem: Tandem) -> None:
    tandem("user", "add", "amara")
    assert tandem("user", "disable", "amara").exit_code == 0
    assert "disabled" in tandem("user", "list").output
    assert tandem("user", "enable", "amara").exit_code == 0
    assert "disabled" not in tandem("user", "list").output


def test_a_lost_second_step_is_reset_from_the_command_line_on_record(
    tandem: Tandem, database: Database
) -> None:
    tandem("user", "add", "amara")
    with database.writing() as session:
        user = find_user(session, "amara")
        assert user is not None
        two_step.begin(session, user)
        session.get_one(TwoStep, user.id).confirmed_at = user.created_at
    assert "second step" in tandem("user", "list").output
    assert tandem("user", "reset-two-step", "amara").exit_code == 0
    assert "second step" not in tandem("user", "list").output
    again = tandem("user", "reset-two-step", "amara")
    assert (again.exit_code, "TWO-005" in again.stderr) == (2, True)
    with database.reading() as session:
        rows = session.scalars(select(Audit.actor_name).where(Audit.action == "authenticator.reset")).all()
    assert rows == ["command line"]


def test_somebody_is_connected_with_the_sign_on_from_the_command_line(
    tandem: Tandem, database: Database
) -> None:
    tandem("user", "add", "amara")
    nowhere = tandem("user", "connect", "amara", "okafor@example.org")
    assert (nowhere.exit_code, "SSO-020" in nowhere.stderr) == (2, True)
    behind = {"TANDEM_PROXY_USER_HEADER": "X-Remote-User", "TANDEM_PROXY_ADDRESS": "127.0.0.1"}
    assert tandem("user", "connect", "amara", "okafor@example.org", **behind).exit_code == 0
    with database.reading() as session:
        found = person_of(session, "proxy", "okafor@example.org")
        assert found is not None
        assert found.name == "amara"
    assert tandem("user", "disconnect", "amara", **behind).exit_code == 0
    with database.reading() as session:
        assert person_of(session, "proxy", "okafor@example.org") is None


def test_whoever_has_the_machine_gets_back_in_and_it_is_on_record(tandem: Tandem, database: Database) -> None:
    tandem("user", "add", "root", "--admin")
    refused = tandem("user", "disable", "root")
    assert (refused.exit_code, "PPL-004" in refused.stderr) == (2, True)
    code = CODE.search(tandem("user", "add", "second", "--admin").output)
    assert code is not None
    assert tandem("user", "disable", "root").exit_code == 0
    with database.writing() as session:
        assert use_reset_code(session, "second", code[0], "hash").is_admin
        acts = session.scalars(select(Audit.action).where(Audit.actor_name == "command line")).all()
    assert {"user.add", "user.set_admin", "user.issue_reset_code", "user.disable"} <= set(acts)


def test_an_empty_database_is_prepared_by_the_first_command(tandem: Tandem) -> None:
    assert tandem("user", "list").exit_code == 0
    assert tandem("db", "check").exit_code == 0


def test_a_database_of_another_version_is_left_alone(tandem: Tandem, database: Database) -> None:
    with database.altering() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0004'")
    ran = tandem("user", "list")
    assert (ran.exit_code, "tandem db upgrade" in ran.stderr) == (2, True)
    with database.altering() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9000'")
    assert "DB-002" in tandem("db", "upgrade").stderr
