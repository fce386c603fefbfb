"""Matching rows: what meets, what stays apart, what a person did stays."""

from __future__ import annotations

import pytest

from schema.answers.document import Document
from schema.coding.align import measured_anchors, nearest_misses, pairing_without, propose
from schema.coding.model import Pair
from schema.coding.normalise import normal_text, page_span, printed_number, words
from schema.coding.similarity import field_likeness
from tests.unit.coding.study import TEMPLATE, entry, numbered

SCHOOLS = (
    "Schools in the county should name a lead who knows about domestic abuse and its effect on children."
)
HEALTH = "General practices are to ask every patient about abuse at home, and to record the answer."
COURTS = "Family courts need a summary of earlier proceedings before making any order about contact."
POLICE = (
    "The police should record each child who was present at an incident and tell the children's services."
)


@pytest.mark.parametrize(
    "written",
    [
        "4.2",
        "4.2.",
        " 4.2 ",
        "Rec 4.2",
        "Rec. 4.2",
        "Recommendation 4.2:",
        "RECOMMENDATION 4.2",
        "(4.2)",
        "No. 4.2",
    ],
)
def test_printed_numbers_meet_however_they_are_written(written: str) -> None:
    assert printed_number(written) == "4.2"


@pytest.mark.parametrize(
    ("written", "number"), [("10.1.1.2", "10.1.1.2"), ("3a", "3a"), ("3 (a)", "3a"), ("7", "7"), ("07", "7")]
)
def test_printed_numbers_keep_their_parts(written: str, number: str) -> None:
    assert printed_number(written) == number


@pytest.mark.parametrize("written", ["unnumbered", "", "the third", "Recommendation", "4.2 and 4.3"])
def test_what_is_no_single_number_is_none(written: str) -> None:
    assert printed_number(written) is None


@pytest.mark.parametrize(
    ("written", "pages"),
    [
        ("12", (12, 12)), ("p. 12", (12, 12)), ("P12", (12, 12)), ("pp. 12–13", (12, 13)), ("12-13", (12, 13)),
        ("page 12, para 4.1", (12, 12)), ("12, 4.1", (12, 12)), ("112-4", (112, 114)), ("para 4.1", None),
        ("4.1", None), ("not numbered", None),
    ],
)  # fmt: skip
def test_pages_are_read_from_what_coders_write(written: str, pages: tuple[int, int] | None) -> None:
    assert page_span(written) == pages


def test_texts_meet_across_unicode_case_space_dash_and_quote() -> None:
    assert normal_text("The  “Step–Child’s”\u00a0ﬁle") == normal_text('the "step - child\'s" file')
    assert normal_text("Re-offer") != normal_text("Reoffer")
    assert words("Step-child, “twice”!") == ("step", "child", "twice")


def links(a: Document, b: Document, kept: tuple[Pair, ...] = ()) -> set[tuple[str, str]]:
    names = numbered()
    return {(p.row_a, p.row_b) for p in propose(TEMPLATE, a, b, new_id=lambda: next(names), kept=kept)}


def test_rows_meet_by_number_and_wording_in_any_order() -> None:
    a = entry(
        advice=[
            {"id": "a1", "number": "Rec 4.1", "text": SCHOOLS, "page": "p. 40"},
            {"id": "a2", "number": "4.2", "text": HEALTH, "page": "41"},
            {"id": "a3", "number": "4.3", "text": POLICE, "page": "42"},
        ]
    )
    b = entry(
        advice=[
            {"id": "b3", "number": "4.3.", "text": POLICE.replace("record", "write down"), "page": "42"},
            {"id": "b1", "number": "4.1", "text": SCHOOLS.upper(), "page": "40-41"},
        ]
    )
    assert links(a, b) == {("a1", "b1"), ("a2", ""), ("a3", "b3")}


def test_every_row_appears_and_rows_that_are_not_alike_stay_alone() -> None:
    a, b = entry(advice=[{"id": "a1", "text": SCHOOLS}]), entry(advice=[{"id": "b1", "text": HEALTH}])
    assert links(a, b) == {("a1", ""), ("", "b1")}


def test_a_repeated_number_does_not_decide_against_the_wording() -> None:
    a = entry(
        advice=[{"id": f"a{i}", "number": "1", "text": t} for i, t in enumerate((SCHOOLS, HEALTH, POLICE))]
    )
    b = entry(
        advice=[{"id": f"b{i}", "number": "1", "text": t} for i, t in enumerate((POLICE, SCHOOLS, HEALTH))]
    )
    assert links(a, b) == {("a0", "b1"), ("a1", "b2"), ("a2", "b0")}


