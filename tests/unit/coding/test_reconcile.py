"""Resolving: consensus from decisions, what is still open, what may be chosen, what is carried over."""

from __future__ import annotations

from dataclasses import replace

from schema.answers.document import Document, Evidence
from schema.coding.compare import compare
from schema.coding.model import Comparison, Decided, Position
from schema.coding.reconcile import (
    Agenda,
    build_consensus,
    carry_over,
    check_choice,
    check_reason,
    chosen_value,
    departs,
    locate,
    undecided,
)
from schema.template.value import Missing
from tests.unit.coding.study import TEMPLATE, entry, linked, only, take

MISSED = {"missing": "not_reported"}


def plain(**case_a: object) -> dict[str, object]:
    return {"type": "iph", "details": "no", **case_a}


def paths(comparison: Comparison, *decided: Decided) -> list[str]:
    return [position.path for position in undecided(comparison, decided)]


def test_agreed_values_stand_and_open_ones_are_blank() -> None:
    a, b = entry(case=plain(year=2016, area="North")), entry(case=plain(year=2017, area="South"))
    consensus = build_consensus(compare(TEMPLATE, a, b, ()), a, b, ())
    assert consensus.sections["case"] == {"type": "iph", "details": "no", "year": 2016}


def test_every_choice_gives_its_value() -> None:
    a, b = entry(case=plain(vulnerabilities=["T1", "T2"])), entry(case=plain(vulnerabilities=["T2", "T3"]))
    position = only(compare(TEMPLATE, a, b, ()), "case.vulnerabilities")
    chosen = {choice: chosen_value(position, choice) for choice in ("a", "b", "both", "equivalent")}
    assert chosen == {
        "a": ("T1", "T2"),
        "b": ("T2", "T3"),
        "both": ("T1", "T2", "T3"),
        "equivalent": ("T1", "T2"),
    }
    assert chosen_value(position, "both", ("T2",)) == ("T2",)
    assert chosen_value(position, "other", Missing("not_known")) == Missing("not_known")


def test_lone_rows_are_kept_or_dropped_and_rows_are_named_after_their_pairs() -> None:
    a = entry(case=plain(), advice=[{"id": "a1", "number": "1"}, {"id": "a2", "number": "2"}])
    b = entry(case=plain(), advice=[{"id": "b1", "number": "1"}, {"id": "b3", "number": "3"}])
    comparison = compare(TEMPLATE, a, b, linked("advice", ("a1", "b1"), ("a2", ""), ("", "b3")))
    decided = (Decided("advice.p2", "keep_row"), Decided("advice.p3", "drop_row"))
    rows = build_consensus(comparison, a, b, decided).rows("advice")
    assert [(row.id, dict(row.values)) for row in rows] == [("p1", {"number": "1"}), ("p2", {"number": "2"})]
    assert paths(comparison) == ["advice.p2", "advice.p3"]
    assert paths(comparison, *decided) == []


def test_a_value_inside_a_kept_row_can_be_corrected() -> None:
    a = entry(case=plain(), advice=[{"id": "a1", "number": "1", "national": "no"}])
    comparison = compare(TEMPLATE, a, entry(case=plain()), linked("advice", ("a1", "")))
    decided = (Decided("advice.p1", "keep_row"), Decided("advice.p1.national", "other", "yes"))
    consensus = build_consensus(comparison, a, Document(), decided)
    assert dict(consensus.rows("advice")[0].values) == {"number": "1", "national": "yes"}


def test_a_question_that_hangs_on_an_open_one_waits_and_is_moot_once_it_falls_away() -> None:
    a = entry(case=plain(details="yes", children_total=2))
    b = entry(case=plain(details="no"))
    comparison = compare(TEMPLATE, a, b, ())
    assert paths(comparison) == ["case.details", "case.children_total"]
    assert paths(comparison, *take(case__details="no")) == []
    assert paths(comparison, *take(case__details="yes")) == ["case.children_total"]
    decided = take(case__details="no", case__children_total=2)
    assert "children_total" not in build_consensus(comparison, a, b, decided).sections["case"]


def test_rows_are_moot_where_the_consensus_has_no_such_group() -> None:
    a = entry(case=plain(details="yes", children_total=1), children=[{"id": "a1", "sex": "male"}])
    b = entry(case=plain(details="no"))
    comparison = compare(TEMPLATE, a, b, linked("children", ("a1", "")))
    assert "children.p1" in paths(comparison)
    assert Agenda(comparison, take(case__details="no")).moot >= {"children.p1", "case.children_total"}
    assert build_consensus(comparison, a, b, take(case__details="no")).rows("children") == ()


