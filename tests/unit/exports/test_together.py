"""Both entries beside the consensus: what each coder submitted stands on its own line, linked as the rows were."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook

from exports.bundle import write_csv
from exports.delimited import unguarded
from exports.workbook import write_workbook
from exports.written import Order
from schema.answers.document import Document, Row
from schema.coding.compare import compare
from schema.coding.model import Pair
from schema.store.master import MasterStudy, Trace
from schema.template.loader import load_template
from tests.unit.exports.small_study import LISTS, SOURCE, case, document, study, template

TEMPLATE = template()
NEWER = load_template(
    SOURCE.replace("version: 1", "version: 2").replace("label: Words,", "label: All words,"), LISTS
).needed()
A = replace(
    document(words="North", colour="red"),
    groups={"rows": (Row("a1", {"number": "1"}), Row("a2", {"number": "only A"}))},
)
B = replace(
    document(words="South", colour={"missing": "not_reported"}),
    groups={"rows": (Row("b0", {"number": "only B"}), Row("b1", {"number": "1."}))},
)
FINAL = replace(
    document(words="North", colour="red"),
    groups={"rows": (Row("p1", {"number": "1"}), Row("p3", {"number": "only B"}))},
)
PAIRS = (Pair("p1", "rows", "a1", "b1"), Pair("p2", "rows", "a2", ""), Pair("p3", "rows", "", "b0"))


def a_study() -> MasterStudy:
    trace = Trace(compare(TEMPLATE, A, B, PAIRS), A, B, TEMPLATE, NEWER)
    return study([case("DHR-1", FINAL, TEMPLATE, trace=trace)], (TEMPLATE, NEWER))


@pytest.fixture(scope="module")
def sheets(tmp_path_factory: pytest.TempPathFactory) -> Any:
    path = tmp_path_factory.mktemp("together") / "x.xlsx"
    write_workbook(path, Order(a_study(), entries=True))
    held = {}
    for sheet in load_workbook(path):
        header, *rows = sheet.iter_rows(values_only=True)
        held[sheet.title] = [dict(zip(header, row, strict=True)) for row in rows]
    return held


def test_a_case_has_a_line_for_each_coder_and_one_for_the_consensus(sheets: Any) -> None:
    lines = [
        (row["source"], row["coder"], row["template_version"], row["main.words"], row["main.colour"])
        for row in sheets["cases together"]
    ]
    assert lines == [
        ("A", "Amara", 1, "North", 1),
        ("B", "Ben", 2, "South", -9),
        ("consensus", None, 1, "North", 1),
    ]


def test_what_follows_from_an_answer_follows_for_each_coder(sheets: Any) -> None:
    assert [row["main.warm"] for row in sheets["cases together"]] == [1, -9, 1]


def test_linked_rows_stand_together_and_a_row_that_was_left_out_has_no_consensus(sheets: Any) -> None:
    lines = [
        (row["row_id"], row["source"], row["entry_row_id"], row["row_number"], row["rows.number"])
        for row in sheets["rows together"]
    ]
    assert lines == [
        ("p1", "A", "a1", 1, "1"),
        ("p1", "B", "b1", 2, "1."),
        ("p1", "consensus", "p1", 1, "1"),
        ("p2", "A", "a2", 2, "only A"),
        ("p3", "B", "b0", 1, "only B"),
        ("p3", "consensus", "p3", 2, "only B"),
    ]


def test_the_csv_files_hold_the_same_lines(tmp_path: Path, sheets: Any) -> None:
    write_csv(tmp_path / "x.zip", Order(a_study(), entries=True))
    with ZipFile(tmp_path / "x.zip") as bundle:
        bundle.extractall(tmp_path)
    for name in ("cases", "rows"):
        with (tmp_path / f"entries/{name}-together.csv").open(encoding="utf-8", newline="") as file:
            lines = [
                {key: unguarded(cell) for key, cell in row.items()}
                for row in csv.DictReader(file, strict=True)
            ]
        shown = [
            {key: "" if cell is None else str(cell) for key, cell in row.items()}
            for row in sheets[f"{name} together"]
        ]
        assert lines == shown


def test_nothing_of_an_entry_is_in_a_file_that_was_not_asked_for_it(tmp_path: Path) -> None:
    write_csv(tmp_path / "x.zip", Order(a_study()))
    with ZipFile(tmp_path / "x.zip") as bundle:
        texts = b"".join(bundle.read(name) for name in bundle.namelist())
    assert b"North" in texts
    assert b"South" not in texts
    assert b"only A" not in texts


def test_an_entry_changes_the_content_hash_of_the_files_that_hold_it(tmp_path: Path) -> None:
    held = a_study()
    (one,) = held.cases
    trace = replace(one.trace, b=Document({"main": {"words": "East"}}, B.groups))
    other = replace(held, cases=(replace(one, trace=trace),))
    made = [
        write_workbook(tmp_path / "x.xlsx", Order(one, entries=entries)).content_hash
        for one in (held, other)
        for entries in (True, False)
    ]
    assert made[0] != made[2]
    assert made[1] == made[3]
