"""The page and the command by which a case or a project is erased."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from schema.store.audit_verify import verify
from schema.store.models import Audit, Case
from tests.support.casework import start_case
from tests.support.reports import attach, small_report
from tests.support.world import PASSWORD, World
from webapp.cli import main
from webapp.shelves import DOCUMENTS, shelf_of

HERE = "/projects/pilot/erase"
#: Erasing goes through every table, and takes away and puts back the triggers of each.
STATEMENTS = 150
GOOD = {"what": "case", "typed": "DHR-001", "reason": "At the family's request.", "password": PASSWORD}


#: What the files of the case are known by: the title that it has, and what its report is called.
TITLE = b"cnryerase9q"


@pytest.fixture
def case(world: World) -> Case:
    made = start_case(world, "DHR-001")
    with world.writing() as session:
        session.get_one(Case, made.id).title = f"Review {TITLE.decode()}"
    attach(world, made, small_report(), name=f"{TITLE.decode()}.pdf")
    return made


def _cases(world: World) -> list[str]:
    with world.reading() as session:
        return list(session.scalars(select(Case.reference)))


def _documents(world: World) -> list[str]:
    return [held.name for held in shelf_of(world.settings, DOCUMENTS).held()]


def test_an_administrator_erases_a_case_with_its_files(world: World, case: Case) -> None:
    assert len(_documents(world)) == 1
    root = world.client_for("root")
    root.most_statements = STATEMENTS
    assert any(one.startswith("Erase a case of") for one in root.page("/projects").links)
    answer = root.submit(HERE, GOOD)
    assert (answer.status_code, answer.location) == (303, "/projects")
    assert "The case is erased." in root.page("/projects").words
    assert _cases(world) == []
    assert _documents(world) == []
    with world.reading() as session:
        assert verify(session).holds
        assert session.scalars(select(Audit.action).order_by(Audit.seq.desc())).first() == "case.erase"
    assert world.client_for("dana").get(f"/projects/pilot/cases/{case.id}").status_code == 404
    assert [one for one in world.folder.rglob("*") if one.is_file() and TITLE in one.read_bytes()] == []
    assert "Erased a case" in world.client_for("dana").page("/projects/pilot/audit").words


def test_an_erased_project_answers_like_one_that_never_was(world: World, case: Case) -> None:
    root = world.client_for("root")
    root.most_statements = STATEMENTS
    assert root.submit(HERE, {**GOOD, "what": "project", "typed": "pilot"}).status_code == 303
    assert "pilot" not in root.page("/projects").words
    assert world.client_for("dana").get("/projects/pilot").status_code == 404
    assert world.client_for("amara").page("/").heading


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"typed": "DHR-002"}, "No case of this project has this reference."),
        ({"what": "project", "typed": "DHR-001"}, "This is not the short name of the project."),
        ({"reason": ""}, "Say why"),
        ({"password": "not mine"}, "That is not your password."),
        ({"what": "everything"}, "Choose what is to be erased."),
    ],
)
def test_whatever_is_wrong_is_said_and_nothing_goes(
    world: World, case: Case, wrong: dict[str, str], said: str
) -> None:
    answer = world.client_for("root").submit(HERE, {**GOOD, **wrong})
    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True)
    assert PASSWORD not in answer.get_data(as_text=True)
    assert _cases(world) == ["DHR-001"]
    assert len(_documents(world)) == 1


@pytest.mark.parametrize("name", ["dana", "amara", "carol", "victor"])
def test_nobody_else_erases(world: World, case: Case, name: str) -> None:
    client = world.client_for(name)
    assert client.get(HERE).status_code == 403
    assert client.submit(HERE, GOOD, page="/account").status_code == 403
    assert _cases(world) == ["DHR-001"]


def test_by_command_the_name_is_typed_again(
    world: World, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {
        "DATABASE_URL": world.settings.database_url,
        "DATA_DIR": str(world.folder),
        "SECRET_KEY": world.settings.secret_key,
    }.items():
        monkeypatch.setenv(f"TANDEM_{name}", value)
    world.database.dispose()
    words = ["project", "erase", "pilot", "--case", "DHR-001", "--reason", "At the family's request."]
    refused = CliRunner().invoke(main, words, input="DHR-002\n")
    assert refused.exit_code == 2
    assert _cases(world) == ["DHR-001"]
    done = CliRunner().invoke(main, words, input="DHR-001\n")
    assert done.exit_code == 0, done.output
    assert "Erased" in done.output
    assert _cases(world) == []
