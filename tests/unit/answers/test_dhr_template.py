"""The shipped DHR template and the interchange form of the design, together."""

from __future__ import annotations

from functools import cache

import pytest

from schema.answers.derive import with_derived
from schema.answers.interchange import read_entry
from schema.answers.rules import CHECKS
from schema.answers.validate import findings
from schema.template.loader import load_template
from schema.template.model import Template
from schema.template.shipped import shipped_template
from schema.template.value import Missing

VICTIM = {"age": 34, "sex": "female", "ethnicity": {"missing": "not_reported"}, "relationship": "spouse"}
RECOMMENDATION = {
    "number": "4.2",
    "text": "Train all staff.",
    "page": "41",
    "for_children_services": "yes",
    "agencies": ["childrens_social_care"],
    "level": "local_single",
    "themes": ["T1"],
    "subthemes": ["T1.1"],
    "protected_characteristic": "no",
    "confidence": "clear",
}
ANSWERS = {
    "report": {"csp": "Exampleshire", "region": "wales", "death_year": 2016, "published": "2018-05"},
    "childhood": {"child_details": "no"},
    "victims": [VICTIM],
    "recommendations": [RECOMMENDATION],
}


@cache
def template() -> Template:
    shipped = shipped_template("dhr-childrens-services", 1)
    loaded = load_template(shipped.source, shipped.codelists)
    assert loaded.template is not None
    return loaded.template


def read(**answers):
    return read_entry(template(), {"case": "DHR-001", "coder": "amara", "answers": ANSWERS | answers})


def codes(section: str, **answers) -> list[tuple[str, str]]:
    """Codes of what submission says of a section, with the field."""
    found = findings(template(), read(**answers).document, "submit")
    return [(finding.code, finding.field_key) for finding in found if finding.section == section]


def test_every_rule_of_the_template_is_of_a_kind_that_is_checked():
    assert {rule.kind for rule in template().rules} == set(CHECKS)


def test_an_entry_in_the_form_of_the_design_is_read_without_a_problem():
    assert read().problems == ()


def test_an_ethnicity_that_the_report_does_not_give_asks_for_no_source():
    victim = {key: value for key, value in VICTIM.items() if key != "relationship"}
    assert codes("victims", victims=[victim]) == [("REQUIRED", "relationship")]
    asked = codes("victims", victims=[victim | {"ethnicity": "white_irish"}])
    assert asked == [("REQUIRED", "ethnicity_source"), ("REQUIRED", "relationship")]


def test_the_age_band_follows_from_the_age_and_is_typed_where_the_age_is_missing():
    document = read(victims=[{"age": 34}, {"age": {"missing": "not_known"}}]).document
    first, second = with_derived(template(), document).rows("victims")
    assert isinstance(first.values["age_band"], str)
    assert "age_band" not in second.values
    assert ("REQUIRED", "age_band") in codes("victims", victims=[{"age": {"missing": "not_known"}}])


@pytest.mark.parametrize(
    ("ethnicity", "minoritised"),
    [("white_british", "no"), ("white_irish", "yes"), ("white_background_not_stated", Missing("not_known"))],
)
def test_only_white_british_is_not_minoritised(ethnicity, minoritised):
    document = with_derived(template(), read(victims=[{"ethnicity": ethnicity}]).document)
    assert document.rows("victims")[0].values["minoritised"] == minoritised


def test_a_victim_under_sixteen_asks_for_confirmation():
    document = read(victims=[VICTIM | {"age": 15}]).document
    (asked,) = (f for f in findings(template(), document, "submit") if f.severity == "confirm")
    assert asked.section == "victims"
    assert asked not in findings(template(), document, "submit", confirmed={asked.confirmation})


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, []),
        ({"level": "national"}, ["RULE-EXACTLY-WHEN"]),
        ({"level": "national", "themes": ["T1", "T7"], "subthemes": ["T1.1", "T7.1"]}, []),
        ({"themes": ["T1", "T7"], "subthemes": ["T1.1", "T7.1"]}, ["RULE-EXACTLY-WHEN"]),
        ({"subthemes": ["T2.1"]}, ["RULE-BELONGS"]),
        ({"themes": ["T1", "T2"]}, ["RULE-BELONGS"]),
        ({"number": None}, ["REQUIRED"]),
    ],
)
def test_recommendations_are_held_to_their_rules(change, expected):
    assert [
        code for code, _ in codes("recommendations", recommendations=[RECOMMENDATION | change])
    ] == expected


def test_more_recommendations_than_the_report_has_are_a_warning():
    report = ANSWERS["report"] | {"recommendations_total": 1}  # type: ignore[operator]
    two = [RECOMMENDATION, RECOMMENDATION | {"number": "4.3"}]
    assert ("RULE-COUNT", "recommendations_total") in codes("report", report=report, recommendations=two)
    assert ("RULE-COUNT", "recommendations_total") not in codes("report", report=report)


def test_published_before_the_death_is_refused():
    report = ANSWERS["report"] | {"published": "2015-12"}  # type: ignore[operator]
    assert ("RULE-ORDER", "published") in codes("report", report=report)


def test_assumptions_need_an_extract():
    assert ("RULE-REQUIRES", "extract") in codes("equality", equality={"assumptions": "yes"})
    assert ("RULE-REQUIRES", "extract") not in codes(
        "equality", equality={"assumptions": "yes", "extract": "“…”"}
    )
    assert ("RULE-REQUIRES", "extract") not in codes("equality", equality={"assumptions": "no"})


def test_children_are_asked_about_only_where_the_report_gives_details():
    assert codes("children", children=[{"role": None}]) == []
    childhood = {
        "child_details": "yes",
        "children_total": 2,
        "childhood_themes": {"missing": "none_described"},
    }
    assert codes("children", childhood=childhood, children=[{}]) == [("ROW-EMPTY", "")]
    assert codes("childhood", childhood=childhood, children=[{}]) == [("RULE-COUNT", "children_total")]


def test_an_unborn_child_has_no_age():
    childhood = {"child_details": "yes"}
    born = codes("children", childhood=childhood, children=[{"unborn": "no"}])
    unborn = codes("children", childhood=childhood, children=[{"unborn": "yes"}])
    assert ("REQUIRED", "age") in born
    assert ("REQUIRED", "age") not in unborn
