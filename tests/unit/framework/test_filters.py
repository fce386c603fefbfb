"""Findings can be narrowed by codes, numbers and years; what was not answered is outside every bound."""

from __future__ import annotations

import pytest

from schema.answers.document import Document
from schema.framework.bands import Between, number_of
from schema.framework.filters import NO_ANSWER, Selection
from schema.framework.loader import load_framework
from schema.template.shipped import load_shipped
from schema.template.value import Missing

HEAD = "framework: f\ntitle: F\ntemplate: dhr-childrens-services\nfilters:\n"
SOURCE = (
    HEAD
    + """
  - {field: report.region}
  - {key: year, label: "Year of death", field: report.death_year}
  - {key: published, field: report.published}
"""
)


@pytest.fixture(scope="module")
def framework():
    loaded = load_framework(SOURCE, load_shipped("dhr-childrens-services", 1))
    assert loaded.problems == ()
    return loaded.framework


def case(**report) -> Document:
    return Document({"report": report})


WALES = case(region="wales", death_year=2016, published="2018-05")
LONDON = case(region="greater_london", death_year=2014, published="2017")
SILENT = case(region=Missing("not_known"), death_year=Missing("not_known"))
EMPTY = Document()
CASES = (WALES, LONDON, SILENT, EMPTY)


@pytest.mark.parametrize(
    ("selection", "taken"),
    [
        (Selection(), CASES),
        (Selection({"region": ""}, {"year": Between()}), CASES),
        (Selection({"region": "wales"}), (WALES,)),
        (Selection({"region": NO_ANSWER}), (SILENT, EMPTY)),
        (Selection(bounds={"year": Between(2014, 2015)}), (LONDON,)),
        (Selection(bounds={"year": Between(2014)}), (WALES, LONDON)),
        (Selection(bounds={"year": Between(None, 2015)}), (LONDON,)),
        (Selection(bounds={"published": Between(2018, 2018)}), (WALES,)),
        (Selection({"region": "wales"}, {"year": Between(None, 2015)}), ()),
    ],
)
def test_a_selection_takes_the_cases_that_pass_every_filter(framework, selection, taken) -> None:
    assert tuple(document for document in CASES if selection.takes(framework, document)) == taken


def test_a_selection_is_said_in_words(framework) -> None:
    assert Selection().words(framework) == "All cases"
    selection = Selection(
        {"region": "wales"}, {"year": Between(2014, 2016), "published": Between(None, 2018)}
    )
    assert (
        selection.words(framework)
        == "Region of the partnership: Wales; Year of death: 2014 to 2016; Month published: up to 2018"
    )
    assert Selection({"region": NO_ANSWER}, {"year": Between(2016, 2016)}).words(framework) == (
        "Region of the partnership: no answer; Year of death: 2016"
    )
    assert Selection(bounds={"year": Between(2016)}).words(framework) == "Year of death: from 2016"


def test_equal_selections_have_equal_keys_and_others_do_not() -> None:
    empty = Selection({"region": ""}, {"year": Between()})
    assert Selection().key() == empty.key()
    keys = {
        Selection({"region": "wales"}).key(),
        Selection(bounds={"year": Between(2014)}).key(),
        Selection(bounds={"year": Between(None, 2014)}).key(),
        Selection().key(),
    }
    assert len(keys) == 4


@pytest.mark.parametrize(
    ("value", "number"),
    [(3, 3), (2.5, 2.5), ("2018-05", 2018), ("2018", 2018), ("", None), ("spring", None), (None, None)],
)
def test_a_number_is_itself_or_the_year_of_a_date(value, number) -> None:
    assert number_of(value) == number


@pytest.mark.parametrize(
    ("filter_", "code"),
    [
        ("{field: report.csp}", "FRW-018"),
        ("{field: report.nothing}", "FRW-005"),
        ("{field: victims.age}", "FRW-006"),
        ("{key: page, field: report.region}", "FRW-019"),
        ("{key: a.b, field: report.region}", "FRW-019"),
        ("{key: Region, field: report.region}", "FRW-019"),
        ("{label: Region}", "FRW-004"),
        ("{field: report.region, kind: x}", "FRW-002"),
    ],
)
def test_a_filter_that_cannot_work_is_refused_with_its_line(filter_: str, code: str) -> None:
    loaded = load_framework(f"{HEAD}  - {filter_}\n", load_shipped("dhr-childrens-services", 1))
    assert [(problem.code, problem.line) for problem in loaded.problems] == [(code, 5)]


def test_two_filters_cannot_share_a_key() -> None:
    source = HEAD + "  - {field: report.region}\n  - {key: region, field: report.review_type}\n"
    loaded = load_framework(source, load_shipped("dhr-childrens-services", 1))
    assert [problem.code for problem in loaded.problems] == ["FRW-013"]
