"""Laws of comparing across versions of a template, and the matrix of missingness for every kind of question."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema.answers.document import Change, Document, Row
from schema.answers.lift import lift
from schema.coding.align import propose
from schema.coding.compare import compare
from schema.coding.model import Comparison, Verdict
from schema.template.kinds import KINDS
from schema.template.model import Compare, Field, Section, Template
from schema.template.value import Missing, Value
from tests.unit.coding.study import ANY_MISSING, SURE, TEMPLATE, YES_NO, entry, field, numbered
from tests.unit.coding.test_laws import LAW, entries, proposed

NEW_QUESTIONS = {
    "case": field("case", "urgent", "yes_no", codelist=YES_NO, measure="nominal", required=True),
    "advice": field("advice", "addressee", "text", compare=Compare("text")),
}


def _second(section: Section) -> Section:
    """Version 2: new questions, one question retired, other words, another order."""
    fields = [
        replace(held, label=f"{held.label}, in other words", retired=held.path == "case.area")
        for held in section.fields
    ]
    added = [NEW_QUESTIONS[section.key]] if section.key in NEW_QUESTIONS else []
    return replace(section, fields=(*added, *fields))


SECOND = replace(TEMPLATE, version=2, sections=tuple(_second(section) for section in TEMPLATE.sections))


def verdicts(comparison: Comparison) -> dict[str, tuple[Verdict, bool, Value, Value]]:
    return {p.path: (p.verdict, p.needs_person, p.a, p.b) for p in comparison.positions}


def lifted(document: Document) -> Document:
    return lift(document, TEMPLATE, SECOND).document


@LAW
@given(entries("a"), entries("b"))
def test_lifting_both_entries_invents_no_difference(a: Document, b: Document) -> None:
    pairs = proposed(a, b)
    before = verdicts(compare(TEMPLATE, a, b, pairs))
    after = verdicts(compare(SECOND, lifted(a), lifted(b), pairs))
    assert after == {path: found for path, found in before.items() if path != "case.area"}


@LAW
@given(entries("a"), entries("b"))
def test_lifting_one_of_them_invents_none_either(a: Document, b: Document) -> None:
    pairs = proposed(a, b)
    both = verdicts(compare(SECOND, lifted(a), lifted(b), pairs))
    one = verdicts(compare(SECOND, a, lifted(b), pairs, template_a=TEMPLATE))
    retired = one.pop("case.area", None)
    assert one == both
    answered = a.get("case.area")
    assert retired == ((Verdict.NOT_ASKED, False, answered, None) if answered else None)


@LAW
@given(entries("a"), entries("b"), st.sampled_from(["yes", "no", Missing("not_reported")]))
def test_a_question_that_only_the_later_version_has_is_not_asked_of_the_earlier_coder(
    a: Document, b: Document, answer: Value
) -> None:
    pairs = proposed(a, b)
    set_rows = [Change("set", f"advice.{row.id}.addressee", "The board") for row in b.rows("advice")]
    later = lifted(b).with_changes([Change("set", "case.urgent", answer), *set_rows])
    found = compare(SECOND, a, later, pairs, template_a=TEMPLATE)
    new = [p for p in found.positions if p.field and p.field.key in ("urgent", "addressee")]
    linked = sum(1 for pair in pairs if pair.group == "advice" and pair.row_a and pair.row_b)
    assert len(new) == 1 + linked
    assert {(p.verdict, p.needs_person) for p in new} == {(Verdict.NOT_ASKED, False)}
    old = {path: held for path, held in verdicts(found).items() if path not in {p.path for p in new}}
    old.pop("case.area", None)  # retired in the later version, so not asked of its coder
    assert old == verdicts(compare(SECOND, lifted(a), lifted(b), pairs))


@LAW
@given(entries("a"), entries("b"))
def test_a_proposal_does_not_depend_on_who_is_a(a: Document, b: Document) -> None:
    names = numbered()
    swapped = propose(TEMPLATE, b, a, new_id=lambda: next(names))
    assert {(p.group, p.row_b, p.row_a, p.score) for p in swapped} == {
        (p.group, p.row_a, p.row_b, p.score) for p in proposed(a, b)
    }


@LAW
@given(entries("a"))
def test_every_row_of_an_entry_meets_itself_in_a_copy_where_rows_can_be_told_apart(
    document: Document,
) -> None:
    told = {
        group: tuple(row for row in rows if _unlike_the_others(row, rows))
        for group, rows in document.groups.items()
    }
    apart = replace(document, groups=told)
    for pair in proposed(apart, apart):
        assert pair.row_a == pair.row_b or not (pair.row_a and pair.row_b)


def _unlike_the_others(row: Row, rows: tuple[Row, ...]) -> bool:
    return sum(dict(other.values) == dict(row.values) for other in rows) == 1


# ------------------------------------------------------------------------- every kind, cell by cell of the matrix

ONE: dict[str, tuple[Any, Any, Any]] = {
    # an answer, another answer, "none" where the kind can say so
    "text": ("North", "South", None),
    "long_text": ("The panel met.", "No record was found.", None),
    "integer": (3, 9, 0),
    "decimal": (2.5, 9.0, 0.0),
    "date": ("2018-05-03", "2019-05-03", None),
    "partial_date": ("2018-05", "2019", None),
    "yes_no": ("yes", "no", "no"),
    "choice": ("clear", "inferred", None),
    "choices": (("clear",), ("inferred", "uncertain"), None),
}
MISSED, UNKNOWN = {"missing": "not_reported"}, {"missing": "not_known"}


def asking(kind: str) -> Template:
    """A template with one optional question of a kind, behind another."""
    lists = {"yes_no": YES_NO, "choice": SURE, "choices": SURE}
    question = Field(
        "s",
        "q",
        kind,
        "Q",
        missing=ANY_MISSING,
        codelist=lists.get(kind),
        compare=Compare("set" if kind == "choices" else "exact"),
    )
    return replace(TEMPLATE, sections=(Section("s", "S", (question,)),))


@pytest.mark.parametrize("kind", ONE)
@pytest.mark.parametrize("swapped", [False, True])
def test_every_kind_keeps_the_matrix_of_missingness(kind: str, swapped: bool) -> None:
    answer, other, none = ONE[kind]
    cells = [
        (None, None, None),
        (None, MISSED, ("only_b", "only_a")),
        (None, answer, ("only_b", "only_a")),
        (MISSED, MISSED, ("agree", "agree")),
        (MISSED, UNKNOWN, ("missing_differs", "missing_differs")),
        (MISSED, answer, ("only_b", "only_a")),
        (UNKNOWN, answer, ("only_b", "only_a")),
        (answer, answer, ("agree", "agree")),
        (answer, other, ("differ", "differ")),
    ]
    if none is not None:
        cells += [
            (MISSED, none, ("zero_assumption", "zero_assumption")),
            (UNKNOWN, none, ("only_b", "only_a")),
            (none, None, ("only_a", "only_b")),
        ]
    for a, b, expected in cells:
        sides = (b, a) if swapped else (a, b)
        one, two = (entry(s={"q": list(held) if isinstance(held, tuple) else held}) for held in sides)
        found = [str(position.verdict) for position in compare(asking(kind), one, two, ()).positions]
        assert found == ([expected[swapped]] if expected else []), (kind, a, b)


def test_every_kind_that_can_be_asked_is_in_the_matrix() -> None:
    assert set(ONE) == set(KINDS) - {"derived"}
