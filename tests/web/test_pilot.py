"""A manager marks the pilot, decides by its figures and chooses whether it is in the master; files say what was chosen."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner
from sqlalchemy import select

from schema.store.models import Audit, PilotDecision
from schema.store.projects import add_member
from tests.support.casework import start_case
from tests.support.policing import Page, PolicingClient
from tests.support.signed_off import signed_off_case
from tests.support.world import SYSTEM, World
from webapp.cli import main
from webapp.downloads.formats import Options
from webapp.downloads.making import make

ClientFor = Callable[[str], PolicingClient]
PILOT = "/projects/pilot/pilot"
OTHER = {"area": "Exampleshire", "region": "south", "death_year": 2016, "children_known": "no"}


@pytest.fixture
def dana(world: World, client_for: ClientFor) -> PolicingClient:
    """The manager, with a signed-off case that the coders saw alike, one that they did not, and one that nobody has begun."""
    signed_off_case(world, "DHR-1")
    signed_off_case(world, "DHR-2", report=OTHER)
    start_case(world, "DHR-3")
    return client_for("dana")


def decision(dana: PolicingClient, **other: str) -> dict[str, str]:
    shown = next(
        one.get("value") or ""
        for one in dana.page(f"{PILOT}/decide").root.iter("input")
        if one.get("name") == "shown"
    )
    return {"decision": "go", "in_master": "no", "reason": "Region is clear now.", "shown": shown, **other}


def written(world: World, name: str, form: str = "xlsx") -> Path:
    path = world.folder / name
    make(world.database, world.actor("dana"), world.project, path, lambda *_: None, Options(form))
    return path


def test_from_marking_to_the_master(world: World, dana: PolicingClient) -> None:
    assert "Mark the first cases" in dana.page(PILOT).words
    assert dana.submit(PILOT, {"size": "2"}).status_code == 303
    page = dana.page(PILOT)
    assert "Cases compared 2" in page.words
    assert "DHR-3" not in page.words
    assert dana.submit(f"{PILOT}/decide", decision(dana)).status_code == 303
    page = dana.page(PILOT)
    assert "Round 1: go on" in page.words
    assert "Kept out of the master" in page.words
    assert "Region is clear now." in page.words
    assert "Region Report 2 50%" in page.words, "one of two cases was seen alike"
    exports = dana.page("/projects/pilot/exports").words
    assert "Pilot, round 1: 2 cases, 2 signed off, kept out of the master. Decided: to go on" in exports
    assert "In the file 0 signed-off cases" in exports
    sent = {"in_master": "yes", "reason": "Nothing was revised."}
    assert dana.submit(f"{PILOT}/rounds/1/master", sent).status_code == 303
    assert "In the file 2 signed-off cases" in dana.page("/projects/pilot/exports").words
    with world.reading() as session:
        acts = session.scalars(select(Audit.action).where(Audit.action.like("pilot.%")).order_by(Audit.seq))
        assert list(acts) == ["pilot.begin", "pilot.decide", "pilot.choose", "pilot.choose"]


def test_files_say_whether_pilot_cases_are_in(world: World, dana: PolicingClient) -> None:
    dana.submit(PILOT, {"size": "1"})
    dana.submit(f"{PILOT}/decide", decision(dana, decision="revise"))
    book = openpyxl.load_workbook(written(world, "master.xlsx"), read_only=True)
    lines = list(book["read me"].iter_rows(values_only=True))
    (said,) = [row for row in lines if row[0] == "Pilot, round 1"]
    assert said[1] == "1 case, 1 signed off: kept out of the master"
    assert str(said[2]).startswith("Decided: to revise, ")
    assert str(said[2]).endswith("Region is clear now.")
    assert next(row[1:] for row in lines if row[0] == "Case left out") == (
        "DHR-1", "pilot: Pilot case (round 1), kept out: Region is clear now.",
    )  # fmt: skip
    methods = written(world, "methods.txt", "methods-text").read_text(encoding="utf-8")
    assert "extracted from 1 of 3 registered reports" in methods
    assert "1 report had not been signed off, or were withdrawn, and are left out (1 assigned)." in methods
    assert "1 report was coded as a pilot (round 1); decided on its agreement: to revise, " in methods
    assert "The 1 signed off of these are kept out of the data." in methods


def test_a_decision_that_lacks_something_keeps_what_was_typed(world: World, dana: PolicingClient) -> None:
    dana.submit(PILOT, {"size": "2"})
    answer = dana.submit(f"{PILOT}/decide", decision(dana, decision="", reason="Because of region."))
    assert answer.status_code == 422
    page = Page(answer)
    assert "Choose whether to go on or to revise." in page.words
    assert "Because of region." in page.words
    stale = dana.submit(f"{PILOT}/decide", decision(dana, shown="0" * 64))
    assert stale.status_code == 409
    assert "The figures have changed since this page was shown." in Page(stale).words
    with world.reading() as session:
        assert session.scalars(select(PilotDecision)).all() == []


def test_a_number_of_cases_that_is_none_is_refused_at_its_field(dana: PolicingClient) -> None:
    for size, words in (("ten", "Enter a whole number of cases"), ("9", "Enter a number from 1 to 3.")):
        answer = dana.submit(PILOT, {"size": size})
        assert answer.status_code == 422
        assert words in Page(answer).words


def test_where_no_round_waits_the_way_leads_back(dana: PolicingClient) -> None:
    assert dana.get(f"{PILOT}/decide").status_code == 303
    assert dana.get(f"{PILOT}/rounds/7/master").status_code == 404
    dana.submit(PILOT, {"size": "2"})
    assert dana.submit(f"{PILOT}/cancel", {"reason": "Marked too few."}).status_code == 303
    assert "Cancelled" in dana.page(PILOT).words


def test_a_manager_who_codes_an_open_case_of_the_round_is_shown_no_figure(
    world: World, client_for: ClientFor
) -> None:
    with world.writing() as session:
        add_member(session, SYSTEM, world.project, world.user("dana"), "coder")
    world.add_person("max", "manager")
    signed_off_case(world, "DHR-1")
    start_case(world, "DHR-2", {"coder_1": "dana", "coder_2": "ben", "reconciler": "carol"})
    client_for("max").submit(PILOT, {"size": "2"})
    page = client_for("dana").page(PILOT)
    assert "You code a case of this round." in page.words
    assert "Cases compared" not in page.words
    assert "Cases compared 1" in client_for("max").page(PILOT).words
    refused = client_for("max").submit(f"{PILOT}/decide", decision(client_for("max")))
    assert refused.status_code == 409
    assert "Dana Price manages this project and codes a case" in Page(refused).words


def run(world: World, *words: str, code: int = 0) -> str:
    settings = {"TANDEM_DATABASE_URL": world.settings.database_url, "TANDEM_DATA_DIR": str(world.folder)}
    secret = {"TANDEM_SECRET_KEY": world.settings.secret_key}
    done = CliRunner().invoke(main, ["pilot", words[0], "pilot", *words[1:]], env=settings | secret)
    assert done.exit_code == code, done.output
    return done.output


def test_the_commands_do_what_the_page_does(world: World, dana: PolicingClient) -> None:
    assert "No case is marked" in run(world, "show")
    assert "AGR-010" in run(world, "begin", "--cases", "2", "--as", "ben", code=2)
    assert "2 cases marked as round 1" in run(world, "begin", "--cases", "2", "--as", "dana")
    shown = run(world, "show")
    assert "Round 1: open. 2 cases: DHR-1, DHR-2" in shown
    (held,) = json.loads(run(world, "show", "--json"))
    assert held["sha256"] in shown
    assert held["sha256"] == decision(dana)["shown"], "the page shows the same figures"
    how = ["--decision", "revise", "--reason", "Region was read two ways.", "--master", "out", "--as", "dana"]
    assert "PILOT-008" in run(world, "decide", *how, "--figures", "0" * 64, code=2)
    assert "Decided: revise" in run(world, "decide", *how, "--figures", held["sha256"])
    assert "Round 1: revise" in dana.page(PILOT).words
    say = ["--round", "1", "--reason", "Nothing changed after all.", "--as", "dana"]
    assert "in the master from now on" in run(world, "master", *say, "--master", "in")
    assert "PILOT-009" in run(world, "master", *say, "--master", "in", code=2)
    run(world, "begin", "--cases", "1", "--as", "dana")
    assert "Round 2 is cancelled" in run(world, "cancel", "--reason", "Too early.", "--as", "dana")


def test_the_page_of_a_case_names_its_round(
    world: World, dana: PolicingClient, client_for: ClientFor
) -> None:
    address = f"/projects/pilot/cases/{world.case('DHR-1').id}"
    assert "of the pilot" not in dana.page(address).words
    dana.submit(PILOT, {"size": "1"})
    assert PILOT in [one.get("href") for one in dana.page(address).root.iter("a")]
    assert "Pilot Round 1 of the pilot" in client_for("amara").page(address).words
    assert "of the pilot" not in dana.page(f"/projects/pilot/cases/{world.case('DHR-2').id}").words
