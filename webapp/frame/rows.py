"""One row of a signed-off case under the frame: its words and quotes, and its codes before and now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from schema.answers.derive import with_derived
from schema.answers.document import Document, Values
from schema.answers.summary import row_summary
from schema.answers.words import value_words
from schema.framework.frame.census import Original
from schema.framework.frame.framed import is_framed
from schema.framework.frame.layer import Layer, codes_of
from schema.framework.frame.model import Codes
from schema.template.model import Field, Section, Template


@dataclass(frozen=True, slots=True)
class Saying:
    """One answer with where the report says so. ``verbatim``: words of the report."""

    label: str
    words: str
    page: str
    quote: str
    verbatim: bool


@dataclass(frozen=True)
class FramedRow:
    """A row (or section) that is answered with codes of the frame. ``was``: as signed off; ``now``: as the frame has it."""

    case_id: str
    reference: str
    place: str
    title: str
    summary: str
    sayings: tuple[Saying, ...]
    fields: tuple[Field, ...]
    was: Mapping[str, Codes]
    now: Mapping[str, Codes]


def framed_row(layer: Layer, case: Original, place: str) -> FramedRow | None:
    """Read a row; ``None`` where there is no such row, or none of its questions is of the frame."""
    section = case.template.by_key.get(place.split(".")[0])
    values = _values(case.document, place)
    if section is None or values is None or bool(section.repeats) != ("." in place):
        return None
    fields = tuple(
        held
        for held in section.fields
        if is_framed(held, layer.base.lists) and codes_of(values.get(held.key))
    )
    if not fields:
        return None
    now = _values(layer.recoded(case.case_id, case.template, case.document).document, place) or {}
    title, summary = _title(case, section, place)
    return FramedRow(
        case.case_id,
        case.reference,
        place,
        title,
        summary,
        tuple(_sayings(case, section, place, values)),
        fields,
        {held.key: codes_of(values.get(held.key)) for held in fields},
        {held.key: codes_of(now.get(held.key)) for held in fields},
    )


def _values(document: Document, place: str) -> Values | None:
    section, _, row_id = place.partition(".")
    if not row_id:
        return document.sections.get(section)
    row = document.row(section, row_id)
    return row.values if row else None


def _title(case: Original, section: Section, place: str) -> tuple[str, str]:
    if section.repeats is None:
        return section.label, ""
    rows = case.document.rows(section.key)
    at = [row.id for row in rows].index(place.partition(".")[2])
    one = section.repeats.one
    return f"{one[:1].upper()}{one[1:]} {at + 1}", row_summary(section, rows[at])


def _sayings(case: Original, section: Section, place: str, values: Values) -> Iterator[Saying]:
    template: Template = case.template
    document = with_derived(template, case.document)
    for held in section.fields:
        if values.get(held.key) is None or held.sensitive == "internal":
            continue
        path = f"{place}.{held.key}"
        evidence = document.evidence.get(path)
        words = value_words(template, held, values.get(held.key))
        page, quote = (evidence.page, evidence.quote) if evidence else ("", "")
        yield Saying(held.label, words, page, quote, held.kind == "long_text")
