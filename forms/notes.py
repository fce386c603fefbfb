"""What a coder notes beside a question, as a page sends it.

By button: ``path:noted`` (the note was on the page, so that an empty one means none), ``path:flag`` and ``path:memo``. By
script: ``{"flagged": …, "memo": …}``.
"""

from __future__ import annotations

from collections.abc import Mapping

from schema.answers.document import Note
from schema.problem import refuse
from schema.template.kinds import clean, kind_of
from schema.template.model import Field

SUFFIXES = ("noted", "flag", "memo")
MEMO_LENGTH = 5_000
TOO_LONG = "FORM-011"


def read_note(question: Field, flagged: bool, memo: str) -> Note | None:
    """Read a note; ``None`` where there is nothing in it. Raises ``Refused`` (FORM-011) where the memo is too long."""
    note = Note(flagged, clean(memo))
    if len(note.memo) > MEMO_LENGTH:
        raise refuse(
            TOO_LONG,
            f"{question.label}: the memo has {len(note.memo):,} characters.",
            f"Shorten it to {MEMO_LENGTH:,} at most.",
            where=question.path,
        )
    return note or None


def json_note(question: Field, plain: object) -> Note | None:
    """Read ``{"flagged": …, "memo": …}`` or null. Raises ``Refused`` (FORM-001, 422) for any other shape."""
    if plain is None:
        return None
    if kind_of(question).stores and isinstance(plain, Mapping) and set(plain) <= {"flagged", "memo"}:
        flagged, memo = plain.get("flagged", False), plain.get("memo", "")
        if isinstance(flagged, bool) and isinstance(memo, str):
            return read_note(question, flagged, memo)
    raise refuse("FORM-001", f"{question.label}: this is not a note.", where=question.path)
