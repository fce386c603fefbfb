"""Units, denominators and indicators, on a small study with its own framework: nothing is wired to the first."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from schema.answers.document import Document, Row
from schema.framework import evaluate as evaluator_module
from schema.framework.evaluate import CaseExtract, Evaluator, evaluate
from schema.framework.figures import CaseIndicators
from schema.framework.loader import load_framework
from schema.template.conditions import Test
from schema.template.model import CodeList, Field, Option, Repeats, Section, Template
from schema.template.value import Missing

YES_NO = CodeList("yes_no", "", (Option("yes", 1, "Yes"), Option("no", 0, "No")))
KINDS = CodeList(
    "harm",
    "",
    (Option("fall", 1, "Fall", "a"), Option("fire", 2, "Fire", "a"), Option("flood", 3, "Flood", "b")),
)
MISSING = CodeList(
    "missing", "", (Option("not_known", -8, "Not known"), Option("none_described", 0, "None described"))
)
TEMPLATE = Template(
    "near-miss",
    1,
    "Near misses",
    (
        Section(
            "site",
            "Site",
            (
                Field("site", "inspected", "yes_no", "Inspected", codelist=YES_NO, missing=("not_known",)),
                Field("site", "staff", "integer", "Staff"),
            ),
        ),
        Section(
            "events",
            "Events",
            (
                Field(
                    "events",
                    "harms",
                    "choices",
                    "Harms",
                    codelist=KINDS,
                    missing=("not_known", "none_described"),
                ),
                Field("events", "reported", "yes_no", "Reported", codelist=YES_NO),
                Field("events", "hours", "decimal", "Hours"),
                Field("events", "instant", "yes_no", "At once", codelist=YES_NO),
            ),
            repeats=Repeats("event"),
            visible_when=Test("site.inspected", "equals", ("yes",)),
        ),
    ),
    MISSING,
)
SOURCE = """
framework: near-miss
title: Near misses
template: near-miss
percent_places: 1
none: [none_described]
groupings:
  - key: kinds
    field: events.harms
    categories:
      - {key: hot_or_low, label: Hot or low, groups: [a]}
      - {key: wet, label: Wet, values: [flood]}
indicators:
  - {key: inspected, label: Inspected, where: {field: site.inspected, equals: "yes"}}
  - {key: events, label: Events, count: events}
  - {key: several, label: More than one event, where: {indicator: events, above: 1}}
  - {key: harm, any: events, where: {field: reported, equals: "yes"}, each: harms}
  - {key: group, any: events, each: harms, grouping: kinds}
  - {key: pair, any: events, each: harms, only: [fire], by: {field: reported}, within: "harm.{value}"}
tables:
  - key: sites
    title: Sites
    unit: case
    unit_label: sites
    blocks:
      - {kind: distribution, key: inspected, field: site.inspected}
      - {kind: distribution, key: all_inspected, field: site.inspected, of: all}
      - {kind: indicators, key: harm, indicators: ["harm.*"]}
      - {kind: indicators, key: pair, indicators: [pair.fire.yes], within: {indicator: several}}
  - key: events
    title: Events
    unit: events
    unit_label: events
    blocks:
      - {kind: count, key: total, label: Events, of: none}
      - {kind: count, key: reported, label: Reported, where: {field: reported, equals: "yes"}}
      - {kind: count, key: reported_all, label: Reported, where: {field: reported, equals: "yes"}, of: all}
      - {kind: distribution, key: harms, field: harms, label: Harm}
      - {kind: statistics, key: hours, field: hours, label: Hours, treated: [{where: {field: instant, equals: "yes"}, as: 0}]}
  - key: first
    title: First events
    unit: events
    unit_label: first events
    first: true
    where: {indicator: inspected}
    blocks:
      - {kind: count, key: total, label: Events, of: none}
      - {kind: count, key: sites, label: Sites, unit: case, of: none}
