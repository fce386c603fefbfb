"""How well rows are matched, on a corpus whose truth is known: the goals, and the figures that the docs publish."""

from __future__ import annotations

import pytest

from tests.support.matching_corpus import LEVELS, TEXT_GROUPS, Noise, corpus
from tests.support.matching_measures import Links, age_agreement, agreement, hinted, measure
from tests.support.matching_table import TABLES, published

GENTLE = [noise for noise in LEVELS if noise.name not in ("paraphrased", "heavily paraphrased")]
UNORDERED = [noise for noise in LEVELS if noise.shuffle]


def names(noise: Noise) -> str:
    return noise.name


@pytest.mark.parametrize("group", TEXT_GROUPS)
@pytest.mark.parametrize("noise", GENTLE, ids=names)
def test_rows_with_texts_meet_where_coders_copied_or_paraphrased_mildly(noise: Noise, group: str) -> None:
    assert measure(noise).found["proposal", group].f1 >= 0.97


@pytest.mark.parametrize("noise", LEVELS, ids=names)
def test_children_meet_without_any_text(noise: Noise) -> None:
    assert measure(noise).found["proposal", "children"].f1 >= 0.93


@pytest.mark.parametrize("noise", LEVELS, ids=names)
def test_the_pairing_does_not_distort_the_agreement_on_themes(noise: Noise) -> None:
    measured = measure(noise)
    reported = measured.reported["proposal"]
    assert abs(measured.true.percent - reported.percent) <= 0.02
    assert abs(measured.true.kappa - reported.kappa) <= 0.02


@pytest.mark.parametrize("noise", UNORDERED, ids=names)
def test_position_and_printed_number_alone_do_worse_on_the_same_rows(noise: Noise) -> None:
    measured = measure(noise)
    for rule in ("position", "number"):
        assert (
            measured.found[rule, "recommendations"].f1
            < measured.found["proposal", "recommendations"].f1 - 0.1
        )
        assert measured.reported[rule].percent < measured.true.percent - 0.05


@pytest.mark.parametrize("noise", UNORDERED, ids=names)
def test_agreement_on_ages_is_near_the_truth_where_ages_pair_and_far_too_low_where_they_do_not(
    noise: Noise,
) -> None:
    true, usual, without = age_agreement(noise)
    assert abs(usual - true) < 0.05 < true - without


def test_what_one_coder_split_and_the_other_lumped_is_pointed_out() -> None:
    (noise,) = (noise for noise in LEVELS if noise.split)
    named = [hinted(case) for case in corpus(noise)]
    right, wrong, missed = (
        sum(getattr(found, what) for found in named) for what in ("right", "wrong", "missed")
    )
    assert right / (right + missed) >= 0.9
    assert right / (right + wrong) >= 0.95


def backwards(made: Links) -> Links:
    """The same rows, each linked with another."""
    in_a, in_b = ([pair[side] for pair in sorted(made)] for side in (0, 1))
    return frozenset(zip(in_a, reversed(in_b), strict=True))


def test_what_is_measured_knows_a_wrong_pairing_from_a_right_one() -> None:
    coded = corpus(LEVELS[0], cases=20)
    right = [case.links["recommendations"] for case in coded]
    wrong = [backwards(made) for made in right]
    assert agreement(coded, right).percent > agreement(coded, wrong).percent + 0.2


def test_the_corpus_is_the_same_every_time() -> None:
    assert corpus(LEVELS[3], cases=5) == corpus(LEVELS[3], cases=5)
    assert corpus(LEVELS[3], cases=5) != corpus(LEVELS[3], cases=5, seed=1)


@pytest.mark.parametrize("name", TABLES)
def test_the_published_tables_are_those_that_the_command_computes(name: str) -> None:
    assert published(name) == TABLES[name]()
