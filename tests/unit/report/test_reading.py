"""Lines in reading order, printed numbers, and find: on PDFs written here, and on places given by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from schema.report.layout import Cell, Line, Page, reading_lines, without_furniture
from schema.report.numbering import numbered
from schema.report.search import find
from schema.report.wording import Wording, words_in
from tests.support.reports import sheet, written
from webapp.reports import pdf_reader
from webapp.reports.apart import read_pages
from webapp.reports.files import clean_name
from webapp.reports.filing import guess_case, guess_kind


def line(text: str, y: float, x: float = 60.0) -> Line:
    return Line((Cell(x, y, x + 5 * len(text), y + 10, text),))


def page(number: int, *texts: str, label: str = "") -> Page:
    lines = tuple(line(text, 50 + 14 * at) for at, text in enumerate(texts))
    return Page(number, label, 595, 842, lines)


def test_runs_of_one_line_are_joined_and_cells_of_a_table_are_not() -> None:
    runs = [Cell(60, 50, 100, 60, "Adult"), Cell(103, 50, 110, 60, "A"), Cell(300, 51, 340, 61, "Police")]
    (only,) = reading_lines(runs, 595)
    assert [cell.text for cell in only.cells] == ["Adult A", "Police"]


def test_two_columns_are_read_one_after_the_other(tmp_path: Path) -> None:
    pdf = sheet()
    pdf.add_page()
    pdf.cell(0, 8, "A heading that runs across the whole width of the page, over both of its columns")
    for x, name in ((10, "left"), (110, "right")):
        for at in range(12):
            pdf.set_xy(x, 30 + 6 * at)
            pdf.cell(90, 6, f"The {name} column has its line number {at:02}")
    file = tmp_path / "columns.pdf"
    file.write_bytes(bytes(pdf.output()))
    (only,) = read_pages(file)
    texts = [one.text for one in only.lines]
    assert texts[0].startswith("A heading")
    assert texts[1:] == [
        f"The {name} column has its line number {at:02}" for name in ("left", "right") for at in range(12)
    ]


@pytest.mark.parametrize(
    ("feet", "labels"),
    [
        (["", "", "1", "2", "3", "4"], ["", "", "1", "2", "3", "4"]),
        ([f"Page {at} of 6" for at in range(1, 7)], list("123456")),
        (["11", "12", "80", "14", "15", "16"], ["11", "12", "13", "14", "15", "16"]),
        (["7", "3", "", "", "", ""], [""] * 6),
        (
            ["DHR Overview | 5", "DHR Overview | 6", "DHR Overview | 7", "", "", ""],
            ["5", "6", "7", "8", "9", "10"],
        ),
    ],
)
def test_printed_numbers_are_those_that_most_pages_agree_on(feet: list[str], labels: list[str]) -> None:
    pages = [page(at, "What the report says.", "More of it.", foot) for at, foot in enumerate(feet, 1)]
    assert [one.label for one in numbered(pages)] == labels


def test_numbers_that_the_file_states_are_believed() -> None:
    pages = [page(at, "5", label=label) for at, label in enumerate(("i", "ii", "1"), 1)]
    assert [one.label for one in numbered(pages)] == ["i", "ii", "1"]


def test_running_heads_and_feet_are_left_aside_and_nothing_else() -> None:
    pages = [page(at, "DHR for Exampleshire", f"Sentence {'abcd'[at]}.", f"Page {at}") for at in range(4)]
    assert [one.text for one in without_furniture(pages)] == [
        "Sentence a.",
        "Sentence b.",
        "Sentence c.",
        "Sentence d.",
    ]


def test_words_broken_at_the_end_of_a_line_are_whole() -> None:
    wording = Wording((page(1, "They did not share infor-", "mation with the school’s nurse."),))
    assert [word.folded for word in wording.words][4:7] == ["information", "with", "the"]
    assert words_in("infor-\nmation") == ["information"]
    assert wording.find(words_in("the school's nurse")) == 6


def test_find_goes_over_line_ends_and_takes_the_beginning_of_a_last_word() -> None:
    pages = (page(1, "The health", "visitors knew."), page(2, "No Health   visitor asked.", "Healthy."))
    hits = find(Wording(pages), "HEALTH visit")
    assert [(hit.page.number, hit.found) for hit in hits] == [(1, "health visitors"), (2, "Health visitor")]
    assert find(Wording(pages), "visitors visitors") == ()
    assert find(Wording(pages), " - ") == ()
    assert hits[1].before == "No "
    assert hits[1].after.startswith(" asked.")


@pytest.mark.parametrize(
    ("name", "reference"),
    [
        ("dhr_001 overview.pdf", "DHR-001"),
        ("DHR-12.pdf", "DHR-012"),
        ("DHR-120.pdf", ""),
        ("overview of DHR-001-B.pdf", "DHR-001-B"),
        ("dhr 001 and dhr 012.pdf", ""),
        ("report.pdf", ""),
    ],
)
def test_a_file_goes_to_the_case_whose_reference_stands_whole_in_its_name(name: str, reference: str) -> None:
    assert guess_case(name, ["DHR-001", "DHR-012", "DHR-001-B"]) == reference


@pytest.mark.parametrize(
    ("name", "kind"),
    [("DHR 1 Exec Summary.pdf", "summary"), ("dhr1 action-plan.pdf", "action_plan"), ("x.pdf", "overview")],
)
def test_what_a_file_is_shows_in_its_name(name: str, kind: str) -> None:
    assert guess_kind(name) == kind


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\x\\DHR 1.PDF", "DHR 1.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie x.pdf"),
        ("fdp\u202etxt.exe", "fdptxt.exe.pdf"),
        ("\x00", "report.pdf"),
        ("", "report.pdf"),
        ("x" * 400 + ".pdf", "x" * 150 + ".pdf"),
    ],
)
def test_a_name_is_cleaned_before_it_is_shown_or_offered(given: str, kept: str) -> None:
    assert clean_name(given) == kept


@pytest.mark.parametrize(("what", "most"), [("ALL_CHARACTERS", 30), ("ALL_RUNS", 2)])
def test_of_a_report_that_says_too_much_the_later_pages_have_nothing_on_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], what: str, most: int
) -> None:
    (tmp_path / "report.pdf").write_bytes(written(*[["A sentence of some length.", "Another one."]] * 4))
    monkeypatch.setattr(pdf_reader, what, most)
    pdf_reader.read(tmp_path / "report.pdf")
    pages = [json.loads(said) for said in capsys.readouterr().out.splitlines()]
    assert [bool(page["runs"]) for page in pages] == [True, False, False, False]
    assert [page["number"] for page in pages] == [1, 2, 3, 4]
