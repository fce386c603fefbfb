"""Agreement on every question, with 1,000 bootstrap draws: against statsmodels and NLTK on the same vectors."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import median

from nltk.metrics.agreement import AnnotationTask
from statsmodels.stats.inter_rater import cohens_kappa, to_table

from schema.coding.agreement import Compared, build_report
from schema.coding.agreement.by_field import is_coded, is_measured
from schema.coding.align import propose
from schema.coding.compare import compare
from schema.coding.model import Comparison
from schema.template.value import Missing, Value
from tests.bench.measuring import Figure, growth, in_words, seconds
from tests.bench.studio import Studio, documents, template

CASES, SEEDS, DRAWS, PROBED = 10_000, 33, 1_000, 5
FASTER, EXPONENT = 0.05, 1.05
Vectors = dict[str, tuple[list[str], list[str]]]


def run(_: Studio) -> Iterator[Figure]:
    """10,000 cases; the peers give one figure for each coded question, the product all measures of all questions."""
    seeds = [_compared(number) for number in range(SEEDS)]
    cases = [seeds[number % SEEDS] for number in range(CASES)]
    vectors = _vectors([case.comparison for case in cases])
    ours = [seconds(lambda: build_report(iter(cases))) for _ in range(3)]
    table = seconds(lambda: _statsmodels(vectors), times=PROBED)
    nltk = seconds(lambda: _nltk(vectors))
    remark = (
        f"The peers were run {PROBED} times and once, and their time taken {DRAWS:,} times, once for each draw: the whole would "
        f"have taken them {in_words(table * DRAWS)} and {in_words(nltk * DRAWS)}."
    )
    taken, what = median(ours), f"{CASES:,} cases, all questions, {DRAWS:,} draws"
    for peer, once in (
        (f"statsmodels, kappa of {len(vectors)} questions", table),
        ("NLTK, kappa and alpha of the same", nltk),
    ):
        sides = f"{in_words(taken)} : {in_words(once * DRAWS)}"
        against = f"{peer}, as many draws"
        yield Figure(what, against, taken / (once * DRAWS), FASTER, sides=sides, remark=remark)
    few = median(seconds(lambda: build_report(iter(cases[: CASES // 10]))) for _ in range(3))
    yield growth(
        f"{CASES // 10} to {CASES:,} cases", (CASES // 10, CASES), (few, taken), EXPONENT, linear=True
    )


def _compared(number: int) -> Compared:
    a, b = documents(SEEDS)[number]
    pairs = propose(template(), a, b, new_id=iter(map(str, range(10_000))).__next__)
    return Compared(compare(template(), a, b, pairs), ("A", "B"), "2026-11")


def _vectors(comparisons: Sequence[Comparison]) -> Vectors:
    """What both coders gave to each coded question, position by position."""
    found: Vectors = {}
    for result in comparisons:
        for one in result.positions:
            if one.field is not None and is_measured(one.field) and is_coded(one.field):
                sides = found.setdefault(one.field.path, ([], []))
                sides[0].append(_code(one.a))
                sides[1].append(_code(one.b))
    return found


def _code(value: Value) -> str:
    return f"~{value.code}" if isinstance(value, Missing) else str(value)


def _statsmodels(vectors: Vectors) -> list[float]:
    return [float(cohens_kappa(to_table(list(zip(a, b, strict=True)))[0]).kappa) for a, b in vectors.values()]


def _nltk(vectors: Vectors) -> list[float]:
    found = []
    for a, b in vectors.values():
        rated = [
            (coder, str(item), code) for coder, side in (("a", a), ("b", b)) for item, code in enumerate(side)
        ]
        task = AnnotationTask(data=rated)
        found += [task.kappa(), task.alpha()]
    return found
