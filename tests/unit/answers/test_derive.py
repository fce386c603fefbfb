"""Values that follow: bands, attributes, and how missing travels."""

from __future__ import annotations

import pytest

from schema.answers.derive import derived, with_derived
from schema.answers.document import Document, Row
from schema.template.value import Invalid, Missing
from tests.unit.answers.small import CHILDREN, TEMPLATE

YES = {"report": {"children_given": "yes"}}


@pytest.mark.parametrize(
    ("age", "band"),
    [(0.0, "0_9"), (9.99, "0_9"), (10.0, "10_17"), (17.5, "10_17"), (Missing("not_reported"), None), (Invalid("x"), None),
     (None, None)],
)  # fmt: skip
def test_a_band_follows_from_an_answered_age_only(age, band):
    assert derived(TEMPLATE, CHILDREN, {"age": age}).get("band") == band


@pytest.mark.parametrize(
    ("origin", "expected"),
    [("a", "no"), ("b", "yes"), ("c", Missing("not_known")), (Missing("not_reported"), Missing("not_reported")),
     ("unheard_of", None), (None, None)],
)  # fmt: skip
def test_an_attribute_follows_and_a_missing_source_stays_missing(origin, expected):
    assert derived(TEMPLATE, CHILDREN, {"origin": origin}).get("minoritised") == expected


def test_a_typed_band_stands_where_the_age_is_missing():
    row = Row("k1", {"age": Missing("not_reported"), "band": "10_17"})
    assert with_derived(TEMPLATE, Document(YES, {"children": (row,)})).row("children", "k1") == row


def test_a_typed_band_gives_way_to_the_age():
    row = Row("k1", {"age": 3.0, "band": "10_17"})
    filled = with_derived(TEMPLATE, Document(YES, {"children": (row,)}))
    assert filled.get("children.k1.band") == "0_9"


def test_a_typed_band_that_does_not_apply_is_taken_out():
    row = Row("k1", {"band": "10_17"})
    filled = with_derived(TEMPLATE, Document(YES, {"children": (row,)}))
    assert filled.rows("children") == (Row("k1", {}),)


def test_nothing_follows_from_a_value_that_does_not_apply():
    row = Row("k1", {"unborn": "yes", "age": 3.0})
    filled = with_derived(TEMPLATE, Document(YES, {"children": (row,)}))
    assert filled.get("children.k1.band") is None


def test_filling_twice_changes_nothing_more():
    rows = (Row("k1", {"age": 3.0, "origin": "b"}), Row("k2", {"unborn": "yes"}))
    once = with_derived(TEMPLATE, Document(YES, {"children": rows}))
    assert with_derived(TEMPLATE, once) == once
