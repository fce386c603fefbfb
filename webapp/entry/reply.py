"""What the page's script is told after a save or an act on rows, as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from forms.changes import question_at
from forms.fields import shown
from schema.answers.document import Evidence, Note, Row
from schema.store.entries import Conflict
from schema.store.parts import plain_evidence, plain_note
from schema.template.kinds import kind_of
from schema.template.model import Field, Section
from schema.template.value import Value, to_plain
from webapp.entry.desk import Desk
from webapp.entry.drawing import NO_NOTE, asked
from webapp.entry.views import flags, in_full, progress_words, row_models


def state(
    desk: Desk, section: Section, *, open_rows: Sequence[str] = (), elsewhere: Sequence[str] = ()
) -> dict[str, Any]:
    """Give a section's state; only what is worth saying is in the maps, the script clears the rest.

    ``problems``, ``read_as``, ``follows`` and ``quotes`` by path, ``off`` the paths of questions that do not apply now,
    ``rows`` in order, ``progress`` of every section, ``elsewhere`` what another window of the same coder has changed.
    Nothing here depends on the other coder.
    """
    rows: Sequence[Row | None] = desk.document.rows(section.key) if section.repeats else (None,)
    questions = [(row, question, _path(row, question)) for row in rows for question in asked(section)]
    return {
        "revision": desk.entry.revision,
        "saved_at": _moment(desk.entry.updated_at),
        "problems": {
            path: texts for path, texts in desk.messages.items() if path.split(".")[0] == section.key
        },
        "off": [path for row, question, path in questions if not desk.applies(section, question, row)],
        "read_as": _read_as(desk, questions),
        "follows": {
            path: in_full(desk, question, desk.value(question, row))
            for row, question, path in questions
            if not kind_of(question).stores
        },
        "quotes": {
            path: note.as_json() for path, note in desk.quotes.items() if path.split(".")[0] == section.key
        },
        "rows": _rows(desk, section, open_rows),
        "progress": _progress(desk),
        "elsewhere": [_as_it_stands(desk, path) for path in elsewhere if _is_value(desk, section, path)],
        "applies": desk.visibility.section(section.key),
    }


def _is_value(desk: Desk, section: Section, path: str) -> bool:
    parts = path.split(".")
    if parts[0] != section.key or parts[-1] not in section.by_key:
        return False
    return len(parts) == 2 or (len(parts) == 3 and desk.document.row(section.key, parts[1]) is not None)


def _as_it_stands(desk: Desk, path: str) -> dict[str, Any]:
    question, value = question_at(desk.template, path), desk.document.get(path)
    return {
        "path": path,
        "label": question.label,
        "value": to_plain(value),
        "words": in_full(desk, question, value),
        "evidence": plain_evidence(desk.document.evidence.get(path, Evidence())),
        "note": plain_note(desk.document.notes.get(path, NO_NOTE)),
    }


def _path(row: Row | None, question: Field) -> str:
    return f"{question.section}.{row.id}.{question.key}" if row else question.path


def _moment(at: datetime | None) -> str:
    if at is None:
        return ""
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).isoformat()


def _read_as(desk: Desk, questions: Sequence[tuple[Row | None, Field, str]]) -> dict[str, str]:
    read = {path: shown(question, desk.value(question, row)).read_as for row, question, path in questions}
    return {path: text for path, text in read.items() if text}


def _rows(desk: Desk, section: Section, open_rows: Sequence[str]) -> list[dict[str, Any]]:
    return [
        {
            "id": row.id,
            "summary": row.summary,
            "problems": row.problems,
            "flagged": row.flagged,
            "html": str(row.body) if row.body is not None and row.id in open_rows else None,
        }
        for row in row_models(desk, section, open_rows)
    ]


def _progress(desk: Desk) -> dict[str, dict[str, str | int]]:
    said, flagged = {key: progress_words(progress) for key, progress in desk.progress.items()}, flags(desk)
    return {
        key: {"words": words, "tone": tone, "flagged": flagged.get(key, 0)}
        for key, (words, tone) in said.items()
    }


def conflict(desk: Desk, one: Conflict) -> dict[str, Any]:
    """Give both values of a conflict: in full for people, plain for the script."""
    question = question_at(desk.template, one.path)
    mine, theirs = (words_of(desk, question, side) for side in (one.yours, one.theirs))
    return {
        "path": one.path,
        "what": one.what,
        "label": question.label,
        "mine": mine,
        "theirs": theirs,
        "theirs_value": _plain(one.theirs),
    }


def words_of(desk: Desk, question: Field, side: Value | Evidence | Note) -> str:
    """Give a value, its evidence or a note in one line."""
    if isinstance(side, Evidence):
        return in_words(side)
    return note_words(side) if isinstance(side, Note) else in_full(desk, question, side)


def _plain(side: Value | Evidence | Note) -> object:
    if isinstance(side, Evidence):
        return plain_evidence(side)
    return plain_note(side) if isinstance(side, Note) else to_plain(side)


def note_words(note: Note) -> str:
    """Give a note in one line."""
    return ": ".join(filter(None, ("come back to this" if note.flagged else "", note.memo)))


def in_words(evidence: Evidence) -> str:
    """Give evidence in one line."""
    return ", ".join(filter(None, (f"p. {evidence.page}" if evidence.page else "", evidence.quote)))
