"""The report of a case's discrepancies: every position that needed a person, both values, evidence, decision, cause, reason."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from openpyxl import load_workbook
from sqlalchemy import select

from schema.answers.document import Evidence
from schema.store.comparisons import create_comparison, find_live
from schema.store.entries import load_document, save_document
from schema.store.models import Audit, Case, Entry, Project
from tests.support.casework import entry_of, fill, ready_case, start_case, submit
from tests.support.policing import PolicingClient
from tests.support.signed_off import settle
from tests.support.world import World
from webapp.cli import main

ClientFor = Callable[[str], PolicingClient]
REPORT = {"area": "Exampleshire", "region": "wales", "death_year": 2016, "children_known": "yes"}
ADVICE = [
    {"number": "1", "text": "Share what is known about the children.", "themes": ["T2"]},
    {"number": "9", "text": "Train every doctor in the county.", "themes": ["T2"]},
]


def address(case: Case) -> str:
    return f"/projects/pilot/cases/{case.id}/comparison/report"


def opened(client: PolicingClient, case: Case) -> PolicingClient:
    """The client, after it has opened the final extract and the comparison, which go on record once an hour."""
    assert address(case) in client.page(address(case).replace("report", "final")).links.values()
    client.page(address(case).removesuffix("/report"))
    return client


@pytest.fixture
def case(world: World) -> Case:
    """A signed-off case whose coders differed in a note with evidence, in an age, and in a row that ben alone had."""
    made = start_case(world, "DHR-001")
    fill(world, made, "amara", report={**REPORT, "children_note": "Two children."})
    fill(
        world, made, "ben", report={**REPORT, "children_note": "=Three"},
        victims=[{"age": 43, "sex": "female"}], recommendations=ADVICE,
    )  # fmt: skip
    for name, held in (("amara", Evidence("12", "two were at school")), ("ben", Evidence("14"))):
        with world.writing() as session:
            entry = session.get_one(Entry, entry_of(world, made, name).id)
            told = replace(load_document(session, entry.id), evidence={"report.children_note": held})
            save_document(session, world.actor(name), entry, told)
        submit(world, made, name)
    with world.writing() as session:
        live = find_live(session, made.id) or create_comparison(session, world.actor("ben"), made)
        comparison_id = live.id
    settle(
        world.database, world.actor("carol"), comparison_id, reason="Page 12 counts them.", cause="omission"
    )
    return made


def test_the_page_has_both_values_their_evidence_the_decision_its_cause_and_its_reason(
    case: Case, client_for: ClientFor
) -> None:
    shown = opened(client_for("dana"), case).page(address(case)).words
    for words in (
        "What the report says about the children",
        "Two children. p. 12: “two were at school”",
        "=Three p. 14",
        "A’s value: Two children.",
        "Omission. Page 12 counts them.",
        "Victims, victim 1 Age",
        "34 years",
        "43 years",
        "recommendation (left out)",
        "Text of the recommendation: Train every doctor in the county.",
        "Row left out",
        "Carol Iqbal",
    ):
        assert words in shown, words


def test_the_workbook_has_the_same_lines_and_its_fetch_is_logged(
    case: Case, world: World, client_for: ClientFor
) -> None:
    answer = opened(client_for("carol"), case).get(f"{address(case)}.xlsx")
    book = load_workbook(io.BytesIO(answer.data))
    header, *rows = book["discrepancies"].iter_rows(values_only=True)
    lines = [dict(zip(header, row, strict=True)) for row in rows]
    note = next(line for line in lines if line["value_b"] == "=Three")
    assert (note["value_a"], note["evidence_a"], note["evidence_b"]) == (
        "Two children.",
        "p. 12: “two were at school”",
        "p. 14",
    )
    assert (note["cause"], note["reason"]) == ("Omission", "Page 12 counts them.")
    assert {line["question"] for line in lines} >= {"Age", None}
    facts = list(book["case"].iter_rows(min_row=2, values_only=True))
    assert ("Positions that needed a person", len(lines)) in facts
    with world.reading() as session:
        row = session.scalars(select(Audit).where(Audit.action == "export.fetch")).one()
    assert (row.case_id, json.loads(row.detail)) == (case.id, {"report": "discrepancies"})


def tandem(world: World, *words: str) -> Result:
    settings = {
        "TANDEM_DATA_DIR": str(world.folder),
        "TANDEM_DATABASE_URL": world.settings.database_url,
        "TANDEM_SECRET_KEY": None,
    }
    return CliRunner().invoke(main, ("discrepancies", *words), env=settings, catch_exceptions=False)


def test_the_command_writes_the_same_workbook_and_is_logged(
    case: Case, world: World, client_for: ClientFor, tmp_path: Path
) -> None:
    out = tmp_path / "case.xlsx"
    said = tandem(world, "pilot", "DHR-001", "--out", str(out))
    assert said.exit_code == 0, said.output
    fetched = opened(client_for("carol"), case).get(f"{address(case)}.xlsx").data
    sheets = [[list(sheet.values) for sheet in load_workbook(file)] for file in (out, io.BytesIO(fetched))]
    assert sheets[0] == sheets[1]
    assert f"{len(sheets[0][1]) - 1} positions of DHR-001" in said.output
    with world.reading() as session:
        rows = session.scalars(select(Audit).where(Audit.action == "export.fetch").order_by(Audit.seq)).all()
    assert [(row.actor_id, row.case_id) for row in rows] == [
        (None, case.id),
        (world.user("carol").id, case.id),
    ]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("nowhere", "DHR-001", "--out", "x.xlsx"), "RESOLVE-050"),
        (("pilot", "DHR-009", "--out", "x.xlsx"), "RESOLVE-092"),
        (("pilot", "DHR-002", "--out", "x.xlsx"), "RESOLVE-090"),
        (("pilot", "DHR-002", "--out", "x.csv"), "RESOLVE-091"),
    ],
)
def test_the_command_says_what_it_cannot_write(world: World, words: tuple[str, ...], code: str) -> None:
    start_case(world, "DHR-002")
    said = tandem(world, *words)
    assert (said.exit_code, code in said.output) == (2, True)
    assert not Path(words[-1]).exists()


def test_a_case_that_is_not_signed_off_has_no_report_yet(world: World, client_for: ClientFor) -> None:
    waiting = ready_case(world, "DHR-002")
    with world.writing() as session:
        if find_live(session, waiting.id) is None:
            create_comparison(session, world.actor("ben"), waiting)
    page = client_for("dana").page(address(waiting), status=409)
    assert "is made when the case is signed off" in page.words


@pytest.mark.parametrize("name", ["amara", "ben", "victor"])
def test_neither_a_coder_nor_a_viewer_reads_it(case: Case, client_for: ClientFor, name: str) -> None:
    for where in (address(case), f"{address(case)}.xlsx"):
        assert client_for(name).get(where).status_code == 403


def test_coders_that_the_project_does_not_name_are_a_and_b(
    case: Case, world: World, client_for: ClientFor
) -> None:
    with world.writing() as session:
        session.get_one(Project, world.project.id).coders_unnamed = True
    shown = client_for("carol").page(address(case)).words
    assert "Coder A A Coder B B" in shown
    assert not any(world.user(name).display_name in shown for name in ("amara", "ben"))
