"""The framework gives every figure of the published briefing on the sample study's true extracts.

``briefing-figures.csv`` was compiled from the briefing by hand, with a note where the briefing contradicts itself.
"""

from __future__ import annotations

import csv
import secrets
from decimal import Decimal
from pathlib import Path

import pytest

from schema.answers.derive import with_derived
from schema.answers.interchange import read_entry
from schema.framework.evaluate import CaseExtract, evaluate
from schema.framework.figures import Evaluation, Line
from schema.framework.percent import percent
from schema.framework.shipped import framework_for
from schema.template.shipped import load_shipped
from webapp.sample.study import cases_of, study

FACTS = Path(__file__).with_name("briefing-figures.csv")
Row = dict[str, str]

SIMPLE = {
    ("Methods", "DHRs in sample (published 2017-2019)"): ("homicide_type", "type.missing", "base"),
    ("Findings: homicide type", "Intimate partner homicide (IPH)"): ("homicide_type", "type.iph"),
    ("Findings: homicide type", "Adult family homicide (AFH)"): ("homicide_type", "type.afh"),
    ("Findings: homicide type", "Amicicide (killing of a friend)"): ("homicide_type", "type.amicicide"),
    ("Demographics: victims", "Female"): ("victims", "sex.female"),
    ("Demographics: victims", "Not female (derived 33-29)"): ("victims", "sex.female", "rest"),
    ("Demographics: perpetrators", "Male"): ("perpetrators", "sex.male"),
    ("Demographics: perpetrators", "Not male (derived 33-30)"): ("perpetrators", "sex.male", "rest"),
    ("Demographics: victims", "White British"): ("victims", "ethnicity.white_british"),
    ("Demographics: victims", "Minority background incl. White European (derived 33-22)"): (
        "victims",
        "ethnicity.minoritised",
    ),
    ("Demographics: perpetrators", "White British"): ("perpetrators", "ethnicity.white_british"),
    ("Demographics: perpetrators", "Minority background incl. White European (derived 32-21)"): (
        "perpetrators",
        "ethnicity.minoritised",
    ),
    ("Demographics: perpetrators", "Ethnicity missing"): ("perpetrators", "ethnicity.missing"),
    ("Children", "DHRs giving details of children"): ("children", "details"),
    ("Children", "Children reported in total"): ("children", "total"),
    ("Children", "Children with age reported"): ("children", "age_reported"),
    ("Children", "Age missing (derived 43-30)"): ("children", "age_reported", "rest"),
    ("Children", "Children with sex reported"): ("children", "sex_reported"),
    ("Children", "Sex missing (derived 43-19)"): ("children", "sex.missing"),
    ("Children", "Female"): ("children", "sex.female"),
    ("Children", "Male"): ("children", "sex.male"),
    ("Children", "Minoritised background"): ("children", "ethnicity.minoritised"),
    ("Children", "Not minoritised (derived 40-19)"): ("children", "ethnicity.white_british"),
    ("Children", "Ethnicity missing"): ("children", "ethnicity.missing"),
    ("Good practice", "Examples of good practice"): ("good_practice", "examples"),
    ("Good practice", "Examples from a third sector organisation"): (
        "good_practice",
        "source.third_sector_organisation",
    ),
}
AGENCIES = {
    "Education": "theme_agency.{}.education",
    "Children's Social Care": "theme_agency.{}.childrens_social_care",
    "LSCB": "theme_agency.{}.lscb",
    "CSP": "theme_agency.{}.csp",
    "National bodies (any)": "theme_agency.{}.national",
}
BODIES = {
    "Home Office": "national_body.home_office",
    "Wales Council for Voluntary Action (WCVA)": "national_body.wcva",
    "National Council for Voluntary Organisations (NCVO)": "national_body.ncvo",
    "National: no specific agency or body named": "national_body.national_unnamed",
}
# The briefing's order of sub-themes is that of the code list, theme by theme.
SUBTHEMES = {"T1": 7, "T2": 3, "T3": 3, "T4": 4, "T5": 8}


def facts() -> list[Row]:
    with FACTS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def evaluation() -> Evaluation:
    template = load_shipped("dhr-childrens-services", 1)
    framework = framework_for(template)
    assert framework is not None

    def extracts():
        for case in cases_of(study()):
            read = read_entry(template, case.truth, choose_id=lambda: secrets.token_hex(6))
            assert not read.problems
            yield CaseExtract(case.reference, with_derived(template, read.document), template)

    return evaluate(framework, extracts())


def _subtheme_lines() -> dict[tuple[str, str], str]:
    """(theme, printed name) -> line, by the order in which the briefing lists them."""
    seen: dict[str, int] = {}
    lines = {}
    for row in facts():
        if row["section"] == "Sub-theme":
            theme = row["theme"][:2]
            seen[theme] = seen.get(theme, 0) + 1
            lines[theme, row["subtheme"]] = f"subtheme.{theme}.{seen[theme]}"
    assert seen == SUBTHEMES
    return lines


