"""The bootstrap's draws against draws made by hand, case by case; and what is kept for them."""

from __future__ import annotations

from random import Random
from typing import Any

import numpy as np
import pytest

from schema.coding.agreement import Compared, Interval, build_report
from schema.coding.agreement.bootstrap import BLOCK, DRAWS, SEED, Resampling
from schema.coding.agreement.by_field import Cell, FieldCount
from schema.coding.agreement.numbers import appended, no_numbers
from schema.coding.agreement.tally import AgreementTally
from schema.coding.compare import compare
from schema.coding.model import Comparison
from tests.unit.coding.study import TEMPLATE, entry, linked


def drawn_by_hand(cases: int) -> list[list[int]]:
    """The numbers of the cases in each draw."""
    stream = np.random.RandomState(SEED)
    return [[int(one * cases) for one in stream.random_sample(cases)] for _ in range(DRAWS)]


def one_case(people: list[tuple[str, str]], kind: str = "iph") -> Comparison:
    """A case whose type both coders gave alike; of its people each coder gave a sex."""
    sides: list[list[dict[str, Any]]] = [
        [{"id": f"{side}{number}", "age": 50, "sex": pair[place]} for number, pair in enumerate(people)]
        for place, side in enumerate("ab")
    ]
    links = [(f"a{number}", f"b{number}") for number in range(len(people))]
    a, b = (entry(case={"type": kind}, people=side) for side in sides)
    return compare(TEMPLATE, a, b, linked("people", *links))


#: The section of people is empty in the first cases, in some between and in the last.
PEOPLE = [
    [],
    [],
    [("female", "male")] * 2,
    [("male", "male")] * 5,
    [],
    [("female", "female")],
    [("male", "female")],
    [],
]
CASES = [one_case(people) for people in PEOPLE]


def test_cells_are_summed_over_the_cases_of_each_draw_whatever_the_block() -> None:
    random, cases, cells = Random(3), 9, 4
    positions = sorted((random.randrange(cases), random.randrange(cells)) for _ in range(60))
    case, cell = zip(*positions, strict=True)
    totals = Resampling(cases).totals(case, cell, cells)
    by_hand = [
        [sum(draw.count(one) for one, other in positions if other == number) for draw in drawn_by_hand(cases)]
        for number in range(cells)
    ]
    assert DRAWS > 2 * BLOCK
    assert totals.tolist() == by_hand


def test_a_section_that_only_some_cases_have_is_drawn_with_the_cases_that_have_it() -> None:
    counted = AgreementTally()
    for comparison in CASES:
        counted.add(comparison)
    found = counted.percent_interval(Resampling(len(CASES)), "people")
    compared = [3 * len(people) for people in PEOPLE]  # age, its band and sex
    agreed = [sum(2 + (a == b) for a, b in people) for people in PEOPLE]
    draws = [
        (sum(agreed[one] for one in draw), sum(compared[one] for one in draw))
        for draw in drawn_by_hand(len(CASES))
    ]
    shares = sorted(part / whole for part, whole in draws if whole)
    assert counted.positions("people") == (sum(compared), sum(agreed))
    assert isinstance(found, Interval)
    assert (found.low, found.high) == pytest.approx(tuple(np.quantile(shares, [0.025, 0.975])), abs=1e-12)
    assert found.used == len(shares)


def test_parts_have_the_figures_of_the_whole_though_no_position_is_kept_for_them() -> None:
    report = build_report(Compared(one, ("amara", "ben"), "2026-11") for one in CASES)
    (pair,), (month,) = report.pairs, report.months
    for part in (pair, month):
        assert [(one.field.path, one.table, one.n, one.kappa, one.alpha) for one in part.fields] == [
            (one.field.path, one.table, one.n, one.kappa, one.alpha) for one in report.fields
        ]
        assert (part.percent, part.interval) == (report.overall.percent, report.overall.interval)
    assert any(one.intervals for one in report.fields)
    assert not any(one.intervals for one in pair.fields)


def test_a_field_that_is_not_drawn_keeps_how_often_each_cell_occurred_and_no_position() -> None:
    count, drawn = FieldCount(drawn=False), FieldCount()
    for case, codes in enumerate(["aa", "ab", "aa", "bb"] * 50):
        for one in (count, drawn):
            one.add_outcome(Cell(codes[0], codes[1], agreed=codes[0] == codes[1]), case)
    assert (len(count.case), len(count.cell)) == (0, 0)
    assert (len(drawn.case), len(drawn.cell)) == (200, 200)
    assert count.counted() == drawn.counted() == {
        Cell("a", "a", agreed=True): 100, Cell("a", "b", agreed=False): 50, Cell("b", "b", agreed=True): 50,
    }  # fmt: skip


def test_intervals_are_refused_where_no_position_was_kept() -> None:
    counted = AgreementTally()
    counted.add(CASES[0])
    with pytest.raises(ValueError, match="no position was kept"):
        counted.fields(Resampling(1))


def test_numbers_are_kept_whatever_their_size_in_the_bytes_that_the_largest_needs() -> None:
    numbers, held = [0, 255, 256, 3, 65_535, 65_536, 2**32 - 1, 2**32], no_numbers()
    widths = []
    for number in numbers:
        held = appended(held, number)
        widths.append(held.itemsize)
    assert held.tolist() == numbers
    assert widths == [1, 1, 2, 2, 2, 4, 4, 8]
