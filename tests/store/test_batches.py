"""Settling differences of one kind together: only what is of the kind, never what a person touched, undone as one."""

from __future__ import annotations

from typing import Any

import pytest

from schema.store.batches import alike_in, settle_alike, standing_batches
from schema.store.comparisons import confirm_pairing, decide, undo_batch
from schema.store.database import Database
from tests.store.double_coding import (
    Study,
    act,
    advice,
    audited,
    build_study,
    code_of,
    entry,
    lone_path,
    second,
)


@pytest.fixture
def study(database: Database) -> Study:
    return build_study(database)


@pytest.fixture
def comparison(study: Study) -> str:
    """Other punctuation in the area, a region and a date that one coder gave, a true difference, a lone row."""
    a = entry(
        {"area": "North, and West", "region": "north", "death_year": 2016}, recommendations=advice("1", "2")
    )
    b = second(
        entry(
            {"area": "North and West.", "published": "2018", "death_year": 2018}, recommendations=advice("1")
        )
    )
    made = study.compared(a, b)
    act(study, confirm_pairing, made)
    return made


def choices(study: Study, comparison: str, kind: str) -> dict[str, str]:
    return alike_in(study.load(comparison), kind)


def settle(study: Study, comparison: str, kind: str, paths: list[str], **more: Any) -> str:
    made = act(study, settle_alike, comparison, kind, paths, **{"reason": "Looked through.", **more})
    assert isinstance(made, str)
    return made


def test_each_kind_holds_what_is_of_it_and_nothing_else(study: Study, comparison: str) -> None:
    lone = lone_path(study, comparison)
    assert {kind: choices(study, comparison, kind) for kind in ("words", "one", "asked", "rows")} == {
        "words": {"report.area": "equivalent"},
        "one": {"report.region": "a", "report.published": "b"},
        "asked": {},
        "rows": {lone: "keep_row"},
    }
    assert choices(study, comparison, "no such kind") == {}


def test_words_in_another_order_are_not_the_same(study: Study) -> None:
    made = study.compared(entry({"area": "North and West"}), second(entry({"area": "West and North"})))
    act(study, confirm_pairing, made)
    assert choices(study, made, "words") == {}


def test_a_required_question_is_not_settled_by_one_answer(study: Study) -> None:
    missed = entry({"area": {"missing": "not_reported"}})
    made = study.compared(entry({"area": "North"}), second(missed))
    act(study, confirm_pairing, made)
    assert len(study.load(made).agenda().undecided()) == 1
    assert choices(study, made, "one") == {}


def test_what_a_person_decided_or_put_off_is_left_alone(study: Study, comparison: str) -> None:
    act(study, decide, comparison, "report.region", "defer")
    act(study, decide, comparison, "report.published", "b")
    assert choices(study, comparison, "one") == {}
    assert code_of(study, settle_alike, comparison, "one", ["report.region"], reason="All.") == (
        "RESOLVE-052",
        409,
    )


def test_a_batch_stands_with_its_reason_and_is_undone_as_one(study: Study, comparison: str) -> None:
    before = study.load(comparison).row.undecided
    batch = settle(study, comparison, "one", ["report.region", "report.published"], cause="omission")
    loaded = study.load(comparison)
    assert loaded.row.undecided == before - 2
    assert {(d.choice, d.reason, d.cause) for d in loaded.decisions} == {
        ("a", "Looked through.", "omission"),
        ("b", "Looked through.", "omission"),
    }
    assert [(one.id, one.standing) for one in standing_batches(loaded)] == [(batch, 2)]
    assert act(study, undo_batch, comparison, batch) == 2
    loaded = study.load(comparison)
    assert (loaded.row.undecided, standing_batches(loaded)) == (before, ())
    with study.database.reading() as session:
        (made,), (undone,) = audited(session, "decision.batch"), audited(session, "decision.undo_batch")
    assert ({one["path"] for one in made["choices"]}, undone["batch"]) == (
        {"report.region", "report.published"},
        batch,
    )


def test_only_what_was_chosen_is_settled(study: Study, comparison: str) -> None:
    settle(study, comparison, "one", ["report.region"])
    assert [decision.path for decision in study.load(comparison).decisions] == ["report.region"]


@pytest.mark.parametrize(
    ("paths", "reason", "refusal"),
    [
        ([], "All.", ("RESOLVE-050", 422)),
        (["report.region"], "  ", ("RESOLVE-051", 422)),
        (["report.death_year"], "All.", ("RESOLVE-052", 409)),
    ],
)
def test_a_batch_that_cannot_be_settles_nothing(
    study: Study, comparison: str, paths: list[str], reason: str, refusal: tuple[str, int]
) -> None:
    assert code_of(study, settle_alike, comparison, "one", paths, reason=reason) == refusal
    assert study.load(comparison).decisions == ()


def test_a_preview_that_is_out_of_date_settles_nothing(study: Study, comparison: str) -> None:
    stale = study.load(comparison).row.revision
    act(study, decide, comparison, "report.area", "a")
    _, status = code_of(study, settle_alike, comparison, "one", ["report.region"], reason="x", revision=stale)
    assert status == 409
