"""A template with every kind and every comparison rule, and short ways to write entries of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import count
from typing import Any

from schema.answers.document import Document, Row
from schema.coding.compare import compare
from schema.coding.model import Comparison, Decided, Pair, Position
from schema.template.conditions import Not, Test
from schema.template.model import (
    CodeList,
    Compare,
    Derivation,
    Field,
    Limits,
    Option,
    Repeats,
    Section,
    Template,
)
from schema.template.value import Value, from_plain


def codes(name: str, *values: str) -> CodeList:
    return CodeList(
        name, name, tuple(Option(value, index, value.title()) for index, value in enumerate(values, 1))
    )


MISSING = codes("missing", "not_reported", "not_known", "withheld", "not_applicable")
YES_NO = codes("yes_no", "yes", "no")
SEX = codes("sex", "female", "male")
BAND = codes("band", "young", "old")
THEME = codes("theme", "T1", "T2", "T3", "T4")
TYPE = codes("type", "iph", "afh", "other")
SURE = codes("confidence", "clear", "inferred", "uncertain")
ANY_MISSING = ("not_reported", "not_known", "withheld")


def field(section: str, key: str, kind: str, **more: Any) -> Field:
    more.setdefault("missing", ANY_MISSING)
    return Field(section, key, kind, key.replace("_", " ").capitalize(), **more)


CASE = Section(
    "case",
    "The case",
    (
        field("case", "type", "choice", codelist=TYPE, required=True, measure="nominal"),
        field(
            "case", "type_other", "text", required=True, visible_when=Test("type", "equals", ("other",)),
            compare=Compare("text"), missing=(),
        ),
        field("case", "year", "integer", compare=Compare("tolerance", 1), measure="interval"),
        field("case", "published", "partial_date", compare=Compare("exact")),
        field("case", "heard", "date", compare=Compare("tolerance", 7)),
        field("case", "share", "decimal", compare=Compare("tolerance", 0.1)),
        field("case", "area", "text", compare=Compare("text")),
        field("case", "summary", "long_text", compare=Compare("by_eye"), evidence=True),
        field("case", "vulnerabilities", "choices", codelist=THEME, compare=Compare("set"), measure="nominal"),
        field("case", "details", "yes_no", codelist=YES_NO, required=True, measure="nominal", missing=()),
        field(
            "case", "children_total", "integer", required=True, visible_when=Test("details", "equals", ("yes",)),
            measure="interval", missing=("not_reported",),
        ),
        field("case", "memo", "long_text", compare=Compare("ignore")),
    ),
)  # fmt: skip
PEOPLE = Section(
    "people",
    "People",
    (
        field("people", "age", "integer", required=True, match="anchor", measure="interval"),
        field(
            "people", "band", "choice", codelist=BAND, required=True, measure="ordinal",
            visible_when=Test("age", "missing"),
            derive=Derivation("age", bands=(("young", None, 39), ("old", 40, None))),
        ),
        field("people", "sex", "choice", codelist=SEX, match="anchor", measure="nominal"),
    ),
    repeats=Repeats("person", minimum=1),
)  # fmt: skip
CHILDREN = Section(
    "children",
    "Children",
    (
        field("children", "unborn", "yes_no", codelist=YES_NO, match="anchor", measure="nominal"),
        field(
            "children", "age", "decimal", match="anchor", measure="interval",
            visible_when=Not(Test("unborn", "equals", ("yes",))),
        ),
        field("children", "sex", "choice", codelist=SEX, match="anchor", measure="nominal"),
    ),
    repeats=Repeats("child"),
    visible_when=Test("case.details", "equals", ("yes",)),
)  # fmt: skip
ADVICE = Section(
    "advice",
    "Recommendations",
    (
        field("advice", "number", "text", compare=Compare("text"), match="anchor"),
        field("advice", "text", "long_text", compare=Compare("by_eye"), match="anchor"),
        field("advice", "page", "text", compare=Compare("text"), match="anchor"),
        field("advice", "themes", "choices", codelist=THEME, compare=Compare("set"), measure="nominal"),
        field("advice", "national", "yes_no", codelist=YES_NO, measure="nominal"),
        field("advice", "confidence", "choice", codelist=SURE, compare=Compare("ignore")),
    ),
    repeats=Repeats("recommendation"),
)
TEMPLATE = Template("study", 1, "Study", (CASE, PEOPLE, CHILDREN, ADVICE), MISSING)
ALL_VALUES = Limits()


def entry(**sections: Mapping[str, Any] | list[dict[str, Any]]) -> Document:
    """An entry from plain values: a mapping is a section, a list holds rows, each with its ``id``."""
    plain = {key: _values(held) for key, held in sections.items() if isinstance(held, Mapping)}
    groups = {
        key: tuple(Row(row["id"], _values({k: v for k, v in row.items() if k != "id"})) for row in held)
        for key, held in sections.items()
        if isinstance(held, list)
    }
    return Document(plain, groups)


def _values(plain: Mapping[str, Any]) -> dict[str, Value]:
    return {key: from_plain(value) for key, value in plain.items() if value is not None}


def numbered(prefix: str = "pair") -> Iterator[str]:
    return (f"{prefix}{index}" for index in count(1))


def linked(group: str, *links: tuple[str, str]) -> tuple[Pair, ...]:
    """Pairs p1, p2 … of one group; an empty id stands alone."""
    return tuple(Pair(f"p{index}", group, a, b) for index, (a, b) in enumerate(links, 1))


def found(comparison: Comparison) -> dict[str, str]:
    """Verdict of every position, by path."""
    return {position.path: str(position.verdict) for position in comparison.positions}


def only(comparison: Comparison, path: str) -> Position:
    return next(position for position in comparison.positions if position.path == path)


def of_field(path: str, a: Any, b: Any, template: Template = TEMPLATE) -> Position | None:
    """The position of one plain field whose two values are given."""
    section, key = path.split(".")
    result = compare(template, entry(**{section: {key: a}}), entry(**{section: {key: b}}), ())
    return next((position for position in result.positions if position.path == path), None)


def take(**choices: Any) -> tuple[Decided, ...]:
    """Decisions for another value, by path with "__" for ".": ``take(case__type="iph")``."""
    return tuple(
        Decided(path.replace("__", "."), "other", from_plain(value)) for path, value in choices.items()
    )


def without_field(template: Template, path: str) -> Template:
    """An earlier version that did not have the field."""
    section_key, key = path.split(".")
    sections = tuple(
        replace(section, fields=tuple(f for f in section.fields if f.key != key))
        if section.key == section_key
        else section
        for section in template.sections
    )
    return replace(template, sections=sections)
