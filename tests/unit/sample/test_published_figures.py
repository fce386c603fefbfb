"""The sample study reproduces the published briefing: every figure that has a numerator, and the ranges beside them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.sample.counting import COUNTERS, about_children, is_aged
from tests.unit.sample.facts import FIGURES, GROUPS
from webapp.sample.study import study

SEEDS = (2019, 1, 77)
COUNTED = [figure for figure in FIGURES if figure["numerator"]]


@pytest.fixture(scope="module", params=SEEDS)
def truth(request: pytest.FixtureRequest) -> list[dict[str, Any]]:
    return [case.truth["answers"] for case in study(33, request.param).cases]


def name_of(figure: dict[str, str]) -> str:
    return " / ".join(
        figure[column] for column in ("section", "theme", "subtheme", "agency") if figure[column]
    )


def test_the_file_of_figures_is_whole() -> None:
    assert len(FIGURES) == 95
    assert len(COUNTED) == 81


@pytest.mark.parametrize("figure", COUNTED, ids=name_of)
def test_figure_is_reproduced(figure: dict[str, str], truth: list[dict[str, Any]]) -> None:
    numerator, denominator = COUNTERS[figure["section"]](truth, figure)
    assert numerator == int(figure["numerator"])
    if figure["denominator"]:
        assert denominator == int(figure["denominator"])


def test_national_recommendations_stand_in_t5_of_the_same_six_dhrs(truth: list[dict[str, Any]]) -> None:
    national = {code for code, group in GROUPS["agency"].items() if group == "National"}
    rows = [(number, row) for number, answers in enumerate(truth) for row in about_children(answers)]
    t7 = {number for number, row in rows if "T7" in row["themes"]}
    t5 = {number for number, row in rows if "T5" in row["themes"] and national & set(row["agencies"])}
    assert t7 == t5
    assert len(t7) == 6


def test_every_national_topic_and_good_practice_theme_occurs(truth: list[dict[str, Any]]) -> None:
    topics = {code for answers in truth for row in about_children(answers) for code in row["subthemes"]}
    praise = {code for answers in truth for row in answers["good_practice"] for code in row["themes"]}
    assert {f"T7.{number}" for number in range(1, 7)} <= topics
    assert praise == {"T6.1", "T6.2", "T6.3", "T6.4"}


def ages_of(truth: list[dict[str, Any]], group: str) -> list[int]:
    first = [answers[group][0]["age"] for answers in truth]
    return [age for age in first if isinstance(age, int)]


def test_ages_of_victims_run_from_16_to_over_65(truth: list[dict[str, Any]]) -> None:
    ages = ages_of(truth, "victims")
    assert min(ages) == 16
    assert max(ages) > 65


def test_ages_of_perpetrators_run_from_18_to_65(truth: list[dict[str, Any]]) -> None:
    ages = ages_of(truth, "perpetrators")
    assert (min(ages), max(ages)) == (18, 65)


@pytest.mark.parametrize("group", ["victims", "perpetrators"])
def test_the_majority_is_aged_16_to_45(group: str, truth: list[dict[str, Any]]) -> None:
    assert sum(16 <= age <= 45 for age in ages_of(truth, group)) > len(truth) / 2


def test_children_are_aged_from_unborn_to_17_with_a_mean_of_7(truth: list[dict[str, Any]]) -> None:
    children = [row for answers in truth for row in answers["children"] if is_aged(row)]
    born = [row["age"] for row in children if row["unborn"] == "no"]
    assert len(children) == 30
    assert len(born) == 29
    assert max(born) == 17
    assert sum(born) / len(children) == 7
    assert round(sum(born) / len(born)) == 7


def test_children_total_is_the_number_of_children_described(truth: list[dict[str, Any]]) -> None:
    for answers in truth:
        assert answers["childhood"].get("children_total", 0) == len(answers["children"])


def test_one_report_has_31_recommendations(truth: list[dict[str, Any]]) -> None:
    lengths = [len(answers["recommendations"]) for answers in truth]
    assert lengths.count(31) == 1
    assert max(lengths) == 31
    assert lengths == [answers["report"]["recommendations_total"] for answers in truth]


def test_reports_were_published_from_2017_to_2019(truth: list[dict[str, Any]]) -> None:
    assert {answers["report"]["published"][:4] for answers in truth} <= {"2017", "2018", "2019"}


def test_only_recommendations_for_children_carry_the_figures(truth: list[dict[str, Any]]) -> None:
    """Others are there too, and would change the figures: a framework that forgets the filter is found out."""
    others = [
        row for answers in truth for row in answers["recommendations"] if row["for_children_services"] == "no"
    ]
    t2 = sum(any("T2" in row["themes"] for row in answers["recommendations"]) for answers in truth)
    assert others
    assert t2 > 12
