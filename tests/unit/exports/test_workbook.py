"""The master workbook holds what is signed off, says what it left out, and opens in two independent readers."""

from __future__ import annotations

import csv
import re
import subprocess
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from exports.cells import clean_text
from exports.page_setup import PAGE_WIDTH
from exports.workbook import write_workbook
from exports.written import Order, Written
from schema.answers.document import Evidence
from schema.framework.loader import load_framework
from schema.store.master import ExcludedCase, MasterStudy, SettledDiscrepancy, Settlement
from schema.template.value import Missing
from tests.support.programs import libreoffice
from tests.unit.exports.small_study import MADE_AT, SOURCE, alike, case, document, study, template

TEMPLATE = template()
FRAMEWORK = """
framework: every-kind
title: Every kind
template: every-kind
indicators:
  - {key: colour, each: main.colour}
tables:
  - key: colours
    title: Colours
    unit: case
    unit_label: cases
    blocks: [{kind: distribution, key: colour, field: main.colour}]
"""
NASTY = (
    "=1+1", "#N/A", "+44 1234", "-5", "@here", "10.1.1.2", "007", "1E5", "TRUE", "2018-05-03", "1/2",
    "_x0041_", "a\nb", "quote \" comma, semicolon;", "é 👩‍👧 مرحبا", " outer ", "9999999999999999999",
)  # fmt: skip
ROWS = [{"number": text, "note": f"{text} in a sentence"} for text in NASTY]


def a_study(**others: Any) -> MasterStudy:
    settled = SettledDiscrepancy(
        "main.colour", "main", "", "colour", "differ", "red", Missing("not_reported"),
        Settlement("a", "red", "judgement", "See page 4.", "Carol", MADE_AT),
    )  # fmt: skip
    lone = SettledDiscrepancy(
        "rows.r1", "rows", "r1", "", "row_only_b", None, None, Settlement("keep_row"), row_b={"number": "4.2"}
    )
    full = document(
        ROWS,
        {"main.passage": Evidence("p. 12", "“Verbatim.”"), "rows.r1.note": Evidence("3")},
        words="Exampleshire", passage="A long passage", whole=0, part=0.5, day="2016-02-29", month="2018",
        agreed="yes", colour="red", colours=["red", "blue"], why="because", secret="kept inside",
    )  # fmt: skip
    empty = document(
        words={"missing": "not_reported"}, whole={"missing": "not_known"}, agreed="no",
        colour={"missing": "not_reported"}, colours={"missing": "none_described"},
    )  # fmt: skip
    cases = (
        case("DHR-001", full, TEMPLATE, discrepancies=(settled, lone)),
        case("DHR-002", empty, TEMPLATE, trace=alike(document(), TEMPLATE)),
        case("DHR-003", document(), TEMPLATE),
    )
    excluded = (
        ExcludedCase("DHR-004", "", "coding", "Not submitted."),
        ExcludedCase("=4", "", "withdrawn", "Twice."),
    )
    return study(cases, excluded=excluded, **others)


def write(path: Path, held: MasterStudy) -> Written:
    framework = load_framework(FRAMEWORK, TEMPLATE).framework
    assert framework is not None
    return write_workbook(path, Order(held, framework))


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("master") / "master.xlsx"
    write(made, a_study())
    return made


@pytest.fixture(scope="module")
def book(path: Path):
    return load_workbook(path)


def table(book: Any, sheet: str) -> list[dict[str, Any]]:
    """The rows of a sheet by column name."""
    header, *rows = book[sheet].iter_rows(values_only=True)
    return [dict(zip(header, row, strict=True)) for row in rows]


def test_the_sheets_stand_in_their_order(book):
    assert book.sheetnames == [
        "read me", "cases", "rows", "discrepancies", "framework", "agreement", "counted cases", "findings", "charts", "codebook", "code lists",
    ]  # fmt: skip


