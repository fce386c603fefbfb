"""From the database to the cells: what two independent readers find in the workbook is what the snapshots hold."""

from __future__ import annotations

import csv
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from schema.actor import COMMAND_LINE
from schema.answers.document import Row
from schema.store.master import MasterCase
from schema.store.projects import find_project
from schema.store.readmodel import master_study
from schema.template.model import Field, Template
from schema.template.value import Missing, Value
from tests.support.databases import sqlite_database
from tests.support.programs import libreoffice
from webapp.downloads.making import make
from webapp.sample.loading import STUDY_KEY, load_people, load_project, load_study
from webapp.sample.study import study

Cells = dict[str, str]


@dataclass(frozen=True)
class Exported:
    """The workbook, and the cases it was made of."""

    path: Path
    cases: tuple[MasterCase, ...]

    @property
    def template(self) -> Template:
        return self.cases[0].template


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Exported]:
    folder = tmp_path_factory.mktemp("export")
    database = sqlite_database(folder / "tandem.sqlite3")
    load_people(database)
    load_project(database, STUDY_KEY, "Sample", "")
    load_study(database, STUDY_KEY, study(6), lambda _: None)
    with database.reading() as session:
        project = find_project(session, STUDY_KEY)
        assert project is not None
        cases = tuple(master_study(session, COMMAND_LINE, project).cases)
    make(database, COMMAND_LINE, project, folder / "master.xlsx", lambda _done, _total: None)
    yield Exported(folder / "master.xlsx", cases)
    database.dispose()


def by_openpyxl(exported: Exported) -> dict[str, list[Cells]]:
    """Every sheet as rows of text by column name."""
    return {
        sheet.title: _rows([[_text(value) for value in row] for row in sheet.iter_rows(values_only=True)])
        for sheet in load_workbook(exported.path)
    }


def by_libreoffice(exported: Exported, folder: Path) -> dict[str, list[Cells]]:
    """The same, as LibreOffice reads the file."""
    return recalculated(exported.path, folder)


def recalculated(path: Path, folder: Path) -> dict[str, list[Cells]]:
    """Every sheet as LibreOffice shows it, its formulas worked out."""
    program = libreoffice()
    assert program is not None
    options = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1"
    profile = f"-env:UserInstallation=file://{folder / 'profile'}"
    command = [program, profile, "--headless", "--convert-to", options, "--outdir", str(folder)]
    subprocess.run([*command, str(path)], capture_output=True, check=True, timeout=120)
    found = {}
    for sheet in folder.glob(f"{path.stem}-*.csv"):
        with sheet.open(encoding="utf-8", newline="") as file:
            found[sheet.stem.removeprefix(f"{path.stem}-")] = _rows(list(csv.reader(file)))
    return found


def _rows(lines: list[list[str]]) -> list[Cells]:
    header, *rows = lines
    return [dict(zip(header, row, strict=True)) for row in rows]


def _text(value: Any) -> str:
    return "" if value is None else str(value).replace("_x005F_", "_")


def told(row: Cells, field: Field, template: Template) -> Value:
    """Read a value back from its cells, from the meaning of the columns alone."""
    if field.kind in ("choice", "yes_no", "derived"):
        return _coded(row[field.path], field, template)
    if field.kind == "choices":
        return _several(row, field, template)
    if row.get(f"{field.path}.missing"):
        return _missing(row[f"{field.path}.missing"], template)
    text = row[field.path]
    if not text:
        return None
    return {"integer": int, "decimal": float}.get(field.kind, str)(text)


def _coded(text: str, field: Field, template: Template) -> Value:
    if not text or field.codelist is None:
        return None
    values = {str(option.code): option.value for option in field.codelist.options}
    return values.get(text) or _missing(text, template)


