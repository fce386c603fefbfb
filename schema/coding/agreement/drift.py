"""Drift: whether a pair of coders, or one coder with whoever, comes to disagree on a question more than at first.

A chart follows one question over the cases in the order in which both entries stood submitted. A case counts with x, the share of its
positions on the question that the two saw differently: 0 or 1 in a plain section, something between in a repeating group. The study's first
``BASE`` cases on the question set the rate p, raised for whoever differed more in theirs; from then on the exponentially weighted moving average z = w x + (1 - w) z, begun at p, is followed (Roberts, S. W. 1959,
Technometrics 1: 239-250, w = 0.2).

Usual limits of three standard deviations do not fit shares near 0, whose distribution is lopsided. The control limit is instead the least one that coders
who go on differing at the rate p pass within ``RUN`` cases with a chance of at most ``CHANCE``, by the Markov chain of Brook, D. & Evans, D. A. (1972,
Biometrika 59: 539-549), with z in steps of 0.002. x is taken as 0 or 1 there, which varies most.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from math import ceil

from schema.coding.agreement.by_field import LEFT_OUT, is_measured
from schema.coding.model import AGREEING, Comparison
from schema.template.model import VERIFY, Field

BASE, WEIGHT, RUN, CHANCE = 20, 0.2, 100, 0.005
STEPS, HALVINGS = 500, 12
#: Rates are rounded up to this, so that few limits have to be worked out, none of them too low.
FINEST_RATE = 0.005
#: Where even this share would not be out of the ordinary, nothing can be watched.
HIGHEST_LIMIT = 0.97
PAIR, CODER = "pair", "coder"
Outcomes = Mapping[str, tuple[int, int]]
"""By path of the question: positions that were compared, and how many of them were seen differently."""


@dataclass(frozen=True, slots=True)
class Watched:
    """One compared case: who coded it, and what came of it."""

    reference: str
    coders: tuple[str, str]
    outcomes: Outcomes


@dataclass(frozen=True, slots=True)
class DriftPoint:
    """One case on a chart; ``average`` is z after it, and None in the study's first cases, which set the rate."""

    reference: str
    positions: int
    unlike: int
    average: float | None

    @property
    def share(self) -> float:
        """What was seen differently, from 0 to 1."""
        return self.unlike / self.positions


@dataclass(frozen=True)
class DriftChart:
    """One question for a pair (two names) or a coder (one). ``rate``: as the study's first cases set it; ``limit`` of the average."""

    field: Field
    kind: str
    who: tuple[str, ...]
    rate: float
    limit: float
    points: tuple[DriftPoint, ...]

    @property
    def raised(self) -> DriftPoint | None:
        """The first case with which the average passed the limit."""
        return next((point for point in self.points if self.is_above(point)), None)

    @property
    def followed(self) -> tuple[DriftPoint, ...]:
        """The cases after the study's first ones."""
        return tuple(point for point in self.points if point.average is not None)

    @property
    def last(self) -> float:
        """The average now."""
        return self.points[-1].average or 0.0

    @property
    def is_out(self) -> bool:
        """Whether the average is above the limit now."""
        return self.last > self.limit

    def is_above(self, point: DriftPoint) -> bool:
        """Whether a case is out of the ordinary."""
        return point.average is not None and point.average > self.limit


@dataclass(frozen=True)
class DriftReport:
    """All charts, those that were raised first, then by how near they are. ``too_few``: charts without a case after the study's first.

    ``too_unlike``: charts of questions that are seen differently so often that nothing would be out of the ordinary.
    """

    cases: int
    charts: tuple[DriftChart, ...]
    too_few: int
    too_unlike: int

    @property
    def raised(self) -> tuple[DriftChart, ...]:
        """The charts that passed their limit at some case."""
        return tuple(chart for chart in self.charts if chart.raised)


def outcomes_of(comparison: Comparison) -> Outcomes:
    """What came of a comparison, question by question: what agreement counts, and nothing else."""
    found: dict[str, tuple[int, int]] = {}
    for position in comparison.positions:
        held = position.field
        if held is None or position.mode == VERIFY or position.verdict in LEFT_OUT or not is_measured(held):
            continue
        positions, unlike = found.get(held.path, (0, 0))
        found[held.path] = positions + 1, unlike + (position.verdict not in AGREEING)
    return found


