"""The page about the framework language tells the truth: its examples are read as they stand."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import indent

import pytest

from schema.framework.indicators import BY_KEYS
from schema.framework.indicators import KEYS as INDICATOR_KEYS
from schema.framework.loader import (
    BLOCK_KEYS,
    BLOCK_KINDS,
    DENOMINATORS,
    TABLE_KEYS,
    TOP_KEYS,
    load_framework,
)
from schema.template.conditions import OPERATORS
from schema.template.shipped import load_shipped

PAGE = (Path(__file__).parents[3] / "docs/framework-language.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```yaml (\w+)(?: fails (FRW-\d+))?\n(.*?)^```", re.MULTILINE | re.DOTALL)
EXAMPLES = BLOCK.findall(PAGE)
HEAD = "framework: dhr-childrens-services\ntitle: T\ntemplate: dhr-childrens-services\n"


def source(place: str, text: str) -> str:
    return text if place == "framework" else f"{HEAD}{place}:\n{indent(text, '  ')}"


@pytest.mark.parametrize(("place", "code", "text"), EXAMPLES)
def test_an_example_runs_or_fails_as_it_says(place: str, code: str, text: str):
    loaded = load_framework(source(place, text), load_shipped("dhr-childrens-services", 1))
    assert {problem.code for problem in loaded.problems} == ({code} if code else set())


def test_the_page_has_examples_of_both_sorts():
    assert {bool(code) for _, code, _ in EXAMPLES} == {True, False}
    places = {"framework", "filters", "units", "groupings", "indicators", "leave_out", "tables"}
    assert {place for place, _, _ in EXAMPLES} == places


def test_the_page_names_every_key_and_operator():
    words = set(re.findall(r"[a-z_]+", PAGE))
    keys = TOP_KEYS | TABLE_KEYS | BLOCK_KEYS | INDICATOR_KEYS | BY_KEYS | OPERATORS
    assert keys | set(BLOCK_KINDS) | set(DENOMINATORS) <= words
