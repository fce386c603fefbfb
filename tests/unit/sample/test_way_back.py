"""A reconciler who decides well arrives at the true extract, starting from the product's own proposal of pairs."""

from __future__ import annotations

import itertools

import pytest

from schema.answers.interchange import read_entry
from schema.coding.align import propose
from schema.template.shipped import load_shipped
from webapp.sample.study import SampleCase, line, study
from webapp.sample.way_back import RowPair, mismatched, true_rows

GROUPS = ("victims", "perpetrators", "children", "good_practice", "learning", "recommendations")


def proposed(case: SampleCase) -> list[tuple[str, RowPair]]:
    """Group and pair, as the product proposes them."""
    template = load_shipped("dhr-childrens-services", 1)
    numbers = itertools.count(1)
    one, other = (read_entry(template, line(entry)).document for entry in case.entries)
    pairs = propose(template, one, other, new_id=lambda: f"pair{next(numbers)}")
    return [(pair.group, (pair.id, pair.row_a, pair.row_b)) for pair in pairs]


def taken_apart(case: SampleCase, pairs: list[RowPair]) -> list[RowPair]:
    wrong = mismatched(case, pairs)
    alone = [
        lone
        for name, one, other in pairs
        if name in wrong
        for lone in ((name, one, ""), (f"{name}b", "", other))
    ]
    return [*(pair for pair in pairs if pair[0] not in wrong), *alone]


@pytest.mark.parametrize("seed", [2019, 3, 4])
def test_every_true_row_is_given_to_exactly_one_pair(seed: int) -> None:
    for case in study(66, seed).cases:
        listed = proposed(case)
        for group in GROUPS:
            pairs = taken_apart(case, [pair for key, pair in listed if key == group])
            found = true_rows(case, group, pairs)
            assert set(found) == {name for name, _, _ in pairs}
            given = sorted(row["id"] for row in found.values() if row)
            assert given == sorted(row["id"] for row in case.truth["answers"][group])


def test_the_proposal_of_the_published_study_needs_hardly_a_hand() -> None:
    pairs = [(case, pair) for case in study().cases for _, pair in proposed(case)]
    wrong = [pair for case, pair in pairs if mismatched(case, [pair])]
    assert len(wrong) < 0.02 * len(pairs)


def test_rows_that_have_nothing_in_common_are_named() -> None:
    case = next(case for case in study().cases if len(case.truth["answers"]["recommendations"]) > 4)
    first, second = (entry["answers"]["recommendations"] for entry in case.entries)
    strangers = next(
        (one["id"], other["id"])
        for one in first
        for other in second
        if not set(case.origins[one["id"]]) & set(case.origins[other["id"]])
    )
    assert mismatched(case, [("wrong", *strangers), ("alone", strangers[0], "")]) == ["wrong"]


def test_a_pairing_that_leaves_a_true_row_out_is_refused() -> None:
    case = study(1).cases[0]
    with pytest.raises(ValueError, match="no pair of victims"):
        true_rows(case, "victims", [])
