"""A balanced draw: who codes and who reconciles, by lot with a stated seed.

Every case gets the two coders who have least to do, preferring a pair that has met least often; ties are broken
by the seeded lot. The reconciler is the one with least to do who is neither coder. The same people, cases, loads
and seed give the same draw.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from random import Random

from schema.problem import refuse


@dataclass(frozen=True, slots=True)
class Drawn:
    """The people drawn for one case; ids as given."""

    case: str
    coder_1: str
    coder_2: str
    reconciler: str


@dataclass
class _Loads:
    coding: Counter[str]
    reconciling: Counter[str]
    pairs: Counter[frozenset[str]] = field(default_factory=Counter)


def draw(
    cases: Sequence[str],
    coders: Sequence[str],
    reconcilers: Sequence[str],
    seed: int,
    *,
    coding: Mapping[str, int] | None = None,
    reconciling: Mapping[str, int] | None = None,
) -> tuple[Drawn, ...]:
    """Draw people for the cases, in the order given.

    ``coding`` and ``reconciling`` are the cases that each person holds already. Raises ``Refused`` (DRAW-001) where
    there are not two coders and a third person to reconcile.
    """
    pairs = [
        pair for pair in combinations(sorted(set(coders)), 2) if any(one not in pair for one in reconcilers)
    ]
    if not pairs:
        raise refuse(
            "DRAW-001",
            "A draw needs at least two coders and a reconciler who is neither.",
            "Add members with these roles on the project's page first. Whoever is away now or within a week is left out.",
            status=409,
        )
    lot = Random(seed)  # noqa: S311 - a published lot, not a secret
    loads = _Loads(Counter(coding or {}), Counter(reconciling or {}))
    return tuple(_draw_one(case, pairs, sorted(set(reconcilers)), loads, lot) for case in cases)


def _draw_one(
    case: str, pairs: Sequence[tuple[str, str]], reconcilers: Sequence[str], loads: _Loads, lot: Random
) -> Drawn:
    def burden(pair: tuple[str, str]) -> tuple[int, int, int]:
        one, two = (loads.coding[person] for person in pair)
        return max(one, two), one + two, loads.pairs[frozenset(pair)]

    least = min(map(burden, pairs))
    pair = lot.choice([pair for pair in pairs if burden(pair) == least])
    free = [one for one in reconcilers if one not in pair]
    idle = min(loads.reconciling[one] for one in free)
    reconciler = lot.choice([one for one in free if loads.reconciling[one] == idle])
    first, second = lot.sample(pair, 2)
    loads.coding.update(pair)
    loads.reconciling[reconciler] += 1
    loads.pairs[frozenset(pair)] += 1
    return Drawn(case, first, second, reconciler)