def test_a_decision_can_open_a_question_that_neither_coder_was_asked() -> None:
    a, b = entry(case=plain(type="iph")), entry(case=plain(type="afh"))
    comparison = compare(TEMPLATE, a, b, ())
    opened = take(case__type="other")
    assert paths(comparison, *opened) == ["case.type_other"]
    settled = (*opened, *take(case__type_other="Neglect"))
    assert paths(comparison, *settled) == []
    assert build_consensus(comparison, a, b, settled).sections["case"]["type_other"] == "Neglect"
    assert "case.type_other" in {position.path for position in Agenda(comparison, settled).questions()}


def test_a_band_follows_from_the_age_that_the_consensus_has() -> None:
    a = entry(case=plain(), people=[{"id": "a1", "age": 34}])
    b = entry(case=plain(), people=[{"id": "b1", "age": MISSED, "band": "old"}])
    comparison = compare(TEMPLATE, a, b, linked("people", ("a1", "b1")))
    assert paths(comparison) == ["people.p1.age", "people.p1.band"]
    known = take(people__p1__age=34)
    assert paths(comparison, *known) == []
    unknown = (Decided("people.p1.age", "b", Missing("not_reported")),)
    assert paths(comparison, *unknown) == ["people.p1.band"]
    consensus = build_consensus(comparison, a, b, (*known, *take(people__p1__band="old")))
    assert dict(consensus.rows("people")[0].values) == {"age": 34}


def test_a_typed_value_gives_way_to_one_that_follows_even_where_the_form_always_shows_it() -> None:
    people = TEMPLATE.by_key["people"]
    shown = tuple(replace(f, visible_when=None) if f.key == "band" else f for f in people.fields)
    sections = tuple(replace(s, fields=shown) if s.key == "people" else s for s in TEMPLATE.sections)
    template = replace(TEMPLATE, sections=sections)
    a = entry(case=plain(), people=[{"id": "a1", "age": 34}])
    b = entry(case=plain(), people=[{"id": "b1", "age": MISSED, "band": "old"}])
    comparison = compare(template, a, b, linked("people", ("a1", "b1")))
    known = take(people__p1__age=34)
    assert paths(comparison, *known) == []
    consensus = build_consensus(comparison, a, b, (*known, *take(people__p1__band="old")))
    assert dict(consensus.rows("people")[0].values) == {"age": 34}


def test_a_question_is_not_opened_while_what_it_hangs_on_is_open_nor_where_a_kept_row_answers_it() -> None:
    a = entry(case=plain(details="yes", children_total=1), children=[{"id": "a1", "unborn": "no", "age": 3}])
    children = TEMPLATE.by_key["children"]
    required = tuple(replace(f, required=True) if f.key == "age" else f for f in children.fields)
    sections = tuple(replace(s, fields=required) if s.key == "children" else s for s in TEMPLATE.sections)
    template = replace(TEMPLATE, sections=sections)
    lone = compare(
        template, a, entry(case=plain(details="yes", children_total=1)), linked("children", ("a1", ""))
    )
    assert paths(lone, Decided("children.p1", "keep_row")) == []
    b = entry(case=plain(details="yes", children_total=1), children=[{"id": "b1", "unborn": "yes"}])
    a = entry(case=plain(details="yes", children_total=1), children=[{"id": "a1", "unborn": MISSED}])
    both = compare(template, a, b, linked("children", ("a1", "b1")))
    assert paths(both) == ["children.p1.unborn"]
    assert paths(both, *take(children__p1__unborn="no")) == ["children.p1.age"]


def test_evidence_goes_with_the_value_that_was_taken() -> None:
    path = "case.summary"
    a = Document(entry(case=plain(summary="One.")).sections, {}, {path: Evidence("1", "one")})
    b = Document(entry(case=plain(summary="Two.")).sections, {}, {path: Evidence("2", "two")})
    comparison = compare(TEMPLATE, a, b, ())
    taken = build_consensus(comparison, a, b, (Decided(path, "b", "Two."),))
    other = build_consensus(comparison, a, b, (Decided(path, "other", "Three."),))
    assert (taken.evidence, other.evidence) == ({path: Evidence("2", "two")}, {})


def test_evidence_inside_rows_moves_to_the_consensus_row() -> None:
    row = {"id": "a1", "number": "1"}
    a = Document({}, entry(advice=[row]).groups, {"advice.a1.number": Evidence("7")})
    comparison = compare(TEMPLATE, a, Document(), linked("advice", ("a1", "")))
    consensus = build_consensus(comparison, a, Document(), (Decided("advice.p1", "keep_row"),))
    assert consensus.evidence == {"advice.p1.number": Evidence("7")}


def refusal(path: str, choice: str, value: object = None, **case: tuple[object, object]) -> str:
    a = entry(case=plain(**{key: pair[0] for key, pair in case.items()}))
    b = entry(case=plain(**{key: pair[1] for key, pair in case.items()}))
    position = locate(compare(TEMPLATE, a, b, ()), path)
    assert position is not None
    refused = check_choice(position, choice, value, TEMPLATE)  # type: ignore[arg-type]
    return refused.problems[0].code if refused else ""


