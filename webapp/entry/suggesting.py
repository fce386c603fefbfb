"""Makes rows of an entry out of suggestions, and keeps on record which row came from which."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from schema.actor import Actor
from schema.answers.document import Change, Document, Evidence, new_row_id
from schema.problem import refuse
from schema.store.database import now
from schema.store.entries import load_document, save_changes
from schema.store.models import Entry, SuggestionTaken
from schema.store.reports_read import Suggested
from schema.template.kinds import kind_of
from schema.template.model import Field, Section
from webapp.entry.operations import require_open
from webapp.entry.paste import pasteable, text_field

PAGE = "page"


def printed_number_field(section: Section) -> Field | None:
    """The question for the number as printed: a line of text that rows are matched by, and not the page."""
    return next(
        (
            one
            for one in pasteable(section)
            if one.kind == "text" and one.match == "anchor" and one.key != PAGE
        ),
        None,
    )


def takes_suggestions(section: Section) -> bool:
    """Whether a group asks for numbered items in the report's own words."""
    wording = text_field(section) if section.repeats else None
    return wording is not None and wording.kind == "long_text" and printed_number_field(section) is not None


def make_rows(
    session: Session, actor: Actor, entry: Entry, section: Section, chosen: Sequence[Suggested]
) -> int:
    """Make a row of each suggestion, all in one save, and record what each was made of; gives how many.

    Raises ``Refused`` where the entry is closed (ENTRY-001) or the group would hold too many rows (ROW-003).
    """
    require_open(entry)
    most = section.repeats.maximum if section.repeats else 0
    if len(load_document(session, entry.id).rows(section.key)) + len(chosen) > most:
        raise refuse(
            "ROW-003",
            f"{section.label}: that would make more than the {most} rows allowed.",
            "Tick fewer.",
            where="take",
            status=409,
        )
    rows = {new_row_id(): one for one in chosen}
    changes = [change for row_id, one in rows.items() for change in _changes(section, row_id, one)]
    save_changes(session, actor, entry, entry.revision, changes)
    session.add_all(
        SuggestionTaken(
            entry_id=entry.id,
            section=section.key,
            row_id=row_id,
            report_id=one.report.id,
            position=one.position,
            taken_at=now(session),
        )
        for row_id, one in rows.items()
    )
    session.flush()
    return len(rows)


def made_already(session: Session, entry: Entry, document: Document, section: Section) -> set[str]:
    """The suggestions of which this very entry holds rows."""
    query = select(SuggestionTaken).where(
        SuggestionTaken.entry_id == entry.id, SuggestionTaken.section == section.key
    )
    rows = {row.id for row in document.rows(section.key)}
    return {f"{one.report_id}:{one.position}" for one in session.scalars(query) if one.row_id in rows}


def _changes(section: Section, row_id: str, one: Suggested) -> list[Change]:
    path = f"{section.key}.{row_id}"
    wording, number = text_field(section), printed_number_field(section)
    page = section.by_key.get(PAGE)
    changes = [Change("add_row", path)]
    for question, text in ((number, one.number), (wording, one.text), (page, one.page)):
        value = kind_of(question).read(question, [text]) if question else None
        if question is not None and value is not None:
            changes.append(Change("set", f"{path}.{question.key}", value=value))
    if page is None and wording is not None and wording.evidence:
        changes.append(Change("evidence", f"{path}.{wording.key}", evidence=Evidence(one.page, "")))
    return changes
