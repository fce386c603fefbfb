"""The entry workbook: how an entry lies on sheets, so that what was filled in without a connection finds its way back.

One sheet for each section. Its first row and first column hold what only Tandem reads: the section's key, and the key of every
question (and the id of every row), so that renamed sheets and moved columns do no harm. A cell that is left as it was changes
nothing. Rows of a group have their ids before anybody fills them in: the same workbook taken in twice makes no row twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from schema.answers.cell_text import option_names, reason_names
from schema.answers.document import Document, Evidence, new_row_id
from schema.limits import OFFLINE_NEW_ROWS
from schema.template.kinds import kind_of
from schema.template.model import Field, Section, Template
from schema.template.paper import FORMATS
from schema.template.phrases import in_words

FORMAT = "Tandem entry workbook 1"
ANSWER, PAGE, QUOTE = "answer", "page", "quote"
HEADINGS = {PAGE: "page", QUOTE: "words of the report"}
FIRST_LINE = 4  # rows before it: keys, headings, how to answer
LONGEST = 32_767  # characters of a cell


@dataclass(frozen=True, slots=True)
class Made:
    """What a workbook was made for. ``revision``: the entry's, which tells what the coder has changed in it since."""

    entry_id: str
    case: str
    template: str
    version: int
    template_hash: str
    revision: int

    def facts(self) -> dict[str, str]:
        """By the names under which they stand on the first sheet."""
        return {
            "format": FORMAT,
            "case": self.case,
            "template": self.template,
            "version": str(self.version),
            "hash": self.template_hash,
            "entry": self.entry_id,
            "revision": str(self.revision),
        }


@dataclass(frozen=True, slots=True)
class Place:
    """What a column holds: an answer, or the page or the words of its evidence. ``key`` is written as ``age`` or ``age:page``."""

    field: Field
    part: str

    @property
    def key(self) -> str:
        """The column's key."""
        return self.field.key if self.part == ANSWER else f"{self.field.key}:{self.part}"


def asked_sections(template: Template) -> Iterator[Section]:
    """The sections that have a sheet."""
    for section in template.sections:
        if not section.retired and places(section):
            yield section


def places(section: Section) -> tuple[Place, ...]:
    """The columns of a section, in order."""
    asked = [field for field in section.fields if not field.retired and kind_of(field).stores]
    return tuple(
        Place(field, part)
        for field in asked
        for part in ((ANSWER, PAGE, QUOTE) if field.evidence else (ANSWER,))
    )


def row_ids(section: Section, document: Document) -> tuple[str, ...]:
    """The ids of a sheet's lines: of the rows that are there, and of those that may be added."""
    if section.repeats is None:
        return ("",)
    present = tuple(row.id for row in document.rows(section.key))
    free = min(OFFLINE_NEW_ROWS, max(0, section.repeats.maximum - len(present)))
    return (*present, *(new_row_id() for _ in range(free)))


def path_of(section: Section, row_id: str, field: Field) -> str:
    """The path of an answer."""
    return f"{section.key}.{row_id}.{field.key}" if row_id else field.path


def evidence_of(document: Document, path: str, part: str) -> str:
    """The page or the words of an answer's evidence."""
    held = document.evidence.get(path, Evidence())
    return held.page if part == PAGE else held.quote


def how_to_answer(template: Template, section: Section, field: Field) -> str:
    """What stands beside a question: when it is asked, what is meant, how it is written, and what may stand in place of it."""
    condition = f"Only if {in_words(template, section, field.visible_when)}." if field.visible_when else ""
    form = ", in ".join(part for part in (FORMATS.get(field.kind, ""), field.unit) if part)
    reasons = ", ".join(reason_names(template, field).values())
    parts = (
        condition,
        field.hint,
        field.guidance,
        f"Write {form}." if form else "",
        _codes(field),
        f"Or: {reasons}" if reasons else "",
    )
    return "\n".join(part for part in parts if part)


def _codes(field: Field) -> str:
    if field.codelist is None:
        return ""
    names = option_names(field)
    listed = "; ".join(names[option.value] for option in field.codelist.options if not option.retired)
    return f"{'Any of these, with semicolons between' if kind_of(field).many else 'One of these'}: {listed}"
