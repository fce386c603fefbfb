"""Every generated entry, true or coded, could have been submitted: the template's rules hold in all of them."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.sample.lightcheck import problems
from webapp.sample.halfway import halfway
from webapp.sample.study import SampleCase, cases_of, jsonl, study, truth_jsonl

Entry = dict[str, Any]


def entries_of(case: SampleCase) -> list[Entry]:
    return [case.truth, *case.entries]


@pytest.fixture(scope="module")
def published() -> tuple[SampleCase, ...]:
    return study().cases


def test_all_entries_of_the_published_study_are_valid(published: tuple[SampleCase, ...]) -> None:
    found = {
        (entry["case"], entry["coder"]): problems(entry["answers"])
        for case in published
        for entry in entries_of(case)
    }
    assert {key: lines for key, lines in found.items() if lines} == {}


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10**9), size=st.integers(1, 40))
def test_entries_of_any_study_are_valid(seed: int, size: int) -> None:
    for case in cases_of(study(size, seed)):
        for entry in entries_of(case):
            assert problems(entry["answers"]) == []


def test_evidence_hangs_on_answers_that_are_there(published: tuple[SampleCase, ...]) -> None:
    for case in published:
        for entry in entries_of(case):
            for path, note in entry["evidence"].items():
                assert is_answered(entry["answers"], path), path
                assert set(note) == {"page", "quote"}
                assert note["page"]
                assert note["quote"]


def is_answered(answers: Entry, path: str) -> bool:
    section, *rest = path.split(".")
    if len(rest) == 1:
        return rest[0] in answers[section]
    row = next(row for row in answers[section] if row["id"] == rest[0])
    return rest[1] in row


def test_lines_are_the_interchange_form(published: tuple[SampleCase, ...]) -> None:
    lines = [json.loads(line) for line in jsonl(study())]
    assert lines == [entry for case in published for entry in case.entries]
    assert all(list(line) == ["case", "coder", "submit", "answers", "evidence"] for line in lines)
    assert [json.loads(line)["case"] for line in truth_jsonl(study())] == [
        case.reference for case in published
    ]


def test_recommendations_are_as_long_as_real_ones(published: tuple[SampleCase, ...]) -> None:
    lengths = [len(row["text"]) for case in published for row in case.truth["answers"]["recommendations"]]
    assert min(lengths) >= 180
    assert max(lengths) <= 600


def test_numbers_are_printed_as_reports_print_them(published: tuple[SampleCase, ...]) -> None:
    numbers = {row["number"] for case in published for row in case.truth["answers"]["recommendations"]}
    for form in (r"R\d+", r"\d+", r"\d+\.\d+", r"\d+\.1\.1\.\d+", r"Recommendation \d+", "unnumbered"):
        assert any(re.fullmatch(form, number) for number in numbers), form


# The check itself is checked: an entry spoilt in one place is found out.

Spoil = Callable[[Entry], object]
SPOILT: dict[str, Spoil] = {
    "unknown section": lambda answers: answers.update(extra={}),
    "unknown field": lambda answers: answers["report"].update(extra=1),
    "derived field": lambda answers: answers["victims"][0].update(minoritised="yes"),
    "required field blank": lambda answers: answers["report"].pop("region"),
    "hidden field answered": lambda answers: answers["homicide"].update(homicide_type_other="x"),
    "missing code not allowed": lambda answers: answers["homicide"].update(
        homicide_type={"missing": "withheld"}
    ),
    "number out of range": lambda answers: answers["report"].update(death_year=1999),
    "unknown code": lambda answers: answers["report"].update(region="atlantis"),
    "list out of order": lambda answers: answers["recommendations"][0].update(agencies=["police", "lscb"]),
    "no victim": lambda answers: answers["victims"].clear(),
    "theme without sub-theme": lambda answers: answers["recommendations"][0].update(
        themes=["T1", "T2", "T3", "T4", "T5"]
    ),
    "national without T7": lambda answers: answers["recommendations"][0].update(level="national"),
    "row without a good name": lambda answers: answers["recommendations"][0].update(id="4"),
}


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT)
def test_the_check_finds_a_spoilt_entry(spoil: Spoil, published: tuple[SampleCase, ...]) -> None:
    answers = copy.deepcopy(published[0].truth["answers"])
    spoil(answers)
    assert problems(answers)


# ------------------------------------------------------------------------------------ the half-way project


def test_the_second_project_has_cases_in_every_state() -> None:
    states = {case.state for case in halfway()}
    assert states == {
        "registered",
        "assigned",
        "coding",
        "ready to compare",
        "matching rows",
        "resolving",
        "reconciled",
        "signed off",
    }


def test_complete_entries_of_the_second_project_are_valid_and_drafts_only_lack_answers() -> None:
    seen = set()
    for case in halfway():
        for work in case.entries:
            seen.add(work.progress)
            if work.entry is None:
                continue
            found = problems(work.entry["answers"])
            if work.progress == "in_progress":
                assert work.entry["submit"] is False
                assert found
                assert all(line.endswith("required, but blank") for line in found), found
            else:
                assert work.entry["submit"] is True
                assert found == []
    assert seen == {"not_started", "in_progress", "submitted", "returned"}


def test_the_second_project_is_another_one(published: tuple[SampleCase, ...]) -> None:
    assert {case.case.reference for case in halfway()}.isdisjoint(case.reference for case in published)
    assert halfway() == halfway()
