"""From two differing entries back to the true extract: which pair of rows stands for which true row.

A pair is (pair id, row id in the first entry, row id in the second); an empty row id means that the row stands alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from webapp.sample.study import SampleCase

Row = dict[str, Any]
RowPair = tuple[str, str, str]


def mismatched(case: SampleCase, pairs: Iterable[RowPair]) -> list[str]:
    """Return the ids of pairs whose two rows have nothing to do with each other: a reconciler takes these apart first."""
    return [
        name
        for name, one, other in pairs
        if one and other and set(case.origins[one]).isdisjoint(case.origins[other])
    ]


def true_rows(case: SampleCase, group: str, pairs: Iterable[RowPair]) -> Mapping[str, Row | None]:
    """Return the true row that each pair of a repeating group is to become, or None where the pair is to be dropped.

    Every true row is given to exactly one pair: to one in which both coders mean it, where there is such a pair. Raises
    ValueError where a true row finds no pair, which cannot happen once `mismatched` pairs are taken apart.
    """
    waiting = {name: case.origins.get(one, ()) + case.origins.get(other, ()) for name, one, other in pairs}
    found: dict[str, Row | None] = dict.fromkeys(waiting)
    for row in case.truth["answers"][group]:
        name = max(waiting, key=lambda name: _fit(waiting[name], row["id"]), default="")
        if not name or row["id"] not in waiting[name]:
            raise ValueError(f"{case.reference}: no pair of {group} stands for row {row['id']}.")
        found[name] = row
        waiting.pop(name)
    return found


def _fit(origins: tuple[str, ...], name: str) -> tuple[float, int]:
    """How well a pair stands for a true row: first how little else it stands for, then how many coders say so."""
    return (origins.count(name) / len(origins), origins.count(name)) if origins else (0.0, 0)
