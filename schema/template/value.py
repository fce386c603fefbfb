"""What a field can hold.

A value is one of

* an answer: ``str`` (text, long_text, choice, yes_no, ISO dates and partial dates), ``int`` (integer),
  ``float`` (decimal, rounded to the field's places), ``tuple[str, ...]`` (choices, in code-list order);
* ``Missing(code)``: the coder looked and says why there is no answer;
* ``Invalid(text)``: a draft's text that the field cannot read yet (kept, never submitted);
* ``None``: blank, not done yet. Documents leave blank fields out.

In JSON a missing code is ``{"missing": code}`` and an unreadable text is ``{"invalid": text}``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any


@dataclass(frozen=True, slots=True)
class Missing:
    """A typed missing answer; ``code`` is one of the template's missing codes."""

    code: str


@dataclass(frozen=True, slots=True)
class Invalid:
    """Text that the field's kind cannot read; drafts keep it, submit refuses it."""

    text: str


Answer = str | int | float | tuple[str, ...]
Value = Answer | Missing | Invalid | None
NO_VALUE = 'expected a text, a number, a list of codes or {"missing": code}'
Plain = str | int | float | list[str] | dict[str, str] | None


def is_answer(value: Value) -> bool:
    """Whether the value is a real answer: neither blank, nor missing, nor unreadable."""
    return value is not None and not isinstance(value, Missing | Invalid)


def to_plain(value: Value) -> Plain:
    """Give the JSON form of a value."""
    if isinstance(value, Missing):
        return {"missing": value.code}
    if isinstance(value, Invalid):
        return {"invalid": value.text}
    if isinstance(value, tuple):
        return list(value)
    return value


def from_plain(plain: object) -> Value:
    """Read the JSON form back, by shape alone; what the field allows is the kind's business.

    Raises ``ValueError`` for a shape that no value has.
    """
    if plain is None or isinstance(plain, str):  # nearly all of them
        return plain
    if isinstance(plain, list):
        return codes_from(plain)
    if isinstance(plain, dict):
        return said_instead(plain)
    if isinstance(plain, bool):
        raise ValueError('true and false are not answers; write the code, for instance "yes"')
    if isinstance(plain, int | float):
        return plain
    raise ValueError(NO_VALUE)


def codes_from(plain: list[Any]) -> tuple[str, ...]:
    """Read a list of codes. Raises ``ValueError`` where one of them is no text."""
    try:
        "".join(plain)  # the quickest way to ask whether all are texts
    except TypeError as error:
        raise ValueError(NO_VALUE) from error
    return tuple(plain)


def said_instead(plain: dict[str, object]) -> Missing | Invalid:
    """Read what stands in place of an answer: an object with one text. Raises ``ValueError`` for any other."""
    for what, text in plain.items():
        if len(plain) == 1 and isinstance(text, str):
            if what == "missing":
                return _missing(text)
            if what == "invalid":
                return Invalid(text)
    raise ValueError(NO_VALUE)


@lru_cache(maxsize=256)
def _missing(code: str) -> Missing:
    """A missing answer; every one of a code is the same object, because a study holds tens of thousands of them."""
    return Missing(code)