def watch(cases: Iterable[Watched], fields: Sequence[Field]) -> DriftReport:
    """Draw all charts. ``cases`` in the order in which they were compared; ``fields`` in the questionnaire's."""
    seen = tuple(cases)
    charts: list[DriftChart] = []
    too_few = too_unlike = 0
    for field in fields:
        held = _series(seen, field.path)
        first = _first_cases(seen, field.path)
        for (kind, who), points in sorted(held.items()):
            if all(point.reference in first for point in points):
                too_few += 1
                continue
            chart = _chart(field, kind, who, points, first)
            if chart.limit > HIGHEST_LIMIT:
                too_unlike += 1
            else:
                charts.append(chart)
    charts.sort(key=lambda chart: (chart.raised is None, chart.limit - chart.last))
    return DriftReport(len(seen), tuple(charts), too_few, too_unlike)


Series = dict[tuple[str, tuple[str, ...]], list[DriftPoint]]


def _series(cases: Sequence[Watched], path: str) -> Series:
    """The cases of each pair and of each coder in which the question was compared."""
    found: Series = {}
    for case in cases:
        positions, unlike = case.outcomes.get(path, (0, 0))
        if positions:
            point = DriftPoint(case.reference, positions, unlike, None)
            for name in _names(case.coders):
                found.setdefault(name, []).append(point)
    return found


def _names(coders: tuple[str, str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    yield PAIR, tuple(sorted(coders))
    yield from ((CODER, (one,)) for one in coders)


def _first_cases(cases: Sequence[Watched], path: str) -> Mapping[str, DriftPoint]:
    """The study's first cases on a question by reference, whoever coded them."""
    asked = (case for case in cases if case.outcomes.get(path, (0, 0))[0])
    return {
        case.reference: DriftPoint(case.reference, *case.outcomes[path], None) for case in islice(asked, BASE)
    }


def _rate(first: Mapping[str, DriftPoint], points: Sequence[DriftPoint]) -> float:
    """The rate of the study's first cases, or that of a chart's own cases among them where it is higher.

    The first is drawn towards one half by two cases (Laplace), so that no run of luck makes it nought; the second towards the first,
    which counts as ``BASE`` cases.
    """
    usual = (sum(point.share for point in first.values()) + 1) / (len(first) + 2)
    own = [point.share for point in points if point.reference in first]
    return max(usual, (sum(own) + BASE * usual) / (len(own) + BASE))


def _chart(
    field: Field,
    kind: str,
    who: tuple[str, ...],
    points: Sequence[DriftPoint],
    first: Mapping[str, DriftPoint],
) -> DriftChart:
    rate = average = _rate(first, points)
    drawn: list[DriftPoint] = []
    for point in points:
        if point.reference in first:
            drawn.append(point)
            continue
        average = WEIGHT * point.share + (1 - WEIGHT) * average
        drawn.append(DriftPoint(point.reference, point.positions, point.unlike, average))
    limit = control_limit(ceil(rate / FINEST_RATE) * FINEST_RATE)
    return DriftChart(field, kind, who, rate, limit, tuple(drawn))


@lru_cache(maxsize=2_048)
def control_limit(rate: float) -> float:
    """The least limit that is passed within ``RUN`` cases at this rate with a chance of at most ``CHANCE``."""
    low, high = rate, 1.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        if chance_of_passing(rate, middle) > CHANCE:
            low = middle
        else:
            high = middle
    return high


def chance_of_passing(rate: float, limit: float, run: int = RUN) -> float:
    """The chance that the average passes the limit within ``run`` cases, each of which is unlike with the chance ``rate``."""
    import numpy as np

    values = np.arange(STEPS + 1) / STEPS
    after = [np.rint(((1 - WEIGHT) * values + WEIGHT * unlike) * STEPS).astype(int) for unlike in (0, 1)]
    beyond = int(limit * STEPS) + 1
    held = np.zeros(STEPS + 1)
    held[round(rate * STEPS)] = 1.0
    passed = 0.0
    for _ in range(run):
        stayed = np.bincount(after[0], held * (1 - rate), STEPS + 1)
        held = (stayed + np.bincount(after[1], held * rate, STEPS + 1)).astype(float)
        passed += float(held[beyond:].sum())
        held[beyond:] = 0.0
    return passed
