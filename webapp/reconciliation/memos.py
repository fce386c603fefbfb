"""What coders wrote for themselves: texts that are never compared, and that help whoever settles a difference."""

from __future__ import annotations

from dataclasses import dataclass

from schema.answers.document import Document
from schema.template.model import Section
from schema.template.value import is_answer
from webapp.reconciliation.room import Table

TEXTS = ("text", "long_text")


@dataclass(frozen=True, slots=True)
class Memo:
    """One memo: the label of its question, and what stands there."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class MemoOfCase:
    """A memo outside the rows: where it stands, and which coder wrote it (A or B, with the name where it may be shown)."""

    section: str
    letter: str
    coder: str
    memo: Memo


def memos(section: Section, document: Document, row_id: str = "") -> tuple[Memo, ...]:
    """The memos of one coder in a plain section, or in one row of a repeating group."""
    place = f"{section.key}.{row_id}" if row_id else section.key
    found = [
        (field.label, document.get(f"{place}.{field.key}"))
        for field in section.fields
        if field.kind in TEXTS and field.compare.rule == "ignore"
    ]
    return tuple(Memo(label, str(value)) for label, value in found if is_answer(value))


def memos_of_case(table: Table) -> tuple[MemoOfCase, ...]:
    """The memos that stand outside rows, section by section; those of rows stand beside what is settled in them."""
    both = [
        (letter, table.coder(letter), document)
        for letter, document in (("A", table.loaded.a), ("B", table.loaded.b))
    ]
    return tuple(
        MemoOfCase(section.label, letter, coder, memo)
        for section in table.loaded.template.plain_sections()
        for letter, coder, document in both
        for memo in memos(section, document)
    )
