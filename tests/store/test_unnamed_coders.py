"""Coders as A and B: where they are unnamed the order does not follow the slot, is fixed for a case, and loses nothing."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import select

from schema.store.comparisons import confirm_pairing, decide
from schema.store.database import Database, random_id
from schema.store.loaded import coders_of
from schema.store.models import Base, Project
from tests.store.double_coding import Study, act, build_study, entry, second
from tests.support.databases import sqlite_database

NORTH, SOUTH = entry({"area": "North"}), second(entry({"area": "South"}))
OWN = {"amara": "North", "ben": "South"}
MANY, FAR = 200, 39
ENOUGH = 60  # that all of them have one order happens once in 2 to the 59


@pytest.fixture
def study(database: Database) -> Study:
    return build_study(database)


def unname(study: Study) -> None:
    with study.writing() as session:
        session.get_one(Project, study.project_id).coders_unnamed = True


def order(study: Study, comparison: str) -> tuple[str, str]:
    """The coders of A and B."""
    names = {user_id: name for name, user_id in study.users.items()}
    with study.database.reading() as session:
        coders = coders_of(session, study.load(comparison).row)
    return names[coders["a"]], names[coders["b"]]


def turned(study: Study) -> str:
    """A comparison in which slot 2 is A; each that is not counts as one try."""
    for _ in range(ENOUGH):
        comparison = study.compared(NORTH, SOUTH)
        if order(study, comparison) == ("ben", "amara"):
            return comparison
    raise AssertionError("the order follows the slot")


def test_named_coders_stand_in_the_order_of_their_slots(study: Study) -> None:
    assert {order(study, study.compared(NORTH, SOUTH)) for _ in range(6)} == {("amara", "ben")}


def test_unnamed_coders_stand_in_either_order(study: Study) -> None:
    unname(study)
    turned(study)
    for _ in range(ENOUGH):
        if order(study, study.compared(NORTH, SOUTH)) == ("amara", "ben"):
            return
    raise AssertionError("slot 2 is always A")


@pytest.mark.full
def test_over_two_hundred_cases_the_order_says_nothing_of_the_slot(study: Study) -> None:
    """As often one way as the other, however the cases before fell: each bound is five and a half standard deviations away."""
    unname(study)
    turns = [order(study, study.compared(NORTH, SOUTH)) == ("ben", "amara") for _ in range(MANY)]
    alike = sum(one == following for one, following in pairwise(turns))
    assert abs(sum(turns) - MANY / 2) < FAR
    assert abs(alike - (MANY - 1) / 2) < FAR


def test_the_lot_that_gives_the_order_is_kept_nowhere(tmp_path: Path) -> None:
    """Every other id that is drawn for a comparison stands in the database."""
    drawn: list[str] = []

    def fresh() -> str:
        drawn.append(random_id())
        return drawn[-1]

    study = build_study(sqlite_database(tmp_path / "tandem.sqlite3", new_id=fresh))
    found = []
    for _ in range(2):
        study.compared(NORTH, SOUTH)
        with study.database.reading() as session:
            held = "".join(
                repr(tuple(row))
                for one in Base.metadata.sorted_tables
                for row in session.execute(select(one))
            )
        found.append(len([one for one in drawn if one not in held]))
        unname(study)
    study.database.dispose()
    assert found == [0, 1]


def test_each_side_has_its_own_coders_answers_and_decisions_follow(study: Study) -> None:
    unname(study)
    comparison = turned(study)
    (position,) = [one for one in study.load(comparison).result.positions if one.path == "report.area"]
    assert (position.a, position.b) == (OWN["ben"], OWN["amara"])
    act(study, confirm_pairing, comparison)
    act(study, decide, comparison, "report.area", "a")
    assert study.load(comparison).consensus().sections["report"]["area"] == OWN["ben"]


def test_the_order_stays_after_an_entry_was_returned_and_decisions_are_carried_over(study: Study) -> None:
    unname(study)
    comparison = turned(study)
    act(study, confirm_pairing, comparison)
    act(study, decide, comparison, "report.area", "a")
    again = study.resubmitted(comparison, SOUTH)
    assert order(study, again) == ("ben", "amara")
    assert [(one.path, one.choice) for one in study.load(again).decisions] == [("report.area", "a")]
