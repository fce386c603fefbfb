"""Bootstrap intervals: cases are drawn with replacement, because the rows of one report are not independent.

Efron, B. & Tibshirani, R. (1993). An introduction to the bootstrap, chapters 8 (units that belong together are drawn
together) and 13 (percentile intervals). The draws come from numpy's RandomState, whose stream is frozen: the same seed
gives the same interval with every version of numpy.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from schema.coding.agreement.by_field import (
    FieldCount,
    is_answered,
    is_coded,
    level_of,
    option_values,
    order_of,
)
from schema.coding.agreement.distance import PLAIN
from schema.coding.agreement.estimate import Interval, NoInterval
from schema.template.kinds import kind_of
from schema.template.model import Field

SEED = 20260101
DRAWS = 1000
LEVEL = 0.95
BLOCK = 100  # draws whose weights are floats at a time: the others wait as bytes
FEWEST_CASES = 5
TOO_FEW_CASES = f"fewer than {FEWEST_CASES} cases were compared"
MOST_WITHOUT = 0.1
SELDOM_DEFINED = "in more than a tenth of the draws nothing varies"
MOST_CATEGORIES = 400
MOST_CELLS = 5000
TOO_MANY_ANSWERS = "there are too many different answers to draw from"


@dataclass(frozen=True)
class Resampling:
    """How often each case (line) stands in each draw (column), for one number of cases."""

    cases: int
    draws: int = DRAWS
    seed: int = SEED

    @cached_property
    def weights(self) -> Any:
        """Array of shape (cases, draws); every column sums to the number of cases.

        A byte is enough: that one case is drawn more than 255 times in one draw has a probability below 10 to the power of -500.
        """
        import numpy as np

        stream = np.random.RandomState(self.seed)
        weights = np.zeros((self.cases, self.draws), dtype=np.uint8)
        for draw in range(self.draws):
            chosen = (stream.random_sample(self.cases) * self.cases).astype(np.int64)
            weights[:, draw] = np.bincount(chosen, minlength=self.cases)
        return weights

    def totals(self, case: Sequence[int], cell: Sequence[int], cells: int) -> Any:
        """How often each cell occurs in each draw: array of shape (cells, draws)."""
        import numpy as np
        from scipy.sparse import coo_array

        ones = np.ones(len(case), dtype=np.float32)
        places = (np.asarray(cell, dtype=np.int32), np.asarray(case, dtype=np.int32))
        return self._drawn(coo_array((ones, places), shape=(cells, self.cases)).tocsr())

    def share(self, part: Iterable[Sequence[int]], whole: Iterable[Sequence[int]]) -> Any:
        """The share of ``part`` in ``whole`` in each draw: array of shape (draws,).

        Both are sums of counts, each of which has a number for every case from the first on; those of the last may be missing.
        """
        import numpy as np

        sums = np.zeros((2, self.cases), dtype=np.float32)
        for line, counts in zip(sums, (part, whole), strict=True):
            for count in counts:
                line[: len(count)] += np.asarray(count)
        above, below = self._drawn(sums)
        return _ratio(above, below)

    def _drawn(self, counted: Any) -> Any:
        """What was counted in each case (columns) summed over the cases of each draw, a block of draws at a time.

        The sums are exact whatever their order, since they are whole numbers: a float of 32 bits holds all up to 16 million positions.
        """
        import numpy as np

        draws = self.weights.shape[1]
        drawn = np.empty((counted.shape[0], draws), dtype=np.float64)
        for first in range(0, draws, BLOCK):
            block = slice(first, first + BLOCK)
            drawn[:, block] = counted @ self.weights[:, block].astype(np.float32)
        return drawn

    def interval(self, values: Any, level: float = LEVEL) -> Interval | NoInterval:
        """The percentile interval of a measure's values over the draws; draws without a value (NaN) are left out."""
        import numpy as np

        if self.cases < FEWEST_CASES:
            return NoInterval(TOO_FEW_CASES)
        known = values[np.isfinite(values)]
        if len(known) < (1 - MOST_WITHOUT) * self.draws:
            return NoInterval(SELDOM_DEFINED)
        low, high = np.quantile(known, [(1 - level) / 2, (1 + level) / 2])
        return Interval(float(low), float(high), level, self.cases, self.draws, len(known), self.seed)


