"""A folded row reads like the row."""

from __future__ import annotations

import pytest

from schema.answers.document import Row
from schema.answers.paths import describe_path, place_of
from schema.answers.summary import row_summary
from schema.template.value import Invalid, Missing
from tests.unit.answers.small import CHILDREN, RECOMMENDATIONS, REPORT, TEMPLATE
from tests.unit.answers.test_validate import whole


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"number": "4.2", "agencies": ("csc", "school"), "themes": ("T1", "T7")}, "4.2: Children's Social Care, Education: T1, T7"),
        ({"number": "4.2", "agencies": ("school", "early")}, "4.2: Education"),
        ({"number": "4.2", "agencies": Missing("not_reported")}, "4.2: agencies not reported"),
        ({"themes": ("T1", "unheard")}, "T1, unheard"),
        ({"level": "local"}, "Nothing entered yet"),
        ({}, "Nothing entered yet"),
    ],
)  # fmt: skip
def test_a_recommendation_in_one_line(values, line):
    assert row_summary(RECOMMENDATIONS, Row("r1", values)) == line


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"age": 7.0, "origin": "a"}, "7 years, A"),
        ({"age": 0.5}, "0.5 years"),
        ({"age": 0.0}, "0 years"),
        ({"age": Invalid("about six")}, "about six?"),
    ],
)
def test_a_child_in_one_line(values, line):
    assert row_summary(CHILDREN, Row("k1", values)) == line


def test_a_long_line_is_cut():
    line = row_summary(RECOMMENDATIONS, Row("r1", {"number": "word\n" * 60}))
    assert len(line) <= 120
    assert line.endswith("…")
    assert "\n" not in line


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("report", "Report details"),
        ("report.csp", "Report details: Csp"),
        ("children.k2", "Child 2"),
        ("children.k2.age", "Child 2: Age"),
        ("children.gone.age", "Child (deleted): Age"),
        ("nowhere.x", "nowhere.x"),
        ("report.x", "report.x"),
    ],
)
def test_a_path_in_words(path, words):
    document = whole(children=[{}, {}])
    assert describe_path(TEMPLATE, document, path) == words


def test_a_section_is_named_by_its_label():
    assert place_of(REPORT, whole()) == "Report details"
