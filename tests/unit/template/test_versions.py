"""Publishing keeps the meaning of answers given: what would change it is refused, what tightens needs a reason."""

from __future__ import annotations

import pytest

from schema.template.versions import VersionChanges, compare_versions
from tests.unit.template.writing import CODELISTS, edited, made

NEXT = ("version: 1", "version: 2")
YEAR = "        label: Year\n"
REGION = CODELISTS["region"]


def _changes(*edits: tuple[str, str], **lists: str) -> VersionChanges:
    return compare_versions(made(), made(NEXT, *edits, codelists=lists))


def _codes(found: VersionChanges) -> tuple[list[str], list[str], list[str]]:
    parts = (found.refusals, found.warnings, found.notes)
    return tuple([problem.code for problem in part] for part in parts)  # type: ignore[return-value]


REFUSED = [
    ("a lower version", "TPL-102", ("version: 2", "version: 1"), {}),
    ("another template", "TPL-101", ("template: small", "template: other"), {}),
    ("a section removed", "TPL-103", ("- key: closing", "- key: ending"), {}),
    ("a section that repeats", "TPL-104", ("    label: Closing\n", "    label: Closing\n    repeats: {one: end}\n"), {}),
    ("a field removed", "TPL-107", ("- key: weight", "- key: mass"), {}),
    ("a field with another kind", "TPL-108", ("kind: decimal", "kind: integer"), {}),
    ("an option removed", "TPL-109", NEXT, {"region": REGION.replace("value: past", "value: gone")}),
    ("a number given to another", "TPL-110", NEXT, {"region": REGION.replace("value: past", "value: gone")}),
    ("a number changed", "TPL-111", NEXT, {"region": REGION.replace("code: 2", "code: 7")}),
    ("a retired option used again", "TPL-105", NEXT, {"region": REGION.replace(", retired: true", "")}),
]  # fmt: skip


@pytest.mark.parametrize(("what", "code", "edit", "lists"), REFUSED, ids=[case[0] for case in REFUSED])
def test_what_changes_the_meaning_of_answers_is_refused(
    what: str, code: str, edit: tuple[str, str], lists: dict[str, str]
) -> None:
    found = _changes(*([] if edit == NEXT else [edit]), **lists)
    assert code in _codes(found)[0]
    assert not found.publishable
    assert all(problem.remedy and problem.where for problem in found.refusals)


def test_a_field_that_moves_to_another_section_is_refused_by_name() -> None:
    field = "      - key: weight\n        kind: decimal\n        label: Weight\n"
    moved = _changes((field, ""), ("  - key: points\n", f"{field}  - key: points\n"))
    assert _codes(moved) == (["TPL-106"], [], ["TPL-144"])
    assert "`report`" in moved.refusals[0].message


def test_a_retired_field_or_section_never_comes_back() -> None:
    retired = made(("        label: Weight\n", "        label: Weight\n        retired: true\n"))
    assert [problem.code for problem in compare_versions(retired, made(NEXT)).refusals] == ["TPL-105"]
    closed = made(("    label: Closing\n", "    label: Closing\n    retired: true\n"))
    assert [problem.code for problem in compare_versions(closed, made(NEXT)).refusals] == ["TPL-105"]


def test_a_changed_unit_is_refused_and_a_first_unit_is_not() -> None:
    weight = "        label: Weight\n"
    in_years = made((weight, f"{weight}        unit: years\n"))
    in_months = made(NEXT, (weight, f"{weight}        unit: months\n"))
    assert [problem.code for problem in compare_versions(in_years, in_months).refusals] == ["TPL-112"]
    assert compare_versions(made(), in_months).publishable


def test_a_number_and_a_label_that_change_together_are_both_named() -> None:
    found = _changes(region=REGION.replace("code: 2, label: Wales", "code: 7, label: Cymru"))
    assert _codes(found)[0] == ["TPL-111"]
    assert "“Wales”" in found.refusals[0].message
    assert "“Cymru”" in found.refusals[0].message


