"""Checks of one coder's values are the second side of an ordinary comparison, and count as no agreement."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from schema.answers.canonical import from_json, to_json
from schema.answers.document import Document, Evidence
from schema.answers.interchange import read_entry
from schema.coding.agreement import Compared, build_report
from schema.coding.compare import compare
from schema.coding.consensus import build_consensus
from schema.coding.model import Comparison, Decided, Verdict
from schema.coding.verification import (
    AGREED,
    NOT_FOUND,
    Checked,
    checked_document,
    fault_of,
    still_true,
    to_check,
    unchecked,
)
from schema.template.loader import load_template
from schema.template.model import Template
from schema.template.value import Missing
from tests.support.verifying import SETTING, verified_source
from tests.support.world import small_template

NO = Checked(NOT_FOUND)
YES = Checked(AGREED)


@pytest.fixture(scope="module")
def template() -> Template:
    return load_template(verified_source(), small_template()[1]).needed()


def first(template: Template, **setting: Any) -> Document:
    answers = {"report": {"area": "North", "children_known": "no"}, "setting": {**SETTING, **setting}}
    line = {"case": "c", "coder": "a", "answers": {**answers, "victims": [{"id": "v1", "age": 34}]}}
    read = read_entry(template, line)
    assert not read.problems
    return read.document


def second(template: Template) -> Document:
    held = first(template)
    return replace(held, sections={"report": held.sections["report"]})


def checked(template: Template, one: Document, **said: Checked) -> Document:
    checks = {f"setting.{key}": held for key, held in said.items()}
    return checked_document(template, second(template), one, checks)


def compared(template: Template, a: Document, b: Document) -> Comparison:
    return compare(template, a, b, ())


def right(value: Any) -> Checked:
    return Checked("corrected", value)


def test_coder_two_is_asked_everything_but_what_they_check(template: Template) -> None:
    assert [section.key for section in template.of_second_coder.sections] == [
        "report",
        "victims",
        "recommendations",
    ]
    assert template.for_slot(1) is template
    plain = load_template(*small_template()).needed()
    assert plain.of_second_coder is plain
    line = {"case": "c", "coder": "b", "answers": {"setting": SETTING}}
    assert read_entry(template.for_slot(2), line).problems


def test_what_applies_to_coder_one_and_is_compared_comes_up(template: Template) -> None:
    assert [one.field.key for one in to_check(template, first(template))] == [
        "county",
        "household",
        "rural",
        "miles",
    ]
    assert [one.field.key for one in to_check(template, first(template, rural="no", miles=None))] == [
        "county",
        "household",
        "rural",
    ]
    left = unchecked(template, first(template, household=None), {"setting.county": YES})
    assert [one.field.key for one in left] == ["rural", "miles"]


def test_what_the_checks_found_is_the_verdict(template: Template) -> None:
    a = first(template)
    b = checked(template, a, county=YES, household=right(3), rural=YES, miles=NO)
    found = {p.path: p for p in compared(template, a, b).positions if p.mode == "verify"}
    assert {path: (p.verdict, p.needs_person, p.a, p.b) for path, p in found.items()} == {
        "setting.county": (Verdict.AGREE, False, "Exampleshire", "Exampleshire"),
        "setting.household": (Verdict.DIFFER, True, 4, 3),
        "setting.rural": (Verdict.AGREE, False, "yes", "yes"),
        "setting.miles": (Verdict.NOT_FOUND, True, 7, None),
        "setting.memo": (Verdict.IGNORED, False, "Check again.", None),
    }
    mirrored = {p.path: p.verdict for p in compared(template, b, a).positions if p.mode == "verify"}
    assert mirrored == {path: p.verdict for path, p in found.items()}


def test_a_missing_code_that_is_corrected_is_an_ordinary_difference(template: Template) -> None:
    a = first(template, rural={"missing": "not_reported"}, miles=None)
    b = checked(template, a, county=YES, household=YES, rural=right("no"))
    found = {p.path: p.verdict for p in compared(template, a, b).positions}
    assert found["setting.rural"] is Verdict.ZERO_ASSUMPTION


def test_a_value_that_was_overlooked_can_be_entered(template: Template) -> None:
    a = first(template, household=None)
    b = checked(template, a, county=YES, household=right(3), rural=YES, miles=YES)
    position = next(p for p in compared(template, a, b).positions if p.path == "setting.household")
    assert (position.verdict, position.needs_person) == (Verdict.ONLY_B, True)


@pytest.mark.parametrize("rule", ["by_eye", "text"])
def test_a_text_that_was_agreed_needs_nobody(rule: str) -> None:
    source = verified_source().replace("label: County,", f"label: County, compare: {rule},")
    template = load_template(source, small_template()[1]).needed()
    a = first(template)
    b = checked(template, a, county=YES, household=YES, rural=YES, miles=YES)
    position = next(p for p in compared(template, a, b).positions if p.path == "setting.county")
    assert (position.verdict, position.needs_person) == (Verdict.AGREE, False)


def test_a_correction_within_tolerance_still_needs_a_person() -> None:
    source = verified_source().replace(
        "label: People in the household,", "label: P, compare: {tolerance: 2},"
    )
    template = load_template(source, small_template()[1]).needed()
    a = first(template)
    b = checked(template, a, county=YES, household=right(3), rural=YES, miles=YES)
    position = next(p for p in compared(template, a, b).positions if p.path == "setting.household")
    assert (position.verdict, position.needs_person) == (Verdict.DIFFER, True)


SAID = [
    ("household", {"household": None}, NO, "CHECK-006"),
    ("county", {"county": {"missing": "not_reported"}}, NO, "CHECK-007"),
    ("rural", {}, right("yes"), "CHECK-008"),
    ("miles", {}, right(None), "CHECK-008"),
    ("household", {}, right(99), "CHECK-008"),
    ("household", {}, Checked("perhaps"), "CHECK-005"),
    ("household", {}, right(3), ""),
    ("household", {"household": None}, YES, ""),
]


@pytest.mark.parametrize(("key", "setting", "said", "code"), SAID)
def test_a_check_that_cannot_be_is_refused_at_its_field(
    template: Template, key: str, setting: dict[str, Any], said: Checked, code: str
) -> None:
    one = next(held for held in to_check(template, first(template, **setting)) if held.field.key == key)
    fault = fault_of(one, said)
    assert (fault.code, fault.where) == (code, f"setting.{key}") if code and fault else fault is None


def test_the_canonical_text_carries_the_checks_and_is_as_before_without(template: Template) -> None:
    a = first(template)
    b = checked(template, a, county=Checked(AGREED, comment="Page 1."), household=NO, rural=YES, miles=YES)
    assert from_json(to_json(b)) == b
    assert "checks" not in to_json(a)
    assert b.verified == {"setting"}


def test_the_consensus_says_what_was_checked(template: Template) -> None:
    a = first(template)
    b = checked(template, a, county=YES, household=right(3), rural=YES, miles=NO)
    decided = [Decided("setting.household", "b", 3), Decided("setting.miles", "a", 7)]
    consensus = build_consensus(compared(template, a, b), a, b, decided)
    assert {path: held.outcome for path, held in consensus.checks.items()} == {
        "setting.county": "agreed",
        "setting.household": "corrected",
        "setting.rural": "agreed",
        "setting.miles": "not_found",
        "setting.memo": "not_checked",
    }
    assert consensus.get("setting.household") == 3


def test_no_agreement_figure_counts_a_checked_value(template: Template) -> None:
    a = first(template)
    b = checked(template, a, county=YES, household=right(3), rural=NO, miles=YES)
    report = build_report([Compared(compared(template, a, b), ("amara", "ben"), "2026-11")])
    without = [compare(template.of_second_coder, a, second(template), ())]
    plain = build_report(Compared(held, ("amara", "ben"), "2026-11") for held in without)
    assert report.overall == plain.overall
    assert [held.field.path for held in report.fields] == [held.field.path for held in plain.fields]
    assert [(one.field.key, one.n) for one in report.verified] == [
        ("county", 1),
        ("household", 1),
        ("rural", 1),
        ("miles", 1),
    ]


def test_a_check_holds_while_value_and_evidence_stand(template: Template) -> None:
    then = first(template)
    checks = {
        "setting.county": YES,
        "setting.household": YES,
        "setting.rural": right(Missing("not_reported")),
    }
    now = replace(first(template, household=5), evidence={"setting.county": Evidence("7")})
    assert list(still_true(checks, then, now)) == ["setting.rural"]