def test_values_that_many_rows_share_do_not_pair_rows_that_say_different_things() -> None:
    shared = {"number": "1", "page": "12"}
    a = entry(advice=[{"id": f"a{i}", **shared, "text": text} for i, text in enumerate((SCHOOLS, HEALTH))])
    b = entry(advice=[{"id": f"b{i}", **shared, "text": text} for i, text in enumerate((POLICE, COURTS))])
    assert links(a, b) == {("a0", ""), ("a1", ""), ("", "b0"), ("", "b1")}


def test_children_whose_age_nobody_gives_meet_each_other_and_not_those_with_an_age() -> None:
    withheld = {"unborn": "no", "age": {"missing": "withheld"}, "sex": {"missing": "withheld"}}
    a = entry(children=[{"id": "a1", "unborn": "no", "age": 12, "sex": "female"}, {"id": "a2", **withheld}])
    b = entry(children=[{"id": "b2", **withheld}, {"id": "b1", "unborn": "no", "age": 14, "sex": "female"}])
    assert links(a, b) == {("a1", "b1"), ("a2", "b2")}


def test_themes_take_no_part() -> None:
    row = {"number": "1", "text": SCHOOLS}
    a, same = (
        entry(advice=[{"id": "a1", **row, "themes": ["T1"]}]),
        entry(advice=[{"id": "b1", **row, "themes": ["T1"]}]),
    )
    other = entry(advice=[{"id": "b1", **row, "themes": ["T2"]}])
    scores = [propose(TEMPLATE, a, b, new_id=lambda: "x")[0].score for b in (same, other)]
    assert scores[0] == scores[1] > 0.9


def test_children_meet_by_age_and_sex_without_any_text() -> None:
    a = entry(
        children=[
            {"id": "a1", "unborn": "no", "age": 7, "sex": "female"},
            {"id": "a2", "unborn": "no", "age": 3.5, "sex": "male"},
            {"id": "a3", "unborn": "yes"},
        ]
    )
    b = entry(
        children=[
            {"id": "b3", "unborn": "yes", "sex": {"missing": "not_known"}},
            {"id": "b2", "unborn": "no", "age": 4, "sex": "male"},
            {"id": "b1", "unborn": "no", "age": 8, "sex": "female"},
        ]
    )
    assert links(a, b) == {("a1", "b1"), ("a2", "b2"), ("a3", "b3")}


def test_the_only_person_of_each_coder_is_one_person_where_every_case_has_one() -> None:
    a, b = (
        entry(people=[{"id": "a1", "age": 20, "sex": "male"}]),
        entry(people=[{"id": "b1", "age": 70, "sex": "female"}]),
    )
    assert links(a, b) == {("a1", "b1")}


def test_what_a_person_paired_stays_while_both_rows_exist() -> None:
    a = entry(
        advice=[{"id": "a1", "number": "1", "text": SCHOOLS}, {"id": "a2", "number": "2", "text": HEALTH}]
    )
    b = entry(
        advice=[{"id": "b1", "number": "1", "text": SCHOOLS}, {"id": "b2", "number": "2", "text": HEALTH}]
    )
    crossed = (
        Pair("old", "advice", "a1", "b2", origin="person"),
        Pair("gone", "advice", "a9", "b1", origin="person"),
    )
    assert links(a, b, crossed) == {("a1", "b2"), ("a2", ""), ("", "b1")}


def test_a_pair_says_why_and_a_lone_row_says_what_came_nearest() -> None:
    a = entry(
        advice=[{"id": "a1", "number": "1", "text": SCHOOLS}, {"id": "a2", "number": "2", "text": POLICE}]
    )
    b = entry(advice=[{"id": "b1", "number": "1", "text": SCHOOLS}])
    names = numbered()
    pairs = propose(TEMPLATE, a, b, new_id=lambda: next(names))
    assert dict(pairs[0].why) == {"number": 1.0, "text": 1.0}
    lone = next(pair for pair in pairs if not pair.row_b)
    assert nearest_misses(TEMPLATE, a, b, pairs)[lone.id].row == "b1"


def test_the_proposal_is_the_same_every_time() -> None:
    rows = [{"id": f"{side}{i}", "unborn": "no"} for side in "ab" for i in range(4)]
    a, b = entry(children=rows[:4]), entry(children=rows[4:])
    assert links(a, b) == links(a, b) == {(f"a{i}", f"b{i}") for i in range(4)}


def test_pairs_stand_in_the_order_of_the_first_coder_with_the_others_in_their_place() -> None:
    a = entry(
        advice=[{"id": "a1", "number": "1", "text": SCHOOLS}, {"id": "a3", "number": "3", "text": POLICE}]
    )
    b = entry(
        advice=[
            {"id": "b1", "number": "1", "text": SCHOOLS},
            {"id": "b2", "number": "2", "text": HEALTH},
            {"id": "b3", "number": "3", "text": POLICE},
        ]
    )
    names = numbered()
    pairs = propose(TEMPLATE, a, b, new_id=lambda: next(names))
    assert [(p.row_a, p.row_b) for p in pairs] == [("a1", "b1"), ("", "b2"), ("a3", "b3")]


