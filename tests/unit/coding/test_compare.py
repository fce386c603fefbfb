"""Comparing: the verdicts, kind by kind and cell by cell."""

from __future__ import annotations

from dataclasses import replace

import pytest

from schema.answers.document import Document, Row
from schema.coding.compare import compare
from schema.coding.model import Pair, Verdict
from schema.template.model import Repeats, Section
from tests.unit.coding.study import (
    TEMPLATE,
    YES_NO,
    entry,
    field,
    found,
    linked,
    of_field,
    only,
    without_field,
)

MISSED = {"missing": "not_reported"}
UNKNOWN = {"missing": "not_known"}


@pytest.mark.parametrize(
    ("path", "a", "b", "verdict"),
    [
        ("case.type", "iph", "iph", "agree"),
        ("case.type", "iph", "afh", "differ"),
        ("case.year", 2016, 2016, "agree"),
        ("case.year", 2016, 2017, "within_tolerance"),
        ("case.year", 2016, 2018, "differ"),
        ("case.share", 0.3, 0.4, "within_tolerance"),  # as floats these are more than 0.1 apart
        ("case.share", 1, 1.0, "agree"),
        ("case.published", "2018-05", "2018-05", "agree"),
        ("case.published", "2018", "2018-05", "differ"),
        ("case.heard", "2018-05-03", "2018-05-10", "within_tolerance"),
        ("case.heard", "2018-05-03", "2018-05-11", "differ"),
        ("case.area", "North  Shire", "north shire", "agree"),
        ("case.area", "North–Shire", "North - Shire", "agree"),
        ("case.area", "St John’s", "St John's", "agree"),
        ("case.area", "Northshire", "Southshire", "differ"),
        ("case.summary", "The “panel” met.", 'The "panel" met.', "agree"),
        ("case.summary", "The panel met.", "The panel met twice.", "by_eye"),
        ("case.vulnerabilities", ["T1", "T2"], ["T1", "T2"], "agree"),
        ("case.vulnerabilities", ["T1", "T2"], ["T2", "T3"], "differ"),
        ("case.memo", "one thing", "another", "ignored"),
        ("case.memo", "one thing", None, "ignored"),
    ],
)
def test_two_answers_are_compared_by_the_rule_of_their_field(
    path: str, a: object, b: object, verdict: str
) -> None:
    position = of_field(path, a, b)
    assert position is not None
    assert position.verdict == verdict


def test_a_partial_date_agrees_with_a_fuller_one_only_where_the_template_allows_a_tolerance() -> None:
    section = TEMPLATE.by_key["case"]
    tolerant = replace(section.by_key["published"], compare=section.by_key["heard"].compare)
    fields = tuple(tolerant if f.key == "published" else f for f in section.fields)
    sections = (replace(section, fields=fields), *TEMPLATE.sections[1:])
    position = of_field("case.published", "2018", "2018-05", replace(TEMPLATE, sections=sections))
    assert position is not None
    assert position.verdict is Verdict.WITHIN_TOLERANCE


def test_sets_say_what_only_one_coder_ticked() -> None:
    position = of_field("case.vulnerabilities", ["T1", "T2"], ["T2", "T3"])
    assert position is not None
    assert (position.only_a, position.only_b) == (("T1",), ("T3",))


# The matrix of docs/how-tandem-compares.md, cell by cell. "details" gates children_total, so an entry without
# details = yes hides it; a version without the field does not ask it.
HIDDEN, NOT_ASKED = "hidden", "not asked"
STANDINGS = {"not asked": NOT_ASKED, "hidden": HIDDEN, "blank": None, "code": MISSED, "value": 3}
MATRIX = {
    ("not asked", "code"): "not_asked",
    ("not asked", "value"): "not_asked",
    ("hidden", "code"): "applicability_differs",
    ("hidden", "value"): "applicability_differs",
    ("blank", "code"): "only_b",
    ("blank", "value"): "only_b",
    ("code", "code"): "agree",
    ("code", "value"): "only_b",
    ("value", "value"): "agree",
}
MIRRORED = {"only_b": "only_a"}


