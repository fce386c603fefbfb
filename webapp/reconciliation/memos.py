"""What coders wrote for themselves: texts that are never compared, and that help whoever settles a difference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from schema.answers.document import Document, Note
from schema.answers.paths import place_of
from schema.template.model import Section
from schema.template.value import is_answer
from webapp.reconciliation.room import Table

TEXTS = ("text", "long_text")


@dataclass(frozen=True, slots=True)
class Memo:
    """One memo or note: how it is called, and what stands there."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class MemoOfCase:
    """A memo or note: where it stands, and which coder wrote it (A or B, with the name where it may be shown)."""

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


def note_words(note: Note) -> str:
    """A coder's own note in one line."""
    return ": ".join(filter(None, ("to come back to" if note.flagged else "", note.memo)))


def own_notes(section: Section, notes: Mapping[str, Note], place: str, key: str = "") -> tuple[Memo, ...]:
    """What a coder noted beside the question ``key`` of a section or row, or beside all of them."""
    wanted = [section.by_key[key]] if key else section.fields
    found = [(field.label, notes.get(f"{place}.{field.key}")) for field in wanted]
    return tuple(
        Memo("Note" if key else f"Note on {label}", note_words(note)) for label, note in found if note
    )


def memos_of_case(table: Table) -> tuple[MemoOfCase, ...]:
    """The memos that stand outside rows, section by section; those of rows stand beside what is settled in them.

    Then every note that a coder made beside a question and left standing, because nobody may come by where both agree.
    """
    both = [
        (letter, table.coder(letter), document)
        for letter, document in (("A", table.loaded.a), ("B", table.loaded.b))
    ]
    written = [
        MemoOfCase(section.label, letter, coder, memo)
        for section in table.loaded.template.plain_sections()
        for letter, coder, document in both
        for memo in memos(section, document)
    ]
    noted = [
        MemoOfCase(place_of(section, document, row_id), letter, coder, memo)
        for section in table.loaded.template.sections
        for letter, coder, document in both
        for place, row_id in _places(section, document)
        for memo in own_notes(section, table.notes[letter], place)
    ]
    return (*written, *noted)


def _places(section: Section, document: Document) -> list[tuple[str, str]]:
    """The path and the row id of a plain section, or of every row of a group."""
    if section.repeats is None:
        return [(section.key, "")]
    return [(f"{section.key}.{row.id}", row.id) for row in document.rows(section.key)]