def found(evaluation: Evaluation, row: Row) -> tuple[int | None, int | None, Line | None]:
    """Numerator, denominator and line of the framework for one row of the facts."""
    theme, section = row["theme"][:2], row["section"]
    if (section, row["subtheme"]) in SIMPLE:
        table, key, *how = SIMPLE[section, row["subtheme"]]
        line = evaluation.by_key[table].by_key[key]
        if how == ["rest"]:
            assert line.base is not None
            assert line.count is not None
            return line.base - line.count, line.base, None
        return (line.base, None, None) if how == ["base"] else (line.count, line.base, line)
    if section == "Theme prevalence":
        return _of(evaluation.by_key["themes"].by_key[f"theme.{theme}"])
    if section == "Sub-theme":
        return _of(evaluation.by_key["subthemes"].by_key[_subtheme_lines()[theme, row["subtheme"]]])
    if section == "Theme by agency" and row["agency"] in AGENCIES:
        return _of(evaluation.by_key["theme_agency"].by_key[AGENCIES[row["agency"]].format(theme)])
    if section == "Theme by agency":
        line = evaluation.by_key["national"].by_key[BODIES[row["agency"]]]
        return (*line.within, None) if row["denominator"] == "6" and line.within else _of(line)
    assert section == "Check"
    lines = [
        evaluation.by_key["subthemes"].by_key[f"subtheme.{theme}.{number}"]
        for number in range(1, SUBTHEMES[theme] + 1)
    ]
    return (
        sum(line.count or 0 for line in lines),
        evaluation.by_key["themes"].by_key[f"theme.{theme}"].count,
        None,
    )


def _of(line: Line) -> tuple[int | None, int | None, Line]:
    return line.count, line.base, line


WITH_NUMERATOR = [row for row in facts() if row["numerator"]]


def test_the_facts_are_all_there():
    assert len(facts()) == 95
    assert len(WITH_NUMERATOR) == 81


@pytest.mark.parametrize(
    "row",
    WITH_NUMERATOR,
    ids=lambda row: " | ".join(row[key] for key in ("section", "theme", "subtheme", "agency")),
)
def test_every_figure_of_the_briefing_is_reproduced(evaluation: Evaluation, row: Row):
    count, base, line = found(evaluation, row)
    assert count == int(row["numerator"])
    if row["denominator"]:
        assert base == int(row["denominator"])
        assert percent(int(row["numerator"]), int(row["denominator"]), 4) == Decimal(row["exact_percent"])
    if row["stated_percent"]:
        # The briefing prints 70% for 22/33; the arithmetic says 67%.
        stated = 67 if row["numerator"] == "22" else int(row["stated_percent"])
        assert line is not None
        assert line.percent() == stated


def test_the_mean_age_is_seven_whether_the_unborn_count_as_zero_or_not(evaluation: Evaluation):
    lines = evaluation.by_key["children"].by_key
    assert lines["age.least"].value == 0
    assert lines["age.most"].value == 17
    assert lines["age.mean"].base == 30
    assert lines["age_born.mean"].base == 29
    means = (lines["age.mean"].value, lines["age_born.mean"].value)
    assert all(mean is not None and round(mean) == 7 for mean in means)


def test_every_count_names_the_cases_it_is_made_of(evaluation: Evaluation):
    for table in evaluation.tables:
        for line in table.lines:
            if line.count is not None:
                assert len(line.sources) == line.count
                assert len(set(line.sources)) == line.count


def test_indicator_columns_sum_to_the_theme_figures(evaluation: Evaluation):
    keys = [indicator.key for indicator in evaluation.framework.indicators]
    for number in range(1, 8):
        column = keys.index(f"theme.T{number}")
        total = sum(case.values[column] or 0 for case in evaluation.cases)
        assert total == evaluation.by_key["themes"].by_key[f"theme.T{number}"].count


AGES = {
    "Demographics: victims": ("victims", 16, None),
    "Demographics: perpetrators": ("perpetrators", 18, 65),
}
T7_TOPICS = [row["subtheme"] for row in facts() if row["section"] == "National recommendation topic"]


def test_the_age_ranges_of_the_briefing_are_those_of_the_findings(evaluation: Evaluation):
    for table, least, most in AGES.values():
        lines = evaluation.by_key[table].by_key
        assert lines["age.least"].value == least
        assert most is None or lines["age.most"].value == most
    assert (evaluation.by_key["victims"].by_key["age_band.over_65"].count or 0) > 0, "“to over 65”"


def test_the_majority_of_both_is_aged_16_to_45(evaluation: Evaluation):
    for table in ("victims", "perpetrators"):
        lines = evaluation.by_key[table].by_key
        young = [lines[f"age_band.{band}"] for band in ("16_25", "26_35", "36_45")]
        assert sum(line.count or 0 for line in young) * 2 > (young[0].base or 0)


def test_every_kind_of_good_practice_that_the_briefing_names_is_found(evaluation: Evaluation):
    lines = {line.label: line for line in evaluation.by_key["good_practice"].lines}
    named = [
        row["subtheme"]
        for row in facts()
        if row["section"] == "Good practice" and row["theme"] and not row["numerator"]
    ]
    assert len(named) == 4
    assert all((lines[name].count or 0) > 0 for name in named)


def test_every_topic_of_a_national_recommendation_that_the_briefing_names_is_found(evaluation: Evaluation):
    lines = evaluation.by_key["subthemes"].by_key
    assert len(T7_TOPICS) == 6
    counts = [lines[f"subtheme.T7.{number}"].count or 0 for number in range(1, len(T7_TOPICS) + 1)]
    assert all(counts), "the code list has them in the order of the briefing"
    assert lines["subtheme.T7.90"].count == 0
