"""Comparing the single-value questions of two entries: against plain dictionaries, and against datacompy.

A process compares the first cases of a template with nothing kept, and all later ones with what those left behind: both are shown.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from statistics import median
from typing import Any

import datacompy
import pandas as pd

from schema.answers.document import Document
from schema.coding import compare as comparing
from schema.coding.compare import compare
from schema.coding.model import Comparison, Position, Verdict
from schema.template.kinds import kind_of
from schema.template.value import Invalid, Missing, Value
from tests.bench.measuring import Duel, Figure, alternate
from tests.bench.studio import Studio, documents, template

CASES = 66
LOOP, MICROSECONDS, DATACOMPY = 2.0, 15.0, 0.4
Plain = dict[str, Any]
BOUND = (
    "The loop asks whether two prepared values are the same, a tenth of a microsecond a question. The product first sees where the answers "
    "of both coders led, by the five questions that steer others (a seventh of the time). Then it looks up the position "
    "that two answers of a question make, which is kept from case to case, with what the matrix of how-tandem-compares.md says of blanks and "
    "missing codes: that alone takes the loop's time two and a half times, for two lookups, a pair of answers and its hash. Texts are compared and made a "
    "position each time, about two of 22 (a tenth). With nothing kept (a process's first cases) every position is worked out and made. As in a server, "
    "Python's collector of cycles leaves alone what stood before: where it goes through all of that between two runs, nothing of the cases is left in the "
    "processor's caches, and a case takes 19 to 21 microseconds, and the loop twice its time."
)


def run(_: Studio) -> Iterator[Figure]:
    """Compare the plain sections of 66 invented cases."""
    pairs = [(_scalars(a), _scalars(b)) for a, b in documents(CASES)]
    plain = [(_plain(a), _plain(b)) for a, b in pairs]
    frames = _frame([one for one, _ in plain]), _frame([other for _, other in plain])

    def ours() -> int:
        return sum(len(_differing(compare(template(), a, b, ()))) for a, b in pairs)

    def first() -> int:
        comparing._COMPARERS.clear()
        return ours()

    def loop() -> int:
        return sum(len(differing(a, b)) for a, b in plain)

    duel = alternate(ours, loop, rounds=25)
    what = f"{len(_fields())} questions of {CASES} cases"
    yield duel.figure(what, "a plain loop over dictionaries", LOOP, BOUND)
    yield Figure("for each case", "itself", _each(duel), MICROSECONDS, unit="µs", work=ours)
    cold = alternate(first, loop, rounds=15)
    yield cold.figure("a process's first cases", "a plain loop over dictionaries", math.inf)
    yield Figure("for each of its first cases", "itself", _each(cold), math.inf, unit="µs")
    report = alternate(first, lambda: _datacompy(*frames), rounds=9)
    yield report.figure("the same first cases", "datacompy, the frames already in memory", DATACOMPY)


def _each(duel: Duel) -> float:
    """Microseconds that the product takes for a case, in the middle."""
    return median(duel.ours) / CASES * 1e6


def differing(a: Plain, b: Plain) -> list[tuple[str, Any, Any]]:
    """What a script would do: look at every question of two dictionaries and keep what is not the same."""
    found = []
    for key in _fields():
        one, other = a.get(key), b.get(key)
        if one != other:
            found.append((key, one, other))
    return found


def _datacompy(a: Any, b: Any) -> Any:
    return datacompy.Compare(a, b, join_columns="case").column_stats


def _differing(result: Comparison) -> list[Position]:
    """What the loop gives: all that is not the same."""
    return [position for position in result.positions if position.verdict is not Verdict.AGREE]


def _scalars(document: Document) -> Document:
    return Document(sections=document.sections)


def _fields() -> Mapping[str, Any]:
    return _FIELDS


_FIELDS = {
    field.path: field for section in template().sections if not section.repeats for field in section.fields
}


def _plain(document: Document) -> Plain:
    """The answers as normalised plain values, as somebody would prepare them for a script."""
    return {path: _normal(path, value) for path, value in document.paths()}


def _normal(path: str, value: Value) -> Any:
    if isinstance(value, Missing):
        return f"~{value.code}"
    if isinstance(value, str):
        return " ".join(value.casefold().split())
    assert value is not None
    assert not isinstance(value, Invalid)
    return kind_of(_FIELDS[path]).normal(_FIELDS[path], value)


def _frame(rows: list[Plain]) -> Any:
    return pd.DataFrame(
        [{"case": number, **{key: row.get(key) for key in _FIELDS}} for number, row in enumerate(rows)]
    )
