"""What holds of every coefficient, whatever the ratings."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema.coding.agreement import (
    Estimate,
    Measure,
    Undefined,
    ac1,
    alpha,
    bias_index,
    kappa,
    pabak,
    percent,
    prevalence_index,
    weighted_kappa,
)
from schema.coding.agreement.distance import PLAIN

CODES = (1, 2, 3, 4)
Ratings = list[tuple[int, int]]
Coefficient = Callable[[Ratings], Measure]
NOMINAL: dict[str, Coefficient] = {
    "percent": percent,
    "kappa": kappa,
    "ac1": ac1,
    "pabak": pabak,
    "prevalence index": prevalence_index,
    "bias index": bias_index,
    "alpha": lambda ratings: alpha(ratings, "nominal"),
}
ORDERED: dict[str, Coefficient] = {
    "linear kappa": lambda ratings: weighted_kappa(ratings, CODES),
    "quadratic kappa": lambda ratings: weighted_kappa(ratings, CODES, "quadratic"),
    "ordinal alpha": lambda ratings: alpha(ratings, "ordinal", CODES),
    "interval alpha": lambda ratings: alpha(ratings, "interval"),
    "ratio alpha": lambda ratings: alpha(ratings, "ratio"),
}
ALL = NOMINAL | ORDERED
CHANCE_CORRECTED = ALL.keys() - {"percent", "prevalence index", "bias index"}
ratings = st.lists(st.tuples(st.sampled_from(CODES), st.sampled_from(CODES)), max_size=40)
sets = st.frozensets(st.sampled_from("abcd"))


def same(first: Measure, second: Measure) -> bool:
    if isinstance(first, Estimate) and isinstance(second, Estimate):
        return first.n == second.n and first.value == pytest.approx(second.value, abs=1e-9)
    return first == second


@pytest.mark.parametrize("name", sorted(ALL))
@given(given_ratings=ratings)
def test_exchanging_the_coders_changes_nothing(name: str, given_ratings: Ratings) -> None:
    assert same(ALL[name](given_ratings), ALL[name]([(b, a) for a, b in given_ratings]))


@pytest.mark.parametrize("name", sorted(ALL))
@given(given_ratings=ratings, order=st.randoms(use_true_random=False))
def test_the_order_of_positions_changes_nothing(name: str, given_ratings: Ratings, order: object) -> None:
    shuffled = list(given_ratings)
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    assert same(ALL[name](given_ratings), ALL[name](shuffled))


@pytest.mark.parametrize("name", sorted(NOMINAL))
@given(given_ratings=ratings, names=st.permutations(CODES))
def test_for_unordered_codes_their_names_change_nothing(
    name: str, given_ratings: Ratings, names: list[int]
) -> None:
    renamed = dict(zip(CODES, names, strict=True))
    assert same(
        NOMINAL[name](given_ratings), NOMINAL[name]([(renamed[a], renamed[b]) for a, b in given_ratings])
    )


@pytest.mark.parametrize("name", sorted(CHANCE_CORRECTED))
@given(codes=st.lists(st.sampled_from(CODES), max_size=30))
def test_perfect_agreement_is_one_or_undefined(name: str, codes: list[int]) -> None:
    measured = ALL[name]([(code, code) for code in codes])
    varies = len(set(codes)) > 1
    assert measured == Estimate(1.0, len(codes)) if varies else isinstance(measured, Undefined)


@pytest.mark.parametrize("name", sorted(CHANCE_CORRECTED))
@given(given_ratings=ratings)
def test_no_coefficient_is_above_one_and_every_disagreement_brings_it_below(
    name: str, given_ratings: Ratings
) -> None:
    measured = ALL[name](given_ratings)
    if isinstance(measured, Estimate):
        assert measured.value <= 1 + 1e-12
        assert (measured.value > 1 - 1e-12) == all(a == b for a, b in given_ratings)


@pytest.mark.parametrize("name", sorted(CHANCE_CORRECTED))
def test_nothing_and_one_position_give_no_figure_but_a_reason(name: str) -> None:
    for few in ([], [(1, 1)], [(1, 2)]):
        measured = ALL[name](few)
        assert isinstance(measured, Undefined)
        assert measured.reason


@given(given_ratings=ratings)
def test_with_two_codes_in_use_an_order_of_two_changes_nothing(given_ratings: Ratings) -> None:
    two = [(min(a, 2), min(b, 2)) for a, b in given_ratings]
    assert same(kappa(two), weighted_kappa(two, (1, 2)))
    assert same(alpha(two, "nominal"), alpha(two, "interval"))
    assert same(alpha(two, "nominal"), alpha(two, "ordinal"))


@given(given_ratings=ratings)
def test_moving_a_scale_leaves_interval_alpha_and_stretching_it_leaves_ratio_alpha(
    given_ratings: Ratings,
) -> None:
    moved = [(a + 7, b + 7) for a, b in given_ratings]
    stretched = [(a * 3, b * 3) for a, b in given_ratings]
    assert same(alpha(given_ratings, "interval"), alpha(moved, "interval"))
    assert same(alpha(given_ratings, "interval"), alpha(stretched, "interval"))
    assert same(alpha(given_ratings, "ratio"), alpha(stretched, "ratio"))


@pytest.mark.parametrize("level", ["jaccard", "masi"])
@given(a=sets, b=sets)
def test_distances_of_sets_are_symmetric_and_nought_only_for_equal_ones(
    level: str, a: frozenset[str], b: frozenset[str]
) -> None:
    distance = PLAIN[level]
    assert distance(a, b) == distance(b, a)
    assert 0 <= distance(a, b) <= 1
    assert (distance(a, b) == 0) == (a == b)


@given(a=sets, b=sets)
def test_masi_is_never_kinder_than_jaccard(a: frozenset[str], b: frozenset[str]) -> None:
    assert PLAIN["masi"](a, b) >= PLAIN["jaccard"](a, b)


def test_masi_of_the_four_cases_of_its_definition() -> None:
    abc, ab, cd, bcd = (frozenset(text) for text in ("abc", "ab", "cd", "bcd"))
    assert PLAIN["masi"](abc, abc) == 0
    assert PLAIN["masi"](abc, ab) == pytest.approx(1 - 2 / 3 * 2 / 3)
    assert PLAIN["masi"](abc, bcd) == pytest.approx(1 - 2 / 4 * 1 / 3)
    assert PLAIN["masi"](ab, cd) == 1


def test_sets_that_are_all_empty_have_no_figure() -> None:
    nothing: list[tuple[frozenset[str], frozenset[str]]] = [(frozenset(), frozenset())] * 5
    assert isinstance(alpha(nothing, "masi"), Undefined)


def test_a_code_outside_the_order_is_an_error() -> None:
    with pytest.raises(ValueError, match="not in the order"):
        weighted_kappa([(1, 9), (2, 2)], CODES)


def test_the_indices_of_byrt_bishop_and_carlin_explain_the_paradox() -> None:
    """The unbalanced table of Feinstein & Cicchetti (1990): po 0.85 as in the balanced one, kappa 0.32."""
    table = {("y", "y"): 80, ("y", "n"): 10, ("n", "y"): 5, ("n", "n"): 5}
    given_ratings = [pair for pair, times in table.items() for _ in range(times)]
    measured = kappa(given_ratings)
    assert isinstance(measured, Estimate)
    assert f"{measured.value:.2f}" == "0.32"
    assert prevalence_index(given_ratings) == Estimate(0.75, 100)
    assert bias_index(given_ratings) == Estimate(0.05, 100)
    assert pabak(given_ratings) == Estimate(0.7, 100)


def test_indices_are_for_two_codes() -> None:
    assert isinstance(prevalence_index([(1, 2), (3, 3)]), Undefined)
    assert isinstance(bias_index([(1, 2), (3, 3)]), Undefined)
