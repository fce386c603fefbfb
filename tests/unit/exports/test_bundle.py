"""The CSV bundle: RFC 4180, nothing that a spreadsheet would run, and a dictionary that says what everything means."""

from __future__ import annotations

import csv
import json
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exports.bundle import write_csv
from exports.delimited import LIVE, guarded, unguarded
from exports.written import Order
from tests.unit.exports.small_study import MADE_AT
from tests.unit.exports.test_workbook import NASTY, a_study


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("bundle")
    write_csv(made / "study.zip", Order(a_study()))
    with ZipFile(made / "study.zip") as bundle:
        bundle.extractall(made)
    return made


@pytest.fixture(scope="module")
def package(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


@given(st.text(alphabet=st.characters(codec="utf-8")))
def test_no_guarded_text_begins_with_a_sign_that_runs_and_every_original_comes_back(text: str):
    assert not guarded(text).startswith(tuple(sign for sign in LIVE if sign != "'"))
    assert unguarded(guarded(text)) == text


@pytest.mark.parametrize("text", ["10.1.1.2", "007", "plain", "é 👩‍👧 مرحبا", "a=b"])
def test_a_text_that_needs_no_guard_has_none(text: str):
    assert guarded(text) == text


def test_hostile_texts_come_back_as_they_were(folder: Path):
    cells = [unguarded(row["rows.number"]) for row in table(folder / "wide/rows.csv")]
    assert cells == list(NASTY)


def test_lines_end_as_rfc_4180_says_and_every_line_has_every_field(folder: Path):
    for path in folder.rglob("*.csv"):
        held = path.read_bytes()
        assert held.endswith(b"\r\n")
        assert not held.startswith(b"\xef\xbb\xbf")
        with path.open(encoding="utf-8", newline="") as file:
            assert len({len(line) for line in csv.reader(file, strict=True)}) == 1


def test_the_dictionary_describes_every_file_with_its_size_and_hash(folder: Path, package: dict[str, Any]):
    described = {held["path"]: held for held in package["resources"]}
    ours = {path.relative_to(folder).as_posix() for path in folder.rglob("*.csv")}
    assert set(described) == {name for name in ours if not name.startswith("spss/")}
    for name, held in described.items():
        content = (folder / name).read_bytes()
        assert held["bytes"] == len(content)
        assert held["hash"] == f"sha256:{sha256(content).hexdigest()}"
        with (folder / name).open(encoding="utf-8", newline="") as file:
            assert next(csv.reader(file)) == [field["name"] for field in held["schema"]["fields"]]


def test_the_dictionary_tells_answers_from_missing_codes(package: dict[str, Any]):
    cases = next(held for held in package["resources"] if held["name"] == "cases")
    fields = {field["name"]: field for field in cases["schema"]["fields"]}
    colour = fields["main.colour"]
    assert [held["value"] for held in colour["categories"]] == [1, 2, 3]
    assert {held["value"]: held["label"] for held in colour["missingValues"]}["-9"] == "Not reported"
    assert fields["main.whole"]["type"] == "integer"
    assert fields["main.day"]["type"] == "date"
    assert "apostrophe" in package["formulaSafety"]


def test_the_long_table_has_a_line_for_each_value_and_each_ticked_option(folder: Path):
    lines = table(folder / "long.csv")
    first = [line for line in lines if line["case"] == "DHR-001" and line["what"] == "value"]
    assert [(line["code"], line["label"]) for line in first if line["field"] == "colours"] == [
        ("1", "'=Red"),
        ("2", "Blue"),
    ]
    (whole,) = [line for line in first if line["field"] == "whole"]
    assert (whole["value"], whole["missing"]) == ("0", "")
    (none,) = [line for line in lines if line["case"] == "DHR-002" and line["field"] == "colours"]
    assert (none["value"], none["missing"], none["missing_label"]) == ("", "0", "None described")


def test_the_long_table_counts_cases_and_rows_that_hold_nothing(folder: Path):
    lines = table(folder / "long.csv")
    assert [line["case"] for line in lines if line["what"] == "case"] == ["DHR-001", "DHR-002", "DHR-003"]
    assert [line["code"] for line in lines if line["what"] == "group"] == [str(len(NASTY)), "0", "0"]
    assert len([line for line in lines if line["what"] == "row"]) == len(NASTY)


def test_what_stays_inside_is_in_no_file(folder: Path):
    assert "kept inside" not in "".join(
        path.read_text(encoding="utf-8") for path in folder.rglob("*.*") if path.suffix != ".zip"
    )


def test_the_same_data_give_the_same_hash_and_other_data_another(tmp_path: Path):
    def made(**others: Any) -> str:
        return write_csv(tmp_path / "x.zip", Order(a_study(**others))).content_hash

    assert made() == made(made_at=MADE_AT + timedelta(days=3), made_by="Erin")
    other = a_study()
    fewer = Order(type(other)(**{**other.__dict__, "cases": tuple(other.cases)[:2], "included": 2}))
    assert write_csv(tmp_path / "y.zip", fewer).content_hash != made()


def test_the_r_script_names_every_file_and_closes_what_it_opens(folder: Path, package: dict[str, Any]):
    script = (folder / "load.R").read_text(encoding="utf-8")
    assert all(f'"{held["path"]}"' in script for held in package["resources"])
    assert _unclosed(script) == []
    assert 'c("Not reported", "Not known"' in script


def _unclosed(script: str) -> list[str]:
    """Brackets and quotation marks that stay open, read as R reads them."""
    open_, inside, skip = [], False, False
    for line in script.splitlines():
        if line.startswith("#") and not inside:
            continue
        for sign in line:
            if skip or (inside and sign == "\\"):
                skip = not skip
            elif sign == '"':
                inside = not inside
            elif not inside and sign in "([{":
                open_.append(sign)
            elif not inside and sign in ")]}":
                open_.pop()
    return [*open_, *(['"'] if inside else [])]
