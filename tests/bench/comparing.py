"""Comparing the single-value questions of two entries: against plain dictionaries, and against datacompy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import datacompy
import pandas as pd

from schema.answers.document import Document
from schema.coding.compare import compare
from schema.coding.model import Verdict
from schema.template.kinds import kind_of
from schema.template.value import Invalid, Missing, Value
from tests.bench.measuring import Figure, alternate
from tests.bench.studio import Studio, documents, template

CASES = 66
LOOP, MICROSECONDS, DATACOMPY = 2.0, 20.0, 1.0
Plain = dict[str, Any]
BOUND = (
    "The loop asks whether two prepared values are the same, a quarter of a microsecond a question. The product works out for both coders "
    "which questions applied and what follows from other answers, judges blanks and missing codes by the matrix of "
    "how-tandem-compares.md, and makes a position of each question that people then work on: 44 sides and 22 positions a case, each an object."
)


def run(_: Studio) -> Iterator[Figure]:
    """Compare the plain sections of 66 invented cases."""
    pairs = [(_scalars(a), _scalars(b)) for a, b in documents(CASES)]
    plain = [(_plain(a), _plain(b)) for a, b in pairs]
    frames = _frame([one for one, _ in plain]), _frame([other for _, other in plain])

    def ours() -> int:
        return sum(_differing(compare(template(), a, b, ())) for a, b in pairs)

    def loop() -> int:
        return sum(len(differing(a, b)) for a, b in plain)

    duel = alternate(ours, loop, rounds=15)
    figure = duel.figure(
        f"{len(_fields())} questions of {CASES} cases", "a plain loop over dictionaries", LOOP, BOUND
    )
    yield figure
    each = sorted(duel.ours)[len(duel.ours) // 2] / CASES * 1e6
    yield Figure("for each case", "itself", each, MICROSECONDS, unit="µs", work=ours)
    report = alternate(ours, lambda: _datacompy(*frames), rounds=9)
    yield report.figure("the same cases", "datacompy, the frames already in memory", DATACOMPY)


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


def _differing(result: Any) -> int:
    return sum(position.verdict is not Verdict.AGREE for position in result.positions)


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