def test_every_sheet_has_a_frozen_header_a_filter_and_widths(book):
    for sheet in book:
        assert sheet.freeze_panes.endswith("2")
        assert all(cell.font.bold for cell in sheet[1])
        assert sheet.column_dimensions["A"].width >= 10
        if sheet.title != "charts":
            (held,) = sheet.tables.values()
            assert held.ref == held.autoFilter.ref == sheet.dimensions
            assert [column.name for column in held.tableColumns] == [cell.value for cell in sheet[1]]


def test_names_of_tables_and_of_cells_are_legal_and_are_not_taken_twice(book):
    tables = [name for sheet in book for name in sheet.tables]
    names = [*tables, *book.defined_names]
    assert len({name.casefold() for name in names}) == len(names) > 10
    assert all(re.fullmatch(r"[A-Za-z][A-Za-z0-9]*_[A-Za-z0-9_]+", name) for name in names)


def test_a_sheet_without_rows_has_a_filter_and_no_table(tmp_path):
    write(tmp_path / "x.xlsx", study(()))
    sheet = load_workbook(tmp_path / "x.xlsx")["cases"]
    assert not sheet.tables
    assert sheet.auto_filter.ref == sheet.dimensions


def test_the_heading_of_a_column_says_what_the_codebook_says_of_it(book):
    notes = {cell.value: cell.comment.text for cell in book["cases"][1]}
    assert notes["main.colour"] == (
        "Colour\nCodes: 1 = =Red; 2 = Blue; 3 = Grey\nMissing codes: -9 = Not reported"
    )
    assert notes["main.colours:blue"].startswith("Colours: Blue\nCodes: 1 = ticked")
    assert notes["case"] == "Case reference"


def test_every_sheet_prints_with_its_header_its_name_and_the_number_of_the_page(book):
    for sheet in book:
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.print_title_rows == "$1:$1"
        assert (sheet.oddHeader.left.text, sheet.oddFooter.right.text) == ("&A", "Page &P of &N")