def field_intervals(
    held: Field, count: FieldCount, resampling: Resampling
) -> Mapping[str, Interval | NoInterval]:
    """Intervals of a field's measures, by name: percent, kappa, ac1, weighted, alpha; only those that apply to it."""
    if resampling.cases < FEWEST_CASES:
        return dict.fromkeys(("percent", "kappa", "ac1", "alpha"), NoInterval(TOO_FEW_CASES))
    if not count.cells:
        return {}
    found = replicates(held, count, resampling)
    intervals: dict[str, Interval | NoInterval] = {
        name: resampling.interval(values) for name, values in found.items()
    }
    if "alpha" not in found and held.compare.rule != "by_eye":
        intervals["alpha"] = NoInterval(TOO_MANY_ANSWERS)
    return intervals


def replicates(held: Field, count: FieldCount, resampling: Resampling) -> dict[str, Any]:
    """Each measure of a field in each draw: arrays of shape (draws,), NaN where the draw gives no figure."""
    agreed = [cell.agreed for cell in count.cells]
    if len(agreed) > MOST_CELLS:
        outcomes = resampling.totals(count.case, [int(agreed[cell]) for cell in count.cell], 2)
        return {"percent": share_of(outcomes, [False, True])}
    totals = resampling.totals(count.case, count.cell, len(agreed))
    found = {"percent": share_of(totals, agreed)}
    drawn = Drawn.of(count, totals)
    if kind_of(held).many:
        found |= _options(held, count, totals)
    elif is_coded(held):
        found |= {"kappa": drawn.kappa(), "ac1": drawn.ac1()}
    if held.compare.rule == "by_eye":
        return found
    return found | _with_distance(held, count, drawn)


def _with_distance(held: Field, count: FieldCount, drawn: Drawn) -> dict[str, Any]:
    level = level_of(held)
    if level not in ("nominal", "masi"):
        drawn = drawn.answered()
    if not drawn.codes or len(drawn.codes) > MOST_CATEGORIES:
        return {}
    if level == "ordinal":
        ordered = drawn.ordered(order_of(held))
        weighted = {"weighted": ordered.weighted()} if is_coded(held) else {}
        return weighted | {"alpha": ordered.ordinal_alpha()}
    bare = [code[1] if level == "interval" and isinstance(code, tuple) else code for code in drawn.codes]
    return {"alpha": drawn.alpha([[PLAIN[level](a, b) for b in bare] for a in bare])}


