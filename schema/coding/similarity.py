"""How alike two rows are on the fields that may pair them: the anchors a template names, and its weak hints.

Only what a coder copies or counts takes part (printed number, page, words, age, sex, relation). Codes that are the
coder's judgement never do: pairing on themes would inflate the agreement on themes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from rapidfuzz import fuzz

from schema.answers.document import Row
from schema.coding.normalise import has_no_digit, normal_text, page_span, printed_number, words
from schema.template.kinds import kind_of
from schema.template.model import Field, Section
from schema.template.value import Answer, Missing, Value, is_answer

Similarity = Callable[[Field, Answer, Answer], float | None]

PRIOR_WEIGHT, PRIOR = 0.5, 0.35
"""Little evidence is drawn towards doubt: a pair that shares only the sex is not as sure as one that shares its words."""
WEAK_SHARE = 0.2
SAME_CODE, OTHER_CODE, ONE_ANSWER = 0.9, 0.7, 0.4
"""Both coders gave the same missing code, different ones, or only one of them did."""
LEAST = 4
"""Fewer neighbouring words than this are found in many texts."""
LETTERS, NEIGHBOURS, VOCABULARY = 0.4, 0.3, 0.3
UNRELATED, SURE = 0.25, 0.75
"""What the likeness of two texts is blended from; the blend of two unrelated English paragraphs, and of two that are beyond
doubt the same."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two rows are (0 to 1), and what that is made of, anchor by anchor."""

    score: float
    why: tuple[tuple[str, float], ...] = ()


NO_LIKENESS = Likeness(0.0)


class Anchors:
    """The pairing fields of one group over both coders' rows.

    A value that several rows of one entry share tells less: its weight is divided by how often it occurs there.
    """

    def __init__(self, section: Section, rows_a: Sequence[Row], rows_b: Sequence[Row]) -> None:
        """Count the values once."""
        self.fields = tuple(field for field in section.fields if field.match != "none" and not field.retired)
        self._counts = {field.key: _commonest(field, rows_a, rows_b) for field in self.fields}

    def likeness(self, a: Row, b: Row) -> Likeness:
        """Weighted mean over the anchors that both rows answer, drawn towards doubt where there is little to go by."""
        total, weight, why = PRIOR_WEIGHT * PRIOR, PRIOR_WEIGHT, []
        for field in self.fields:
            alike = field_likeness(field, a.values.get(field.key), b.values.get(field.key))
            if alike is None:
                continue
            share = self._weight(field, a, b)
            total, weight = total + share * alike, weight + share
            why.append((field.key, round(alike, 2)))
        return Likeness(round(total / weight, 4), tuple(why)) if why else NO_LIKENESS

    def _weight(self, field: Field, a: Row, b: Row) -> float:
        counts = self._counts[field.key]
        shared = max(counts[_key(field, row.values.get(field.key))] for row in (a, b))
        base = WEIGHTS[field.kind] * (WEAK_SHARE if field.match == "weak" else 1.0)
        return base / max(shared, 1) if field.kind in ("text", "long_text") else base


def field_likeness(field: Field, a: Value, b: Value) -> float | None:
    """Likeness of two values from 0 to 1; ``None`` where a side is blank or unreadable, which says nothing either way.

    That both coders found no age or sex is a likeness too, and that only one found it a slight difference; a missing
    text says nothing.
    """
    if isinstance(a, Missing) or isinstance(b, Missing):
        return _without_answer(field, a, b)
    if not is_answer(a) or not is_answer(b):
        return None
    assert isinstance(a, str | int | float | tuple)
    assert isinstance(b, str | int | float | tuple)
    return SIMILARITIES[field.kind](field, a, b)


def _without_answer(field: Field, a: Value, b: Value) -> float | None:
    if a is None or b is None or field.kind in ("text", "long_text"):
        return None
    if isinstance(a, Missing) and isinstance(b, Missing):
        return SAME_CODE if a == b else OTHER_CODE
    return ONE_ANSWER


def contained_in(section: Section, part: Row, whole: Row) -> float:
    """Share (0 to 1) of the neighbouring words of one row's long text that the other row's holds too; 0 for short texts."""
    shares = [0.0]
    for field in section.fields:
        own, other = part.values.get(field.key), whole.values.get(field.key)
        if (
            field.kind == "long_text"
            and field.match == "anchor"
            and isinstance(own, str)
            and isinstance(other, str)
        ):
            found = neighbours(normal_text(own))
            shares += (
                [len(found & neighbours(normal_text(other))) / len(found)] if len(found) >= LEAST else []
            )
    return max(shares)


