"""What a draft is told and what submission refuses."""

from __future__ import annotations

from dataclasses import replace

import pytest

from schema.answers.document import Document, Row
from schema.answers.rules import CHECKS
from schema.answers.validate import findings
from schema.template.conditions import Test
from schema.template.lint.rules import RULE_KINDS
from schema.template.model import Rule, Template
from schema.template.value import Invalid, Missing
from tests.unit.answers.small import TEMPLATE

REPORT = {
    "csp": "Exampleshire",
    "region": "east",
    "death_year": 2016,
    "published": "2018-05",
    "children_given": "no",
}
REC = {"number": "1", "themes": ("T1",), "subthemes": ("T1.1",), "level": "local"}


def whole(report=None, children=(), rec=None):
    """A document that may be submitted, with changes laid over it; ``None`` takes a value out."""
    merged = {key: value for key, value in (REPORT | (report or {})).items() if value is not None}
    row = {key: value for key, value in (REC | (rec or {})).items() if value is not None}
    rows = tuple(Row(f"k{number}", values) for number, values in enumerate(children, 1))
    return Document({"report": merged}, {"children": rows, "recommendations": (Row("r1", row),)})


def said(document, stage="submit", **more):
    return [(finding.code, finding.path) for finding in findings(TEMPLATE, document, stage, **more)]


def test_a_whole_document_may_be_submitted():
    assert findings(TEMPLATE, whole(), "submit") == ()


def test_an_empty_draft_has_nothing_wrong():
    assert findings(TEMPLATE, Document(), "draft") == ()


def test_an_empty_document_lists_what_is_required_in_page_order():
    assert said(Document()) == [
        ("REQUIRED", "report.csp"),
        ("REQUIRED", "report.region"),
        ("REQUIRED", "report.death_year"),
        ("REQUIRED", "report.children_given"),
        ("ROWS-LEAST", "recommendations"),
    ]


def test_a_missing_code_answers_a_required_question():
    assert said(whole({"csp": Missing("not_known")})) == []


def test_a_missing_code_that_is_not_offered_is_refused_even_in_a_draft():
    assert said(whole({"region": Missing("not_known")}), "draft") == [("MISSING-CODE", "report.region")]


def test_a_value_out_of_range_is_said_with_its_label_and_limits():
    (finding,) = findings(TEMPLATE, whole({"death_year": 1999}), "draft")
    assert finding.message == "Death_year: Enter a number from 2004 to 2035."
    assert (finding.severity, finding.section, finding.field_key) == ("error", "report", "death_year")


def test_unreadable_text_is_kept_in_a_draft_and_reported():
    assert said(whole({"death_year": Invalid("twenty")}), "draft") == [("INTEGER", "report.death_year")]


def test_what_does_not_apply_is_not_looked_at():
    assert said(whole({"children_total": 999}, children=[{"age": 99.0}])) == []


def test_a_conditional_question_is_required_only_where_it_applies():
    report = {"children_given": "yes", "children_total": 0}
    assert said(whole(report)) == [("REQUIRED", "report.total_source")]


def test_required_fields_of_each_row_are_wanted():
    document = whole({"children_given": "yes"}, children=[{"unborn": "no"}, {"unborn": "yes"}])
    (finding,) = findings(TEMPLATE, document, "submit")
    assert (finding.code, finding.path, finding.place) == ("REQUIRED", "children.k1.age", "Child 1")


def test_a_band_is_wanted_only_where_the_age_is_missing():
    rows = [{"unborn": "no", "age": Missing("not_reported")}, {"unborn": "no", "age": 4.0}]
    assert said(whole({"children_given": "yes"}, children=rows)) == [("REQUIRED", "children.k1.band")]


def test_a_retired_field_is_never_required():
    assert ("REQUIRED", "report.gone") not in said(Document())


def test_an_empty_row_is_one_finding_at_submission_and_none_in_a_draft():
    document = whole({"children_given": "yes"}, children=[{}])
    (finding,) = findings(TEMPLATE, document, "submit")
    assert (finding.code, finding.path) == ("ROW-EMPTY", "children.k1")
    assert finding.message == "Empty row: fill it in or delete it."
    assert said(document, "draft") == []


def test_a_row_of_which_nothing_applies_is_an_empty_row():
    document = whole({"children_given": "yes"}, children=[{"band": "0_9"}])
    assert said(document) == [("ROW-EMPTY", "children.k1")]


def test_too_many_rows_are_said_in_a_draft():
    document = whole({"children_given": "yes"}, children=[{"unborn": "yes"}] * 5)
    assert said(document, "draft") == [("ROWS-MOST", "children")]


def test_a_typed_derived_value_is_refused():
    document = whole({"children_given": "yes"}, children=[{"unborn": "yes", "minoritised": "yes"}])
    assert said(document, "draft") == [("DERIVED", "children.k1.minoritised")]


def test_a_retired_option_is_a_warning():
    (finding,) = findings(TEMPLATE, whole({"region": "old"}), "submit")
    assert (finding.code, finding.severity) == ("OPTION-RETIRED", "warning")


def test_every_rule_kind_of_the_language_is_checked():
    assert set(CHECKS) == set(RULE_KINDS)


