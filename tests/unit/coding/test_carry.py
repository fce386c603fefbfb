"""A returned and resubmitted entry: what still holds is carried over, and what changed is listed."""

from __future__ import annotations

import pytest

from schema.answers.document import Document
from schema.coding.carry import Because, ChangedRow, ChangedValue, WhatChanged, what_changed
from schema.coding.compare import compare
from schema.coding.model import Comparison, Decided, Pair
from schema.template.value import Missing
from tests.unit.coding.study import TEMPLATE, entry, without_field

A = entry(
    case={"type": "iph", "year": 2016, "area": "North"},
    advice=[{"id": "a1", "number": "1", "themes": ["T1"]}, {"id": "a2", "number": "2"}],
)
B = entry(
    case={"type": "afh", "year": 2019, "area": "South"},
    advice=[{"id": "b1", "number": "1", "themes": ["T2"]}, {"id": "b2", "number": "2", "national": "yes"}],
)
LINKS = (("a1", "b1"), ("a2", "b2"))
DECIDED = (
    Decided("case.type", "a", "iph"),
    Decided("case.year", "other", Missing("not_known")),
    Decided("advice.old1.themes", "both", ("T1", "T2")),
    Decided("advice.old2.national", "b", "yes"),
)


def compared(a: Document, b: Document, links: tuple[tuple[str, str], ...], name: str) -> Comparison:
    pairs = [Pair(f"{name}{number}", "advice", *link) for number, link in enumerate(links, 1)]
    return compare(TEMPLATE, a, b, pairs)


def changed(b: Document, links: tuple[tuple[str, str], ...] = LINKS) -> WhatChanged:
    """What changed where B's entry was returned and submitted again."""
    old, new = compared(A, B, LINKS, "old"), compared(A, b, links, "new")
    return what_changed(old, new, DECIDED, (A, B), (A, b))


def resubmitted(**sections: object) -> Document:
    plain = {"case": {"type": "afh", "year": 2019, "area": "South"}, "advice": ADVICE_OF_B}
    return entry(**{**plain, **sections})  # type: ignore[arg-type]


ADVICE_OF_B = [
    {"id": "b1", "number": "1", "themes": ["T2"]},
    {"id": "b2", "number": "2", "national": "yes"},
]


def test_an_entry_submitted_again_as_it_was_changes_nothing() -> None:
    found = changed(resubmitted())
    assert not found
    assert [(pair.row_a, pair.row_b) for pair in found.kept] == list(LINKS)
    assert [(old.path, new.path) for old, new in found.carried] == [
        ("case.type", "case.type"),
        ("case.year", "case.year"),
        ("advice.old1.themes", "advice.new1.themes"),
        ("advice.old2.national", "advice.new2.national"),
    ]


def test_a_changed_value_is_listed_and_its_decision_must_be_made_anew() -> None:
    found = changed(resubmitted(case={"type": "afh", "year": 2017, "area": "South"}))
    assert found.values == (ChangedValue("b", "case.year", 2019, 2017),)
    assert [(held.decided.path, held.because) for held in found.dropped] == [("case.year", Because.VALUES)]
    assert (found.gone, found.made, found.rows) == ((), (), ())


def test_a_row_that_is_gone_takes_its_pair_and_its_decisions_along() -> None:
    found = changed(resubmitted(advice=ADVICE_OF_B[:1]), (("a1", "b1"), ("a2", "")))
    assert found.rows == (ChangedRow("b", "advice", "b2", added=False),)
    assert found.values == ()
    assert [(pair.row_a, pair.row_b) for pair in found.gone] == [("a2", "b2")]
    assert [(pair.row_a, pair.row_b) for pair in found.made] == [("a2", "")]
    assert [(held.decided.path, held.because) for held in found.dropped] == [
        ("advice.old2.national", Because.ROWS)
    ]


def test_a_new_row_is_listed_once_and_not_value_by_value() -> None:
    found = changed(
        resubmitted(advice=[*ADVICE_OF_B, {"id": "b9", "number": "9", "themes": ["T3"]}]),
        (*LINKS, ("", "b9")),
    )
    assert found.rows == (ChangedRow("b", "advice", "b9", added=True),)
    assert found.values == ()
    assert len(found.carried) == len(DECIDED)


def test_rows_that_are_linked_otherwise_keep_their_values_and_lose_their_decisions() -> None:
    found = changed(resubmitted(), (("a1", "b2"), ("a2", "b1")))
    assert (found.values, found.rows, found.kept) == ((), (), ())
    assert {held.because for held in found.dropped} == {Because.ROWS}
    assert len(found.dropped) == 2


def test_a_value_that_was_taken_away_is_blank_afterwards() -> None:
    found = changed(resubmitted(case={"type": "afh", "year": 2019}))
    assert found.values == (ChangedValue("b", "case.area", "South", None),)


def test_a_question_that_is_compared_no_longer_takes_its_decision_along() -> None:
    old = compared(A, B, LINKS, "old")
    new = compare(without_field(TEMPLATE, "case.year"), A, B, old.pairs)
    found = what_changed(old, new, DECIDED, (A, B), (A, B))
    assert [(held.decided.path, held.because) for held in found.dropped] == [("case.year", Because.QUESTION)]


@pytest.mark.parametrize("side", ["a", "b"])
def test_what_changed_says_whose_entry_it_was(side: str) -> None:
    area = entry(case={"area": "East"})
    before, blank = (entry(), entry()), entry()
    after = (area, blank) if side == "a" else (blank, area)
    old, new = compare(TEMPLATE, *before, ()), compare(TEMPLATE, *after, ())
    assert what_changed(old, new, (), before, after).values == (
        ChangedValue(side, "case.area", None, "East"),
    )
