"""``tandem reconcile``: settles a rehearsal in one go, says so in the log, and keeps its hands off everything else."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select, update

from schema.answers.document import Document
from schema.store.models import Audit, Project
from schema.store.snapshots import thaw
from tests.support.reconciling import as_second, comparison, extract, submitted_case
from tests.support.world import World
from webapp.cli import main
from webapp.reconciliation.operations import final_snapshot

Tandem = Callable[..., Result]
ONLY_A = {"id": "advice00001", "number": "1", "text": "Train every practitioner in asking."}
ONLY_B = {"id": "advice00009", "number": "9", "text": "Publish the action plan of the partnership."}
A = extract({"region": "north", "death_year": 2016}, recommendations=[ONLY_A])
B = as_second(extract({"region": "south", "death_year": 2017}, recommendations=[ONLY_B]))


@pytest.fixture
def tandem(world: World) -> Tandem:
    environment = {"TANDEM_DATA_DIR": str(world.folder), "TANDEM_DATABASE_URL": world.settings.database_url}

    def run(*words: str) -> Result:
        return CliRunner().invoke(main, ["reconcile", *words], env=environment, catch_exceptions=False)

    return run


def rehearsal(world: World) -> None:
    with world.writing() as session:
        session.execute(update(Project).where(Project.id == world.project.id).values(rehearsal=True))


def final(world: World, case_id: str) -> Document:
    row = comparison(world, case_id).row
    with world.reading() as session:
        return thaw(session, final_snapshot(session, row).id)


@pytest.mark.parametrize(("take", "region", "number"), [("a", "north", "1"), ("b", "south", "9")])
def test_every_ready_case_is_settled_on_one_side_and_signed_off(
    world: World, tandem: Tandem, take: str, region: str, number: str
) -> None:
    rehearsal(world)
    cases = [submitted_case(world, A, B, reference) for reference in ("DHR-001", "DHR-002")]
    done = tandem("pilot", "--as", "carol", "--take", take, "--reason", "Training day")
    assert done.exit_code == 0, done.output
    assert "Signed off 2 of 2 cases that were ready; settled 8 positions." in done.output
    for case_id in cases:
        document = final(world, case_id)
        assert document.get("report.region") == region
        assert [row.values["number"] for row in document.rows("recommendations")] == [number]


def test_the_log_says_that_it_was_a_rehearsal(world: World, tandem: Tandem) -> None:
    rehearsal(world)
    case_id = submitted_case(world, A, B)
    tandem("pilot", "--as", "carol", "--take", "a", "--reason", "Training day")
    with world.reading() as session:
        query = select(Audit).where(Audit.case_id == case_id, Audit.action == "comparison.rehearse")
        line = session.scalars(query).one()
    assert json.loads(line.detail)["rehearsal"] is True
    assert line.actor_name == "carol"


def test_running_it_again_finds_nothing_to_do(world: World, tandem: Tandem) -> None:
    rehearsal(world)
    submitted_case(world, A, B)
    words = ("pilot", "--as", "carol", "--take", "a", "--reason", "Training day")
    tandem(*words)
    assert "Signed off 0 of 0 cases" in tandem(*words).output


def test_what_a_person_decided_before_stays(world: World, tandem: Tandem) -> None:
    rehearsal(world)
    case_id = submitted_case(world, A, B)
    client = world.client_for("carol")
    here = f"/projects/pilot/cases/{case_id}/comparison"
    client.submit(f"{here}/rows/confirm", {"revision": 0}, page=f"{here}/rows")
    sent = {"path": "report.region", "choice": "b", "revision": 1}
    client.submit(f"{here}/resolve", sent, page=f"{here}/resolve")
    tandem("pilot", "--as", "carol", "--take", "a", "--reason", "Training day")
    document = final(world, case_id)
    assert (document.get("report.region"), document.get("report.death_year")) == ("south", 2016)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("pilot", "--as", "carol"), "pilot is not a rehearsal"),
        (("nowhere", "--as", "carol"), "There is no project “nowhere”"),
    ],
)
def test_any_other_project_is_refused_and_left_alone(
    world: World, tandem: Tandem, words: tuple[str, ...], said: str
) -> None:
    case_id = submitted_case(world, A, B)
    done = tandem(*words, "--take", "a", "--reason", "Training day")
    assert done.exit_code == 2
    assert said in done.output
    assert comparison(world, case_id).row.state == "open"


@pytest.mark.parametrize("name", ["amara", "dana", "nobody"])
def test_only_a_reconciler_of_the_project_can_lend_the_name(world: World, tandem: Tandem, name: str) -> None:
    rehearsal(world)
    case_id = submitted_case(world, A, B)
    done = tandem("pilot", "--as", name, "--take", "a", "--reason", "Training day")
    assert done.exit_code == 2
    assert "is not a reconciler of pilot" in done.output
    assert comparison(world, case_id).row.state == "open"


@pytest.mark.parametrize("reason", ["", "   "])
def test_a_missing_reason_is_refused_once_before_any_case(world: World, tandem: Tandem, reason: str) -> None:
    rehearsal(world)
    for reference in ("DHR-001", "DHR-002"):
        submitted_case(world, A, B, reference)
    ran = tandem("pilot", "--as", "carol", "--take", "a", "--reason", reason)
    assert (ran.exit_code, ran.stdout, ran.stderr.count("RESOLVE-")) == (2, "", 1)
    assert "RESOLVE-059" in ran.stderr
