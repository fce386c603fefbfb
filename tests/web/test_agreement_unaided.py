"""The agreement page shows a section with rows made from suggestions a second time, without them."""

from __future__ import annotations

import csv
import io

import pytest
from sqlalchemy import select

from schema.store.database import now
from schema.store.models import Entry, ReportFile, SuggestionTaken
from tests.support.reconciling import as_second, extract, submitted_case
from tests.support.world import World

OFFERED = {"id": "advice00001", "number": "1", "text": "Train every practitioner in asking about children."}
TYPED = {"id": "advice00002", "number": "2", "text": "Publish the action plan of the partnership."}


@pytest.fixture
def case_id(world: World) -> str:
    """Two rows that both coders have: they agree on the themes of the first and differ on those of the second."""
    a = extract(recommendations=[{**OFFERED, "themes": ["T1"]}, {**TYPED, "themes": ["T1"]}])
    b = extract(recommendations=[{**OFFERED, "themes": ["T1"]}, {**TYPED, "themes": ["T2"]}])
    return submitted_case(world, a, as_second(b))


def _take(world: World, case_id: str) -> None:
    """Put on record that coder 2 made their first row from a suggestion."""
    with world.writing() as session:
        report = ReportFile(
            id="report000001", project_id=world.project.id, case_id=case_id, kind="overview", place="overview", version=1,
            file_name="report.pdf", stored_name="stored", size=1, sha256="0" * 64, pages=1, added_at=now(session),
        )  # fmt: skip
        session.add(report)
        session.flush()
        entry = session.scalars(select(Entry).where(Entry.case_id == case_id, Entry.slot == 2)).one()
        session.add(
            SuggestionTaken(
                entry_id=entry.id, section="recommendations", row_id="advice00001b", report_id=report.id,
                position=1, taken_at=now(session),
            )
        )  # fmt: skip


def _lines(world: World) -> list[list[str]]:
    page = world.client_for("dana").page("/projects/pilot/agreement")
    tables = [
        one for one in page.root.iter("table") if "With and without suggested rows" in "".join(one.itertext())
    ]
    return [
        [" ".join("".join(cell.itertext()).split()) for cell in row][:3]
        for table in tables
        for row in list(table.iter("tr"))[1:]
    ]


def test_without_suggestions_there_is_no_second_line(world: World, case_id: str) -> None:
    assert case_id
    assert _lines(world) == []


def test_a_section_stands_with_and_without_its_suggested_rows(world: World, case_id: str) -> None:
    _take(world, case_id)
    assert _lines(world) == [
        ["Recommendations all rows", "2", "50%"],
        ["Recommendations without rows made from suggestions", "1", "0%"],
    ]
    answer = world.client_for("dana").get("/projects/pilot/agreement/figures.csv")
    lines = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))
    (line,) = (one for one in lines if one["of"] == "section_unaided")
    assert (line["section"], line["n"], line["agreed"]) == ("recommendations", "1", "0")
