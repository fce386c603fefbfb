"""Questions are drawn in two stages; the text of a template is never evaluated in either."""

from __future__ import annotations

from dataclasses import replace

import pytest

from forms.fields import shown
from schema.template.conditions import Test
from schema.template.model import CodeList, Field, Option, Section, Template
from schema.template.value import Invalid, Missing, Value
from tests.support.policing import parse
from webapp.entry.drawing import draw, drawn, labelled

HOSTILE = (
    "{{ 7*7 }}",
    "{% raise %}",
    "{# gone #}",
    "[[ 7*7 ]]",
    "[% raise %]",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'};alert(1)//",
    "\\",
    "${7*7} %(x)s {0.__class__}",
)


def made(text: str, kind: str = "choice", count: int = 3, **more: object) -> tuple[Template, Section]:
    options = tuple(Option(f"v{n}" if n else text, n, text, group=text, note=text) for n in range(count))
    codelist = CodeList("list", text, options)
    field = Field("s", "q", kind, text, hint=text, guidance=text, examples=(text,), codelist=codelist,
                  missing=("not_known",), visible_when=Test("q", "equals", (text,)), evidence=True)  # fmt: skip
    section = Section("s", text, (field,))
    missing = CodeList("missing", "", (Option("not_known", -8, text),))
    return Template("t", 1, text, (section,), missing), section


def page(template: Template, section: Section, value: Value = None, problems: tuple[str, ...] = ()) -> str:
    (question,) = section.fields
    body = draw(template, section, [drawn(question, shown(question, value), problems=problems)])
    return f"<!doctype html><html lang=en><title>x</title><main>{body}</main></html>"


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize(("kind", "count"), [("choice", 3), ("choice", 9), ("choices", 3), ("choices", 20)])
def test_hostile_text_of_a_template_is_shown_as_it_is(text: str, kind: str, count: int) -> None:
    template, section = made(text, kind, count)
    root, errors = parse(page(template, section))
    assert errors == []
    assert text in {(one.text or "") for one in root.iter()}
    assert not list(root.iter("script"))
    assert not list(root.iter("img"))
    assert {one.get("value") for one in root.iter() if one.get("value") is not None} >= {text}


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_answers_are_shown_as_they_are(text: str) -> None:
    template, section = made("Label", "text")
    root, _ = parse(page(template, section, Invalid(text), problems=(text,)))
    assert any(one.get("value") == text for one in root.iter("input"))
    assert not list(root.iter("script"))


def test_the_chosen_option_and_the_reason_are_marked() -> None:
    template, section = made("Label", "choice")
    cases: list[tuple[Value, str]] = [("v1", "v1"), (Missing("not_known"), "~not_known"), (None, "")]
    for value, marked in cases:
        root, _ = parse(page(template, section, value))
        checked = [one.get("value") for one in root.iter("input") if one.get("checked") is not None]
        assert checked == [marked]


def test_a_retired_option_is_shown_only_where_it_was_chosen() -> None:
    template, section = made("Label", "choice")
    (question,) = section.fields
    assert question.codelist is not None
    options = tuple(replace(one, retired=one.value == "v1") for one in question.codelist.options)
    question = replace(question, codelist=replace(question.codelist, options=options))
    section = replace(section, fields=(question,))
    assert 'value="v1"' not in page(template, section, "v2")
    assert 'value="v1"' in page(template, section, "v1")


def test_printed_codes_lead_their_labels() -> None:
    assert labelled(Option("T1.2", 102, "Recording")) == "T1.2 Recording"
    assert labelled(Option("other", 9, "Other")) == "Other"
