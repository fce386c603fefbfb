"""Rules that analyses have needed, on an invented study: who is left out, what comes first, what stays in the total."""

from __future__ import annotations

from decimal import Decimal

import pytest

from schema.answers.document import Document, Row
from schema.framework.evaluate import CaseExtract, evaluate
from schema.framework.loader import load_framework
from schema.template.loader import load_template
from schema.template.value import Missing

CODELISTS = {
    "yes_no": 'codelist: yes_no\ntitle: Yes or no\noptions: [{value: "yes", code: 1, label: "Yes"}, {value: "no", code: 0, label: "No"}]',
    "sex": 'codelist: sex\ntitle: Sex\noptions: [{value: "f", code: 1, label: Female}, {value: "m", code: 2, label: Male}]',
    "harm": 'codelist: harm\ntitle: Harm\noptions: [{value: "weapon", code: 1, label: Weapon}, {value: "fire", code: 2, label: Fire}, {value: "fall", code: 3, label: Fall}]',
    "missing": 'codelist: missing\ntitle: Missing\noptions: [{value: "not_known", code: -8, label: "Not known"}]',
}
TEMPLATE_SOURCE = """
template: incidents
version: 1
title: Incidents
description: Incidents.
missing: missing
sections:
  - key: incident
    label: Incident
    fields:
      - {key: planned, kind: yes_no, label: Planned, codelist: yes_no, missing: [not_known]}
      - {key: sudden, kind: yes_no, label: Sudden, codelist: yes_no, missing: [not_known]}
      - {key: harms, kind: choices, label: Harms, codelist: harm, missing: [not_known]}
  - key: victims
    label: Victims
    repeats: {one: victim, max: 9}
    fields:
      - {key: sex, kind: choice, label: Sex, codelist: sex, missing: [not_known]}
"""
SOURCE = """
framework: incidents
title: Incidents
template: incidents
percent_places: 1
indicators:
  - {key: victims, label: "Victims (number)", count: victims}
  - {key: planned, label: Planned, where: {field: incident.planned, equals: "yes"}}
  - {key: sudden, label: Sudden, where: {field: incident.sudden, equals: "yes"}}
  - {key: weapon, label: A weapon, where: {field: incident.harms, contains: weapon}}
  - {key: fire, label: Fire, where: {field: incident.harms, contains: fire}}
leave_out:
  - {key: several, label: "More than one victim", where: {indicator: victims, above: 1}}
  - {key: both, label: "Planned and sudden exclude each other", where: {all: [{indicator: planned}, {indicator: sudden}]}}
tables:
  - key: harm
    title: Harm
    unit: case
    unit_label: incidents
    note: "A weapon comes before fire, and fire before a fall. Percentages are rounded half up to one decimal."
    blocks:
      - {kind: distribution, key: all, field: incident.harms}
      - {kind: distribution, key: first, field: incident.harms, precedence: true}
      - {kind: distribution, key: total, field: incident.harms, of: all, precedence: true, missing_line: false}
      - {kind: indicators, key: indicators, indicators: [weapon, fire], precedence: true}
      - kind: count
        key: nobody
        label: "Sudden among the planned"
        within: {indicator: planned}
        where: {indicator: sudden}
"""


@pytest.fixture(scope="module")
def template():
    return load_template(TEMPLATE_SOURCE, CODELISTS).needed()


@pytest.fixture(scope="module")
def framework(template):
    loaded = load_framework(SOURCE, template)
    assert loaded.problems == ()
    return loaded.framework


@pytest.fixture
def run(framework, template):
    return lambda *cases: evaluate(
        framework, [CaseExtract(name, document, template) for name, document in cases]
    )


def case(name, *, victims=1, **incident):
    rows = tuple(Row(f"{name}{number}", {"sex": "f"}) for number in range(victims))
    return name, Document({"incident": incident}, {"victims": rows})


UNKNOWN = Missing("not_known")


def line(evaluation, key):
    return evaluation.by_key["harm"].by_key[key]


def test_cases_with_more_than_one_victim_are_left_out_of_every_figure_and_named(run) -> None:
    evaluation = run(case("A", harms=("fire",)), case("B", victims=2, harms=("fire",)))
    assert line(evaluation, "all.fire").text(1) == "1/1 (100.0%)"
    assert [(held.reference, held.left_out) for held in evaluation.left_out] == [
        ("B", "More than one victim")
    ]
    assert [held.reference for held in evaluation.counted] == ["A"]


def test_cases_with_two_flags_that_exclude_each_other_are_left_out(run) -> None:
    evaluation = run(
        case("A", planned="yes", sudden="yes"), case("B", planned="yes", sudden="no"), case("C", planned="no")
    )
    assert [held.reference for held in evaluation.left_out] == ["A"]


def test_what_cannot_be_known_leaves_no_case_out(run) -> None:
    assert run(case("A", planned="yes", sudden=UNKNOWN), case("B", planned="yes")).left_out == ()


