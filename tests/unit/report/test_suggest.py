"""Recommendations are recognised in reports as they are really set: by number, by name, in tables, in columns, over page ends."""

from __future__ import annotations

from pathlib import Path

import pytest
from fpdf import FPDF

from schema.report.layout import Page
from schema.report.suggest import Suggestion, suggestions
from tests.support.reports import sheet
from webapp.reports.apart import read_pages

ONE = "The community safety partnership should share what is known about children with their schools before they move"
TWO = "The health board must train every one of its health visitors to ask about abuse when a child is seen"
THREE = "All agencies should tell the partnership within six months what they have done"


def _pages(folder: Path, pdf: FPDF) -> tuple[Page, ...]:
    file = folder / "report.pdf"
    file.write_bytes(bytes(pdf.output()))
    return read_pages(file)


def _found(folder: Path, pdf: FPDF) -> list[tuple[str, str, str]]:
    return [(one.number, one.text, one.page.name) for one in suggestions(_pages(folder, pdf))]


def _paragraph(pdf: FPDF, text: str, width: float = 0, x: float = 10) -> None:
    pdf.set_x(x)
    pdf.multi_cell(width, 6, text, new_x="LEFT", new_y="NEXT")
    pdf.ln(3)


def _chapters(pdf: FPDF, *paragraphs: str) -> FPDF:
    pdf.add_page()
    for text in paragraphs:
        _paragraph(pdf, text)
    return pdf


BEFORE = (
    "5. Analysis",
    "5.1 The panel heard that the health visitor should have asked about abuse.",
    "5.2 In 2016 the school did not know.",
)
AFTER = ("Appendix A: Terms of reference", "1. To look at what happened and at what should have happened.")


@pytest.mark.parametrize(
    ("first", "second", "third", "numbers"),
    [
        ("1.", "2.", "3.", ["1", "2", "3"]),
        ("1)", "2)", "3)", ["1", "2", "3"]),
        ("(1)", "(2)", "(3)", ["1", "2", "3"]),
        ("R1", "R2", "R3", ["R1", "R2", "R3"]),
        ("R1:", "R2:", "R3:", ["R1", "R2", "R3"]),
        ("9.1", "9.2", "9.3", ["9.1", "9.2", "9.3"]),
        ("10.1.1.1", "10.1.1.2", "10.1.2.1", ["10.1.1.1", "10.1.1.2", "10.1.2.1"]),
        ("Recommendation 1:", "Recommendation 2:", "Recommendation 3:", ["1", "2", "3"]),
        ("Recommendation 4 -", "Recommendation 5 -", "Recommendation 6 -", ["4", "5", "6"]),
        ("Rec. 1.", "Rec. 2.", "Rec. 3.", ["1", "2", "3"]),
        ("Recommendation 1\n", "Recommendation 2\n", "Recommendation 3\n", ["1", "2", "3"]),
    ],
)
def test_items_are_recognised_by_their_numbers(
    tmp_path: Path, first: str, second: str, third: str, numbers: list[str]
) -> None:
    """Nothing of the analysis before, and nothing of the appendix after."""
    items = [f"{first} {ONE}.", f"{second} {TWO}.", f"{third} {THREE}."]
    pdf = _chapters(sheet(), *BEFORE, "9. Recommendations", *items, *AFTER)
    assert _found(tmp_path, pdf) == [
        (number, f"{text}.", "1") for number, text in zip(numbers, (ONE, TWO, THREE), strict=True)
    ]


def test_an_item_goes_on_over_the_end_of_a_page(tmp_path: Path) -> None:
    words = ONE.split()
    pdf = sheet()
    for number in range(1, 5):
        pdf.add_page()
        pdf.cell(0, 5, "Domestic homicide review of Adult A")
        pdf.ln(12)
        for text in {
            1: ["What happened in the family is told in this part of the report."],
            2: ["7 Recommendations", f"1. {' '.join(words[:8])}"],
            3: [f"{' '.join(words[8:])}.", f"2. {TWO}."],
            4: ["Glossary", "1. A health visitor is a nurse who sees young children at home."],
        }[number]:
            _paragraph(pdf, text)
        pdf.set_y(-15)
        pdf.cell(0, 5, f"Page {number} of 4", align="C")
    assert _found(tmp_path, pdf) == [("1", f"{ONE}.", "2"), ("2", f"{TWO}.", "3")]


def test_a_table_gives_the_column_beside_the_number(tmp_path: Path) -> None:
    pdf = _chapters(sheet(), "8. Recommendations")
    with pdf.table(col_widths=(12, 90, 40, 30)) as table:
        table.row(["No.", "Recommendation", "Agency", "By when"])
        table.row(["1", ONE, "Community safety partnership", "June 2019"])
        table.row(["2", TWO, "The health board and its neighbours in the county", "May 2019"])
    assert _found(tmp_path, pdf) == [("1", ONE, "1"), ("2", TWO, "1")]


def test_two_columns_are_read_one_after_the_other(tmp_path: Path) -> None:
    pdf = sheet()
    pdf.add_page()
    pdf.cell(0, 8, "6. Recommendations")
    for x, items in (
        (10, (f"1. {ONE}.", f"2. {TWO}.", f"3. {THREE}.")),
        (108, (f"4. {TWO} at home.", f"5. {ONE} again.")),
    ):
        pdf.set_xy(x, 30)
        for text in items:
            _paragraph(pdf, text, 90, x)
    assert _found(tmp_path, pdf) == [
        ("1", f"{ONE}.", "1"),
        ("2", f"{TWO}.", "1"),
        ("3", f"{THREE}.", "1"),
        ("4", f"{TWO} at home.", "1"),
        ("5", f"{ONE} again.", "1"),
    ]


def test_headings_between_items_belong_to_none(tmp_path: Path) -> None:
    pdf = _chapters(
        sheet(),
        "Multi-agency recommendations",
        f"1. {ONE}.",
        "For the health board",
        f"2. {TWO}.",
        "10. Conclusions",
        "3. It was a life that mattered to many people.",
    )
    assert _found(tmp_path, pdf) == [("1", f"{ONE}.", "1"), ("2", f"{TWO}.", "1")]


def test_contents_mentions_and_years_are_no_recommendations(tmp_path: Path) -> None:
    pdf = _chapters(
        sheet(),
        "Contents",
        "9. Recommendations ............................................ 34",
        "10. Appendices ............................................ 38",
        "The panel looked at what became of the earlier review, of which",
        "Recommendation 4 was never carried out by anybody in the county at all.",
        "2016. It was in that year that the school was told of it.",
    )
    assert _found(tmp_path, pdf) == []


def test_what_the_action_plan_repeats_is_offered_once(tmp_path: Path) -> None:
    pdf = _chapters(sheet(), "Recommendations", f"1. {ONE}.", f"2. {TWO}.")
    _chapters(pdf, "Recommendations and action plan", f"1. {ONE}", f"2. {THREE}.")
    assert _found(tmp_path, pdf) == [("1", f"{ONE}.", "1"), ("2", f"{TWO}.", "1"), ("2", f"{THREE}.", "2")]


def test_the_same_pages_always_give_the_same_list(tmp_path: Path) -> None:
    pages = _pages(tmp_path, _chapters(sheet(), "Recommendations", f"1. {ONE}.", f"2. {TWO}."))
    lists: list[tuple[Suggestion, ...]] = [suggestions(pages) for _ in range(3)]
    assert lists[0] == lists[1] == lists[2] != ()
