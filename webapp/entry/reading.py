"""An entry to read: every question that applies, with its answer in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from schema.answers.document import NO_VALUES, Evidence, Row
from schema.answers.paths import place_of
from schema.store.snapshots import latest_snapshot, thaw
from schema.template.model import Section
from webapp.entry.desk import Desk, Judged
from webapp.entry.drawing import NO_NOTE, asked
from webapp.entry.reply import note_words
from webapp.entry.views import in_full

NO_EVIDENCE = Evidence()


@dataclass(frozen=True, slots=True)
class ReadAnswer:
    """A question with its answer; ``page`` and ``quote`` are its evidence, ``note`` what its coder noted beside it."""

    label: str
    text: str
    page: str
    quote: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class ReadBlock:
    """A plain section, or one row of a group; ``title`` is empty for the former."""

    title: str
    answers: tuple[ReadAnswer, ...]


@dataclass(frozen=True, slots=True)
class ReadSection:
    """A section as it reads."""

    label: str
    blocks: tuple[ReadBlock, ...]


def frozen(session: Session, desk: Desk) -> Desk:
    """Give the desk with what was submitted in place of the draft, where it is submitted. Notes stand in no snapshot; they
    cannot change while an entry is closed.
    """
    snapshot = latest_snapshot(session, desk.entry.id) if desk.entry.state == "submitted" else None
    if snapshot is None:
        return desk
    submitted = replace(thaw(session, snapshot.id), notes=desk.document.notes)
    return replace(desk, judged=Judged(desk.template, submitted))


def read_sections(desk: Desk) -> tuple[ReadSection, ...]:
    """Give all sections that apply."""
    return tuple(
        ReadSection(section.label, tuple(_blocks(desk, section)))
        for section in desk.template.sections
        if desk.visibility.section(section.key)
    )


def _blocks(desk: Desk, section: Section) -> Iterator[ReadBlock]:
    if section.repeats is None:
        yield ReadBlock("", tuple(_answers(desk, section, None)))
        return
    for row in desk.document.rows(section.key):
        yield ReadBlock(place_of(section, desk.document, row.id), tuple(_answers(desk, section, row)))


def _answers(desk: Desk, section: Section, row: Row | None) -> Iterator[ReadAnswer]:
    prefix = f"{section.key}.{row.id}" if row else section.key
    held = row.values if row else desk.document.sections.get(section.key, NO_VALUES)
    for question in asked(section):
        followed = desk.visibility.value(section.key, question.key, row) if question.derive else None
        applies = desk.visibility.field(section.key, question.key, row)
        if not applies and followed is None and question.key not in held:
            continue
        evidence = desk.document.evidence.get(f"{prefix}.{question.key}", NO_EVIDENCE)
        note = note_words(desk.document.notes.get(f"{prefix}.{question.key}", NO_NOTE))
        text = in_full(desk, question, followed or desk.value(question, row))
        yield ReadAnswer(question.label, text, evidence.page, evidence.quote, note)