@pytest.mark.parametrize("standing_a", STANDINGS)
@pytest.mark.parametrize("standing_b", STANDINGS)
def test_every_cell_of_the_matrix_of_missingness(standing_a: str, standing_b: str) -> None:
    verdict = MATRIX.get((standing_a, standing_b))
    if verdict is None and (mirror := MATRIX.get((standing_b, standing_a))):
        verdict = MIRRORED.get(mirror, mirror)
    templates, documents = [], []
    for standing in (STANDINGS[standing_a], STANDINGS[standing_b]):
        asked = standing != NOT_ASKED
        templates.append(TEMPLATE if asked else without_field(TEMPLATE, "case.children_total"))
        total = None if standing in (HIDDEN, NOT_ASKED) else standing
        documents.append(
            entry(case={"details": "no" if standing == HIDDEN else "yes", "children_total": total})
        )
    a, b = documents
    result = compare(TEMPLATE, a, b, (), template_a=templates[0], template_b=templates[1])
    assert found(result).get("case.children_total") == verdict


@pytest.mark.parametrize(
    ("path", "a", "b", "verdict"),
    [
        ("case.year", MISSED, UNKNOWN, "missing_differs"),
        ("case.year", MISSED, MISSED, "agree"),
        ("case.year", 0, MISSED, "zero_assumption"),
        ("case.year", MISSED, 0, "zero_assumption"),
        ("case.year", 0, UNKNOWN, "only_a"),
        ("case.year", 1, MISSED, "only_a"),
        ("case.details", "no", MISSED, "zero_assumption"),
        ("case.details", "yes", MISSED, "only_a"),
        ("case.details", MISSED, "no", "zero_assumption"),
        ("case.vulnerabilities", ["T1"], MISSED, "only_a"),
        ("case.area", {"missing": "not_applicable"}, "North", "applicability_differs"),
        ("case.area", {"invalid": "?"}, "North", "differ"),
    ],
)
def test_missing_codes_are_answers_and_a_zero_against_silence_has_its_own_verdict(
    path: str, a: object, b: object, verdict: str
) -> None:
    position = of_field(path, a, b)
    assert position is not None
    assert position.verdict == verdict
    assert position.needs_person == (verdict != "agree")


def test_only_verdicts_that_leave_a_choice_need_a_person() -> None:
    a = entry(
        case={"type": "iph", "year": 2016, "area": "North", "summary": "One.", "memo": "m", "details": "no"}
    )
    b = entry(
        case={"type": "afh", "year": 2017, "area": "north", "summary": "Two.", "memo": "n", "details": "no"}
    )
    needing = {position.path for position in compare(TEMPLATE, a, b, ()).needing_a_person()}
    assert needing == {"case.type", "case.summary"}


def test_rows_without_a_partner_are_positions_of_their_own() -> None:
    a = entry(advice=[{"id": "a1", "number": "1"}, {"id": "a2", "number": "2"}])
    b = entry(advice=[{"id": "b1", "number": "1"}, {"id": "b9", "number": "9"}])
    result = compare(TEMPLATE, a, b, linked("advice", ("a1", "b1"), ("a2", ""), ("", "b9")))
    assert found(result) == {
        "advice.p1.number": "agree",
        "advice.p2": "row_only_a",
        "advice.p3": "row_only_b",
    }
    lone = only(result, "advice.p3")
    assert lone.needs_person
    assert lone.row == b.rows("advice")[1]


def test_one_row_may_be_compared_with_two() -> None:
    a = entry(advice=[{"id": "a1", "themes": ["T1", "T2"]}])
    b = entry(advice=[{"id": "b1", "themes": ["T1"]}, {"id": "b2", "themes": ["T2"]}])
    result = compare(TEMPLATE, a, b, linked("advice", ("a1", "b1"), ("a1", "b2")))
    assert only(result, "advice.p1.themes").only_a == ("T2",)
    assert only(result, "advice.p2.themes").only_a == ("T1",)


