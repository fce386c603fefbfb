"""Matching rows: against rapidfuzz's cdist with the same assignment on the same rows, which looks at their text alone."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from itertools import count

from rapidfuzz import fuzz
from rapidfuzz.process import cdist
from scipy.optimize import linear_sum_assignment

from schema.answers.document import Document, Row
from schema.coding import normalise, wording
from schema.coding.align import propose
from tests.bench.measuring import Figure, Work, alternate
from tests.bench.studio import LARGEST, Studio, documents, template

SIZES, GOAL = (5, 10, 20, 40), 2.0
CASES = 33
BOUND = (
    "The peer compares one text of each row by its letters. The product scores four anchors, the texts by letters, neighbouring words "
    "and vocabulary, and keeps what each score is made of: cdist for two texts of each row, and the words of both. With few rows the tables cost more than "
    "what stands in them. Scored pair by pair it took 37 times the peer's time at 40 rows. Sets of words as tables of bits in numpy instead of whole "
    "numbers were tried and are no faster at any of these sizes. It runs once, when the second entry is submitted."
)


def run(_: Studio) -> Iterator[Figure]:
    """Pair recommendations that two invented coders wrote down, 5 to 40 a side."""
    for size in SIZES:
        a, b = _rows(0, size), _rows(1, size)
        duel = alternate(_proposed(a, b), lambda a=a, b=b: _assigned(a, b), rounds=11)  # type: ignore[misc]
        yield duel.figure(f"{size} rows a side", "rapidfuzz cdist and the assignment", GOAL, BOUND)


def _rows(side: int, size: int) -> tuple[Row, ...]:
    """The first recommendations that the coder at this side wrote down, of as many cases as it takes."""
    held = [row for pair in documents(CASES) for row in pair[side].rows(LARGEST)]
    return tuple(Row(f"r{number}", row.values) for number, row in enumerate(held[:size]))


def _proposed(a: Sequence[Row], b: Sequence[Row]) -> Work:
    left, right = Document(groups={LARGEST: tuple(a)}), Document(groups={LARGEST: tuple(b)})

    def work() -> object:
        for kept in (
            normalise.normal_text,
            normalise.words,
            wording.neighbours,
        ):  # a case is paired once, so nothing is known yet
            kept.cache_clear()
        numbers = count()
        return propose(template(), left, right, new_id=lambda: f"p{next(numbers)}")

    return work


def _assigned(a: Sequence[Row], b: Sequence[Row]) -> object:
    left, right = [_text(row) for row in a], [_text(row) for row in b]
    return linear_sum_assignment(cdist(left, right, scorer=fuzz.ratio), maximize=True)


def _text(row: Row) -> str:
    return " ".join(unicodedata.normalize("NFKC", str(row.values.get("text", ""))).casefold().split())