"""


def row(name, **values):
    return Row(name, values)


def case(reference, inspected, *rows, template=TEMPLATE):
    document = Document(
        {"site": {"inspected": inspected} if inspected else {}}, {"events": rows} if rows else {}
    )
    return CaseExtract(reference, document, template)


CASES = (
    case(
        "A",
        "yes",
        row("a1", harms=("fall", "fire"), reported="yes", hours=1.5),
        row("a2", harms=("fire",), reported="no", hours=2),
    ),
    case("B", "yes", row("b1", harms=Missing("none_described"), reported="yes", instant="yes")),
    case("C", "yes", row("c1", harms=Missing("not_known"), reported="yes")),
    case("D", "no"),
    case("E", Missing("not_known")),
)


@pytest.fixture(scope="module")
def framework():
    loaded = load_framework(SOURCE, TEMPLATE)
    assert loaded.problems == ()
    return loaded.framework


@pytest.fixture(scope="module")
def evaluation(framework):
    return evaluate(framework, CASES)


def column(evaluation, key):
    index = [indicator.key for indicator in evaluation.framework.indicators].index(key)
    return [held.values[index] for held in evaluation.cases]


def line(evaluation, table, key):
    return evaluation.by_key[table].by_key[key]


def test_an_indicator_of_a_case_is_empty_where_the_answer_is_missing(evaluation):
    assert column(evaluation, "inspected") == [1, 1, 1, 0, None]


def test_rows_that_were_not_asked_for_are_unknown_not_none(evaluation):
    assert column(evaluation, "events") == [2, 1, 1, None, None]
    assert column(evaluation, "several") == [1, 0, 0, None, None]


def test_two_codes_count_together_only_on_the_same_row(evaluation):
    assert column(evaluation, "harm.fire") == [1, 0, None, None, None]
    assert column(evaluation, "pair.fire.yes") == [1, 0, None, None, None]
    alone = (
        case("A", "yes", row("1", harms=("fire",), reported="no"), row("2", harms=("fall",), reported="yes")),
    )
    assert column(evaluate(evaluation.framework, alone), "harm.fire") == [0]


def test_a_grouping_counts_any_of_its_codes(evaluation):
    assert column(evaluation, "group.hot_or_low") == [1, 0, None, None, None]
    assert column(evaluation, "group.wet") == [0, 0, None, None, None]


def test_missing_leaves_the_denominator_and_is_counted(evaluation):
    yes = line(evaluation, "sites", "inspected.yes")
    assert (yes.count, yes.base, yes.missing, yes.text(1)) == (3, 4, 1, "3/4 (75.0%)")
    missing = line(evaluation, "sites", "inspected.missing")
    assert (missing.count, missing.base) == (1, 5)


def test_of_all_keeps_the_missing_in_the_denominator(evaluation):
    assert line(evaluation, "sites", "all_inspected.yes").text(1) == "3/5 (60.0%)"
    assert line(evaluation, "events", "reported_all").text(1) == "3/4 (75.0%)"


def test_within_narrows_the_denominator(evaluation):
    assert line(evaluation, "sites", "pair.fire.yes").text() == "1/1 (100%)"


def test_a_line_says_how_many_of_the_larger_category_it_is(evaluation):
    assert line(evaluation, "sites", "pair.fire.yes").within == (1, 1)
    assert line(evaluation, "sites", "harm.fire").within is None


def test_none_described_is_in_the_denominator_and_in_no_category(evaluation):
    fire = line(evaluation, "events", "harms.fire")
    assert (fire.count, fire.base, fire.missing) == (2, 3, 1)


def test_a_bare_count_has_no_percentage(evaluation):
    assert line(evaluation, "events", "total").text() == "4"


def test_a_statistic_states_how_many_units_it_is_made_of(evaluation):
    mean = line(evaluation, "events", "hours.mean")
    assert (mean.value, mean.base, mean.missing) == (Decimal("1.2"), 3, 1)  # (1.5 + 2 + 0) / 3 = 1.1667
    assert line(evaluation, "events", "hours.least").value == 0


def test_first_takes_row_one_of_each_case_and_leaves_other_units_alone(evaluation):
    assert line(evaluation, "first", "total").count == 3
    assert line(evaluation, "first", "sites").count == 5


def test_no_cases_give_figures_that_are_not_available(framework):
    empty = evaluate(framework, ())
    assert line(empty, "sites", "inspected.yes").text() == "0/0 (n/a)"
    assert line(empty, "events", "hours.mean").text() == "n/a"


def test_a_group_that_the_version_lacks_is_unknown(framework):
    older = replace(TEMPLATE, sections=TEMPLATE.sections[:1])
    assert column(evaluate(framework, [case("Z", "yes", template=older)]), "events") == [None]


def test_the_same_answers_give_the_same_hash_and_others_another(framework, evaluation):
    assert evaluate(framework, CASES).content_hash == evaluation.content_hash
    assert evaluate(framework, CASES[:-1]).content_hash != evaluation.content_hash


def test_how_many_cases_are_judged_together_changes_nothing(framework, evaluation, monkeypatch):
    seen: list[CaseIndicators] = []
    monkeypatch.setattr(evaluator_module, "CHUNK", 2)
    evaluator = Evaluator(framework, seen.append)
    for one in CASES:
        evaluator.add(one)
    assert evaluator.result() == evaluation
    assert tuple(seen) == evaluation.cases


def test_the_columns_of_a_case_are_given_back_as_they_were_however_large_or_unknown():
    for values in ((), (0, 1, None, 254), (0, 255, None), (None, 300, 2)):
        made = CaseIndicators.of("A", values, "duplicate")
        assert (made.reference, made.values, made.left_out) == ("A", values, "duplicate")
        assert [type(one) for one in made.values] == [type(one) for one in values]