def test_a_wide_sheet_is_printed_over_several_pages_with_its_first_columns_on_each(book):
    sheet = book["cases"]
    width = sum(held.width for held in sheet.column_dimensions.values())
    assert sheet.page_setup.fitToWidth == -(-width // PAGE_WIDTH) > 1
    assert sheet.print_title_cols == "$A:$A"
    assert book["rows"].print_title_cols == "$A:$C"


def test_n_and_valid_n_of_every_line_and_every_column_of_the_framework_have_a_name(book):
    def cells(name: str) -> list[Any]:
        ((sheet, area),) = book.defined_names[name].destinations
        held = book[sheet][area]
        return [cell.value for (cell,) in held] if isinstance(held, tuple) else [held.value]

    for line in table(book, "findings"):
        key = line["line"].replace(".", "_")
        assert cells(f"n_colours_{key}") == [line["n"]]
        assert cells(f"valid_n_colours_{key}") == [line["valid_n"]]
    assert cells("framework_colour_red") == [row["colour.red"] for row in table(book, "framework")]


def test_a_chart_shows_n_of_its_lines_beside_their_labels_and_leaves_out_who_gave_no_answer(book):
    (chart,) = book["charts"]._charts
    (series,) = chart.series
    lines = table(book, "findings")
    drawn = [number for number, line in enumerate(lines, 2) if line["line"] != "colour.missing"]
    columns = {cell.value: cell.column_letter for cell in book["findings"][1]}
    for held, name in ((series.val.numRef, "n"), (series.cat.numRef or series.cat.strRef, "label")):
        assert held.f == f"'findings'!${columns[name]}${drawn[0]}:${columns[name]}${drawn[-1]}"
    assert len(drawn) == 3


def test_no_cell_of_data_is_a_formula_or_an_error(book):
    live = {cell.column for cell in book["findings"][1] if cell.value.endswith(".now")}
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    data = [cell for cell in cells if cell.parent.title != "findings" or cell.column not in live]
    assert {cell.data_type for cell in data} <= {"s", "n", "d"}
    assert len(data) < len(cells)


def test_a_case_is_a_row_with_codes_and_labels(book):
    first, second, third = table(book, "cases")
    assert (first["case"], first["coder_a"], first["signed_off_by"]) == ("DHR-001", "Amara", "Carol")
    assert (first["main.colour"], first["main.colour.label"]) == (1, "=Red")
    assert (first["main.warm"], first["main.warm.label"]) == (1, "Yes, stated")
    assert (first["main.colours"], first["main.colours:blue"], first["main.colours:grey"]) == (
        "=Red; Blue",
        1,
        0,
    )
    assert (first["main.whole"], first["main.part"]) == (0, 0.5)
    assert first["main.day"] == datetime.fromisoformat("2016-02-29")
    assert first["main.month"] == "2018"
    assert (first["main.passage.page"], first["main.passage.quote"]) == ("p. 12", "“Verbatim.”")
    assert (second["main.colour"], second["main.colour.label"]) == (-9, "Not reported")
    assert (second["main.whole"], second["main.whole.missing"]) == (None, -8)
    assert (second["main.colours"], second["main.colours.missing_label"]) == (None, "None described")
    assert second["main.why.missing_label"] == "Not applicable"
    fixed = {
        "case",
        "title",
        "template_version",
        "coder_a",
        "coder_b",
        "signed_off_by",
        "signed_off_at",
        "consensus_sha256",
    }
    told = {name for name, value in third.items() if value is not None} - fixed
    assert told == {"main.why.missing", "main.why.missing_label"}


def test_a_field_that_is_not_exported_is_nowhere(path):
    book = load_workbook(path)
    texts = {str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row}
    assert not any("secret" in text or "kept inside" in text for text in texts)


def test_rows_keep_their_ids_their_order_and_their_numbers_as_text(book):
    rows = table(book, "rows")
    assert [row["row_id"] for row in rows] == [f"r{number}" for number in range(1, len(NASTY) + 1)]
    assert [row["row_number"] for row in rows] == list(range(1, len(NASTY) + 1))
    assert [row["rows.number"].replace("_x005F_", "_") for row in rows] == list(NASTY)
    assert {cell.data_type for cell in book["rows"]["D"]} == {"s"}


def test_a_discrepancy_shows_both_values_the_decision_the_reason_and_the_cause(book):
    value, row = table(book, "discrepancies")
    assert (value["value_a"], value["value_b"], value["decision.label"]) == (
        "=Red",
        "Not reported",
        "Coder A's value",
    )
    assert (value["consensus"], value["cause.label"], value["reason"]) == ("=Red", "Judgement", "See page 4.")
    assert (row["field"], row["value_a"], row["value_b"]) == (None, None, "Number: 4.2")


def test_the_framework_has_a_row_a_case_and_is_empty_where_nothing_is_known(book):
    rows = table(book, "framework")
    assert [(row["case"], row["colour.red"], row["colour.blue"]) for row in rows] == [
        ("DHR-001", 1, 0),
        ("DHR-002", None, None),
        ("DHR-003", None, None),
    ]


def test_findings_give_n_the_valid_n_and_the_percentage(book):
    red = table(book, "findings")[0]
    assert (red["n"], red["valid_n"], red["percent"], red["no_answer"]) == (1, 1, 100, 2)
    assert red["as_printed"] == "1/1 (100%)"


def test_agreement_is_of_the_entries_as_submitted(book):
    colour = next(
        row for row in table(book, "agreement") if row["field"] == "colour" and row["of"] == "field"
    )
    assert (colour["n"], colour["agreed"], colour["percent_agreement"]) == (1, 1, 100)
    assert colour["kappa"] is None
    assert colour["kappa_undefined"] == "both coders used one and the same code throughout"
    rows = next(row for row in table(book, "agreement") if row["of"] == "rows")
    assert (rows["section"], rows["f1"]) == ("rows", 1)


def test_the_codebook_names_every_column_of_the_sheets_of_answers(book):
    listed = {(row["sheet"], row["column"]) for row in table(book, "codebook")}
    for sheet in ("cases", "rows", "framework"):
        assert {(sheet, cell.value) for cell in book[sheet][1]} == {
            pair for pair in listed if pair[0] == sheet
        }
    colour = next(row for row in table(book, "codebook") if row["column"] == "main.colour")
    assert colour["codes"] == "1 = =Red; 2 = Blue; 3 = Grey"
    assert colour["missing_codes"] == "-9 = Not reported"
    assert (colour["versions"], colour["retired"]) == ("1", None)


def test_the_code_lists_hold_every_option_and_the_missing_codes(book):
    held = [(row["list"], row["value"], row["code"], row["retired"]) for row in table(book, "code lists")]
    assert ("colour", "grey", 3, "retired") in held
    assert ("missing", "none_described", 0, None) in held
    assert len(held) == len(set(held)) == 9


def test_the_first_sheet_says_what_is_in_and_what_is_out_and_why(book, path):
    lines = [(row["item"], row["value"], row["note"]) for row in table(book, "read me")]
    assert ("Project", "Pilot", "pilot") in lines
    assert ("Made by", "Dana", None) in lines
    assert ("Cases in this workbook", 3, "Signed off.") in lines
    assert ("Case left out", "DHR-004", "coding: Not submitted.") in lines
    assert ("Case left out", "=4", "withdrawn: Twice.") in lines
    assert any(line[:2] == ("Template version", "every-kind, version 1") for line in lines)


def test_the_same_data_give_the_same_hash_and_it_stands_on_the_first_sheet(tmp_path, book):
    first = write(tmp_path / "1.xlsx", a_study())
    later = write(tmp_path / "2.xlsx", a_study(made_at=MADE_AT + timedelta(days=9), made_by="Somebody"))
    assert first.content_hash == later.content_hash
    assert ("Content hash", first.content_hash) in [(r["item"], r["value"]) for r in table(book, "read me")]
    assert (tmp_path / "1.xlsx").read_bytes() != (tmp_path / "2.xlsx").read_bytes()


def test_other_data_give_another_hash(tmp_path):
    held = a_study()
    fewer = replace(held, cases=tuple(held.cases)[:2], included=2)
    assert write(tmp_path / "x.xlsx", held).content_hash != write(tmp_path / "x.xlsx", fewer).content_hash


def test_the_progress_of_cases_that_are_out_does_not_change_the_hash(tmp_path):
    held = a_study()
    later = replace(held, excluded=(replace(held.excluded[0], state="resolving"), *held.excluded[1:]))
    assert write(tmp_path / "x.xlsx", held).content_hash == write(tmp_path / "x.xlsx", later).content_hash


def test_a_framework_that_does_not_fit_is_left_out_and_the_first_sheet_says_why(tmp_path):
    loaded = load_framework(FRAMEWORK.replace("main.colour", "main.tone"), TEMPLATE)
    write_workbook(tmp_path / "x.xlsx", Order(a_study(), loaded.framework, loaded.problems))
    book = load_workbook(tmp_path / "x.xlsx")
    assert "findings" not in book.sheetnames
    notes = [row["note"] for row in table(book, "read me") if row["item"] == "Quantitative framework"]
    assert len(notes) == 2
    assert all("There is no field “main.tone”" in note for note in notes)


def test_a_text_longer_than_a_cell_goes_on_elsewhere_and_the_first_sheet_lists_that_sheet(tmp_path):
    long = "word " * 9_000
    write(tmp_path / "x.xlsx", study((case("DHR-001", document(passage=long.strip()), TEMPLATE),)))
    book = load_workbook(tmp_path / "x.xlsx")
    assert ("Sheet", "long texts", "1 row") in [tuple(row.values()) for row in table(book, "read me")]
    (rest,) = table(book, "long texts")
    assert (rest["sheet"], rest["row"], rest["column"], rest["part"]) == ("cases", 2, "main.passage", 2)
    assert table(book, "cases")[0]["main.passage"].split(" […")[0] + rest["text"] == long.strip()


def test_a_template_without_a_framework_gives_a_workbook_without_findings(tmp_path):
    write_workbook(tmp_path / "x.xlsx", Order(a_study()))
    names = load_workbook(tmp_path / "x.xlsx").sheetnames
    assert "findings" not in names
    assert "framework" not in names


def test_an_empty_study_gives_all_headers_and_no_rows(tmp_path):
    written = write(tmp_path / "x.xlsx", study(()))
    book = load_workbook(tmp_path / "x.xlsx")
    assert written.cases == 0
    assert table(book, "cases") == []
    assert book["cases"]["A1"].value == "case"


def test_progress_is_told_case_by_case(tmp_path):
    heard = []
    write_workbook(
        tmp_path / "x.xlsx", Order(a_study(), progress=lambda done, total: heard.append((done, total)))
    )
    assert heard == [(1, 3), (2, 3), (3, 3)]


NEWER = SOURCE.replace("version: 1", "version: 2").replace(
    "{key: whole, kind: integer, label: Whole,", "{key: whole, kind: integer, label: Whole number, retired: true,"
).replace(
    "      - {key: note, kind: long_text, label: Note}",
    "      - {key: note, kind: long_text, label: Note}\n      - {key: page, kind: text, label: Page}",
)  # fmt: skip


def test_a_retired_column_stays_in_its_place_marked_and_a_new_one_follows(tmp_path):
    newer = template(NEWER)
    old = case("DHR-001", document([{"number": "1"}], whole=5), TEMPLATE)
    new = case("DHR-002", document([{"number": "1", "page": "7"}]), newer)
    write_workbook(tmp_path / "x.xlsx", Order(study((old, new), (TEMPLATE, newer))))
    write_workbook(tmp_path / "old.xlsx", Order(study((old,), (TEMPLATE,))))
    book, before = load_workbook(tmp_path / "x.xlsx"), load_workbook(tmp_path / "old.xlsx")
    assert [cell.value for cell in book["cases"][1]] == [cell.value for cell in before["cases"][1]]
    assert [row["main.whole"] for row in table(book, "cases")] == [5, None]
    assert [row["rows.page"] for row in table(book, "rows")] == [None, "7"]
    columns = {row["column"]: (row["versions"], row["retired"]) for row in table(book, "codebook")}
    assert columns["main.whole"] == ("1", "retired")
    assert columns["rows.page"] == ("2", None)
    assert [row["template_version"] for row in table(book, "cases")] == [1, 2]


@pytest.mark.libreoffice
def test_libreoffice_reads_every_cell_as_it_was_written(path: Path, tmp_path: Path):
    program = libreoffice()
    assert program is not None
    options = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1"
    profile = f"-env:UserInstallation=file://{tmp_path / 'profile'}"
    command = [program, profile, "--headless", "--convert-to", options, "--outdir", str(tmp_path), str(path)]
    answer = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    assert "error" not in (answer.stdout + answer.stderr).lower()
    book = load_workbook(path)
    for sheet in book:
        with (tmp_path / f"master-{sheet.title}.csv").open(encoding="utf-8", newline="") as file:
            shown = list(csv.reader(file))
        width = sum(not str(cell.value).endswith(".now") for cell in sheet[1])
        written = [[_plain(value) for value in row[:width]] for row in sheet.iter_rows(values_only=True)]
        assert [_padded(row, width)[:width] for row in shown] == written, sheet.title


def _plain(value: Any) -> str:
    """A cell as LibreOffice writes it unformatted: numbers in full, moments in ISO form."""
    match value:
        case None:
            return ""
        case datetime():
            return value.isoformat(" ") if value.time() != datetime.min.time() else value.date().isoformat()
        case str():
            return clean_text(value).replace("_x005F_", "_")
    return str(value)


def _padded(row: list[str], width: int) -> list[str]:
    return row + [""] * (width - len(row))