@dataclass(frozen=True)
class Drawn:
    """Tables of all draws: ``totals`` of shape (cells, draws), the places of each cell's two codes, and the codes."""

    codes: tuple[Any, ...]
    a: Any
    b: Any
    totals: Any

    @classmethod
    def of(cls, count: FieldCount, totals: Any) -> Drawn:
        """Number the categories of a field's cells."""
        import numpy as np

        codes = tuple(dict.fromkeys(code for cell in count.cells for code in (cell.a, cell.b)))
        place = {code: index for index, code in enumerate(codes)}
        a = np.array([place[cell.a] for cell in count.cells], dtype=np.int64)
        b = np.array([place[cell.b] for cell in count.cells], dtype=np.int64)
        return cls(codes, a, b, totals)

    def answered(self) -> Drawn:
        """Only the cells in which both coders gave an answer."""
        kept = [
            index
            for index, (a, b) in enumerate(zip(self.a, self.b, strict=True))
            if is_answered(self.codes[a]) and is_answered(self.codes[b])
        ]
        used = sorted({int(place) for index in kept for place in (self.a[index], self.b[index])})
        return self._renumbered(kept, [self.codes[place] for place in used])

    def ordered(self, order: Sequence[Any]) -> Drawn:
        """The same cells with all codes of an order, in it."""
        return self._renumbered(range(len(self.a)), order)

    def _renumbered(self, kept: Sequence[int], codes: Sequence[Any]) -> Drawn:
        import numpy as np

        place = {code: index for index, code in enumerate(codes)}
        a = np.array([place[self.codes[self.a[index]]] for index in kept], dtype=np.int64)
        b = np.array([place[self.codes[self.b[index]]] for index in kept], dtype=np.int64)
        return Drawn(tuple(codes), a, b, self.totals[list(kept)])

    @cached_property
    def n(self) -> Any:
        """Positions in each draw."""
        return self.totals.sum(axis=0)

    @cached_property
    def margins(self) -> tuple[Any, Any]:
        """How often A and B used each code: two arrays of shape (codes, draws)."""
        import numpy as np
        from scipy.sparse import coo_array

        ones, cells = np.ones(len(self.a)), np.arange(len(self.a))
        shape = (len(self.codes), len(self.a))
        of_a, of_b = (
            np.asarray(coo_array((ones, (side, cells)), shape=shape).tocsr() @ self.totals)
            for side in (self.a, self.b)
        )
        return of_a, of_b

    @cached_property
    def same(self) -> Any:
        """Positions with equal codes in each draw."""
        return self.totals[self.a == self.b].sum(axis=0)

    def kappa(self) -> Any:
        """Cohen's kappa in each draw."""
        of_a, of_b = self.margins
        expected = (of_a * of_b).sum(axis=0)
        return _ratio(self.same * self.n - expected, self.n * self.n - expected)

    def ac1(self) -> Any:
        """Gwet's AC1 in each draw; q is the number of codes used in that draw."""
        import numpy as np

        used = sum(self.margins)
        shares = _ratio(used, 2 * self.n)
        by_chance = _ratio((shares * (1 - shares)).sum(axis=0), np.maximum((used > 0).sum(axis=0) - 1, 0))
        return _ratio(_ratio(self.same, self.n) - by_chance, 1 - by_chance)

    def weighted(self) -> Any:
        """Linearly weighted kappa in each draw; the codes are in order."""
        import numpy as np

        places = np.arange(len(self.codes))
        apart = np.abs(places[:, None] - places[None, :]).astype(float)
        of_a, of_b = self.margins
        observed = (self.totals * apart[self.a, self.b][:, None]).sum(axis=0)
        return 1 - _ratio(observed * self.n, ((apart @ of_b) * of_a).sum(axis=0))

    def alpha(self, distances: Sequence[Sequence[float]]) -> Any:
        """Krippendorff's alpha in each draw, from a matrix of distances between the codes."""
        import numpy as np

        apart = np.array(distances, dtype=np.float64)
        used = sum(self.margins)
        observed = 2 * (self.totals * apart[self.a, self.b][:, None]).sum(axis=0)
        expected = ((apart @ used) * used).sum(axis=0)
        return 1 - _ratio((2 * self.n - 1) * observed, expected)

    def ordinal_alpha(self) -> Any:
        """Krippendorff's ordinal alpha in each draw: the interval distance of that draw's mid-ranks."""
        used = sum(self.margins)
        ranks = used.cumsum(axis=0) - used / 2
        observed = 2 * (self.totals * (ranks[self.a] - ranks[self.b]) ** 2).sum(axis=0)
        total = 2 * self.n
        expected = 2 * (total * (used * ranks**2).sum(axis=0) - (used * ranks).sum(axis=0) ** 2)
        return 1 - _ratio((total - 1) * observed, expected)


def _options(held: Field, count: FieldCount, totals: Any) -> dict[str, Any]:
    """Mean over the options of kappa and AC1 of ticked or not, in each draw; options that do not vary are left out."""
    import numpy as np

    order = list(held.codelist.order) if held.codelist else []
    pairs: list[tuple[Any, Any]] = [(cell.a, cell.b) for cell in count.cells]
    kappas, ac1s = [], []
    for option in option_values(order, pairs):
        a = np.array([option in side for side, _ in pairs], dtype=np.int64)
        b = np.array([option in side for _, side in pairs], dtype=np.int64)
        drawn = Drawn((False, True), a, b, totals)
        kappas.append(drawn.kappa())
        ac1s.append(drawn.ac1())
    return {"kappa": _mean(kappas), "ac1": _mean(ac1s)} if kappas else {}


def _mean(values: list[Any]) -> Any:
    """Mean over the known values of each draw; NaN where none is known."""
    import numpy as np

    stacked = np.array(values)
    known = np.isfinite(stacked)
    return _ratio(np.where(known, stacked, 0.0).sum(axis=0), known.sum(axis=0))


def share_of(totals: Any, chosen: Sequence[bool]) -> Any:
    """Share of the chosen cells in each draw."""
    import numpy as np

    return _ratio(totals[np.array(chosen, dtype=bool)].sum(axis=0), totals.sum(axis=0))


def _ratio(above: Any, below: Any) -> Any:
    """Divide; NaN where the divisor is 0."""
    import numpy as np

    above, below = np.broadcast_arrays(
        np.asarray(above, dtype=np.float64), np.asarray(below, dtype=np.float64)
    )
    return np.divide(above, below, out=np.full(above.shape, np.nan), where=below > 0)
