"""What a returned and resubmitted entry changed, as the store has it."""

from __future__ import annotations

import pytest

from schema.coding.carry import Because, ChangedRow, ChangedValue, WhatChanged
from schema.store.comparisons import decide
from schema.store.database import Database
from schema.store.resubmitted import resubmitted
from tests.store.double_coding import Study, act, advice, build_study, differing, entry, second


@pytest.fixture
def study(database: Database) -> Study:
    return build_study(database)


def changed(study: Study, comparison: str) -> WhatChanged | None:
    with study.database.reading() as session:
        found = resubmitted(session, study.load(comparison))
        return found.changed if found else None


def test_the_first_comparison_of_a_case_follows_none(study: Study) -> None:
    assert changed(study, differing(study)) is None


def test_what_a_returned_entry_changed_is_listed_beside_what_was_carried_over(study: Study) -> None:
    comparison = differing(study)
    act(study, decide, comparison, "report.area", "b")
    act(study, decide, comparison, "report.death_year", "a")
    again = study.resubmitted(
        comparison, second(entry({"area": "South", "death_year": 2017}, recommendations=advice("1", "2")))
    )
    found = changed(study, again)
    assert found is not None
    assert found.values == (ChangedValue("b", "report.death_year", 2018, 2017),)
    assert found.rows == (ChangedRow("b", "recommendations", "r2b", added=True),)
    assert [(held.decided.path, held.because) for held in found.dropped] == [
        ("report.death_year", Because.VALUES)
    ]
    live = [decision.path for decision in study.load(again).decisions]
    assert [new.path for _, new in found.carried] == live == ["report.area"]
    assert {(pair.row_a, pair.row_b) for pair in found.gone} == {("r2", "")}
    assert {(pair.row_a, pair.row_b) for pair in found.made} == {("r2", "r2b")}


def test_each_comparison_is_held_against_the_one_just_before_it(study: Study) -> None:
    comparison = differing(study)
    shape = {"recommendations": advice("1")}
    again = study.resubmitted(comparison, second(entry({"area": "West", "death_year": 2018}, **shape)))
    third = study.resubmitted(again, second(entry({"area": "East", "death_year": 2018}, **shape)))
    found = [changed(study, held) for held in (again, third)]
    values = [[(value.before, value.after) for value in held.values] for held in found if held]
    assert values == [[("South", "West")], [("West", "East")]]
