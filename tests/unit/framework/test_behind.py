"""Behind a figure stand the rows that made it count, and no others, with the fields that it looks at."""

from __future__ import annotations

import pytest

from schema.answers.document import Document, Row
from schema.framework.behind import behind, block_of
from schema.framework.evaluate import CaseExtract, evaluate
from schema.framework.shipped import framework_for
from schema.template.shipped import load_shipped

TEMPLATE = load_shipped("dhr-childrens-services", 1)


@pytest.fixture(scope="module")
def framework():
    found = framework_for(TEMPLATE)
    assert found is not None
    return found


def recommendation(name, *themes, **more):
    return Row(name, {"for_children_services": "yes", "themes": themes, **more})


CASE = CaseExtract(
    "DHR-1",
    Document(
        {"homicide": {"homicide_type": "iph"}, "childhood": {"child_details": "yes"}},
        {
            "victims": (Row("v1", {"sex": "female", "age": 34}), Row("v2", {"sex": "male"})),
            "recommendations": (
                recommendation("r1", "T1", "T4", agencies=("school_maintained",)),
                recommendation("r2", "T4"),
                Row("r3", {"for_children_services": "no", "themes": ("T4",)}),
            ),
            "good_practice": (Row("g1", {"themes": ("T1",)}),),
        },
    ),
    TEMPLATE,
)


def behind_line(framework, table_key, line_key):
    table = next(table for table in framework.tables if table.key == table_key)
    block = block_of(table, line_key)
    assert block is not None
    line = evaluate(framework, [CASE]).by_key[table_key].by_key[line_key]
    return behind(framework, table, block, line_key, CASE, [source.row for source in line.sources])


def test_the_rows_of_an_indicator_are_those_that_pass(framework) -> None:
    found = behind_line(framework, "themes", "theme.T4")
    assert [held.row.id for held in found.rows.values()] == ["r1", "r2"]
    assert set(found.rows["recommendations", "r1"].fields) == {"for_children_services", "themes"}


def test_two_codes_lead_to_the_row_that_carries_both(framework) -> None:
    found = behind_line(framework, "theme_agency", "theme_agency.T1.education")
    assert [held.row.id for held in found.rows.values()] == ["r1"]


def test_a_figure_of_cases_leads_to_the_answer(framework) -> None:
    found = behind_line(framework, "homicide_type", "type.iph")
    assert (list(found.rows), list(found.paths)) == ([], ["homicide.homicide_type"])


def test_a_figure_of_rows_leads_to_the_rows_counted(framework) -> None:
    found = behind_line(framework, "victims", "sex.female")
    assert [(held.row.id, held.fields) for held in found.rows.values()] == [("v1", ("sex",))]


def test_a_condition_on_an_indicator_leads_on_to_its_rows(framework) -> None:
    found = behind_line(framework, "good_practice", "dhrs")
    assert [held.row.id for held in found.rows.values()] == ["g1"]


def test_a_statistic_leads_to_the_rows_with_a_number(framework) -> None:
    found = behind_line(framework, "victims", "age.mean")
    assert [held.row.id for held in found.rows.values()] == ["v1"]


def test_every_line_of_the_framework_belongs_to_a_block(framework) -> None:
    evaluation = evaluate(framework, [CASE])
    for table, result in zip(framework.tables, evaluation.tables, strict=True):
        assert [line.key for line in result.lines if block_of(table, line.key) is None] == []
    assert block_of(framework.tables[0], "type.nothing") is None
