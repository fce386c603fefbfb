"""What is missing is neither true nor false."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema.framework.truth import all_of, any_of, truth
from schema.template.conditions import All, Any, Not, Test
from schema.template.value import Missing, Value

VALUES: dict[str, Value] = {
    "sex": "female",
    "age": Missing("not_reported"),
    "themes": ("T1", "T2"),
    "harms": Missing("none_described"),
    "zero": 0,
}
three = st.sampled_from([True, False, None])


def held(condition):
    return truth(condition, VALUES.get, {"none_described"})


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (None, True),
        (Test("sex", "equals", ("female",)), True),
        (Test("sex", "in", ("male", "other")), False),
        (Test("age", "above", (18,)), None),
        (Test("nothing", "equals", ("x",)), None),
        (Test("age", "missing"), True),
        (Test("age", "answered"), False),
        (Test("nothing", "answered"), False),
        (Test("themes", "contains", ("T1",)), True),
        (Test("themes", "contains", ("T3",)), False),
        (Test("harms", "contains", ("alcohol",)), False),
        (Test("age", "contains", ("x",)), None),
        (Test("zero", "equals", (1,)), False),
        (Not(Test("age", "above", (18,))), None),
        (Not(Test("sex", "equals", ("male",))), True),
        (All((Test("sex", "equals", ("male",)), Test("age", "above", (18,)))), False),
        (All((Test("sex", "equals", ("female",)), Test("age", "above", (18,)))), None),
        (Any((Test("sex", "equals", ("female",)), Test("age", "above", (18,)))), True),
        (Any((Test("sex", "equals", ("male",)), Test("age", "above", (18,)))), None),
    ],
)
def test_a_condition_holds_fails_or_is_unknown(condition, expected):
    assert held(condition) is expected


@given(st.lists(three))
def test_all_and_any_mirror_each_other(parts):
    opposite = [None if part is None else not part for part in parts]
    both = any_of(opposite)
    assert all_of(parts) is (None if both is None else not both)
