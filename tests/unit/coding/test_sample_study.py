"""Matching and resolving on the sample study, whose generator says which rows are which."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache

import pytest

from schema.answers.document import Document
from schema.answers.interchange import read_entry
from schema.answers.validate import findings
from schema.coding.align import propose
from schema.coding.choices import chosen_value
from schema.coding.compare import compare
from schema.coding.model import Comparison, Decided, Position
from schema.coding.reconcile import Agenda, build_consensus, check_choice
from schema.template.loader import load_template
from schema.template.model import Template
from schema.template.shipped import shipped_template
from tests.unit.coding.study import numbered
from webapp.sample.study import SampleCase, cases_of, study

LEAST_F1 = {
    "victims": 1.0,
    "perpetrators": 0.97,
    "children": 0.93,
    "good_practice": 0.97,
    "learning": 0.97,
    "recommendations": 0.97,
}


@cache
def template() -> Template:
    shipped = shipped_template("dhr-childrens-services", 1)
    loaded = load_template(shipped.source, shipped.codelists)
    assert loaded.template is not None
    return loaded.template


@cache
def sample() -> tuple[tuple[SampleCase, Document, Document, Comparison], ...]:
    return tuple(_compared(case) for case in cases_of(study()))


def _compared(case: SampleCase) -> tuple[SampleCase, Document, Document, Comparison]:
    a, b = (_document(entry) for entry in case.entries)
    names = numbered()
    pairs = propose(template(), a, b, new_id=lambda: next(names))
    return case, a, b, compare(template(), a, b, pairs)


def _document(entry: dict[str, object]) -> Document:
    read = read_entry(template(), entry)
    assert read.document is not None
    return read.document


def truly(case: SampleCase, a: Document, b: Document, group: str) -> set[tuple[str, str]]:
    return {
        (one.id, other.id)
        for one in a.rows(group)
        for other in b.rows(group)
        if set(case.origins[one.id]) & set(case.origins[other.id])
    }


def beyond_one_to_one(true: set[tuple[str, str]], found: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """What one coder split and the other lumped: no one-to-one proposal can give it, a person links it."""
    of_a, of_b = Counter(one for one, _ in true), Counter(other for _, other in true)
    return {(one, other) for one, other in true - found if of_a[one] > 1 or of_b[other] > 1}


@pytest.mark.parametrize(("group", "least"), LEAST_F1.items())
def test_the_proposal_finds_which_rows_are_which(group: str, least: float) -> None:
    right = wrong = missed = 0
    for case, a, b, comparison in sample():
        true = truly(case, a, b, group)
        found = {(p.row_a, p.row_b) for p in comparison.pairs if p.group == group and p.row_a and p.row_b}
        right, wrong = right + len(true & found), wrong + len(found - true)
        missed += len(true - found - beyond_one_to_one(true, found))
    assert 2 * right / (2 * right + wrong + missed) >= least


def chosen(position: Position, side: str) -> Decided:
    if position.field is None:
        own = position.pair is not None and (position.pair.row_a if side == "a" else position.pair.row_b)
        return Decided(position.path, "keep_row" if own else "drop_row")
    assert check_choice(position, side, None, template()) is None, position.path
    return Decided(position.path, side, chosen_value(position, side))


def settled(comparison: Comparison, side: str) -> Iterator[Decided]:
    yield from (chosen(position, side) for position in Agenda(comparison, ()).undecided())


@pytest.mark.parametrize("side", ["a", "b"])
def test_either_coders_side_of_all_cases_is_a_consensus_that_can_be_signed_off(side: str) -> None:
    for case, a, b, comparison in sample():
        decided = tuple(settled(comparison, side))
        assert Agenda(comparison, decided).undecided() == (), case.reference
        consensus = build_consensus(comparison, a, b, decided)
        found = [held for held in findings(template(), consensus, "submit") if held.severity == "error"]
        assert found == [], case.reference
