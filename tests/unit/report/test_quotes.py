"""Quotations: found, found elsewhere, found with small differences, not found; whatever was left out or put in brackets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema.report.layout import Page
from schema.report.quotes import ABSENT, Quotable, best
from tests.unit.report.test_reading import page

PAGES = (
    page(1, "Contents", "1"),
    page(
        2,
        "The panel heard that the children were “known to services”, and that no",
        "health visitor had asked the",
        "2",
    ),
    page(
        3,
        "mother about abuse when she was seen alone at the clinic.",
        "Nobody asked the father anything.",
        "3",
    ),
    page(4, "It should have been asked whether the mother was safe.", "4"),
)
REPORT = Quotable(PAGES)


@pytest.mark.parametrize(
    ("quote", "named", "verdict", "page_number"),
    [
        ("the children were 'known to services'", "2", "found", 2),
        ("THE CHILDREN  were known\nto services", "p. 2, 5.12", "found", 2),
        ("Nobody asked the father anything", "", "found", 3),
        ("Nobody asked the father anything", "2-3", "found", 3),
        ("Nobody asked the father anything", "12", "elsewhere", 3),
        ("no health visitor had asked the mother about abuse", "3", "found", 2),
        ("The panel heard […] that no health visitor had asked", "2", "found", 2),
        ("no health visitor ... she was seen alone", "2", "found", 2),
        ("no health visitor had asked [her] about abuse", "2", "found", 2),
        ("It should have been asked if the mother was safe", "4", "near", 4),
        ("The general practitioner wrote to the school twice", "2", "absent", None),
        ("father mother clinic", "", "absent", None),
        ("", "2", "absent", None),
    ],
)
def test_a_quotation_is_looked_for(quote: str, named: str, verdict: str, page_number: int | None) -> None:
    checked = REPORT.check(quote, named)
    assert (checked.verdict, checked.page.number if checked.page else None) == (verdict, page_number)
    assert checked.as_named == (verdict != "elsewhere")


def test_words_that_differ_are_marked() -> None:
    marked = REPORT.check("It should have been asked if the mother was safe", "4").marked
    assert [(one.what, one.text) for one in marked] == [
        ("same", "it should have been asked"),
        ("only_quote", "if"),
        ("only_report", "whether"),
        ("same", "the mother was safe"),
    ]


def test_where_two_pages_say_the_same_the_page_named_counts() -> None:
    twice = Quotable([page(1, "The school was not told."), page(2, "The school was not told.")])
    assert twice.check("the school was not told", "2").page == twice.wording.pages[1]
    assert twice.check("the school was not told", "9").page == twice.wording.pages[0]


def test_printed_numbers_count_where_they_are_known() -> None:
    labelled = Quotable(
        [page(3, "The school was not told.", label="1"), page(4, "Nor was the doctor.", label="iv")]
    )
    assert labelled.check("The school was not told", "1").verdict == "found"
    assert labelled.check("The school was not told", "3").verdict == "elsewhere"
    assert labelled.check("Nor was the doctor", "p. IV").verdict == "found"


def test_a_report_without_text_says_that_nothing_could_be_looked_for() -> None:
    assert Quotable([Page(1, "", 595, 842, ())]).check("anything at all").verdict == "unread"


def test_the_best_of_several_reports_counts() -> None:
    other = Quotable([page(1, "Something else entirely.")])
    found = REPORT.check("Nobody asked the father anything", "")
    assert best([other.check("Nobody asked the father anything", ""), found]) == found
    assert best([ABSENT]) == ABSENT


WORDS = " ".join(one.text for one in PAGES[1:3]).replace("\n2", "").replace("\n3", "").split()


@given(st.data())
def test_every_stretch_of_the_report_is_found_where_it_stands(data: st.DataObject) -> None:
    first = data.draw(st.integers(0, len(WORDS) - 2))
    last = data.draw(st.integers(first + 1, len(WORDS)))
    assert REPORT.check(" ".join(WORDS[first:last])).verdict == "found"