def _several(row: Cells, field: Field, template: Template) -> Value:
    labels = {option.label: option.value for option in template.missing.options}
    if reason := row.get(f"{field.path}.missing_label"):
        return Missing(labels[reason])
    assert field.codelist is not None
    ticks = {option.value: row[f"{field.path}:{option.value}"] for option in field.codelist.options}
    ticked = tuple(value for value, tick in ticks.items() if tick == "1")
    assert set(ticks.values()) <= ({"0", "1"} if ticked else {""})
    return ticked or None


def _missing(text: str, template: Template) -> Value:
    codes = {str(option.code): option.value for option in template.missing.options}
    return Missing(codes[text])


def check(exported: Exported, sheets: dict[str, list[Cells]]) -> int:
    """Compare every value of every case with its cells; gives how many values there were."""
    seen = 0
    for case, cells in zip(exported.cases, sheets["cases"], strict=True):
        assert cells["case"] == case.reference
        for section in exported.template.plain_sections():
            seen += _check_row(case, section.fields, cells, None)
    for group in exported.template.groups():
        expected = [(case, row) for case in exported.cases for row in case.document.rows(group.key)]
        for (case, row), cells in zip(expected, sheets[group.key], strict=True):
            assert (cells["case"], cells["row_id"]) == (case.reference, row.id)
            seen += _check_row(case, group.fields, cells, row)
    return seen


def _check_row(case: MasterCase, fields: tuple[Field, ...], cells: Cells, row: Row | None) -> int:
    seen = 0
    for field in fields:
        values = row.values if row else case.document.sections.get(field.section, {})
        value, shown = values.get(field.key), told(cells, field, case.template)
        if value is None:
            assert shown in (None, Missing("not_applicable")), field.path
        else:
            assert shown == value, field.path
            seen += 1
        if field.evidence:
            path = f"{field.section}.{row.id}.{field.key}" if row else field.path
            held = case.document.evidence.get(path)
            evidence = (cells[f"{field.path}.page"], cells[f"{field.path}.quote"])
            assert evidence == ((held.page, held.quote) if held else ("", ""))
    return seen


def test_every_value_of_the_database_is_in_its_cell(exported: Exported):
    assert check(exported, by_openpyxl(exported)) > 500


@pytest.mark.libreoffice
def test_libreoffice_finds_every_value_of_the_database(exported: Exported, tmp_path: Path):
    assert check(exported, by_libreoffice(exported, tmp_path)) > 500


def test_findings_are_the_sums_of_the_framework_sheet(exported: Exported):
    sheets = by_openpyxl(exported)
    lines = {line["line"]: line for line in sheets["findings"] if line["table"] in ("themes", "subthemes")}
    assert len(lines) > 30
    for key, line in lines.items():
        column = [row[key] for row in sheets["framework"]]
        known = [cell for cell in column if cell]
        assert (int(line["n"]), int(line["valid_n"])) == (known.count("1"), len(known))


@pytest.mark.parametrize("unit", ["victims", "children"])
def test_the_sheet_of_a_unit_says_of_each_row_what_the_sheet_of_answers_says(exported: Exported, unit: str):
    sheets = by_openpyxl(exported)
    answers = {row["row_id"]: row for row in sheets[unit] if unit == "children" or row["row_number"] == "1"}
    counted = {row["row_id"]: row[f"{unit}.sex.female"] for row in sheets[f"counted {unit}"]}
    assert counted.keys() == answers.keys()
    assert "1" in counted.values()
    for row_id, mark in counted.items():
        answered = not answers[row_id][f"{unit}.sex"].startswith("-")
        assert mark == (str(int(answers[row_id][f"{unit}.sex.label"] == "Female")) if answered else "")


