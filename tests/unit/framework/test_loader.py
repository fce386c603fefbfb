"""Every problem of a framework is found in one run, with its line and its remedy."""

from __future__ import annotations

import pytest

from schema.framework.loader import load_framework
from tests.unit.framework.test_evaluate import SOURCE, TEMPLATE

HEAD = "framework: near-miss\ntitle: T\ntemplate: near-miss\n"


def problems(source):
    return [(problem.code, problem.line) for problem in load_framework(source, TEMPLATE).problems]


@pytest.mark.parametrize(
    ("source", "code", "line"),
    [
        ("a: [", "FRW-001", 1),
        ("- a", "FRW-001", 1),
        (HEAD + "title: again\n", "FRW-001", 4),
        (HEAD + "tabels: []\n", "FRW-002", 4),
        (HEAD.replace("title: T", "title: 5"), "FRW-003", 2),
        (HEAD + "tables: {}\n", "FRW-003", 4),
        (HEAD + "tables: [5]\n", "FRW-003", 4),
        ("framework: x\ntemplate: near-miss\n", "FRW-004", 1),
        (HEAD.replace("template: near-miss", "template: other"), "FRW-015", 3),
        (HEAD + "none: [nothing]\n", "FRW-008", 4),
        (HEAD + "groupings:\n  - {key: k, field: events.nothing}\n", "FRW-005", 5),
        (HEAD + "indicators:\n  - {key: i, where: {field: site.nothing, equals: x}}\n", "FRW-005", 5),
        (HEAD + "indicators:\n  - {key: i, where: {field: events.harms, contains: fire}}\n", "FRW-006", 5),
        (HEAD + "indicators:\n  - {key: i, any: nowhere}\n", "FRW-007", 5),
        (HEAD + "indicators:\n  - {key: i, where: {field: site.inspected, equals: maybe}}\n", "FRW-008", 5),
        (HEAD + "indicators:\n  - {key: i, any: events, each: harms, only: [ice]}\n", "FRW-008", 5),
        (HEAD + "indicators:\n  - {key: i, any: events, each: hours}\n", "FRW-009", 5),
        (HEAD + "indicators:\n  - {key: i, where: {field: site.inspected}}\n", "FRW-010", 5),
        (HEAD + "indicators:\n  - {key: i, where: {indicator: later}}\n", "FRW-011", 5),
        (HEAD + "indicators:\n  - {key: i, any: events, each: harms, within: larger}\n", "FRW-011", 5),
        (HEAD + "indicators:\n  - {key: i, any: events, each: harms, grouping: none}\n", "FRW-012", 5),
        (HEAD + "indicators:\n  - {key: i, any: events}\n  - {key: i, any: events}\n", "FRW-013", 6),
        (HEAD + "indicators:\n  - {key: i}\n", "FRW-014", 5),
        (HEAD + "indicators:\n  - {key: i, any: events, count: events}\n", "FRW-014", 5),
    ],
)
def test_a_problem_is_named_with_its_line(source, code, line):
    assert (code, line) in problems(source)


TABLE = HEAD + "tables:\n  - key: t\n    title: T\n    unit: case\n    unit_label: sites\n    blocks:\n"


@pytest.mark.parametrize(
    ("block", "code"),
    [
        ("{kind: pie, key: b}", "FRW-016"),
        ("{kind: count, key: b, of: some}", "FRW-016"),
        ("{kind: statistics, key: b, field: site.inspected}", "FRW-009"),
        ("{kind: indicators, key: b, indicators: [nothing]}", "FRW-011"),
        ("{kind: distribution, key: b, field: site.inspected, colour: red}", "FRW-002"),
        ("{kind: distribution, key: b, field: site.staff}", "FRW-009"),
    ],
)
def test_a_problem_of_a_block_is_named(block, code):
    assert (code, 10) in problems(TABLE + f"      - {block}\n")


def test_a_key_that_is_nearly_right_is_suggested():
    (problem,) = load_framework(HEAD + "tabels: []\n", TEMPLATE).problems
    assert problem.remedy == "Did you mean “tables”?"


def test_all_problems_come_in_one_run():
    source = HEAD + "colour: red\nindicators:\n  - {key: i, any: nowhere}\n  - {key: j}\n"
    assert problems(source) == [("FRW-002", 4), ("FRW-007", 6), ("FRW-014", 7)]


def test_a_framework_without_problems_is_given():
    assert load_framework(SOURCE, TEMPLATE).framework is not None
    assert load_framework(HEAD + "colour: red\n", TEMPLATE).framework is None
