"""The page "How Tandem compares" says what Tandem does: its tables and examples are run."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from schema.answers.document import Document
from schema.coding.align import propose
from schema.coding.choices import check_choice, chosen_value
from schema.coding.compare import NEEDS_NOBODY, compare
from schema.coding.model import Comparison, Decided, Verdict
from schema.coding.reconcile import Agenda, build_consensus
from schema.template.loader import load_template
from schema.template.model import Template
from schema.template.shipped import shipped_template
from schema.template.value import from_plain, to_plain
from tests.unit.coding.study import entry, numbered, without_field
from tests.unit.coding.test_sample_study import LEAST_F1

PAGE = (Path(__file__).parents[3] / "docs/how-tandem-compares.md").read_text(encoding="utf-8")
GATED = "childhood.children_total"
MATRIX_VALUES: dict[str, Any] = {
    "blank": None,
    "not reported": {"missing": "not_reported"},
    "not known": {"missing": "not_known"},
    "withheld": {"missing": "withheld"},
    "contradictory": {"missing": "contradictory"},
    "an answer": 3,
    "zero or no": 0,
}


@cache
def template() -> Template:
    shipped = shipped_template("dhr-childrens-services", 1)
    loaded = load_template(shipped.source, shipped.codelists)
    assert loaded.template is not None
    return loaded.template


def table(first_heading: str) -> list[list[str]]:
    """The body of the table whose first heading is this; cells without their backticks."""
    lines = PAGE.split(f"| {first_heading} |", 1)[1].split("\n\n", 1)[0].splitlines()[2:]
    return [[cell.strip().strip("`") for cell in line.strip("|").split(" | ")] for line in lines]


def cells() -> list[tuple[str, str, str]]:
    columns = ["not asked", "hidden", *MATRIX_VALUES]
    return [
        (row[0].strip(), column, cell)
        for row in table("A \\ B")
        for column, cell in zip(columns, row[1:], strict=True)
    ]


def examples(kind: str) -> list[dict[str, Any]]:
    return [json.loads(found) for found in re.findall(rf"```json {kind}\n(.*?)```", PAGE, re.DOTALL)]


def coder(standing: str) -> tuple[Template, Document]:
    version = without_field(template(), GATED) if standing == "not asked" else template()
    total = MATRIX_VALUES.get(standing)
    return version, entry(
        childhood={"child_details": "no" if standing == "hidden" else "yes", "children_total": total}
    )


def test_the_matrix_has_every_cell() -> None:
    assert len(cells()) == (len(MATRIX_VALUES) + 2) ** 2


def test_the_matrix_has_every_code_that_a_coder_can_give_for_any_kind() -> None:
    given = {one["missing"] for one in MATRIX_VALUES.values() if isinstance(one, dict)}
    assert given == {option.value for option in template().missing.options if not option.attributes}


@pytest.mark.parametrize(("of_a", "of_b", "cell"), cells())
def test_the_matrix_of_the_page_is_true(of_a: str, of_b: str, cell: str) -> None:
    (version_a, a), (version_b, b) = coder(of_a), coder(of_b)
    comparison = compare(template(), a, b, (), template_a=version_a, template_b=version_b)
    found = [str(position.verdict) for position in comparison.positions if position.path == GATED]
    assert found == ([] if cell == "–" else [cell])


def test_the_page_lists_every_verdict_and_who_settles_it() -> None:
    listed = {name: needs == "yes" for name, _, needs in table("Verdict")}
    assert listed == {str(verdict): verdict not in NEEDS_NOBODY for verdict in Verdict}


@pytest.mark.parametrize(("path", "a", "b", "verdict"), table("Field | A | B | Verdict"))
def test_the_examples_of_answers_are_true(path: str, a: str, b: str, verdict: str) -> None:
    section, key = path.split(".")
    gates = (
        {"child_details": "yes", "childhood_themes": ["abuse_intersects"]} if section == "childhood" else {}
    )
    one, other = (entry(**{section: {**gates, key: json.loads(plain)}}) for plain in (a, b))
    comparison = compare(template(), one, other, ())
    found = {position.path: str(position.verdict) for position in comparison.positions}
    assert found[path] == verdict


@pytest.mark.parametrize("example", examples("pairing"))
def test_the_examples_of_pairing_are_true(example: dict[str, Any]) -> None:
    group = example["group"]
    names = numbered()
    a, b = entry(**{group: example["a"]}), entry(**{group: example["b"]})
    pairs = propose(template(), a, b, new_id=lambda: next(names))
    assert [[pair.row_a, pair.row_b] for pair in pairs] == example["pairs"]


@pytest.mark.parametrize("example", examples("resolving"))
def test_the_examples_of_resolving_are_true(example: dict[str, Any]) -> None:
    a, b = entry(**example["a"]), entry(**example["b"])
    comparison = compare(template(), a, b, ())
    keys = tuple(example["a"])
    assert _undecided(comparison, (), keys) == example["undecided"]
    decided = tuple(_decided(comparison, path, choice) for path, choice in example["then"].items())
    assert _undecided(comparison, decided, keys) == example["left"]
    consensus = build_consensus(comparison, a, b, decided).sections
    assert {key: {k: to_plain(v) for k, v in consensus[key].items()} for key in keys} == example["consensus"]


def _undecided(comparison: Comparison, decided: tuple[Decided, ...], sections: tuple[str, ...]) -> list[str]:
    """Only what was compared or opened by a decision: the example's entries are not whole."""
    compared = {position.path for position in comparison.positions}
    found = Agenda(comparison, decided).undecided()
    before = {position.path for position in Agenda(comparison, ()).opened}
    return [p.path for p in found if p.section in sections and (p.path in compared or p.path not in before)]


def _decided(comparison: Comparison, path: str, choice: Any) -> Decided:
    position = next(position for position in comparison.positions if position.path == path)
    name, value = (choice, None) if isinstance(choice, str) else ("other", from_plain(choice["other"]))
    assert check_choice(position, name, value, template()) is None
    return Decided(path, name, chosen_value(position, name, value))


def test_the_figures_of_the_page_are_those_the_tests_hold() -> None:
    assert {name: float(least) for name, _, least in table("Group")} == LEAST_F1
