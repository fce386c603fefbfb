"""Agreement figures equal published ones, and say so where there is no figure to give."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from schema.coding.agreement import (
    NO_VARIATION,
    NOTHING_COMPARED,
    NUMBERS,
    Estimate,
    FieldAgreement,
    Measure,
    Undefined,
    alpha,
    field_agreement,
    kappa,
    pabak,
    percent,
    row_agreement,
)
from schema.coding.agreement.distance import Level
from schema.coding.compare import compare
from schema.coding.model import Comparison
from tests.unit.coding.study import TEMPLATE, entry, linked, without_field

FACTS = Path(__file__).with_name("agreement-examples.csv")
MISSED = {"missing": "not_reported"}


Ratings = list[tuple[str, str]]


def published(*names: str) -> list[tuple[str, str, str, str]]:
    """Id, data as printed, statistic and value as printed: one for each figure."""
    rows = [row for row in csv.DictReader(FACTS.open(encoding="utf-8")) if row["id"] in names]
    return [
        (row["id"], row["data"], statistic, value)
        for row in rows
        for statistic, value in zip(row["statistic"].split("; "), row["value"].split("; "), strict=True)
    ]


def of_table(printed: str) -> Ratings:
    return [
        (code_a, code_b)
        for code_a, line in zip("yn", json.loads(printed), strict=True)
        for code_b, times in zip("yn", line, strict=True)
        for _ in range(times)
    ]


def as_printed(measured: Measure, value: str) -> str:
    assert isinstance(measured, Estimate)
    return f"{measured.value:.{len(value.partition('.')[2])}f}"


COEFFICIENTS = {"percent agreement": percent, "PABAK": pabak}


@pytest.mark.parametrize(("name", "printed", "statistic", "value"), published("R1", "R2", "R4"))
def test_figures_of_two_coders_equal_the_published_ones(
    name: str, printed: str, statistic: str, value: str
) -> None:
    ratings = of_table(printed)
    measured = COEFFICIENTS.get(statistic, kappa)(ratings)
    assert as_printed(measured, value) == value
    assert measured.n == len(ratings)


@pytest.mark.parametrize(("name", "printed", "statistic", "value"), published("R6"))
def test_alpha_of_several_coders_with_gaps_equals_the_published_one_at_every_level(
    name: str, printed: str, statistic: str, value: str
) -> None:
    numbers = [
        None if text == "NA" else int(text)
        for text in printed.removeprefix("column-major 4 rows: ").split(",")
    ]
    units = [numbers[start : start + 4] for start in range(0, len(numbers), 4)]
    level = cast(Level, statistic.removeprefix("alpha "))
    measured = alpha(units, level)
    assert as_printed(measured, value) == value
    assert measured.n == 11  # one of the twelve units has a single rating


@pytest.mark.parametrize(("name", "printed", "statistic", "value"), published("R7"))
def test_alpha_of_two_codes_equals_the_published_one(
    name: str, printed: str, statistic: str, value: str
) -> None:
    first, second = printed.split(" / ")
    assert as_printed(alpha(list(zip(first, second, strict=True)), "nominal"), value) == value


def test_every_published_example_is_tried() -> None:
    assert {row["id"] for row in csv.DictReader(FACTS.open(encoding="utf-8"))} == {
        "R1",
        "R2",
        "R4",
        "R6",
        "R7",
    }


def test_without_variation_kappa_is_undefined_and_says_why() -> None:
    assert kappa([("x", "x")] * 5) == Undefined(NO_VARIATION, 5)
    assert kappa([]) == percent([]) == Undefined(NOTHING_COMPARED)
    assert kappa([("x", "y")] * 5) == Estimate(0.0, 5)


def of_field(comparisons: list[Comparison], path: str) -> FieldAgreement:
    return next(held for held in field_agreement(comparisons) if held.field.path == path)


def cases(path: str, *pairs: tuple[object, object]) -> list[Comparison]:
    section, key = path.split(".")
    return [
        compare(TEMPLATE, entry(**{section: {key: a}}), entry(**{section: {key: b}}), ()) for a, b in pairs
    ]


def test_missing_codes_are_codes_and_an_answer_against_a_blank_is_a_disagreement() -> None:
    found = of_field(
        cases("case.type", ("iph", "iph"), ("afh", MISSED), (MISSED, MISSED), ("iph", None)), "case.type"
    )
    assert (found.n, found.agreed) == (4, 2)
    assert found.percent == Estimate(0.5, 4)
    assert found.kappa == kappa([("i", "i"), ("a", "m"), ("m", "m"), ("i", "blank")])


def test_numbers_count_as_agreed_within_tolerance_and_have_no_kappa() -> None:
    found = of_field(cases("case.year", (2016, 2017), (2016, 2016), (2010, 2016)), "case.year")
    assert (found.percent, found.kappa) == (Estimate(2 / 3, 3), Undefined(NUMBERS, 3))


def test_what_one_coder_was_not_asked_is_left_out_and_counted() -> None:
    first = without_field(TEMPLATE, "case.type")
    b = entry(case={"type": "iph"})
    comparisons = [compare(TEMPLATE, entry(), b, (), template_a=first), *cases("case.type", ("iph", "afh"))]
    found = of_field(comparisons, "case.type")
    assert (found.n, dict(found.excluded)) == (1, {"not_asked": 1})


def test_sets_are_agreed_where_equal_and_kappa_is_the_mean_over_options() -> None:
    pairs = [(["T1"], ["T1"]), (["T1", "T2"], ["T1"]), (["T2"], ["T2"]), (["T3"], ["T2"])]
    found = of_field(cases("case.vulnerabilities", *pairs), "case.vulnerabilities")
    by_option = {option.value: option.kappa for option in found.options}
    assert found.percent == Estimate(0.5, 4)
    assert by_option["T1"] == Estimate(1.0, 4)
    # T2: ticked by A in 2 and 3, by B in 3 and 4: agreement 2/4, expected (2*2 + 2*2)/16
    assert by_option["T2"] == Estimate(0.0, 4)
    # T3: A ticks it once, B never: agreement 3/4, all of it expected
    assert by_option["T3"] == Estimate(0.0, 4)
    assert found.kappa == Estimate(1 / 3, 4)


def test_rows_that_stand_alone_are_left_out_of_fields_and_counted_in_row_detection() -> None:
    a = entry(advice=[{"id": "a1", "national": "yes"}, {"id": "a2", "national": "no"}])
    b = entry(advice=[{"id": "b1", "national": "yes"}])
    comparison = compare(TEMPLATE, a, b, linked("advice", ("a1", "b1"), ("a2", "")))
    found = of_field([comparison], "advice.national")
    assert (found.n, dict(found.excluded)) == (1, {"row_alone": 1})
    rows = next(held for held in row_agreement([comparison]) if held.section == "advice")
    assert (rows.rows_a, rows.rows_b, rows.f1) == (2, 1, Estimate(2 / 3, 3))


def test_a_row_linked_with_two_counts_once() -> None:
    a = entry(advice=[{"id": "a1"}])
    b = entry(advice=[{"id": "b1"}, {"id": "b2"}])
    comparison = compare(TEMPLATE, a, b, linked("advice", ("a1", "b1"), ("a1", "b2")))
    rows = next(held for held in row_agreement([comparison]) if held.section == "advice")
    assert (rows.linked_a, rows.linked_b, rows.f1) == (1, 2, Estimate(1.0, 3))


def test_rows_of_a_group_that_one_coder_was_not_asked_for_are_left_out() -> None:
    first = replace(TEMPLATE, sections=tuple(s for s in TEMPLATE.sections if s.key != "advice"))
    b = entry(advice=[{"id": "b1"}])
    comparison = compare(TEMPLATE, entry(), b, linked("advice", ("", "b1")), template_a=first)
    rows = next(held for held in row_agreement([comparison]) if held.section == "advice")
    assert (rows.rows_b, isinstance(rows.f1, Undefined)) == (0, True)


def test_fields_stand_in_the_order_of_the_newest_version_whichever_case_comes_first() -> None:
    newer = replace(without_field(TEMPLATE, "case.type"), version=2, sections=TEMPLATE.sections[::-1])
    old, new = compare(TEMPLATE, entry(), entry(), ()), compare(newer, entry(), entry(), ())
    orders = [[held.field.path for held in field_agreement(cases)] for cases in ([old, new], [new, old])]
    assert orders[0] == orders[1]
    assert orders[0][0].startswith("advice")


def test_a_group_without_rows_has_no_figure() -> None:
    assert all(
        isinstance(held.f1, Undefined) for held in row_agreement([compare(TEMPLATE, entry(), entry(), ())])
    )
