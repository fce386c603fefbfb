"""What is missing is neither true nor false."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema.framework.figures import Source
from schema.framework.sources import Sources
from schema.framework.units import Units, single
from schema.template.conditions import All, Any, Condition, Not, Test
from schema.template.value import Invalid, Missing, Value, is_answer

Truth = bool | None

VALUES: dict[str, Value] = {
    "sex": "female",
    "age": Missing("not_reported"),
    "themes": ("T1", "T2"),
    "harms": Missing("none_described"),
    "zero": 0,
}
NONE = frozenset({"none_described"})


def units_of(answers: list[dict[str, Value]]) -> Units:
    """Units that read their answers from dictionaries."""
    sources = [Source(f"{number}") for number in range(len(answers))]
    return Units(sources, [], lambda name: [one.get(name) for one in answers], NONE)


def truths(condition: Condition | None, answers: list[dict[str, Value]]) -> list[Truth]:
    """For each unit whether the condition holds, by the product."""
    found = units_of(answers).held(condition)
    return [
        True if found.known >> number & 1 else None if found.possible >> number & 1 else False
        for number in range(len(answers))
    ]


def held(condition):
    return truths(condition, [VALUES])[0]


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


fields = st.sampled_from(["one", "other"])
codes = st.sampled_from(["a", "b", "c"])
numbers = st.integers(0, 3)
values = st.one_of(
    st.none(),
    codes,
    numbers,
    st.sampled_from([1.0, 1.5]),
    st.lists(codes, max_size=3, unique=True).map(tuple),
    st.sampled_from([Missing("none_described"), Missing("not_reported"), Invalid("a")]),
)
tests = st.one_of(
    st.builds(
        Test, fields, st.sampled_from(["equals", "in"]), st.lists(codes | numbers, max_size=2).map(tuple)
    ),
    st.builds(Test, fields, st.just("contains"), st.tuples(codes)),
    st.builds(Test, fields, st.sampled_from(["below", "above"]), st.tuples(numbers)),
    st.builds(Test, fields, st.sampled_from(["answered", "missing"])),
)
conditions = st.recursive(
    tests,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(All, st.lists(inner, max_size=3).map(tuple)),
        st.builds(Any, st.lists(inner, max_size=3).map(tuple)),
    ),
    max_leaves=6,
)


def kleene(condition: Condition, answers: dict[str, Value]) -> Truth:
    """One unit alone, by the tables of Kleene's strong logic with false < unknown < true: and is the least, or the greatest."""
    order = [False, None, True]
    if isinstance(condition, Not):
        return order[2 - order.index(kleene(condition.part, answers))]
    if isinstance(condition, All | Any):
        parts = [order.index(kleene(part, answers)) for part in condition.parts]
        return order[min(parts, default=2) if isinstance(condition, All) else max(parts, default=0)]
    value = answers.get(condition.field)
    if is_answer(value) or condition.operator in ("answered", "missing"):
        return condition.holds(answers.get)
    says_none = isinstance(value, Missing) and value.code in NONE
    return False if condition.operator == "contains" and says_none else None


@given(conditions, st.lists(st.fixed_dictionaries({"one": values, "other": values}), max_size=5))
def test_many_units_at_once_are_judged_as_each_alone(condition, answers):
    assert truths(condition, answers) == [kleene(condition, one) for one in answers]


@given(st.lists(st.booleans(), max_size=20))
def test_a_set_gives_its_units_in_order(chosen):
    units = units_of([{"one": number} for number in range(len(chosen))])
    among = sum(1 << number for number, one in enumerate(chosen) if one)
    wanted = [number for number, one in enumerate(chosen) if one]
    sources = Sources()
    sources.add(units.sources, among)
    assert [int(source.case) for source in sources] == wanted
    assert list(units.values_of(among, "one")) == wanted
    assert [unit.bit_length() - 1 for unit in single(among)] == wanted


def test_what_was_counted_so_far_stays_whatever_is_counted_later():
    sources, chunk = Sources(), [Source("A"), Source("B"), Source("C")]
    sources.add(chunk, 0b101)
    early = sources.so_far()
    sources.add([Source("D")], 0b1)
    assert (list(early), len(early)) == ([Source("A"), Source("C")], 2)
    assert (list(sources), sources[-1], sources[:1]) == ([*early, Source("D")], Source("D"), (Source("A"),))


def test_the_same_sources_are_equal_however_they_were_counted():
    together, apart, other = Sources(), Sources(), Sources()
    together.add([Source("A"), Source("B")], 0b11)
    apart.add([Source("A")], 0b1)
    apart.add([Source("B"), Source("C")], 0b01)
    other.add([Source("A"), Source("B"), Source("C")], 0b101)
    assert together == apart
    assert hash(together) == hash(apart)
    assert together != other
