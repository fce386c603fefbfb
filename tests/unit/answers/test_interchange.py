"""Reading and writing entries: everything wrong is said at once, nothing is guessed."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import count

import pytest

from schema.answers.document import Document, Evidence, Row
from schema.answers.interchange import read_entry, write_entry
from schema.template.model import Option
from schema.template.value import Invalid, Missing
from tests.unit.answers.small import REGION, REPORT, TEMPLATE

BODY = {
    "case": "DHR-001",
    "coder": "amara",
    "submit": True,
    "answers": {
        "report": {"csp": "Exampleshire", "region": "wales", "death_year": {"missing": "not_known"}, "published": "2018-05"},
        "children": [{"age": 7, "origin": {"missing": "not_reported"}}],
        "recommendations": [{"id": "r1", "number": "4.2", "themes": ["T2", "T1", "T2"]}, {"number": "4.3"}],
    },
    "evidence": {
        "report.csp": {"page": "12", "quote": "of Exampleshire"},
        "recommendations.r1.text": {"page": "3"},
        "recommendations.2.text": {"quote": "Train staff"},
    },
}  # fmt: skip


def read(answers=None, **more):
    names = count(1)
    body = BODY | more | ({"answers": answers} if answers is not None else {})
    return read_entry(TEMPLATE, json.dumps(body), choose_id=lambda: f"new{next(names)}")


def problems(answers=None, **more):
    return [(problem.code, problem.where) for problem in read(answers, **more).problems]


def test_an_entry_is_read_as_the_design_writes_it():
    entry = read()
    assert entry.problems == ()
    assert (entry.case, entry.coder, entry.submit) == ("DHR-001", "amara", True)
    assert entry.document.sections["report"] == {
        "csp": "Exampleshire",
        "region": "wales",
        "death_year": Missing("not_known"),
        "published": "2018-05",
    }


def test_rows_keep_their_ids_and_get_one_where_they_have_none():
    document = read().document
    assert [row.id for row in document.rows("recommendations")] == ["r1", "new2"]
    assert [row.id for row in document.rows("children")] == ["new1"]


def test_evidence_names_a_row_by_id_or_by_number():
    assert read().document.evidence == {
        "report.csp": Evidence("12", "of Exampleshire"),
        "recommendations.r1.text": Evidence("3"),
        "recommendations.new2.text": Evidence("", "Train staff"),
    }


def test_values_come_to_the_form_in_which_they_are_stored():
    document = read().document
    assert document.get("recommendations.r1.themes") == ("T1", "T2")
    age = document.get("children.new1.age")
    assert (age, type(age)) == (7.0, float)
    assert read({"report": {"csp": "  Two\r\n words\x00 ", "memo": "a\r\nb"}}).document.sections[
        "report"
    ] == {
        "csp": "Two words",
        "memo": "a\nb",
    }


def test_blank_is_absent():
    document = read(
        {"report": {"csp": "", "region": None}, "recommendations": [{"themes": []}]}, evidence={}
    ).document
    assert document.sections["report"] == {}
    assert document.rows("recommendations")[0].values == {}


def test_a_draft_may_bring_unreadable_text():
    assert read({"report": {"death_year": {"invalid": "twenty"}}}, evidence={}).document.get(
        "report.death_year"
    ) == Invalid("twenty")


@pytest.mark.parametrize(
    ("answers", "code", "where"),
    [
        ({"reprot": {}}, "ENT-004", "answers.reprot"),
        ({"report": {"cps": "x"}}, "ENT-008", "answers.report.cps"),
        ({"report": []}, "ENT-005", "answers.report"),
        ({"children": {}}, "ENT-005", "answers.children"),
        ({"children": ["x"]}, "ENT-005", "answers.children[1]"),
        ({"children": [{}] * 5}, "ENT-006", "answers.children"),
        ({"children": [{"id": "a.b"}]}, "ENT-007", "answers.children[1].id"),
        ({"children": [{"id": "a"}, {"id": "a"}]}, "ENT-007", "answers.children[2].id"),
        ({"report": {"death_year": True}}, "ENT-009", "answers.report.death_year"),
        ({"report": {"death_year": {"missing": "not_known", "more": 1}}}, "ENT-009", "answers.report.death_year"),
        ({"report": {"death_year": "2016"}}, "ENT-INTEGER", "answers.report.death_year"),
        ({"report": {"death_year": 1990}}, "ENT-RANGE", "answers.report.death_year"),
        ({"report": {"csp": 0}}, "ENT-TEXT", "answers.report.csp"),
        ({"report": {"region": "East"}}, "ENT-CODE", "answers.report.region"),
        ({"report": {"region": {"missing": "not_known"}}}, "ENT-MISSING-CODE", "answers.report.region"),
        ({"children": [{"minoritised": "yes"}]}, "ENT-DERIVED", "answers.children[1].minoritised"),
        ({"recommendations": [{"themes": ["T9"]}]}, "ENT-CODES", "answers.recommendations[1].themes"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_place(answers, code, where):
    assert problems(answers, evidence={}) == [(code, where)]


@pytest.mark.parametrize("codes", [["csc", "none_described"], ["not_reported"]])
def test_a_missing_code_among_others_is_refused_with_the_way_to_write_it(codes):
    (problem,) = read({"recommendations": [{"agencies": codes}]}, evidence={}).problems
    assert problem.code == "ENT-010"
    assert "excludes every other answer" in problem.message
    assert f'{{"missing": "{codes[-1]}"}}' in problem.remedy


def test_a_code_that_the_list_itself_holds_is_an_answer_even_where_a_missing_code_has_its_name():
    region = replace(REGION, options=(*REGION.options, Option("not_known", 9, "Not known")))
    fields = tuple(replace(held, codelist=region) if held.key == "region" else held for held in REPORT.fields)
    template = replace(TEMPLATE, sections=(replace(REPORT, fields=fields),), rules=())
    body = {"case": "c", "coder": "a", "answers": {"report": {"region": "not_known"}}}
    assert read_entry(template, body).document.get("report.region") == "not_known"


def test_none_described_alone_is_an_answer():
    answers = {"recommendations": [{"agencies": {"missing": "none_described"}}]}
    assert read(answers, evidence={}).document.get("recommendations.new1.agencies") == Missing(
        "none_described"
    )


def test_everything_wrong_is_said_in_one_run():
    found = problems(
        {"report": {"cps": "x", "death_year": 1}}, case="", submit="yes", extra=1, evidence={"report.x": {}}
    )
    assert sorted(code for code, _ in found) == [
        "ENT-002",
        "ENT-003",
        "ENT-003",
        "ENT-008",
        "ENT-011",
        "ENT-RANGE",
    ]


def test_the_nearest_name_is_suggested():
    (problem,) = read({"reprot": {}}, evidence={}).problems
    assert problem.remedy == "Did you mean “report”?"


@pytest.mark.parametrize(
    "evidence",
    [
        {"report": {}},
        {"children.9.age": {"page": "1"}},
        {"children.age": {"page": "1"}},
        {"report.csp.x": {"page": "1"}},
    ],
)
def test_evidence_must_point_at_a_field(evidence):
    assert [code for code, _ in problems(evidence=evidence)] == ["ENT-011"]


@pytest.mark.parametrize("held", [{"page": 12}, {"pages": "1"}, {"page": "1" * 101}, {"quote": "x" * 20_001}])
def test_evidence_is_a_page_and_a_quote(held):
    assert problems(evidence={"report.csp": held}) == [("ENT-012", "evidence.report.csp")]


@pytest.mark.parametrize(
    "line",
    [
        "",
        "[]",
        "{",
        '{"case": "a", "case": "b"}',
        '{"case": NaN}',
        "[" * 100_000,
        '{"case": ' + "9" * 5000 + "}",
    ],
    ids=["empty", "list", "cut", "twice", "nan", "deep", "long number"],
)
def test_a_line_that_is_no_object_is_one_problem(line):
    entry = read_entry(TEMPLATE, line)
    assert [problem.code for problem in entry.problems] == ["ENT-001"]
    assert entry.document == Document()


def test_an_entry_is_written_in_template_order_with_its_row_ids():
    document = Document(
        {"report": {"region": "east", "csp": "Exampleshire"}, "unused": {}},
        {"recommendations": (Row("r2", {"themes": ("T1",), "number": "2"}), Row("r1"))},
        {"report.csp": Evidence("1")},
    )
    with pytest.raises(ValueError, match="unused"):
        write_entry(TEMPLATE, document, "DHR-1", "ben", False)
    document = Document({"report": document.sections["report"]}, document.groups, document.evidence)
    assert json.dumps(write_entry(TEMPLATE, document, "DHR-1", "ben", False)) == (
        '{"case": "DHR-1", "coder": "ben", "submit": false, "answers": {"report": {"csp": "Exampleshire", "region": '
        '"east"}, "recommendations": [{"id": "r2", "number": "2", "themes": ["T1"]}, {"id": "r1"}]}, '
        '"evidence": {"report.csp": {"page": "1", "quote": ""}}}'
    )


def test_what_is_written_is_read_back():
    document = read().document
    again = read_entry(TEMPLATE, write_entry(TEMPLATE, document, "DHR-001", "amara", True))
    assert (again.document, again.problems) == (document, ())