def test_rows_can_be_paired_without_a_field_that_is_measured_itself() -> None:
    a = entry(children=[{"id": "a1", "unborn": "no", "age": 7, "sex": "female"}])
    b = entry(children=[{"id": "b1", "unborn": "no", "age": 15, "sex": "female"}])
    names = numbered()
    without = propose(pairing_without(TEMPLATE, "children.age"), a, b, new_id=lambda: next(names))
    assert [(pair.row_a, pair.row_b) for pair in without] == [("a1", "b1")]
    assert dict(without[0].why) == {"unborn": 1.0, "sex": 1.0}
    assert links(a, b) != {("a1", "b1")}
    assert TEMPLATE.by_path["children.age"].match == "anchor"


def test_the_fields_whose_agreement_the_pairing_flatters_are_named() -> None:
    assert [field.path for field in measured_anchors(TEMPLATE)] == [
        "people.age",
        "people.sex",
        "children.unborn",
        "children.age",
        "children.sex",
    ]


def test_a_number_against_none_says_nothing_and_two_numbers_do() -> None:
    field = TEMPLATE.by_path["advice.number"]
    assert field_likeness(field, "4.2", "unnumbered") is None
    assert field_likeness(field, "unnumbered", "Unnumbered") == 1.0
    assert field_likeness(field, "4.2", "4.3") == 0.0


def lone_rows(a: Document, b: Document) -> dict[str, tuple[str, float]]:
    """By lone row: which row it may be a part of, and the share of its text that lies there."""
    names = numbered()
    pairs = propose(TEMPLATE, a, b, new_id=lambda: next(names))
    misses = nearest_misses(TEMPLATE, a, b, pairs)
    lone = {pair.id: pair.row_a or pair.row_b for pair in pairs if not (pair.row_a and pair.row_b)}
    return {lone[key]: (miss.part_of, miss.contained) for key, miss in misses.items()}


def test_a_lone_row_whose_text_lies_in_a_linked_one_may_be_a_part_of_it() -> None:
    whole = {"id": "a1", "number": "1", "text": f"{SCHOOLS} {HEALTH}"}
    parts = [{"id": "b1", "number": "1", "text": SCHOOLS}, {"id": "b2", "number": "1", "text": HEALTH}]
    assert lone_rows(entry(advice=[whole]), entry(advice=parts)) == {"b2": ("a1", 1.0)}
    mirrored = [{**row, "id": f"a{index}"} for index, row in enumerate(parts, 1)]
    assert lone_rows(entry(advice=mirrored), entry(advice=[{**whole, "id": "b1"}])) == {"a2": ("b1", 1.0)}


def test_a_lone_row_with_a_text_of_its_own_or_hardly_any_is_no_part() -> None:
    a = entry(advice=[{"id": "a1", "number": "1", "text": SCHOOLS}])
    b = entry(
        advice=[
            {"id": "b1", "number": "1", "text": SCHOOLS},
            {"id": "b2", "number": "2", "text": HEALTH},
            {"id": "b3", "number": "1", "text": "name a lead"},
        ]
    )
    assert {row: part for row, (part, _) in lone_rows(a, b).items()} == {"b2": "", "b3": ""}


def test_a_row_that_nobody_has_linked_is_no_whole() -> None:
    a, b = (
        entry(advice=[{"id": "a1", "text": f"{SCHOOLS} {HEALTH}"}]),
        entry(advice=[{"id": "b1", "text": HEALTH}]),
    )
    pairs = (Pair("p1", "advice", "a1", ""), Pair("p2", "advice", "", "b1"))
    misses = nearest_misses(TEMPLATE, a, b, pairs)
    assert (misses["p2"].row, misses["p2"].part_of) == ("a1", "")


@pytest.mark.parametrize("before", [1, 2, 3])
def test_rows_that_cannot_be_told_apart_are_paired_in_their_order(before: int) -> None:
    twins, others = {"unborn": "no", "age": 5, "sex": "female"}, {"unborn": "no", "age": 16, "sex": "male"}
    two = [{"id": f"a{index}", **twins} for index in range(3)]
    more = [{"id": f"b{index}", **(others if index < before else twins)} for index in range(before + 3)]
    meet = {(f"a{index}", f"b{before + index}") for index in range(3)}
    assert links(entry(children=two), entry(children=more)) >= meet
    assert {(a, b) for b, a in links(entry(children=more), entry(children=two))} >= meet
