"""Each kind's form field: what it reads, what it shows, and that the one is the other."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from forms.builder import section_form
from forms.fields import FIELDS, shown
from forms.fields.base import json_answer, json_evidence
from schema.problem import Refused
from schema.template.kinds import KINDS, kind_of
from schema.template.model import CodeList, Field, Limits, Option, Section
from schema.template.value import Invalid, Missing, Value

COLOURS = CodeList(
    "colour", "Colours", (Option("red", 1, "Red"), Option("blue", 2, "Blue"), Option("green", 3, "Green"))
)
LONG = CodeList("long", "Long", tuple(Option(f"o{n}", n, f"Option {n}") for n in range(9)))


def question(kind: str, **more: Any) -> Field:
    needs_list = KINDS[kind].choosing
    return Field("s", "q", kind, "Question", codelist=COLOURS if needs_list else None, **more)


def read(one: Field, **sent: Any) -> Value:
    """Read the control ``q`` and its companions ``q_missing``, ``q_asked`` …"""
    form = section_form(Section("s", "S", (one,)))
    pairs = [
        ("s." + name.replace("_", ":"), text)
        for name, texts in sent.items()
        for text in (texts if isinstance(texts, list) else [texts])
    ]
    form.process(MultiDict(pairs))
    (bound,) = list(form)
    assert bound.sent
    return bound.value


def test_every_kind_has_its_form_field() -> None:
    assert set(FIELDS) == set(KINDS)


@pytest.mark.parametrize(
    ("one", "text", "value", "understood"),
    [
        (question("text"), "  a   b ", "a b", ""),
        (question("long_text"), "a\r\nb", "a\nb", ""),
        (question("integer"), "34", 34, ""),
        (question("integer"), "٣٤", Invalid("٣٤"), ""),
        (question("decimal", unit="years"), "6 months", 0.5, "0.5 years"),
        (question("decimal"), "1234567.5", 1234567.5, ""),
        (question("date"), "3 May 2018", "2018-05-03", "3 May 2018"),
        (question("partial_date"), "may 2018", "2018-05", "May 2018"),
        (question("partial_date"), "2018", "2018", ""),
        (question("yes_no"), "red", "red", ""),
        (question("choice"), "blue", "blue", ""),
    ],
)
def test_a_text_is_read_as_its_kind_reads_it_and_shown_so_that_it_reads_the_same(
    one: Field, text: str, value: Value, understood: str
) -> None:
    assert read(one, q=text) == value
    again = shown(one, value)
    assert again.read_as == understood
    assert read(one, q=again.text) == value


def test_ticks_are_read_in_the_order_of_the_list() -> None:
    assert read(question("choices"), q=["blue", "red"], q_asked="1") == ("red", "blue")
    assert read(question("choices"), q_asked="1") is None


def test_a_reason_is_read_from_its_own_control_or_from_the_row_of_buttons() -> None:
    assert read(question("text", missing=("not_known",)), q="", q_missing="not_known") == Missing("not_known")
    assert read(question("yes_no", missing=("not_known",)), q="~not_known") == Missing("not_known")


def test_what_is_not_sent_is_not_an_answer() -> None:
    form = section_form(Section("s", "S", (question("choices"),)))
    form.process(MultiDict())
    (bound,) = list(form)
    assert not bound.sent


@pytest.mark.parametrize(
    ("one", "sent", "status"),
    [
        (question("text"), {"q": ["a", "b"]}, 400),
        (question("choices"), {"q": ["red", "red"], "q_asked": "1"}, 400),
        (question("choice"), {"q": "purple"}, 422),
        (question("choice"), {"q": "RED"}, 422),
        (question("choices"), {"q": ["purple"], "q_asked": "1"}, 422),
        (question("text"), {"q": "", "q_missing": "not_known"}, 422),
        (question("derived"), {"q": "red"}, 422),
    ],
)
def test_what_no_page_of_ours_sends_is_refused(one: Field, sent: dict[str, Any], status: int) -> None:
    with pytest.raises(Refused) as refused:
        read(one, **sent)
    assert refused.value.status == status


def test_an_answer_and_a_reason_together_are_the_coders_to_settle() -> None:
    form = section_form(Section("s", "S", (question("text", missing=("not_known",)),)))
    form.process(MultiDict([("s.q", "a"), ("s.q:missing", "not_known")]))
    (bound,) = list(form)
    assert not bound.sent
    assert "both an answer and a reason" in bound.process_errors[0]
    assert bound.typed.shown.text == "a"


def test_a_short_list_is_a_row_of_buttons_and_a_long_one_a_select() -> None:
    assert FIELDS["choice"].control(question("choice")) == "buttons"
    assert FIELDS["choice"].control(Field("s", "q", "choice", "Q", codelist=LONG)) == "select"


@pytest.mark.parametrize(
    "plain", [True, {"missing": ""}, {"missing": "x", "more": 1}, {"a": 1}, ["red"], [[]]]
)
def test_a_shape_that_no_answer_has_is_refused(plain: object) -> None:
    with pytest.raises(Refused):
        json_answer(question("text"), plain)


def test_json_is_read_as_typed() -> None:
    assert json_answer(question("decimal", unit="years"), "3 weeks") == 0.06
    assert json_answer(question("integer"), 7) == 7
    assert json_answer(question("choices"), ["blue", "red"]) == ("red", "blue")
    assert json_answer(question("text"), None) is None
    assert json_answer(question("integer"), {"invalid": "x"}) == Invalid("x")


@pytest.mark.parametrize("plain", ["12", {"page": 12}, {"page": "1", "more": ""}, {"page": "x" * 101}])
def test_evidence_of_another_shape_is_refused(plain: object) -> None:
    with pytest.raises(Refused):
        json_evidence(question("text", evidence=True), plain)


@given(st.sampled_from(["text", "long_text", "integer", "decimal", "date", "partial_date"]), st.text())
def test_whatever_is_typed_is_kept_and_shown_again(kind: str, text: str) -> None:
    one = question(kind, limits=Limits(places=2))
    value = kind_of(one).read(one, [text])
    assert kind_of(one).read(one, [shown(one, value).text]) == value
