"""One entry with everything that its pages say about it, worked out once for each revision."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from threading import Lock
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.orm import Session

from schema.answers.document import NO_VALUES, Document, Row
from schema.answers.progress import BLANK, SectionProgress, progress
from schema.answers.remembered import Remembered
from schema.answers.validate import Finding, findings
from schema.answers.visibility import Visibility, visible
from schema.store.models import Entry
from schema.store.parts import Part, load_parts, parts_after, to_document, with_written
from schema.store.saving import Saved, remember, reread
from schema.store.templates import compiled_for
from schema.template.kinds import kind_of
from schema.template.model import Field, Section, Template
from schema.template.value import Value
from webapp.quoting import QuoteNote, quote_notes

COLUMNS = tuple(column.key for column in inspect(Entry).column_attrs)
KEPT_MOST = 64
"""So many entries stay judged in a process: those of the coders at work, a few hundred kilobytes each."""


@dataclass(frozen=True)
class Judged:
    """The answers of an entry at one revision, with what they come to."""

    template: Template
    document: Document
    deleted: Mapping[str, tuple[Row, ...]] = field(default_factory=dict)  # rows by group
    remembered: Remembered | None = None  # what was found at earlier revisions
    parts: Sequence[Part] = ()  # what the document was put together from

    @cached_property
    def visibility(self) -> Visibility:
        """What applies."""
        return visible(self.template, self.document)

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What submission would say of them."""
        return findings(self.template, self.document, "submit", remembered=self.remembered)

    @cached_property
    def problems(self) -> tuple[Finding, ...]:
        """What is wrong with the draft: all that the section list counts, and nothing that is only blank so far."""
        return tuple(one for one in self.findings if one.code not in BLANK and not _kept_for_submission(one))

    @cached_property
    def progress(self) -> dict[str, SectionProgress]:
        """How far each section has come."""
        return progress(self.template, self.document, seen=self.visibility, found=self.findings)

    @cached_property
    def messages(self) -> dict[str, list[str]]:
        """What is wrong, by path; beside its field a message does not repeat the label."""
        found: dict[str, list[str]] = {}
        for problem in self.problems:
            question = self.template.by_key[problem.section].by_key.get(problem.field_key)
            text = problem.message.removeprefix(f"{question.label}: ") if question else problem.message
            found.setdefault(problem.path, []).append(text)
        return found


@dataclass(frozen=True)
class Desk:
    """An entry, its questionnaire and its answers as they stand."""

    entry: Entry
    judged: Judged
    quotes: Mapping[str, QuoteNote] = field(default_factory=dict)  # what is said beside quotations, by path
    row: Mapping[str, Any] = field(default_factory=dict)  # the entry's own, as it was read

    @property
    def template(self) -> Template:
        """The questionnaire as its coder fills it in."""
        return self.judged.template

    @property
    def document(self) -> Document:
        """The answers."""
        return self.judged.document

    @property
    def visibility(self) -> Visibility:
        """What applies."""
        return self.judged.visibility

    @property
    def problems(self) -> tuple[Finding, ...]:
        """What is wrong with the draft."""
        return self.judged.problems

    @property
    def progress(self) -> dict[str, SectionProgress]:
        """How far each section has come."""
        return self.judged.progress

    @property
    def messages(self) -> dict[str, list[str]]:
        """What is wrong, by path."""
        return self.judged.messages

    def deleted(self, section: Section) -> tuple[Row, ...]:
        """The rows of a group that can be restored; those that never held anything are not worth it."""
        return tuple(row for row in self.judged.deleted.get(section.key, ()) if row.values)

    @property
    def deleted_paths(self) -> frozenset[str]:
        """The rows that were deleted, as ``group.row_id``."""
        return frozenset(f"{group}.{row.id}" for group, rows in self.judged.deleted.items() for row in rows)

    def problems_at(self, path: str) -> tuple[str, ...]:
        """What is wrong with one value, row or section."""
        return tuple(self.messages.get(path, ()))

    def value(self, question: Field, row: Row | None) -> Value:
        """The value that a question holds; for one that is never typed, the value that follows."""
        if not kind_of(question).stores:
            return self.visibility.value(question.section, question.key, row)
        values = row.values if row else self.document.sections.get(question.section, NO_VALUES)
        return values.get(question.key)

    def applies(self, section: Section, question: Field, row: Row | None) -> bool:
        """Whether a question applies now; where its whole section does not, its own condition alone is asked."""
        if self.visibility.section(section.key) or question.visible_when is None:
            return self.visibility.field(section.key, question.key, row) or question.visible_when is None
        return question.visible_when.holds(self.visibility.lookup(section.key, row))