def test_a_cross_table_counts_cases_with_both_on_the_same_recommendation(exported: Exported):
    sheets = by_openpyxl(exported)
    rows = sheets["cross theme_agency"]
    relevant = [
        row
        for row in sheets["recommendations"]
        if row["recommendations.for_children_services.label"].startswith("Yes")
    ]
    assert [row["Themes by agency"][:2] for row in rows] == ["T1", "T2", "T3", "T4", "T5", "T7"]
    found = 0
    for line in rows:
        theme = f"recommendations.themes:{line['Themes by agency'][:2]}"
        both = {row["case"] for row in relevant if row[theme] == row["recommendations.agencies:csp"] == "1"}
        assert line["Community Safety Partnership (CSP)"].startswith(f"{len(both)}/")
        found += len(both)
    assert found > 1


def test_nothing_missing_is_a_zero(exported: Exported):
    sheets = by_openpyxl(exported)
    for name in ("cases", *(group.key for group in exported.template.groups())):
        for row in sheets[name]:
            for field in exported.template.fields():
                if row.get(f"{field.path}.missing_label"):
                    own = [cell for column, cell in row.items() if column.split(":")[0] == field.path]
                    assert "0" not in own


FIGURES = ("n", "valid_n", "n_within", "valid_n_within", "value")


@pytest.mark.libreoffice
def test_libreoffice_recalculates_every_formula_to_the_exported_value(exported: Exported, tmp_path: Path):
    compared = 0
    for line in recalculated(exported.path, tmp_path)["findings"]:
        for name in FIGURES:
            assert line[f"{name}.now"] == line[name], (line["table"], line["line"], name)
            compared += bool(line[name])
    book: Any = load_workbook(exported.path)
    written = sum(cell.data_type == "f" for sheet in book for row in sheet.iter_rows() for cell in row)
    assert compared == written > 450


@pytest.mark.libreoffice
def test_a_formula_follows_an_edit_of_the_sheet_behind_it_and_no_longer_equals_the_export(
    exported: Exported, tmp_path: Path
):
    book: Any = load_workbook(exported.path)
    sheet = book["framework"]
    (column,) = [cell.column for cell in sheet[1] if cell.value == "theme.T1"]
    was = sheet.cell(2, column).value
    sheet.cell(2, column).value = 1 - was
    people = book["counted victims"]
    (column,) = [cell.column for cell in people[1] if cell.value == "victims.sex.female"]
    next(row[column - 1] for row in people.iter_rows(min_row=2) if row[column - 1].value == 1).value = None
    book.save(tmp_path / "edited.xlsx")
    found = {
        (line["table"], line["line"]): line
        for line in recalculated(tmp_path / "edited.xlsx", tmp_path)["findings"]
    }
    line, women = found["themes", "theme.T1"], found["victims", "sex.female"]
    assert int(line["n.now"]) == int(line["n"]) + (1 if was == 0 else -1)
    assert int(women["n.now"]) == int(women["n"]) - 1, "one woman fewer"
    assert int(women["valid_n.now"]) == int(women["valid_n"]) - 1


def test_formulas_stand_in_the_findings_alone_and_turn_red_where_they_differ(exported: Exported):
    book: Any = load_workbook(exported.path)
    for sheet in book:
        live = {cell.column for row in sheet.iter_rows() for cell in row if cell.data_type == "f"}
        heads = {sheet.cell(1, column).value for column in live}
        assert heads == ({f"{name}.now" for name in FIGURES} if sheet.title == "findings" else set())
    rules = book["findings"].conditional_formatting
    assert len([rule for held in rules for rule in held.rules]) == len(FIGURES)


def test_every_column_of_codes_warns_of_what_is_no_code(exported: Exported):
    book: Any = load_workbook(exported.path)
    sheet = book["victims"]
    checked = {str(check.sqref): check.formula1 for check in sheet.data_validations.dataValidation}
    (column,) = [cell.column_letter for cell in sheet[1] if cell.value == "victims.sex"]
    codes = checked[f"{column}2:{column}{sheet.max_row}"].strip('"').split(",")
    field = exported.template.by_path["victims.sex"]
    assert field.codelist is not None
    assert {str(option.code) for option in field.codelist.options} <= set(codes)
    assert "-9" in codes
