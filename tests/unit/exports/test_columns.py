"""Every kind of field fills its columns; nothing blank or missing becomes 0."""

from __future__ import annotations

from datetime import date

import pytest

from exports.columns import COLUMNS, cells_of, columns_of
from schema.answers.document import Evidence
from schema.template.kinds import KINDS
from schema.template.value import Invalid, Missing
from tests.unit.exports.small_study import template

TEMPLATE = template()
MAIN = TEMPLATE.by_key["main"]


def cells(key, value, evidence=None):
    """Cells by the ending of their column's name."""
    field = MAIN.by_key[key]
    names = [column.name.removeprefix(field.path) for column in columns_of(field, MAIN)]
    return dict(zip(names, cells_of(field, MAIN, value, evidence, TEMPLATE.missing), strict=True))


def test_every_kind_has_its_columns():
    assert set(COLUMNS) == set(KINDS)


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("words", "10.1.1.2", {"": "10.1.1.2", ".missing": None, ".missing_label": None}),
        ("words", Missing("not_reported"), {"": None, ".missing": -9, ".missing_label": "Not reported"}),
        ("passage", "long", {"": "long", ".page": None, ".quote": None}),
        ("whole", 0, {"": 0, ".missing": None, ".missing_label": None}),
        ("whole", Missing("not_known"), {"": None, ".missing": -8, ".missing_label": "Not known"}),
        ("part", 0.5, {"": 0.5, ".missing": None, ".missing_label": None}),
        ("day", "2016-02-29", {"": date(2016, 2, 29), ".missing": None, ".missing_label": None}),
        ("month", "2018-05", {"": "2018-05", ".missing": None, ".missing_label": None}),
        ("agreed", "no", {"": 0, ".label": "No, stated"}),
        ("agreed", Missing("not_reported"), {"": -9, ".label": "Not reported"}),
        ("colour", "red", {"": 1, ".label": "=Red"}),
        ("colour", "unheard_of", {"": None, ".label": "unheard_of"}),
        ("colour", Invalid("reddish"), {"": None, ".label": "reddish"}),
        ("warm", "yes", {"": 1, ".label": "Yes, stated"}),
        ("warm", Missing("not_reported"), {"": -9, ".label": "Not reported"}),
        (
            "colours",
            ("red", "grey"),
            {"": "=Red; Grey", ".missing_label": None, ":red": 1, ":blue": 0, ":grey": 1},
        ),
        (
            "colours",
            Missing("none_described"),
            {"": None, ".missing_label": "None described", ":red": None, ":blue": None, ":grey": None},
        ),
    ],
)
def test_a_value_fills_its_columns(key, value, expected):
    assert cells(key, value) == expected


@pytest.mark.parametrize("key", [field.key for field in MAIN.fields])
def test_a_blank_leaves_every_cell_empty(key):
    assert set(cells(key, None).values()) == {None}


@pytest.mark.parametrize("key", [field.key for field in MAIN.fields])
@pytest.mark.parametrize("code", ["not_reported", "not_known", "not_applicable", "none_described"])
def test_no_missing_code_becomes_a_zero_in_a_column_of_values(key, code):
    if code == "none_described" and key != "colours":
        return
    assert 0 not in cells(key, Missing(code)).values()


def test_evidence_stands_beside_its_value():
    assert cells("passage", "text", Evidence("12", "verbatim")) == {
        "": "text",
        ".page": "12",
        ".quote": "verbatim",
    }


def test_no_two_columns_of_a_template_share_a_name():
    names = [
        column.name
        for section in TEMPLATE.sections
        for field in section.fields
        for column in columns_of(field, section)
    ]
    assert len({name.casefold() for name in names}) == len(names)