def names_a_page(field: Field) -> bool:
    """Whether a text field holds a page: its unit says so, or its key does."""
    return field.unit == "page" or "page" in field.key.split("_")


def _key(field: Field, value: Value) -> object:
    return normal_text(value) if isinstance(value, str) and field.codelist is None else value


def _commonest(field: Field, rows_a: Sequence[Row], rows_b: Sequence[Row]) -> Counter[object]:
    """How often each value occurs in the entry where it occurs most."""
    counted = (Counter(_key(field, row.values.get(field.key)) for row in rows) for rows in (rows_a, rows_b))
    return next(counted) | next(counted)


def _text(field: Field, a: Answer, b: Answer) -> float | None:
    if names_a_page(field):
        return _pages(str(a), str(b))
    first, second = printed_number(str(a)), printed_number(str(b))
    if first and second:
        return 1.0 if first == second else 0.0
    if (first and has_no_digit(str(b))) or (second and has_no_digit(str(a))):
        return None  # a number against "unnumbered": one coder did not see it, which says nothing
    return _wording(field, a, b)


def _pages(a: str, b: str) -> float | None:
    """Overlapping pages are the same; the page before or after nearly so; four pages off is another place."""
    first, second = page_span(a), page_span(b)
    if not first or not second:
        return 1.0 if normal_text(a) == normal_text(b) else None
    apart = max(first[0] - second[1], second[0] - first[1], 0)
    return max(0.0, 1.0 - apart / 4)


def _wording(field: Field, a: Answer, b: Answer) -> float:
    """Letters (rapidfuzz's ratio), neighbouring words and words in common, stretched so that unrelated text is 0."""
    first, second = normal_text(str(a)), normal_text(str(b))
    if first == second:
        return 1.0
    letters = fuzz.ratio(first, second) / 100
    blended = (
        LETTERS * letters + NEIGHBOURS * contained(first, second) + VOCABULARY * _words_shared(first, second)
    )
    return min(1.0, max(0.0, (blended - UNRELATED) / (SURE - UNRELATED)))


def contained(a: str, b: str) -> float:
    """Shared neighbouring words as a share of the shorter text's: an extract inside a longer one counts in full."""
    first, second = neighbours(a), neighbours(b)
    least = min(len(first), len(second))
    return len(first & second) / least if least else 0.0


@lru_cache(maxsize=4096)
def neighbours(text: str) -> frozenset[tuple[str, str]]:
    """Every two words of a text that stand side by side."""
    return frozenset(pairwise(words(text)))


def _words_shared(a: str, b: str) -> float:
    """Dice's coefficient of the two vocabularies: what one text has beyond the other counts against it."""
    first, second = frozenset(words(a)), frozenset(words(b))
    return 2 * len(first & second) / (len(first) + len(second)) if first or second else 0.0


def _number(field: Field, a: Answer, b: Answer) -> float:
    """Ages: the same is 1, a slip of a year still close, far apart 0; the allowance grows with the number."""
    first, second = float(str(a)), float(str(b))
    return max(0.0, 1.0 - abs(first - second) / (2.0 + 0.1 * max(abs(first), abs(second))))


def _same(field: Field, a: Answer, b: Answer) -> float:
    kind = kind_of(field)
    return 1.0 if kind.normal(field, a) == kind.normal(field, b) else 0.0


def _overlap(field: Field, a: Answer, b: Answer) -> float:
    """Jaccard's index of two sets of codes."""
    first, second = set(a if isinstance(a, tuple) else ()), set(b if isinstance(b, tuple) else ())
    return len(first & second) / len(first | second) if first | second else 0.0


def _dates(field: Field, a: Answer, b: Answer) -> float:
    """Share of the parts, year first, that both dates give and share."""
    parts = list(zip(str(a).split("-"), str(b).split("-"), strict=False))
    return next((index for index, (x, y) in enumerate(parts) if x != y), len(parts)) / len(parts)


SIMILARITIES: Mapping[str, Similarity] = {
    "text": _text,
    "long_text": _wording,
    "integer": _number,
    "decimal": _number,
    "date": _dates,
    "partial_date": _dates,
    "yes_no": _same,
    "choice": _same,
    "choices": _overlap,
    "derived": _same,
}
WEIGHTS: Mapping[str, float] = {
    "text": 2.0,
    "long_text": 4.0,
    "integer": 2.5,
    "decimal": 2.5,
    "date": 2.0,
    "partial_date": 2.0,
    "yes_no": 1.0,
    "choice": 1.0,
    "choices": 1.0,
    "derived": 1.0,
}
