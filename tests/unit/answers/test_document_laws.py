"""Laws that hold for any document: round trips, changes, order of rows."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema.answers.canonical import from_json, sha256, to_json
from schema.answers.changes import changes_between
from schema.answers.derive import with_derived
from schema.answers.document import Change, Document, Evidence, Row, new_row_id
from schema.answers.interchange import read_entry, write_entry
from schema.answers.lift import lift
from schema.answers.validate import findings
from schema.answers.visibility import hidden_values, without_hidden
from schema.template.kinds import KINDS, fault_in, kind_of
from schema.template.value import Invalid, Missing
from tests.unit.answers.small import TEMPLATE

TEXTS = st.text('aAbé\u0301🏝\n\t\x00"\\ {}', min_size=1, max_size=12)
KEYS = st.text("abcdefghij_", min_size=1, max_size=6)
IDS = st.text("abc123", min_size=1, max_size=4)
VALUES = st.one_of(
    TEXTS,
    st.integers(-(10**15), 10**15),
    st.floats(allow_nan=False, allow_infinity=False),
    st.lists(TEXTS, min_size=1, max_size=4).map(tuple),
    KEYS.map(Missing),
    TEXTS.map(Invalid),
)
EVIDENCE = st.builds(Evidence, TEXTS, TEXTS | st.just("")).filter(bool)
SECTIONS = st.dictionaries(KEYS, st.dictionaries(KEYS, VALUES, min_size=1, max_size=4), max_size=3)
ROWS = st.lists(st.builds(Row, IDS, st.dictionaries(KEYS, VALUES, max_size=3)), min_size=1, max_size=6,
                unique_by=lambda row: row.id).map(tuple)  # fmt: skip


@st.composite
def documents(draw) -> Document:
    """Any document; sections and groups have names of their own."""
    sections = {f"s_{key}": values for key, values in draw(SECTIONS).items()}
    groups = {f"g_{key}": rows for key, rows in draw(st.dictionaries(KEYS, ROWS, max_size=3)).items()}
    paths = [f"{section}.{key}" for section, values in sections.items() for key in values]
    paths += [
        f"{group}.{row.id}.{key}" for group, rows in groups.items() for row in rows for key in row.values
    ]
    evidence = draw(st.dictionaries(st.sampled_from(paths), EVIDENCE, max_size=3)) if paths else {}
    return Document(sections, groups, evidence)


ANSWERS = {
    "text": st.text("abcé ", min_size=1).map(lambda text: " ".join(text.split())).filter(bool),
    "long_text": st.text("ab\n ", min_size=1).map(str.strip).filter(bool),
    "integer": st.integers(2004, 2035) | st.integers(0, 20),
    "decimal": st.integers(0, 1799).map(lambda number: number / 100),
    "partial_date": st.sampled_from(["2018", "2018-05", "2018-05-03"]),
}


def answers_of(field) -> st.SearchStrategy[Any]:
    """Answers that a field accepts, its missing codes included."""
    answer: st.SearchStrategy[Any]
    if field.codelist and kind_of(field).many:
        order = list(field.codelist.order)
        answer = st.sets(st.sampled_from(order), min_size=1).map(
            lambda codes: tuple(sorted(codes, key=order.index))
        )
    elif field.codelist:
        answer = st.sampled_from([option.value for option in field.codelist.options])
    else:
        answer = ANSWERS[field.kind]
    missing = [st.sampled_from(field.missing).map(Missing)] if field.missing else []
    return st.one_of(answer, *missing).filter(lambda value: fault_in(field, value) is None)


def values_of(section):
    fields = {field.key: answers_of(field) for field in section.fields if kind_of(field).stores}
    return st.fixed_dictionaries({}, optional=fields)


@st.composite
def entries(draw) -> Document:
    """Documents of the small template that a coder could have typed, stale hidden values included."""
    sections, groups = {}, {}
    for section in TEMPLATE.sections:
        if section.repeats:
            ids = draw(st.lists(IDS, unique=True, max_size=4))
            groups[section.key] = tuple(Row(row_id, draw(values_of(section))) for row_id in ids)
        else:
            sections[section.key] = draw(values_of(section))
    return Document(sections, {group: rows for group, rows in groups.items() if rows})


def test_every_kind_has_answers_here_or_a_code_list():
    assert {kind for kind, behaviour in KINDS.items() if not behaviour.choosing} - ANSWERS.keys() == {"date"}


@given(documents())
def test_the_canonical_text_gives_the_document_back(document):
    assert from_json(to_json(document)) == document
    assert to_json(from_json(to_json(document))) == to_json(document)


@given(documents())
def test_the_canonical_text_does_not_depend_on_the_order_of_keys(document):
    turned = Document(
        {key: dict(reversed(values.items())) for key, values in reversed(document.sections.items())},
        dict(reversed(document.groups.items())),
        dict(reversed(document.evidence.items())),
    )
    assert sha256(turned) == sha256(document)


@given(documents(), KEYS, VALUES)
def test_two_documents_have_one_text_only_when_they_say_the_same(document, key, value):
    other = document.with_changes([Change("set", f"s_{key}.{key}", value)])
    assert (to_json(document) == to_json(other)) == (repr_of(document) == repr_of(other))
    if document.evidence:
        bare = Document(document.sections, document.groups)
        assert to_json(bare) != to_json(document)


def repr_of(document: Document) -> str:
    """What a document says, told apart by type (7 and 7.0 are two texts), in an order of its own."""
    values = sorted((path, repr(value)) for path, value in document.paths())
    order = sorted((group, [row.id for row in rows]) for group, rows in document.groups.items())
    return repr((values, order, sorted((path, repr(held)) for path, held in document.evidence.items())))


@given(documents(), documents())
def test_the_changes_between_two_documents_lead_from_one_to_the_other(old, new):
    assert to_json(old.with_changes(changes_between(old, new))) == to_json(new)


@given(documents())
def test_nothing_lies_between_a_document_and_itself(document):
    assert changes_between(document, document) == ()


@given(documents(), documents())
def test_changes_leave_the_old_document_as_it_was(old, new):
    before = to_json(old)
    old.with_changes(changes_between(old, new))
    assert to_json(old) == before


@given(documents(), KEYS, VALUES, VALUES)
def test_the_last_of_two_values_stands_and_blanking_takes_it_out(document, key, first, second):
    path = f"s_x.{key}"
    once = document.with_changes([Change("set", path, first), Change("set", path, second)])
    assert once == document.with_changes([Change("set", path, second)])
    assert once.get(path) == second
    assert once.with_changes([Change("set", path, None)]).get(path) is None


@given(ROWS, st.data())
def test_moving_a_row_keeps_the_others_in_order(rows, data):
    document = Document(groups={"g": rows})
    moved = data.draw(st.sampled_from([row.id for row in rows]))
    position = data.draw(st.integers(0, len(rows) - 1))
    after = [
        row.id
        for row in document.with_changes([Change("move_row", f"g.{moved}", position=position)]).rows("g")
    ]
    assert after.index(moved) == position
    assert [row for row in after if row != moved] == [row.id for row in rows if row.id != moved]


@given(documents())
def test_what_was_never_there_cannot_be_changed(document):
    for what in ("move_row", "delete_row"):
        with pytest.raises(KeyError):
            document.with_changes([Change(what, "g_x.zzz")])
    with pytest.raises(KeyError):
        document.with_changes([Change("set", "g_x.zzz.key", 1)])


@given(entries())
def test_an_entry_written_out_is_read_back_word_for_word(document):
    line = json.dumps(write_entry(TEMPLATE, document, "DHR-1", "amara", True))
    entry = read_entry(TEMPLATE, line)
    assert entry.problems == ()
    assert to_json(entry.document) == to_json(document)


@given(entries())
def test_the_order_of_rows_survives_without_their_ids(document):
    body = write_entry(TEMPLATE, document, "DHR-1", "amara", True)
    answers = body["answers"]
    assert isinstance(answers, dict)
    for rows in answers.values():
        for row in rows if isinstance(rows, list) else []:
            del row["id"]
    read = read_entry(TEMPLATE, body).document
    for group, rows in document.groups.items():
        assert [row.values for row in read.rows(group)] == [row.values for row in rows]


@given(entries())
def test_dropping_what_is_hidden_leaves_nothing_hidden(document):
    kept, dropped = without_hidden(TEMPLATE, document)
    assert hidden_values(TEMPLATE, kept) == ()
    assert bool(dropped) == (to_json(kept) != to_json(document))


@given(entries())
def test_acceptable_answers_raise_no_problem_in_a_draft(document):
    assert [f for f in findings(TEMPLATE, document, "draft") if f.severity == "error"] == []


@given(entries())
def test_deriving_twice_is_deriving_once(document):
    once = with_derived(TEMPLATE, document)
    assert with_derived(TEMPLATE, once) == once


@given(entries())
def test_what_submission_finds_does_not_depend_on_hidden_values(document):
    kept, _ = without_hidden(TEMPLATE, document)
    assert findings(TEMPLATE, kept, "submit") == findings(TEMPLATE, document, "submit")


@given(entries())
def test_lifting_to_the_same_template_changes_nothing(document):
    assert lift(document, TEMPLATE, TEMPLATE).document == document


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), lambda inner:
       st.lists(inner) | st.dictionaries(st.sampled_from(["case", "answers", "report", "csp", "children", "id", "missing"]), inner)))  # fmt: skip
def test_no_json_whatever_breaks_the_reader(body):
    if isinstance(body, dict):
        read_entry(TEMPLATE, body)
    read_entry(TEMPLATE, {"case": "c", "coder": "a", "answers": body, "evidence": body})
    read_entry(
        TEMPLATE,
        {"case": "c", "coder": "a", "answers": {"report": body, "children": [body], "recommendations": body}},
    )


def test_row_ids_are_twelve_characters_from_a_to_z_and_0_to_9():
    row_id = new_row_id()
    assert len(row_id) == 12
    assert set(row_id) <= set("abcdefghijklmnopqrstuvwxyz0123456789")
    assert new_row_id(lambda alphabet: alphabet[0]) == "a" * 11 + "0"
