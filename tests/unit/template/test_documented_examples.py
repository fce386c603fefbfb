"""Every example of docs/template-language.md runs, or fails in the way that it says."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from pathlib import Path

import pytest

from schema.problem import Problem
from schema.template.kinds import KINDS
from schema.template.lint.fields import COMPARE, MEASURE
from schema.template.lint.lists import load_codelist
from schema.template.lint.rules import RULE_KINDS
from schema.template.loader import load_template
from schema.template.shape import FieldShape, RuleShape
from schema.template.shipped import shipped_codelists

PAGE = (Path(__file__).resolve().parents[3] / "docs/template-language.md").read_text(encoding="utf-8")
FENCE = re.compile(r"^```(\w*)([^\n]*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
AROUND_FIELDS = """\
template: example
version: 1
title: Example
sections:
  - key: example
    label: Example
    repeats: {one: example}
    fields:
"""


@dataclass(frozen=True)
class Example:
    """One fenced block: `yaml WHAT [NAME] [fails CODE]`."""

    what: str
    name: str
    code: str
    text: str
    line: int


def _examples() -> list[Example]:
    found = []
    for block in FENCE.finditer(PAGE):
        assert block[1] == "yaml", (
            f"line {PAGE.count(chr(10), 0, block.start()) + 1}: say what the example is"
        )
        words, _, code = block[2].strip().partition("fails ")
        what, _, name = words.strip().partition(" ")
        found.append(Example(what, name, code, block[3], PAGE.count("\n", 0, block.start()) + 1))
    return found


EXAMPLES = _examples()
WHOLE = next(example.text for example in EXAMPLES if example.what == "template")
LISTS = {
    **shipped_codelists(),
    **{example.name: example.text for example in EXAMPLES if example.what == "codelist" and not example.code},
}


def _problems(example: Example) -> tuple[Problem, ...]:
    if example.what == "codelist":
        return load_codelist(example.text)[1]
    source = {
        "template": example.text,
        "field": AROUND_FIELDS + textwrap.indent(example.text, " " * 6),
        "rules": WHOLE + example.text,
    }[example.what]
    return load_template(source, LISTS).problems


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: f"line {example.line}")
def test_an_example_runs_or_fails_as_it_says(example: Example) -> None:
    codes = {problem.code for problem in _problems(example)}
    assert codes == ({example.code} if example.code else set())


def test_the_page_has_examples_of_both_sorts() -> None:
    assert sum(not example.code for example in EXAMPLES) >= 8
    assert sum(bool(example.code) for example in EXAMPLES) >= 6


def test_the_examples_show_every_kind_of_field_and_rule() -> None:
    text = "".join(example.text for example in EXAMPLES if not example.code)
    shown = set(re.findall(r"kind: (\w+)", text))
    assert shown >= set(KINDS) | set(RULE_KINDS)


def test_the_page_names_every_key_of_fields_and_rules() -> None:
    for shape in (FieldShape, RuleShape):
        missing = [name for name in shape.model_fields if f"`{name}`" not in PAGE]
        assert missing == []


def test_the_table_of_kinds_tells_the_truth() -> None:
    for name, kind in KINDS.items():
        row = re.search(rf"^\| `{name}` \|[^|]*\| `(\w+)` \| (\w+) \|$", PAGE, re.MULTILINE)
        assert row is not None, name
        assert (row[1], row[2]) == (kind.default_compare, kind.default_measure)
        assert name in COMPARE[kind.default_compare]
        assert name in MEASURE[kind.default_measure]
