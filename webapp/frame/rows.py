"""One row of a signed-off case under the frame: its words and quotes, and its codes before and now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from schema.answers.document import Document, Values
from schema.answers.summary import row_summary
from schema.answers.words import value_words
from schema.framework.frame.census import Original, framed_answers
from schema.framework.frame.framed import is_framed
from schema.framework.frame.layer import Layer, codes_of, list_of
from schema.framework.frame.model import Code, Codes
from schema.template.model import Field, Section, Template

ROWS_ON_A_PAGE = 40


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

    @property
    def key(self) -> str:
        """What tells the row apart in a form."""
        return f"{self.case_id}:{self.place}"

    def says(self, words: str) -> bool:
        """Whether its answers, its quotes or its case say the words, in capitals or not."""
        said = (self.reference, *(part for one in self.sayings for part in (one.words, one.quote)))
        return any(words.casefold() in part.casefold() for part in said)

    @property
    def name(self) -> str:
        """The case and the row, in words."""
        return f"{self.reference}: {self.title}"


@dataclass(frozen=True)
class Found:
    """The rows that carry a code, or those of them that say some words; ``shown``: those of one page."""

    code: Code
    words: str
    rows: tuple[FramedRow, ...]
    number: int

    @property
    def pages(self) -> int:
        """How many pages they fill, one where there are none."""
        return max(1, -(-len(self.rows) // ROWS_ON_A_PAGE))

    @property
    def shown(self) -> tuple[FramedRow, ...]:
        """The rows of the page."""
        return self.rows[(self.number - 1) * ROWS_ON_A_PAGE : self.number * ROWS_ON_A_PAGE]


def framed_row(layer: Layer, case: Original, place: str, recoded: Document | None = None) -> FramedRow | None:
    """Read a row; ``None`` where there is no such row, or none of its questions is of the frame.

    ``recoded``: the case as the frame has it, where the caller has it already.
    """
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
    made = recoded or layer.recoded(case.case_id, case.template, case.document).document
    now = _values(made, place) or {}
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


def find_rows(layer: Layer, cases: Iterable[Original], code: Code, words: str, number: int) -> Found:
    """The rows that carry a code under the frame and say the words; of a page that there is not, the last one."""
    rows = _rows_with(layer, cases, code)
    found = Found(code, words, tuple(row for row in rows if row.says(words)), number)
    return replace(found, number=min(max(number, 1), found.pages))


def _rows_with(layer: Layer, cases: Iterable[Original], code: Code) -> Iterator[FramedRow]:
    """The rows that carry a code under the frame, case by case."""
    for case in cases:
        made = layer.recoded(case.case_id, case.template, case.document).document
        answers = framed_answers(case.template, layer.frame, made)
        carrying = (
            place
            for place, _, (held, codes) in answers
            if list_of(held) == code.codelist and code.value in codes
        )
        for place in dict.fromkeys(carrying):
            row = framed_row(layer, case, place, made)
            if row is not None:
                yield row


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
    for held in section.fields:
        if values.get(held.key) is None or held.sensitive == "internal":
            continue
        path = f"{place}.{held.key}"
        evidence = case.document.evidence.get(path)
        words = value_words(template, held, values.get(held.key))
        page, quote = (evidence.page, evidence.quote) if evidence else ("", "")
        yield Saying(held.label, words, page, quote, held.kind == "long_text")
