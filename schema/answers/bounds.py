"""What may be stored at all, even in a draft: a guard against accidents and abuse, far beyond any field's own limits."""

from __future__ import annotations

import math

from schema.answers.document import Evidence, Note
from schema.limits import CODES, NUMBER_DIGITS, TEXT_CHARACTERS
from schema.problem import Refused, refuse
from schema.template.kinds import clean
from schema.template.value import Invalid, Missing, Value

CODE_MOST = 100


def storable(path: str, value: Value) -> Value:
    """Give the value as it may be stored: texts cleaned, empty ones blank.

    Raises ``Refused`` (ENTRY-003, with the path) for what no draft may hold: texts over 100,000 characters, numbers of
    more than 15 digits or not finite, more than 1,000 codes, and things that are no values.
    """
    match value:
        case None:
            return None
        case Missing():
            return Missing(_code(path, value.code))
        case Invalid():
            text = _text(path, value.text)
            return Invalid(text) if text else None
        case str():
            return _text(path, value) or None
        case tuple():
            return _codes(path, value)
        case bool():
            raise _not_storable(path, "True and false are not answers.")
        case int() | float() if math.isfinite(value) and abs(value) < 10**NUMBER_DIGITS:
            return value
    raise _not_storable(path, "A number must be finite and have at most 15 digits.")


def storable_evidence(path: str, evidence: Evidence | None) -> Evidence:
    """Give evidence as it may be stored; raises as :func:`storable` does."""
    held = evidence or Evidence()
    return Evidence(_code(path, held.page) if held.page else "", _text(path, held.quote))


def storable_note(path: str, note: Note | None) -> Note:
    """Give a note as it may be stored; raises as :func:`storable` does."""
    held = note or Note()
    return Note(held.flagged, _text(path, held.memo))


def _text(path: str, text: str) -> str:
    if len(text) > TEXT_CHARACTERS:
        raise _not_storable(path, f"At most {TEXT_CHARACTERS:,} characters; this has {len(text):,}.")
    return clean(text)


def _code(path: str, code: str) -> str:
    cleaned = clean(code) if len(code) <= CODE_MOST else ""
    if not cleaned:
        raise _not_storable(path, f"A code has 1 to {CODE_MOST} characters, and so has a page.")
    return cleaned


def _codes(path: str, codes: tuple[str, ...]) -> Value:
    if len(codes) > CODES:
        raise _not_storable(path, f"At most {CODES:,} codes; these are {len(codes):,}.")
    return tuple(_code(path, code) for code in codes) or None


def _not_storable(path: str, message: str) -> Refused:
    return refuse("ENTRY-003", message, "Shorten or correct it.", where=path)
