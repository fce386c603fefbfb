"""Whatever a file holds, reading it gives a template or problems with code and remedy, never a crash."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schema.template.lint.lists import load_codelist
from schema.template.loader import load_template
from tests.unit.template.writing import CODELISTS, TEMPLATE

LINES = TEMPLATE.splitlines()
WORDS = [
    "",
    "~",
    "yes",
    "012",
    "[]",
    "{}",
    "[a, b]",
    "{a: b}",
    "{field: region}",
    "-1",
    "'x'",
    "T1",
    "2018-05-01",
    "é",
    "x" * 300,
]


def _sound(text: str) -> None:
    loaded = load_template(text, CODELISTS)
    assert (loaded.template is None) == bool(loaded.problems)
    for problem in loaded.problems:
        assert problem.code.startswith("TPL-0")
        assert problem.message
        assert problem.remedy
        assert problem.line >= 1


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_template_with_any_line_changed_dropped_or_doubled(data: st.DataObject) -> None:
    lines = list(LINES)
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(lines) - 1))
        match data.draw(st.sampled_from(["drop", "double", "value", "swap"])):
            case "drop":
                del lines[place]
            case "double":
                lines.insert(place, lines[place])
            case "swap":
                other = data.draw(st.integers(0, len(lines) - 1))
                lines[place], lines[other] = lines[other], lines[place]
            case _:
                lines[place] = f"{lines[place].partition(':')[0]}: {data.draw(st.sampled_from(WORDS))}"
    _sound("\n".join(lines))


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("key", ["template", "version", "title", "missing", "sections", "rules"])
def test_a_template_with_anything_in_place_of_a_part(key: str, word: str) -> None:
    start = TEMPLATE.index(f"{key}:") if f"\n{key}:" in TEMPLATE or key == "template" else len(TEMPLATE)
    others = "".join(f"{line}\n" for line in LINES[:3] if not line.startswith(key))
    _sound(f"{others}{key}: {word}\n{TEMPLATE[TEMPLATE.index('sections:') :] if start < 40 else ''}")


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize(
    "key",
    [
        "label",
        "kind",
        "limits",
        "codelist",
        "missing",
        "visible_when",
        "compare",
        "derive",
        "examples",
        "required",
    ],
)
def test_a_field_with_anything_in_place_of_a_part(key: str, word: str) -> None:
    field = {"key": "odd", "kind": "integer", "label": "Odd", key: word}
    text = "".join(f"        {name}: {value}\n" for name, value in field.items())
    _sound(TEMPLATE.replace("      - key: weight\n", f"      -\n{text}      - key: weight\n"))


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("key", ["kind", "section", "message", "severity", "when", "field"])
def test_a_rule_with_anything_in_place_of_a_part(key: str, word: str) -> None:
    rule = {
        "key": "odd",
        "kind": "requires",
        "section": "report",
        "message": "M",
        "field": "year",
        "when": "{}",
        key: word,
    }
    text = "".join(f"    {name}: {value}\n" for name, value in rule.items())
    _sound(f"{TEMPLATE}  -\n{text}")


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("key", ["codelist", "title", "options"])
def test_a_code_list_with_anything_in_place_of_a_part(key: str, word: str) -> None:
    parts = {"codelist": "odd", "title": "Odd", "options": "\n  - {value: a, code: 1, label: A}", key: word}
    codelist, problems = load_codelist("".join(f"{name}: {value}\n" for name, value in parts.items()))
    assert codelist is not None or problems
    assert all(problem.remedy and problem.line >= 1 for problem in problems)