NEEDS_A_REASON = [
    ("a field retired", "TPL-121", ("        label: Weight\n", "        label: Weight\n        retired: true\n"), {}),
    ("an option retired", "TPL-121", NEXT, {"origin": CODELISTS["origin"].replace("label: B,", "label: B, retired: true,")}),
    ("a condition changed", "TPL-122", ("equals: east}\n", "equals: wales}\n"), {}),
    ("a condition added", "TPL-122", ("        label: Rows said\n", "        label: Rows said\n        visible_when: {field: year, answered: true}\n"), {}),
    ("fewer rows", "TPL-123", ("max: 5,", "max: 4,"), {}),
    ("an answer required", "TPL-124", (YEAR, f"{YEAR}        required: true\n"), {}),
    ("a smaller range", "TPL-125", ("max: 2100", "max: 2099"), {}),
    ("fewer decimals", "TPL-125", ("        label: Weight\n", "        label: Weight\n        limits: {places: 1}\n"), {}),
    ("a shorter text", "TPL-125", ("        label: Note\n", "        label: Note\n        limits: {length: 10}\n"), {}),
    ("a coarser date", "TPL-125", ("        label: Published\n", "        label: Published\n        limits: {finest: year}\n"), {}),
    ("a missing code withdrawn", "TPL-126", ("        missing: [not_known]\n", ""), {}),
    ("a band moved", "TPL-127", ("max: 1999}, {value: late, min: 2000", "max: 2009}, {value: late, min: 2010"), {}),
    ("an attribute changed", "TPL-127", NEXT, {"origin": CODELISTS["origin"].replace("minoritised: not_known", 'minoritised: "yes"')}),
    ("an option in another group", "TPL-129", NEXT, {"region": REGION.replace("label: Wales", "label: Wales, group: West")}),
    ("a new rule that refuses", "TPL-130", ("rules:\n", "rules:\n  - {key: new, kind: order, section: report, earlier: year, later: published, message: M.}\n"), {}),
    ("a section that is checked from now on", "TPL-131", ("    label: Closing\n", "    label: Closing\n    mode: verify\n"), {}),
    ("a rule that now refuses", "TPL-130", ("severity: warning", "severity: error"), {}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("what", "code", "edit", "lists"), NEEDS_A_REASON, ids=[case[0] for case in NEEDS_A_REASON]
)
def test_what_tightens_or_loses_something_needs_a_reason(
    what: str, code: str, edit: tuple[str, str], lists: dict[str, str]
) -> None:
    found = _changes(*([] if edit == NEXT else [edit]), **lists)
    assert found.publishable
    assert code in _codes(found)[1]


def test_answers_that_would_leave_the_team_need_a_reason_and_the_contrary_does_not() -> None:
    weight = "        label: Weight\n"
    internal = made((weight, f"{weight}        sensitive: internal\n"))
    assert _codes(compare_versions(internal, made(NEXT))) == ([], ["TPL-128"], [])
    kept = made(NEXT, (weight, f"{weight}        sensitive: internal\n"))
    assert _codes(compare_versions(made(), kept)) == ([], [], ["TPL-149"])


FREE = [
    ("a label", "TPL-141", ("        label: Year\n", "        label: Year of the death\n"), {}),
    ("guidance", "TPL-141", (YEAR, f"{YEAR}        guidance: Look at the cover.\n"), {}),
    ("a label of an option", "TPL-141", NEXT, {"region": REGION.replace("label: Wales", "label: Cymru")}),
    ("a new field", "TPL-144", ("- key: weight", "- {key: more, kind: text, label: More}\n      - key: weight"), {}),
    ("a wider range", "TPL-147", ("max: 2100", "max: 2101"), {}),
    ("a missing code offered", "TPL-148", ("[not_known]", "[not_known, not_reported]"), {}),
    ("a new option", "TPL-150", NEXT, {"region": REGION + "  - {value: north, code: 4, label: North}\n"}),
    ("another way to compare", "TPL-149", (YEAR, f"{YEAR}        compare: {{tolerance: 1}}\n"), {}),
    ("a reason with every decision", "TPL-149", (YEAR, f"{YEAR}        decision: reason\n"), {}),
    ("a rule that only tells", "TPL-151", ("  - {key: counted", "  - {key: counting"), {}),
    ("the wording of a rule", "TPL-141", ("message: Order.", "message: In order."), {}),
]  # fmt: skip


@pytest.mark.parametrize(("what", "code", "edit", "lists"), FREE, ids=[case[0] for case in FREE])
def test_words_and_more_questions_are_free(
    what: str, code: str, edit: tuple[str, str], lists: dict[str, str]
) -> None:
    found = _changes(*([] if edit == NEXT else [edit]), **lists)
    refusals, warnings, notes = _codes(found)
    assert (refusals, warnings) == ([], [])
    assert code in notes


def test_loosening_asks_for_nothing() -> None:
    strict = made((YEAR, f"{YEAR}        required: true\n"))
    assert _codes(compare_versions(strict, made(NEXT))) == ([], [], ["TPL-146"])


def test_a_new_section_and_another_order_are_only_told() -> None:
    section = "  - {key: extra, label: Extra, fields: [{key: x, kind: text, label: X}]}\nrules:\n"
    assert _codes(_changes(("rules:\n", section)))[2] == ["TPL-142"]
    agreed = "      - key: agreed\n        kind: yes_no\n        label: Agreed\n"
    weight = "      - key: weight\n        kind: decimal\n        label: Weight\n"
    assert _codes(_changes((agreed + weight, weight + agreed))) == ([], [], ["TPL-145"])


def test_more_rows_are_only_told() -> None:
    assert _codes(_changes(("max: 5,", "max: 6,"))) == ([], [], ["TPL-143"])


def test_a_version_that_changes_nothing_has_nothing_to_say() -> None:
    found = _changes()
    assert found.all == ()
    assert found.lines == ()


def test_the_differences_read_as_sentences_with_the_grave_ones_first() -> None:
    found = _changes(("kind: decimal", "kind: integer"), ("        label: Year\n", "        label: When\n"))
    assert found.lines == (
        "closing.weight: The kind has changed from decimal to integer.",
        "report.year: The label is now “When”, was “Year”.",
    )


def test_a_narrower_limit_is_told_with_what_it_was() -> None:
    found = _changes(("max: 2100", "max: 2099"))
    assert [problem.message for problem in found.warnings] == [
        "The limits are narrower (max 2099, was 2100)."
    ]


def test_missing_codes_keep_their_numbers_too() -> None:
    found = _changes(missing=edited(CODELISTS["missing"], ("code: -8", "code: -5")))
    assert [(problem.code, problem.where) for problem in found.refusals] == [("TPL-111", "missing codes")]
