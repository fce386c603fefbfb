"""Every coefficient equals what published implementations give, to 1e-6.

``recorded/agreement.json`` holds inputs and outputs of scikit-learn, statsmodels, NLTK, krippendorff and irrCAC, with their
versions under ``made_with``; none of them is needed here. The data were drawn at random.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest

from schema.coding.agreement import Estimate, Measure, ac1, alpha, kappa, pabak, weighted_kappa
from schema.coding.agreement.distance import Level

RECORDED = json.loads(Path(__file__).with_name("recorded").joinpath("agreement.json").read_text("utf-8"))
NOMINAL: dict[str, Callable[[Any], Measure]] = {
    "kappa": kappa,
    "ac1": ac1,
    "pabak": pabak,
    "alpha": lambda ratings: alpha(ratings, "nominal"),
}


def held(part: str) -> list[Any]:
    return [
        pytest.param(example, source, value, id=f"{example['name']}: {source}")
        for example in RECORDED[part]
        for source, value in example["values"].items()
    ]


def same(measured: Measure, value: float) -> None:
    assert isinstance(measured, Estimate)
    assert measured.value == pytest.approx(value, abs=1e-6)


@pytest.mark.parametrize(("example", "source", "value"), held("nominal"))
def test_coefficients_for_unordered_codes(example: dict[str, Any], source: str, value: float) -> None:
    ratings = [(a, b) for a, b in example["ratings"]]
    same(NOMINAL[source.split(",")[0]](ratings), value)


@pytest.mark.parametrize(("example", "source", "value"), held("ordered"))
def test_coefficients_for_ordered_codes_and_numbers(
    example: dict[str, Any], source: str, value: float
) -> None:
    ratings = [(a, b) for a, b in example["ratings"]]
    words = source.split(",")[0].split()
    if words[0] == "alpha":
        same(alpha(ratings, cast(Level, words[1])), value)
    else:
        same(weighted_kappa(ratings, example["order"], cast(Any, words[0])), value)


@pytest.mark.parametrize(("example", "source", "value"), held("many_coders"))
def test_alpha_of_several_coders_who_left_gaps(example: dict[str, Any], source: str, value: float) -> None:
    same(alpha(list(zip(*example["coders"], strict=True)), cast(Level, source)), value)


@pytest.mark.parametrize(("example", "source", "value"), held("sets"))
def test_alpha_of_sets(example: dict[str, Any], source: str, value: float) -> None:
    ratings = [(frozenset(a), frozenset(b)) for a, b in example["ratings"]]
    same(alpha(ratings, cast(Level, source.split()[1].rstrip(","))), value)


def test_the_versions_are_named() -> None:
    assert set(RECORDED["made_with"]) >= {"scikit-learn", "statsmodels", "nltk", "krippendorff", "irrCAC"}