def _kept_for_submission(finding: Finding) -> bool:
    """Rules that only warn or ask are put to the coder once, when the whole entry is there to be judged by."""
    return bool(finding.rule_key) and finding.severity != "error"


def desk_of(session: Session, entry: Entry) -> Desk:
    """Load an entry for its pages."""
    judged, row = _judged(session, entry), {name: getattr(entry, name) for name in COLUMNS}
    return Desk(entry, judged, quote_notes(session, entry.case_id, judged.document.evidence), row)


def desk_after(session: Session, desk: Desk, saved: Saved) -> Desk:
    """The desk as it stands after a save that this request has made.

    Where nobody saved in between it is what was read before with what the save wrote, and nothing is read again.
    """
    if saved.written is None or saved.revision != desk.row["revision"] + 1:
        reread(session, desk.entry)
        return desk_of(session, desk.entry)
    row = {**desk.row, **saved.written.columns}
    remember(desk.entry, row)
    judged = _kept_as(desk.entry, desk.template, with_written(desk.judged.parts, saved.written.parts))
    return Desk(desk.entry, judged, quote_notes(session, row["case_id"], judged.document.evidence), row)


def _deleted(parts: Sequence[Part]) -> dict[str, tuple[Row, ...]]:
    found: dict[str, list[Row]] = {}
    for part in parts:
        if part.deleted:
            found.setdefault(part.section, []).append(Row(part.row_id, part.values))
    return {group: tuple(rows) for group, rows in found.items()}


@dataclass(frozen=True, slots=True)
class _Stands:
    """What tells one state of an entry from every other."""

    revision: int
    at: datetime | None
    template_version_id: str
    slot: int

    def follows(self, earlier: _Stands) -> bool:
        """Whether it is a later revision under the same questionnaire."""
        same = (self.template_version_id, self.slot) == (earlier.template_version_id, earlier.slot)
        return same and self.revision > earlier.revision


def _parts(
    session: Session, entry: Entry, stands: _Stands, held: tuple[_Stands, Judged] | None
) -> list[Part]:
    """The entry's parts; where an earlier revision is kept, only what was written since is read."""
    connection, found = session.connection(), list[Part]()
    if held is not None and held[0].at is not None and stands.follows(held[0]):
        found = parts_after(connection, entry.id, held[1].parts, held[0].revision, held[0].at)
    return found or load_parts(connection, entry.id)


def _remembered(held: tuple[_Stands, Judged] | None, template: Template, document: Document) -> Remembered:
    """What was found at the revision before, where that was under the same template."""
    before = held[1].remembered if held is not None else None
    if before is None or before.template is not template:
        return Remembered(template)
    before.keep_only(document)
    return before


_KEPT: OrderedDict[str, tuple[_Stands, Judged]] = OrderedDict()
_LOCK = Lock()


def _judged(session: Session, entry: Entry) -> Judged:
    """The answers of an entry, kept from an earlier request where nothing was saved since.

    A revision is never written twice; the moment beside it tells those of a restored database from ours.
    """
    stands = _stands(entry)
    with _LOCK:
        held = _KEPT.get(entry.id)
        if held is not None and held[0] == stands:
            _KEPT.move_to_end(entry.id)
            return held[1]
    return _kept_as(entry, compiled_for(session, entry), _parts(session, entry, stands, held))


def _stands(entry: Entry) -> _Stands:
    return _Stands(entry.revision, entry.updated_at, entry.template_version_id, entry.slot)


def _kept_as(entry: Entry, template: Template, parts: Sequence[Part]) -> Judged:
    """The answers of an entry that consists of these parts, kept for its next request."""
    document, stands, held = to_document(parts), _stands(entry), _KEPT.get(entry.id)
    judged = Judged(template, document, _deleted(parts), _remembered(held, template, document), parts)
    with _LOCK:
        _KEPT[entry.id] = (stands, judged)
        _KEPT.move_to_end(entry.id)
        while len(_KEPT) > KEPT_MOST:
            _KEPT.popitem(last=False)
    return judged