def test_a_case_left_out_has_empty_columns(run) -> None:
    (held,) = run(case("A", victims=2, planned="yes")).cases
    assert set(held.values) == {None}


def test_leaving_a_case_out_changes_the_hash(run) -> None:
    one, other = run(case("A"), case("B", victims=2)), run(case("A"), case("B", victims=3, planned="no"))
    assert run(case("A")).content_hash != one.content_hash == other.content_hash


def test_one_category_takes_precedence_over_the_others(run) -> None:
    evaluation = run(
        case("A", harms=("weapon", "fire", "fall")),
        case("B", harms=("fire", "fall")),
        case("C", harms=("fall",)),
    )
    assert [line(evaluation, f"all.{key}").count for key in ("weapon", "fire", "fall")] == [1, 2, 3]
    assert [line(evaluation, f"first.{key}").count for key in ("weapon", "fire", "fall")] == [1, 1, 1]


def test_an_indicator_takes_precedence_and_an_unknown_one_makes_later_ones_unknown(run) -> None:
    evaluation = run(
        case("A", harms=("weapon", "fire")), case("B", harms=("fire",)), case("C", harms=UNKNOWN)
    )
    assert [line(evaluation, key).text(1) for key in ("weapon", "fire")] == ["1/2 (50.0%)", "1/2 (50.0%)"]
    assert line(evaluation, "fire").missing == 1


def test_unknowns_stay_in_the_total_but_not_in_the_columns(run) -> None:
    evaluation = run(
        case("A", harms=("fire",)), case("B", harms=UNKNOWN), case("C"), case("D", harms=("fall",))
    )
    lines = {held.key: held.text(1) for held in evaluation.by_key["harm"].lines}
    assert [lines[f"total.{key}"] for key in ("weapon", "fire", "fall")] == [
        "0/4 (0.0%)",
        "1/4 (25.0%)",
        "1/4 (25.0%)",
    ]
    assert "total.missing" not in lines
    assert lines["first.missing"] == "2/4 (50.0%)"
    assert line(evaluation, "total.fire").all_units


def test_nothing_out_of_nothing_is_not_available(run) -> None:
    assert line(run(case("A", planned="no")), "nobody").text(1) == "0/0 (n/a)"


def test_thirteen_of_eighty_is_printed_half_up(run) -> None:
    cases = [case(f"{number:02}", harms=("fire",) if number < 13 else ("fall",)) for number in range(80)]
    fire = line(run(*cases), "first.fire")
    assert fire.percent(2) == Decimal("16.25")
    assert fire.text(1) == "13/80 (16.3%)"


def test_the_sources_of_what_is_missing_are_kept(run) -> None:
    evaluation = run(case("A", harms=("fire",)), case("B", harms=UNKNOWN))
    assert [source.case for source in line(evaluation, "first.fire").missing_sources] == ["B"]
    assert [source.case for source in line(evaluation, "fire").missing_sources] == ["B"]


BANDS = """
framework: incidents
title: Incidents
template: incidents
indicators:
  - {key: victims, count: victims}
tables:
  - key: victims
    title: Victims
    unit: case
    unit_label: incidents
    blocks:
      - kind: distribution
        key: number
        indicator: victims
        bands: [{key: none, label: none, to: 0}, {key: one, label: one, from: 1, to: 1}, {key: more, label: more, from: 2}]
      - {kind: statistics, key: spread, indicator: victims}
"""


def test_cases_are_counted_by_bands_of_a_number(template):
    loaded = load_framework(BANDS, template)
    assert loaded.framework is not None, loaded.problems
    rows = (Row("v1", {"sex": "f"}), Row("v2", {"sex": "m"}), Row("v3", {"sex": "m"}))
    found = evaluate(
        loaded.framework,
        (
            CaseExtract(f"I-{number}", Document({"incident": {}}, {"victims": rows[:number]}), template)
            for number in (0, 1, 1, 3)
        ),
    ).by_key["victims"]
    assert [line.text() for line in found.lines[:4]] == ["1/4 (25%)", "2/4 (50%)", "1/4 (25%)", "0/4 (0%)"]
    assert [source.case for source in found.by_key["number.more"].sources] == ["I-3"]
    assert [found.by_key[f"spread.{name}"].text() for name in ("least", "most", "mean")] == ["0", "3", "1.3"]


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("{key: a, label: a}", "FRW-021"),
        ("{key: a, label: a, from: 3, to: 2}", "FRW-021"),
        ("{key: a, label: a, to: 2}, {key: b, label: b, from: 2}", "FRW-022"),
        ("{key: a, label: a, to: two}", "FRW-003"),
    ],
)
def test_bands_that_cannot_be_are_refused_with_their_line(template, written: str, code: str):
    source = BANDS.replace(
        "{key: none, label: none, to: 0}, {key: one, label: one, from: 1, to: 1}, {key: more, label: more, from: 2}",
        written,
    )
    found = load_framework(source, template).problems
    assert [(problem.code, problem.line) for problem in found] == [(code, 16)]
