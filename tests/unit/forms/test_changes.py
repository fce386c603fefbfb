"""From a posted section to changes: only what differs from what the page had shown."""

from __future__ import annotations

import pytest
from werkzeug.datastructures import MultiDict

from forms.changes import autosaved, posted
from schema.answers.document import Change, Document, Evidence, Row
from schema.problem import Refused
from schema.template.model import CodeList, Field, Option, Repeats, Section, Template

COLOURS = CodeList("colour", "Colours", (Option("red", 1, "Red"), Option("blue", 2, "Blue")))
PLAIN = Section(
    "a",
    "A",
    (
        Field("a", "number", "decimal", "Number"),
        Field("a", "colours", "choices", "Colours", codelist=COLOURS),
        Field("a", "note", "long_text", "Note", evidence=True),
        Field("a", "old", "text", "Old", retired=True),
    ),
)
GROUP = Section("g", "G", (Field("g", "name", "text", "Name"),), repeats=Repeats("person"))
TEMPLATE = Template("t", 1, "T", (PLAIN, GROUP), CodeList("missing", "", ()))
HELD = Document(
    sections={"a": {"number": 0.5, "colours": ("red",), "note": "kept", "old": "kept too"}},
    groups={"g": (Row("r1", {"name": "Ann"}), Row("r2"))},
    evidence={"a.note": Evidence("12", "words")},
)


def changes(section: Section, *pairs: tuple[str, str]) -> tuple[Change, ...]:
    return posted(section, HELD, MultiDict(pairs)).changes


def test_what_is_sent_as_it_was_shown_changes_nothing() -> None:
    sent = (
        ("a.number", "0.5"),
        ("a.colours:asked", "1"),
        ("a.colours", "red"),
        ("a.note", "kept"),
        ("a.note:page", "12"),
        ("a.note:quote", "words"),
    )
    assert changes(PLAIN, *sent) == ()


def test_only_what_differs_is_a_change() -> None:
    assert changes(PLAIN, ("a.number", "6"), ("a.note", "kept")) == (Change("set", "a.number", value=6.0),)


def test_the_last_tick_taken_away_blanks_the_answer_but_only_where_the_ticks_were_shown() -> None:
    assert changes(PLAIN, ("a.colours:asked", "1")) == (Change("set", "a.colours"),)
    assert changes(PLAIN, ("a.note", "kept")) == ()


def test_blank_evidence_takes_the_evidence_away() -> None:
    found = changes(PLAIN, ("a.note:page", ""), ("a.note:quote", ""))
    assert found == (Change("evidence", "a.note", evidence=None),)


def test_rows_are_addressed_by_their_ids() -> None:
    assert changes(GROUP, ("g.r2.name", "Ben")) == (Change("set", "g.r2.name", value="Ben"),)


@pytest.mark.parametrize("name", ["a.nothing", "a.old", "g.r1.name", "role", "a", "a.number:", "a.number.x"])
def test_a_name_that_the_page_does_not_have_is_refused(name: str) -> None:
    with pytest.raises(Refused) as refused:
        changes(PLAIN, (name, "x"))
    assert refused.value.status == 422


@pytest.mark.parametrize("row", ["r3", "0", "-1", "²", "9" * 5000, ""])
def test_a_row_that_is_not_there_is_refused(row: str) -> None:
    with pytest.raises(Refused):
        changes(GROUP, (f"g.{row}.name", "x"))


def test_a_save_by_script_is_read() -> None:
    body = {
        "base_revision": 3,
        "changes": [
            {"path": "a.number", "value": "6"},
            {"what": "evidence", "path": "a.note", "value": {"page": "13", "quote": ""}},
        ],
    }
    sent = autosaved(TEMPLATE, body)
    assert sent.base_revision == 3
    assert sent.changes == (
        Change("set", "a.number", value=6.0),
        Change("evidence", "a.note", evidence=Evidence("13", "")),
    )


@pytest.mark.parametrize(
    "item",
    [
        {"path": "a.number"},
        {"path": "a.number", "value": "6", "what": "delete_row"},
        {"path": "g.name", "value": "x"},
        {"path": "a.r1.number", "value": "6"},
        {"path": "a.number", "value": "6", "more": 1},
        {"path": 3, "value": "6"},
        {"what": "evidence", "path": "a.number", "value": {"page": "1", "quote": ""}},
        "a.number",
    ],
)
def test_a_save_that_is_none_is_refused(item: object) -> None:
    with pytest.raises(Refused):
        autosaved(TEMPLATE, {"base_revision": 0, "changes": [item]})
