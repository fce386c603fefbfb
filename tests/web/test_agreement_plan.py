"""A manager records the agreement plan; the results stand beside it, in the page, the files and the command."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable

from click.testing import CliRunner

from tests.support.policing import Page, PolicingClient
from tests.support.reconciling import as_second, extract, submitted_case
from tests.support.world import World
from webapp.cli import main

ClientFor = Callable[[str], PolicingClient]
AGREEMENT = "/projects/pilot/agreement"
PLAN = f"{AGREEMENT}/plan"
REGION = {"measure:report.region": "percent", "threshold:report.region": "0.7", "share": "50"}


def _compare(world: World) -> None:
    for number, (a, b) in enumerate([("wales", "wales"), ("south", "south"), ("wales", "south")], 1):
        submitted_case(world, extract({"region": a}), as_second(extract({"region": b})), f"DHR-{number}")


def test_the_plan_stands_beside_the_results_everywhere(world: World, client_for: ClientFor) -> None:
    dana = client_for("dana")
    assert "No plan was recorded" in dana.page(AGREEMENT).words
    assert dana.submit(PLAN, REGION).status_code == 303
    _compare(world)
    page = dana.page(AGREEMENT)
    assert "0 of 1 planned question reach the planned value. 100% of the cases" in page.words
    assert "before coding began" in page.words
    assert "Region Share of agreement 0.7 0.67" in page.words
    rows = list(csv.DictReader(io.StringIO(dana.get(f"{AGREEMENT}/figures.csv").get_data(as_text=True)[1:])))
    assert rows[0]["of"] == "plan"
    assert rows[0]["label"].startswith("Agreement plan, version 1, recorded ")
    assert "before coding began. 50% of the cases" in rows[0]["label"]
    assert (rows[1]["field"], rows[1]["planned_measure"], rows[1]["planned_threshold"], rows[1]["planned_met"]) == (
        "region", "percent", "0.7", "no",
    )  # fmt: skip
    settings = {"TANDEM_DATABASE_URL": world.settings.database_url, "TANDEM_DATA_DIR": str(world.folder)}
    secret = {"TANDEM_SECRET_KEY": world.settings.secret_key}
    done = CliRunner().invoke(main, ["agreement", "pilot", "--json"], env=settings | secret)
    told = json.loads(done.output)["plan"]
    assert (told["after_coding_began"], told["share_to_code_twice"]) == (False, 0.5)
    assert [(one["question"], one["threshold"], one["met"]) for one in told["fields"]] == [
        ("report.region", 0.7, False)
    ]


def test_once_coding_has_begun_a_reason_is_needed_and_nothing_typed_is_lost(
    world: World, client_for: ClientFor
) -> None:
    _compare(world)
    dana = client_for("dana")
    assert "Coding has begun" in dana.page(PLAN).words
    refused = Page(dana.submit(PLAN, REGION))
    assert refused.response.status_code == 422
    assert "Say why the plan is written or changed now." in refused.words
    assert refused.values()["threshold:report.region"] == "0.7"
    assert dana.submit(PLAN, {**REGION, "reason": "Asked for by the funder."}).status_code == 303
    assert "Made after coding began: Asked for by the funder." in dana.page(AGREEMENT).words
    assert "Version 1, made after coding began" in dana.page(PLAN).words


def test_a_threshold_that_is_none_is_said_at_its_question(client_for: ClientFor) -> None:
    dana = client_for("dana")
    for threshold, said in (
        ("", "the threshold is missing"),
        ("high", "“high” is not a number"),
        ("7", "7 is no threshold"),
    ):
        refused = Page(dana.submit(PLAN, {**REGION, "threshold:report.region": threshold}))
        assert refused.response.status_code == 422, threshold
        assert f"Region: {said}" in refused.words
        assert (
            refused.links[next(text for text in refused.links if said in text)] == "#threshold-report-region"
        )


def test_only_managers_plan(client_for: ClientFor) -> None:
    for name in ("amara", "carol", "victor"):
        assert client_for(name).get(PLAN).status_code == 403, name