def test_rules_are_silent_in_a_draft():
    assert said(whole({"published": "2001"}), "draft") == []


@pytest.mark.parametrize(
    ("year", "published", "found"),
    [
        (2016, "2015-12", True),
        (2016, "2016-01", False),
        (2016, "2016", False),
        (2016, None, False),
        (Missing("not_known"), "2015", False),
    ],
)
def test_order_compares_as_far_as_both_dates_are_known(year, published, found):
    codes = [code for code, _ in said(whole({"death_year": year, "published": published}))]
    assert codes == (["RULE-ORDER"] if found else [])


@pytest.mark.parametrize(
    ("themes", "subthemes", "tail"),
    [
        (("T1",), ("T1.1", "T2.1"), "Without its theme: T2.1."),
        (("T1", "T2"), ("T1.1",), "Without a sub-theme: T2."),
        (("T1",), ("T2.1",), "Without its theme: T2.1. Without a sub-theme: T1."),
    ],
)
def test_sub_themes_and_themes_belong_together_both_ways(themes, subthemes, tail):
    (finding,) = findings(TEMPLATE, whole(rec={"themes": themes, "subthemes": subthemes}), "submit")
    assert (finding.code, finding.path) == ("RULE-BELONGS", "recommendations.r1.subthemes")
    assert finding.message == f"Sub-themes follow themes. {tail}"


def test_sub_themes_under_a_theme_that_is_missing_stand_alone():
    found = said(whole(rec={"themes": Missing("not_reported")}))
    assert ("RULE-BELONGS", "recommendations.r1.subthemes") in found


def test_sub_themes_that_the_report_does_not_give_break_no_rule():
    assert said(whole(rec={"subthemes": Missing("not_reported")})) == []


@pytest.mark.parametrize(
    ("themes", "level", "found"),
    [
        (("T7",), "local", True),
        (("T1",), "national", True),
        (("T7",), "national", False),
        (("T7",), None, False),
    ],
)
def test_t7_stands_exactly_with_national(themes, level, found):
    subthemes = tuple(f"{theme}.1" for theme in themes)
    codes = [code for code, _ in said(whole(rec={"themes": themes, "subthemes": subthemes, "level": level}))]
    assert codes == (["RULE-EXACTLY-WHEN"] if found else [])


def test_a_count_that_differs_from_the_rows_is_a_warning():
    report = {"children_given": "yes", "children_total": 2, "total_source": "p. 3"}
    (finding,) = findings(TEMPLATE, whole(report, children=[{"unborn": "yes"}]), "submit")
    assert (finding.code, finding.severity, finding.rule_key) == ("RULE-COUNT", "warning", "children_counted")
    assert finding.message.endswith("The answer is 2; there is 1 in the list.")


def test_a_field_that_another_answer_requires():
    assert said(whole({"region": "wales"})) == [("RULE-REQUIRES", "report.memo")]
    assert said(whole({"region": "wales", "memo": "Seen."})) == []


def test_a_confirmation_is_asked_for_each_row_until_it_is_given():
    rows = [{"unborn": "no", "age": 0.5}, {"unborn": "no", "age": 5.0}, {"unborn": "no", "age": 0.1}]
    document = whole({"children_given": "yes"}, children=rows)
    asked = findings(TEMPLATE, document, "submit")
    assert [finding.severity for finding in asked] == ["confirm", "confirm"]
    assert [finding.confirmation for finding in asked] == ["baby:children.k1", "baby:children.k3"]
    assert said(document, confirmed={"baby:children.k1"}) == [("RULE-CONFIRM", "children.k3.age")]
    assert said(document, confirmed={finding.confirmation for finding in asked}) == []


def under(rule: Rule) -> Template:
    """The small template with one rule instead of its own."""
    return replace(TEMPLATE, rules=(rule,))


def test_rows_of_a_group_that_does_not_apply_are_not_counted():
    rule = Rule("c", "count", "report", "Count.", fields={"field": "death_year", "group": "children"})
    assert findings(under(rule), whole(), "submit") == ()
    assert [f.rule_key for f in findings(under(rule), whole({"children_given": "yes"}), "submit")] == ["c"]


def test_a_field_that_does_not_apply_is_never_demanded_by_a_rule():
    rule = Rule("r", "requires", "report", "Say so.", fields={"field": "children_total"},
                conditions={"when": Test("region", "equals", ("wales",))})  # fmt: skip
    assert findings(under(rule), whole({"region": "wales"}), "submit") == ()
    asked = findings(under(rule), whole({"region": "wales", "children_given": "yes"}), "submit")
    assert [f.rule_key for f in asked] == ["r"]


@pytest.mark.parametrize(("rows", "found"), [(1, []), (2, []), (3, ["RULE-COUNT"])])
def test_a_count_may_be_an_upper_bound(rows, found):
    parameters = {"field": "children_total", "group": "children", "rows": "at_most"}
    rule = Rule("c", "count", "report", "Count.", fields=parameters)
    report = {"children_given": "yes", "children_total": 2, "total_source": "p. 1"}
    document = whole(report, children=[{"unborn": "yes"}] * rows)
    assert [f.code for f in findings(under(rule), document, "submit")] == found