def test_only_choices_that_make_sense_are_accepted() -> None:
    assert refusal("case.year", "a", year=(2010, 2016)) == ""
    assert refusal("case.year", "keep_row", year=(2010, 2016)) == "RESOLVE-002"
    assert refusal("case.year", "both", year=(2010, 2016)) == "RESOLVE-004"
    assert refusal("case.year", "equivalent", year=(2010, MISSED)) == "RESOLVE-005"
    assert refusal("case.year", "other", "soon", year=(2010, 2016)) == "RESOLVE-INTEGER"
    assert refusal("case.type", "other", None, type=("iph", "afh")) == "RESOLVE-006"
    assert refusal("case.year", "b", year=(2010, None)) == ""


def test_rows_take_row_choices_only() -> None:
    a = entry(advice=[{"id": "a1", "number": "1"}])
    position = only(compare(TEMPLATE, a, entry(), linked("advice", ("a1", ""))), "advice.p1")
    assert check_choice(position, "keep_row", None, TEMPLATE) is None
    assert check_choice(position, "a", None, TEMPLATE) is not None


def test_leaving_what_the_coders_said_needs_a_reason() -> None:
    a, b = entry(case=plain(year=2010, area="North")), entry(case=plain(year=2016, area="north"))
    comparison = compare(TEMPLATE, a, b, ())
    differing, agreed = only(comparison, "case.year"), only(comparison, "case.area")
    assert not departs(differing, "a", None)
    assert departs(differing, "other", 2012)
    assert not departs(agreed, "a", None)
    assert departs(agreed, "b", None)
    assert departs(agreed, "other", "South")


def unreasoned(position: Position, choice: str, value: object = None) -> str:
    refused = check_reason(position, choice, value, "")  # type: ignore[arg-type]
    assert check_reason(position, choice, value, "Page 4 says so.") is None  # type: ignore[arg-type]
    return refused.problems[0].code if refused else ""


def test_where_the_template_asks_every_decision_needs_a_reason() -> None:
    a, b = entry(case=plain(year=2010, area="North")), entry(case=plain(year=2016, area="north"))
    free = compare(TEMPLATE, a, b, ())
    assert unreasoned(only(free, "case.year"), "a") == ""
    assert unreasoned(only(free, "case.year"), "other", 2012) == "RESOLVE-007"
    for path, choice in (("case.year", "a"), ("case.year", "b"), ("case.area", "a")):
        position = only(free, path)
        assert position.field is not None
        asked = position._replace(field=replace(position.field, decision="reason"))
        assert unreasoned(asked, choice) == "RESOLVE-008", (path, choice)
    lone = compare(
        TEMPLATE, entry(advice=[{"id": "a1", "number": "1"}]), entry(), linked("advice", ("a1", ""))
    )
    assert unreasoned(only(lone, "advice.p1"), "keep_row") == ""


def test_decisions_are_carried_over_where_the_two_values_did_not_change() -> None:
    rows_b = [{"id": "b1", "number": "2", "national": "no"}]
    a = entry(case=plain(year=2010, area="North"), advice=[{"id": "a1", "number": "1", "national": "yes"}])
    b = entry(case=plain(year=2016, area="South"), advice=rows_b)
    changed = entry(case=plain(year=2016, area="West"), advice=rows_b)
    old = compare(TEMPLATE, a, b, linked("advice", ("a1", "b1")))
    new = compare(TEMPLATE, a, changed, tuple(_renamed(old)))
    decided = (
        Decided("case.year", "b", 2016),
        Decided("case.area", "a", "North"),
        Decided("advice.p1.number", "a", "1"),
    )
    assert carry_over(old, new, decided) == (
        Decided("case.year", "b", 2016),
        Decided("advice.q1.number", "a", "1"),
    )


def test_a_decision_on_rows_that_are_no_longer_linked_is_not_carried_over() -> None:
    a = entry(advice=[{"id": "a1", "number": "1"}, {"id": "a2", "number": "1"}])
    b = entry(advice=[{"id": "b1", "number": "2"}])
    old = compare(TEMPLATE, a, b, linked("advice", ("a1", "b1"), ("a2", "")))
    new = compare(TEMPLATE, a, b, linked("advice", ("a2", "b1"), ("a1", "")))
    assert (
        carry_over(old, new, (Decided("advice.p1.number", "a", "1"), Decided("advice.p2", "keep_row"))) == ()
    )


def _renamed(comparison: Comparison):
    for pair in comparison.pairs:
        yield type(pair)(pair.id.replace("p", "q"), pair.group, pair.row_a, pair.row_b)
