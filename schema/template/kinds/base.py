"""What every kind of field offers; a new kind is one module beside this one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from schema.template.model import Field
from schema.template.value import Answer, Invalid, Missing, Value

NEWLINES = re.compile(r"\r\n?|[\u0085\u2028\u2029]")
OUTER = "".join(chr(sign) for sign in range(0x3001) if chr(sign).isspace()) + "\u200b\u2060\ufeff"
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]")


def clean(text: str) -> str:
    """Clean typed or imported text once, where it enters.

    Newlines become ``\\n``; control characters, non-characters and lone surrogates go (openpyxl refuses some and
    writes unreadable workbooks for others; PostgreSQL refuses NUL); Unicode NFC; outer white space goes, and with it
    outer marks of no width, so that a text that nobody can see is blank.
    """
    return unicodedata.normalize("NFC", FORBIDDEN.sub("", NEWLINES.sub("\n", text)).strip(OUTER))


@dataclass(frozen=True, slots=True)
class Fault:
    """Why an answer is not acceptable for its field: a stable code and a sentence with the remedy."""

    code: str
    message: str


class Kind:
    """Behaviour shared by all kinds; each kind overrides what differs.

    ``stores`` is false for derived kinds, ``many`` true where the answer is a tuple of codes,
    ``choosing`` true where a code list is needed, ``written`` true where people write a text of their own.
    """

    name = ""
    stores = True
    many = False
    choosing = False
    written = False
    default_compare = "exact"
    default_measure = "none"

    def read(self, field: Field, texts: Sequence[str]) -> Value:
        """Read what a form sent (one text, or several for ``many``): blank is ``None``, unreadable is ``Invalid``."""
        text = clean(texts[0]) if texts else ""
        return self.parse(field, text) if text else None

    def parse(self, field: Field, text: str) -> Answer | Invalid:
        """Read one clean, non-empty text."""
        return text

    def settle(self, field: Field, value: Answer) -> Value:
        """Bring an answer that arrived as JSON to the one form in which it is stored; nothing is guessed.

        Text is cleaned (empty is blank); what the field allows is still for :meth:`check` to say.
        """
        return (clean(value) or None) if isinstance(value, str) else value

    def check(self, field: Field, value: Answer) -> Fault | None:
        """Say why a well-formed JSON value is not an answer of this field, or ``None``."""
        raise NotImplementedError

    def normal(self, field: Field, value: Answer) -> Hashable:
        """Give the form under which two equal answers are equal (see ``schema/coding`` for text)."""
        return value

    def show(self, field: Field, value: Answer) -> str:
        """Give the answer as people read it."""
        return str(value)


def label_of(field: Field, value: str) -> str:
    """Label of a code, or the code itself where the list does not know it."""
    option = field.codelist.by_value.get(value) if field.codelist else None
    return option.label if option else value


def check_missing(field: Field, value: Missing) -> Fault | None:
    """Say why the missing code is not allowed here, or ``None``."""
    if value.code in field.missing:
        return None
    allowed = ", ".join(field.missing) or "none"
    return Fault("MISSING-CODE", f"“{value.code}” is not offered for this field. Allowed: {allowed}.")
