"""Conditions are two-valued and closed: a blank field fulfils no test, and nothing is evaluated."""

from __future__ import annotations

import pytest

from schema.template.conditions import All, Any, Condition, Not, Test
from schema.template.value import Invalid, Missing, Value
from tests.unit.template.writing import made

HOLDS: list[tuple[str, tuple[str | float, ...], Value, bool]] = [
    ("equals", ("a",), "a", True),
    ("equals", ("a",), "b", False),
    ("equals", (3,), 3, True),
    ("equals", (3,), 3.0, True),
    ("equals", ("a",), ("a",), False),
    ("in", ("a", "b"), "b", True),
    ("in", ("a", "b"), "c", False),
    ("contains", ("a",), ("a", "b"), True),
    ("contains", ("c",), ("a", "b"), False),
    ("contains", ("a",), "a", False),
    ("answered", (), "a", True),
    ("answered", (), 0, True),
    ("answered", (), Missing("not_known"), False),
    ("answered", (), Invalid("x"), False),
    ("missing", (), Missing("not_known"), True),
    ("missing", (), "a", False),
    ("below", (16,), 15, True),
    ("below", (16,), 16, False),
    ("above", (100,), 100.5, True),
    ("above", (100,), 100, False),
    ("below", (16,), Missing("not_known"), False),
]


@pytest.mark.parametrize(("operator", "operand", "value", "expected"), HOLDS)
def test_a_test_holds_for_what_it_says(
    operator: str, operand: tuple[str | float, ...], value: Value, expected: bool
) -> None:
    assert Test("x", operator, operand).holds({"x": value}.__getitem__) is expected


@pytest.mark.parametrize("operator", ["equals", "in", "contains", "answered", "missing", "below", "above"])
def test_a_blank_field_fulfils_no_test(operator: str) -> None:
    assert not Test("x", operator, ("1",)).holds(lambda _: None)


TRUE, FALSE = Test("x", "answered"), Test("x", "missing")


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (All((TRUE, TRUE)), True),
        (All((TRUE, FALSE)), False),
        (Any((FALSE, TRUE)), True),
        (Any((FALSE, FALSE)), False),
        (Not(FALSE), True),
        (Not(All((TRUE, Not(FALSE)))), False),
    ],
)
def test_conditions_are_joined_as_words_join_them(condition: Condition, expected: bool) -> None:
    assert condition.holds(lambda _: "answer") is expected
    assert set(condition.names()) == {"x"}


NOTE = "        visible_when: {field: region, equals: east}\n"
WRITTEN: list[tuple[str, Condition]] = [
    ("{field: region, in: [east, wales]}", Test("region", "in", ("east", "wales"))),
    ("{field: year, equals: 2001}", Test("year", "equals", (2001,))),
    ("{field: report.region, answered: true}", Test("report.region", "answered")),
    ("{field: region, missing: true}", Test("region", "missing")),
    (
        "{any: [{field: region, equals: east}, {not: {field: year, answered: true}}]}",
        Any((Test("region", "equals", ("east",)), Not(Test("year", "answered")))),
    ),
    (
        "{all: [{field: region, equals: east}, {field: year, in: [2001, 2002]}]}",
        All((Test("region", "equals", ("east",)), Test("year", "in", (2001, 2002)))),
    ),
]


@pytest.mark.parametrize(("text", "condition"), WRITTEN)
def test_a_condition_is_read_as_it_is_written(text: str, condition: Condition) -> None:
    template = made((NOTE, f"        visible_when: {text}\n"))
    assert template.by_path["report.note"].visible_when == condition


def test_rules_may_look_at_numbers_and_at_later_fields() -> None:
    rules = {rule.key: rule for rule in made().rules}
    assert rules["sure"].conditions == {"when": Test("year", "below", (1950,))}
    assert rules["sure"].severity == "confirm"
    assert rules["counted"].fields == {"field": "rows_said", "group": "points"}