def test_rows_of_a_group_that_did_not_apply_to_the_other_coder_say_so() -> None:
    a = entry(case={"details": "yes"}, children=[{"id": "a1", "sex": "female"}])
    b = entry(case={"details": "no"})
    result = compare(TEMPLATE, a, b, linked("children", ("a1", "")))
    assert found(result)["children.p1"] == "applicability_differs"


def test_a_group_that_the_other_version_did_not_have_is_not_asked() -> None:
    first = replace(TEMPLATE, sections=tuple(s for s in TEMPLATE.sections if s.key != "advice"))
    b = entry(advice=[{"id": "b1", "number": "1"}])
    result = compare(TEMPLATE, entry(), b, linked("advice", ("", "b1")), template_a=first)
    assert found(result) == {"advice.p1": "not_asked"}
    assert result.needing_a_person() == ()


def test_a_derived_band_is_compared_with_a_typed_one() -> None:
    a = entry(people=[{"id": "a1", "age": 34}])
    b = entry(people=[{"id": "b1", "age": MISSED, "band": "old"}])
    result = compare(TEMPLATE, a, b, linked("people", ("a1", "b1")))
    assert found(result) == {"people.p1.age": "only_a", "people.p1.band": "differ"}
    assert only(result, "people.p1.band").a == "young"


def test_two_values_that_both_follow_from_other_answers_need_nobody() -> None:
    a, b = entry(people=[{"id": "a1", "age": 34}]), entry(people=[{"id": "b1", "age": 43}])
    band = only(compare(TEMPLATE, a, b, linked("people", ("a1", "b1"))), "people.p1.band")
    assert (band.verdict, band.needs_person) == (Verdict.DIFFER, False)


def test_an_uncertain_row_comes_up_even_where_the_coders_agree() -> None:
    row = {"number": "1", "themes": ["T1"], "national": "no"}
    a = entry(advice=[{"id": "a1", **row, "confidence": "clear"}])
    b = entry(advice=[{"id": "b1", **row, "confidence": "uncertain"}])
    needing = compare(TEMPLATE, a, b, linked("advice", ("a1", "b1"))).needing_a_person()
    assert [(p.path, p.verdict, p.uncertain) for p in needing] == [("advice.p1.themes", Verdict.AGREE, True)]


def test_an_uncertain_row_that_comes_up_anyway_is_marked_and_gets_no_extra_question() -> None:
    a = entry(advice=[{"id": "a1", "themes": ["T1"], "national": "no", "confidence": "uncertain"}])
    b = entry(advice=[{"id": "b1", "themes": ["T1"], "national": "yes", "confidence": "clear"}])
    needing = compare(TEMPLATE, a, b, linked("advice", ("a1", "b1"))).needing_a_person()
    assert [(p.path, p.uncertain) for p in needing] == [("advice.p1.national", True)]


def test_two_groups_with_as_many_questions_are_not_taken_for_each_other() -> None:
    groups = [
        Section(key, key, (field(key, "seen", "yes_no", codelist=YES_NO),), repeats=Repeats("visit"))
        for key in ("police", "health")
    ]
    template = replace(TEMPLATE, sections=tuple(groups), rules=())
    document = Document(
        groups={"police": (Row("p", {"seen": "yes"}),), "health": (Row("h", {"seen": "no"}),)}
    )
    pairs = [Pair("1", "police", "p", "p"), Pair("2", "health", "h", "h")]
    positions = compare(template, document, document, pairs).positions
    assert [(position.path, position.field, position.a) for position in positions] == [
        ("police.1.seen", groups[0].fields[0], "yes"),
        ("health.2.seen", groups[1].fields[0], "no"),
    ]
