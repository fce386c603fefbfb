"""How alike two rows are on the fields that may pair them: the anchors a template names, and its weak hints.

Only what a coder copies or counts takes part (printed number, page, words, age, sex, relation). Codes that are the
coder's judgement never do: pairing on themes would inflate the agreement on themes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import isnan, nan
from typing import TYPE_CHECKING, Any

from schema.answers.document import Row
from schema.coding.normalise import has_no_digit, normal_text, page_span, printed_number
from schema.coding.wording import neighbours, wording
from schema.template.kinds import kind_of
from schema.template.model import Field, Section
from schema.template.value import Answer, Invalid, Missing, Value

if TYPE_CHECKING:
    from schema.coding.wording import Grid

Similarity = Callable[[Field, Any, Any], float | None]
Unordered = Value | frozenset[str]
"""A value of a field as it is compared: codes that were ticked are a set."""

PRIOR_WEIGHT, PRIOR = 0.5, 0.35
"""Little evidence is drawn towards doubt: a pair that shares only the sex is not as sure as one that shares its words."""
WEAK_SHARE = 0.2
SAME_CODE, OTHER_CODE, ONE_ANSWER = 0.9, 0.7, 0.4
"""Both coders gave the same missing code, different ones, or only one of them did."""
LEAST = 4
"""Fewer neighbouring words than this are found in many texts."""


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
        self._counts = {
            field.key: _commonest(field, rows_a, rows_b) for field in self.fields if field.kind in TEXTS
        }

    def likeness(self, a: Row, b: Row) -> Likeness:
        """How alike two rows are; for many rows ask for all of them at once."""
        return self.grid([a], [b]).likeness(0, 0)

    def grid(self, rows_a: Sequence[Row], rows_b: Sequence[Row]) -> RowGrid:
        """Each row of A with each of B: the weighted mean over the anchors that both answer, drawn towards doubt.

        Where there is little to go by, a pair comes out near ``PRIOR``.
        """
        import numpy as np

        if not rows_a or not rows_b:
            return RowGrid([[] for _ in rows_a], ())
        total = np.full((len(rows_a), len(rows_b)), PRIOR_WEIGHT * PRIOR)
        weight = np.full(total.shape, PRIOR_WEIGHT)
        parts = []
        for field in self.fields:
            alike = field_grid(
                field,
                [row.values.get(field.key) for row in rows_a],
                [row.values.get(field.key) for row in rows_b],
            )
            silent = np.isnan(alike)
            share = np.where(silent, 0.0, self._weights(field, rows_a, rows_b))
            total += share * np.where(silent, 0.0, alike)
            weight += share
            parts.append((field.key, alike))
        scores = [
            [round(mean, 4) if said > PRIOR_WEIGHT else 0.0 for mean, said in zip(*lines, strict=True)]
            for lines in zip((total / weight).tolist(), weight.tolist(), strict=True)
        ]
        return RowGrid(scores, tuple(parts))

    def _weights(self, field: Field, rows_a: Sequence[Row], rows_b: Sequence[Row]) -> Grid | float:
        import numpy as np

        base = WEIGHTS[field.kind] * (WEAK_SHARE if field.match == "weak" else 1.0)
        if field.kind not in TEXTS:
            return base
        counts = self._counts[field.key]
        often = [
            [max(counts[_key(field, row.values.get(field.key))], 1) for row in rows]
            for rows in (rows_a, rows_b)
        ]
        weights: Grid = base / np.maximum.outer(*(np.array(one, float) for one in often))
        return weights


@dataclass(frozen=True, slots=True)
class RowGrid:
    """How alike each row of A (first index) is to each of B: ``scores`` overall (0 where no anchor says anything), and
    ``parts`` by anchor (NaN: says nothing).
    """

    scores: list[list[float]]
    parts: tuple[tuple[str, Grid], ...]

    def likeness(self, i: int, j: int) -> Likeness:
        """One pair, with what its score is made of."""
        said = ((key, float(alike[i, j])) for key, alike in self.parts)
        why = tuple((key, round(alike, 2)) for key, alike in said if not isnan(alike))
        return Likeness(self.scores[i][j], why) if why else NO_LIKENESS


def field_likeness(field: Field, a: Value, b: Value) -> float | None:
    """Likeness of two values from 0 to 1; ``None`` where it says nothing (see :func:`field_grid`)."""
    alike = float(field_grid(field, [a], [b])[0, 0])
    return None if isnan(alike) else alike


def field_grid(field: Field, left: Sequence[Value], right: Sequence[Value]) -> Grid:
    """Likeness (0 to 1) of each value of ``left`` with each of ``right``; NaN where a side is blank or unreadable, which says
    nothing either way.

    That both coders found no age or sex is a likeness too, and that only one found it a slight difference; a missing
    text says nothing.
    """
    import numpy as np

    alike = np.full((len(left), len(right)), np.nan)
    if field.kind in TEXTS:
        rows = [place for place, value in enumerate(left) if isinstance(value, str)]
        columns = [place for place, value in enumerate(right) if isinstance(value, str)]
        if rows and columns:
            texts = [str(left[place]) for place in rows], [str(right[place]) for place in columns]
            alike[np.ix_(rows, columns)] = _texts(field, *texts)
        return alike
    first, second = [_unordered(value) for value in left], [_unordered(value) for value in right]
    pairs = {(a, b): _single(field, a, b) for a in set(first) for b in set(second)}
    return np.array([[pairs[a, b] for b in second] for a in first], float)


def _unordered(value: Value) -> Unordered:
    return frozenset(value) if isinstance(value, tuple) else value


def _single(field: Field, a: Unordered, b: Unordered) -> float | None:
    if isinstance(a, Missing) or isinstance(b, Missing):
        return _without_answer(a, b)
    if a is None or b is None or isinstance(a, Invalid) or isinstance(b, Invalid):
        return None
    return SIMILARITIES[field.kind](field, a, b)


def _without_answer(a: Unordered, b: Unordered) -> float | None:
    if a is None or b is None:
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


def _texts(field: Field, left: Sequence[str], right: Sequence[str]) -> Grid:
    """Texts of one field: by their pages, by the numbers printed in them, by their words."""
    import numpy as np

    if field.kind == "text" and names_a_page(field):
        return _pages(left, right)
    if field.kind == "long_text":
        return wording(left, right)
    said = _numbers(left, right)
    undecided = said == BY_WORDING
    return np.where(undecided, wording(left, right), said) if undecided.any() else said


def _numbers(left: Sequence[str], right: Sequence[str]) -> Grid:
    """What the printed numbers of texts say; below 0 where they are not what decides.

    A number against "unnumbered" says nothing (NaN): one coder did not see it.
    """
    import numpy as np

    first, second = (np.array([printed_number(text) for text in texts], object) for texts in (left, right))
    numbered = [one.astype(bool) for one in (first, second)]
    bare = [np.array([has_no_digit(text) for text in texts]) for texts in (left, right)]
    same = np.where(first[:, None] == second[None, :], 1.0, 0.0)
    unseen = np.logical_and.outer(numbered[0], bare[1]) | np.logical_and.outer(bare[0], numbered[1])
    said: Grid = np.where(unseen, nan, BY_WORDING)
    return np.where(np.logical_and.outer(*numbered), same, said)


def _pages(left: Sequence[str], right: Sequence[str]) -> Grid:
    """Overlapping pages are the same; the page before or after nearly so; four pages off is another place.

    A text that names no page says nothing, but where the other is the same text.
    """
    import numpy as np

    first, second = (np.array([page_span(text) or NO_PAGES for text in texts]) for texts in (left, right))
    behind = np.subtract.outer(first[:, 0], second[:, 1])
    before = np.subtract.outer(second[:, 0], first[:, 1]).T
    near: Grid = np.maximum(0.0, 1.0 - np.maximum(np.maximum(behind, before), 0.0) / 4)
    return np.where(np.isnan(near) & _same_texts(left, right), 1.0, near)


def _same_texts(left: Sequence[str], right: Sequence[str]) -> Any:
    import numpy as np

    first, second = (np.array([normal_text(text) for text in texts], object) for texts in (left, right))
    return first[:, None] == second[None, :]


def _number(field: Field, a: Answer, b: Answer) -> float:
    """Ages: the same is 1, a slip of a year still close, far apart 0; the allowance grows with the number."""
    first, second = float(str(a)), float(str(b))
    return max(0.0, 1.0 - abs(first - second) / (2.0 + 0.1 * max(abs(first), abs(second))))


def _same(field: Field, a: Answer, b: Answer) -> float:
    kind = kind_of(field)
    return 1.0 if kind.normal(field, a) == kind.normal(field, b) else 0.0


def _overlap(field: Field, a: frozenset[str], b: frozenset[str]) -> float:
    """Jaccard's index of two sets of codes."""
    both = len(a & b)
    return both / (len(a) + len(b) - both) if a or b else 0.0


def _dates(field: Field, a: Answer, b: Answer) -> float:
    """Share of the parts, year first, that both dates give and share."""
    parts = list(zip(str(a).split("-"), str(b).split("-"), strict=False))
    return next((index for index, (x, y) in enumerate(parts) if x != y), len(parts)) / len(parts)


BY_WORDING = -1.0
NO_PAGES = (nan, nan)
TEXTS = ("text", "long_text")
SIMILARITIES: Mapping[str, Similarity] = {
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
