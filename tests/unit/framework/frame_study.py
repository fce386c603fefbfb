"""A small study with a frame: themes and sub-themes on recommendations, and three reviews."""

from __future__ import annotations

from schema.answers.document import Document, Row
from schema.framework.frame.census import Original
from schema.framework.frame.layer import Layer, first_layer
from schema.framework.frame.model import Act
from schema.template.loader import load_template
from schema.template.model import Template

LISTS = ("theme", "subtheme")
CODELISTS = {
    "yes_no": 'codelist: yes_no\ntitle: Yes or no\noptions: [{value: "yes", code: 1, label: "Yes"}, {value: "no", code: 0, label: "No"}]',
    "theme": (
        "codelist: theme\ntitle: Themes\noptions: [{value: A, code: 1, label: Sharing}, {value: B, code: 2, label: Assessing},"
        " {value: V, code: 3, label: National}]"
    ),
    "subtheme": (
        "codelist: subtheme\ntitle: Sub-themes\noptions: [{value: A1, code: 11, label: Telling, group: A},"
        " {value: A2, code: 12, label: Writing, group: A}, {value: B1, code: 21, label: Asking, group: B},"
        " {value: V1, code: 31, label: Guidance, group: V}]"
    ),
    "missing": 'codelist: missing\ntitle: Missing\noptions: [{value: "not_known", code: -8, label: "Not known"}]',
}
SOURCE = """
template: advice
version: 1
title: Advice
description: Advice.
missing: missing
sections:
  - key: review
    label: Review
    fields:
      - {key: any, kind: yes_no, label: Any, codelist: yes_no}
  - key: advice
    label: Advice
    repeats: {one: piece of advice, max: 9}
    fields:
      - {key: national, kind: yes_no, label: National, codelist: yes_no, required: true}
      - {key: themes, kind: choices, label: Themes, codelist: theme, required: true}
      - {key: subthemes, kind: choices, label: Sub-themes, codelist: subtheme, required: true}
  - key: lessons
    label: Lessons
    repeats: {one: lesson, max: 9}
    fields:
      - {key: themes, kind: choices, label: Themes, codelist: {list: theme, only: [A, B]}, required: true}
rules:
  - {key: follow, kind: belongs, section: advice, parent: themes, child: subthemes, message: Each needs its theme.}
  - key: national_theme
    kind: exactly_when
    section: advice
    left: {field: themes, contains: V}
    right: {field: national, equals: "yes"}
    message: V goes with national.
"""


def template() -> Template:
    """The questionnaire."""
    return load_template(SOURCE, CODELISTS).needed()


def layer(*acts: Act) -> Layer:
    """The frame after some acts."""
    return Layer(first_layer(template(), LISTS).base, acts)


def advice(row_id: str, themes: str, subthemes: str, national: str = "no") -> Row:
    """A row; codes are written with spaces between them."""
    return Row(
        row_id,
        {"national": national, "themes": tuple(themes.split()), "subthemes": tuple(subthemes.split())},
    )


def case(case_id: str, *rows: Row, lessons: tuple[Row, ...] = ()) -> Original:
    """A review with its advice."""
    return Original(
        case_id,
        case_id.upper(),
        template(),
        Document({"review": {"any": "yes"}}, {"advice": rows, "lessons": lessons}),
    )


def cases() -> tuple[Original, ...]:
    """Three reviews: A1 in two of them, A2 in one, both together in one row of the first."""
    return (
        case("c1", advice("r1", "A", "A1 A2"), advice("r2", "B", "B1")),
        case("c2", advice("r1", "A B", "A1 B1"), lessons=(Row("l1", {"themes": ("A",)}),)),
        case("c3", advice("r1", "V", "V1", "yes")),
    )
