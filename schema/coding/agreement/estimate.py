"""What a measure gives: an estimate, or *undefined, because …*; and how ratings are counted into a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

Ratings = Sequence[tuple[Hashable, Hashable]]
"""One pair for each position: what coder A and what coder B gave."""
Table = Mapping[tuple[Hashable, Hashable], int]
"""How often each pair of ratings occurs; pairs that never occur may be left out."""

NOTHING_COMPARED = "nothing was compared"
NO_VARIATION = "both coders used one and the same code throughout"
ONE_POSITION = "only one position was compared"
NUMBERS = "kappa is for codes; this is a number"
NO_OPTION_VARIES = "no option was ticked by some and left by others"
BY_EYE_ONLY = "texts are compared by eye, by the reconciler"
NO_ORDER = "the codes of this field have no order"
SETS = "an absent row is no set of options"
NO_ANSWERS = "no position has an answer from both coders"
NOT_TWO_CODES = "the index is for two codes, and more were used"


@dataclass(frozen=True, slots=True)
class Estimate:
    """A measure and the number of positions (or rows) it rests on."""

    value: float
    n: int


@dataclass(frozen=True, slots=True)
class Undefined:
    """No number can be given; ``reason`` completes the sentence "undefined, because …"."""

    reason: str
    n: int = 0


Measure = Estimate | Undefined


@dataclass(frozen=True, slots=True)
class Interval:
    """A percentile interval at ``level``: ``cases`` were drawn with replacement ``draws`` times, beginning with ``seed``.

    ``used`` draws gave a value; in the others nothing varied.
    """

    low: float
    high: float
    level: float
    cases: int
    draws: int
    used: int
    seed: int


@dataclass(frozen=True, slots=True)
class NoInterval:
    """No interval can be given; ``reason`` says why."""

    reason: str


def table_of(ratings: Iterable[tuple[Hashable, Hashable]]) -> Counter[tuple[Hashable, Hashable]]:
    """Count ratings into a table."""
    return Counter(ratings)


def margins(table: Table) -> tuple[Counter[Hashable], Counter[Hashable]]:
    """How often A and how often B used each code."""
    of_a: Counter[Hashable] = Counter()
    of_b: Counter[Hashable] = Counter()
    for (a, b), times in table.items():
        of_a[a] += times
        of_b[b] += times
    return of_a, of_b


def pooled(table: Table) -> Counter[Hashable]:
    """How often both coders together used each code; codes that nobody used are left out."""
    of_a, of_b = margins(table)
    return +(of_a + of_b)
