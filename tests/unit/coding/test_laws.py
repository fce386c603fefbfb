"""Laws that hold for any two entries: self-comparison, mirroring, one side taken whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from schema.answers.document import Document, Row
from schema.answers.visibility import without_hidden
from schema.coding.align import arrange, propose
from schema.coding.compare import Comparer, compare
from schema.coding.model import Comparison, Decided, Pair, Position, Verdict
from schema.coding.reconcile import build_consensus, carry_over, chosen_value, undecided
from schema.template.kinds.choices import in_list_order
from schema.template.model import Field, Section
from schema.template.value import Missing, Value
from tests.unit.coding.study import TEMPLATE, numbered

LAW = settings(deadline=None, max_examples=80)
MIRROR = {
    Verdict.ONLY_A: Verdict.ONLY_B,
    Verdict.ONLY_B: Verdict.ONLY_A,
    Verdict.ROW_ONLY_A: Verdict.ROW_ONLY_B,
    Verdict.ROW_ONLY_B: Verdict.ROW_ONLY_A,
}
WORDS = st.sampled_from(["the panel", "met twice", "children", "social care", "GP", "School"])
ANSWERS: dict[str, Callable[[Field], st.SearchStrategy[Value]]] = {
    "text": lambda field: WORDS,
    "long_text": lambda field: st.lists(WORDS, min_size=1, max_size=4).map(" ".join),
    "integer": lambda field: st.integers(0, 4),
    "decimal": lambda field: st.integers(0, 8).map(lambda halves: halves / 2),
    "date": lambda field: st.sampled_from(["2018-05-01", "2018-05-03", "2019-01-31"]),
    "partial_date": lambda field: st.sampled_from(["2018", "2018-05", "2018-06"]),
    "yes_no": lambda field: st.sampled_from(["yes", "no"]),
    "choice": lambda field: st.sampled_from(_codes(field)),
    "choices": lambda field: st.sets(st.sampled_from(_codes(field)), min_size=1).map(
        lambda ticked: in_list_order(field, sorted(ticked))
    ),
}


def _codes(field: Field) -> list[str]:
    return [option.value for option in field.codelist.options] if field.codelist else []


def values_of(section: Section) -> st.SearchStrategy[dict[str, Value]]:
    optional = {
        field.key: st.one_of(
            ANSWERS[field.kind](field),
            *([st.sampled_from(field.missing).map(Missing)] if field.missing else []),
        )
        for field in section.fields
    }
    return st.fixed_dictionaries({}, optional=optional)


@st.composite
def entries(draw: st.DrawFn, side: str = "a") -> Document:
    """An entry as submitted: whatever its coder was not asked is gone."""
    sections = {section.key: draw(values_of(section)) for section in TEMPLATE.plain_sections()}
    groups = {
        section.key: tuple(
            Row(f"{section.key[:2]}{side}{index}", values)
            for index, values in enumerate(draw(st.lists(values_of(section), max_size=3)))
        )
        for section in TEMPLATE.groups()
    }
    return without_hidden(TEMPLATE, Document(sections, groups))[0]


def proposed(a: Document, b: Document) -> tuple[Pair, ...]:
    names = numbered()
    return propose(TEMPLATE, a, b, new_id=lambda: next(names))


def side_taken(comparison: Comparison, side: str) -> list[Decided]:
    return [_one_side(position, side) for position in comparison.needing_a_person()]


def _one_side(position: Position, side: str) -> Decided:
    if position.field is None:
        own = position.pair is not None and (position.pair.row_a if side == "a" else position.pair.row_b)
        return Decided(position.path, "keep_row" if own else "drop_row")
    return Decided(position.path, side, chosen_value(position, side))


@LAW
@given(entries())
def test_comparing_an_entry_with_itself_finds_nothing(document: Document) -> None:
    pairs = tuple(
        Pair(f"p{row.id}", key, row.id, row.id) for key, rows in document.groups.items() for row in rows
    )
    comparison = compare(TEMPLATE, document, document, pairs)
    assert [p for p in comparison.needing_a_person() if not p.uncertain] == []
    assert {p.verdict for p in comparison.positions} <= {Verdict.AGREE, Verdict.IGNORED}


@LAW
@given(entries("a"), entries("b"))
def test_swapping_the_coders_mirrors_every_verdict(a: Document, b: Document) -> None:
    pairs = proposed(a, b)
    swapped = [replace(pair, row_a=pair.row_b, row_b=pair.row_a) for pair in pairs]
    one, other = compare(TEMPLATE, a, b, pairs), compare(TEMPLATE, b, a, swapped)
    mirrored = [
        (p.path, MIRROR.get(p.verdict, p.verdict), p.b, p.a, p.only_b, p.only_a, p.needs_person)
        for p in one.positions
    ]
    assert mirrored == [
        (p.path, p.verdict, p.a, p.b, p.only_a, p.only_b, p.needs_person) for p in other.positions
    ]


@settings(LAW, max_examples=40)
@given(entries("a"), entries("b"))
def test_what_earlier_cases_left_behind_changes_no_position(a: Document, b: Document) -> None:
    pairs = proposed(a, b)
    anew = Comparer(TEMPLATE, TEMPLATE, TEMPLATE)
    assert compare(TEMPLATE, a, b, pairs) == anew.compare(a, b, pairs)


@LAW
@given(entries("a"), entries("b"))
def test_every_row_of_both_is_in_exactly_one_proposed_pair(a: Document, b: Document) -> None:
    pairs = proposed(a, b)
    for section in TEMPLATE.groups():
        own = [pair for pair in pairs if pair.group == section.key]
        assert sorted(p.row_a for p in own if p.row_a) == sorted(row.id for row in a.rows(section.key))
        assert sorted(p.row_b for p in own if p.row_b) == sorted(row.id for row in b.rows(section.key))
        assert tuple(own) == arrange(own, a.rows(section.key), b.rows(section.key))


@LAW
@given(entries("a"), entries("b"))
def test_taking_one_coders_side_of_everything_gives_that_coders_entry(a: Document, b: Document) -> None:
    pairs = proposed(a, b)
    comparison = compare(TEMPLATE, a, b, pairs)
    consensus = build_consensus(comparison, a, b, side_taken(comparison, "a"))
    compared = {f.path for f in TEMPLATE.fields() if f.compare.rule != "ignore" and f.derive is None}
    assert plain(consensus, compared) == plain(a, compared)


def plain(document: Document, paths: set[str]) -> object:
    sections = {
        (key, name): value
        for key, values in document.sections.items()
        for name, value in values.items()
        if f"{key}.{name}" in paths
    }
    rows = {
        section.key: [
            {name: value for name, value in row.values.items() if f"{section.key}.{name}" in paths}
            for row in document.rows(section.key)
        ]
        for section in TEMPLATE.groups()
    }
    return sections, rows


@LAW
@given(entries("a"), entries("b"))
def test_once_everything_is_decided_only_unanswered_required_questions_remain(
    a: Document, b: Document
) -> None:
    comparison = compare(TEMPLATE, a, b, proposed(a, b))
    decided = side_taken(comparison, "b")
    consensus = build_consensus(comparison, a, b, decided)
    for position in undecided(comparison, decided):
        assert position.field is not None
        assert position.field.required
        assert consensus.get(position.path) is None


@LAW
@given(entries("a"), entries("b"))
def test_comparing_again_carries_every_decision_over(a: Document, b: Document) -> None:
    pairs = proposed(a, b)
    renamed = tuple(replace(pair, id=f"new{pair.id}") for pair in pairs)
    old, new = compare(TEMPLATE, a, b, pairs), compare(TEMPLATE, a, b, renamed)
    decided = side_taken(old, "b")
    carried = carry_over(old, new, decided)
    assert len(carried) == len(decided)
    one, other = build_consensus(old, a, b, decided), build_consensus(new, a, b, carried)
    everything = {field.path for field in TEMPLATE.fields()}
    assert plain(one, everything) == plain(other, everything)
