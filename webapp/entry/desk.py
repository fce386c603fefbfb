"""One entry with everything that its pages say about it, worked out once for each request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from sqlalchemy.orm import Session

from schema.answers.document import NO_VALUES, Document, Row
from schema.answers.progress import BLANK, SectionProgress, progress
from schema.answers.validate import Finding, findings
from schema.answers.visibility import Visibility, visible
from schema.store.entries import load_document
from schema.store.models import Entry
from schema.store.templates import compiled_for
from schema.template.kinds import kind_of
from schema.template.model import Field, Section, Template
from schema.template.value import Value
from webapp.quoting import QuoteNote, quote_notes


@dataclass(frozen=True)
class Desk:
    """An entry, its questionnaire and its answers as they stand."""

    entry: Entry
    template: Template
    document: Document
    quotes: Mapping[str, QuoteNote] = field(default_factory=dict)  # what is said beside quotations, by path

    @cached_property
    def visibility(self) -> Visibility:
        """What applies."""
        return visible(self.template, self.document)

    @cached_property
    def problems(self) -> tuple[Finding, ...]:
        """What is wrong with the draft: all that the section list counts, and nothing that is only blank so far."""
        found = findings(self.template, self.document, "submit")
        return tuple(one for one in found if one.code not in BLANK and not _kept_for_submission(one))

    @cached_property
    def progress(self) -> dict[str, SectionProgress]:
        """How far each section has come."""
        return progress(self.template, self.document)

    @cached_property
    def messages(self) -> dict[str, list[str]]:
        """What is wrong, by path; beside its field a message does not repeat the label."""
        found: dict[str, list[str]] = {}
        for problem in self.problems:
            question = self.template.by_key[problem.section].by_key.get(problem.field_key)
            text = problem.message.removeprefix(f"{question.label}: ") if question else problem.message
            found.setdefault(problem.path, []).append(text)
        return found

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
    template = compiled_for(session, entry)
    document = load_document(session, entry.id)
    return Desk(entry, template, document, quote_notes(session, entry.case_id, document.evidence))
