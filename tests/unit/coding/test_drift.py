"""A coder who flips one question after the twentieth case is raised within five cases; without the flip nothing is raised."""

from __future__ import annotations

import random
from functools import cache

import pytest

from schema.coding.agreement.drift import (
    BASE,
    CHANCE,
    CODER,
    PAIR,
    DriftChart,
    DriftReport,
    Watched,
    chance_of_passing,
    control_limit,
    outcomes_of,
    watch,
)
from schema.coding.compare import compare
from schema.template.loader import load_template
from schema.template.model import Template
from tests.support.reconciling import as_second, extract
from tests.support.world import small_template

FIELD, OTHER = "report.region", "report.children_known"
FLIPPED = {"wales": "south", "south": "wales"}
SLIPS = 0.02


@cache
def template() -> Template:
    return load_template(*small_template()).needed()


def corpus(seed: int, cases: int = 45, *, flips: str = "") -> list[Watched]:
    """Cases by amara with ben or chen in turns, each of whom slips in one of fifty; ``flips`` turns round from her 21st case on."""
    dice, found = random.Random(seed), []
    for number in range(cases):
        coders = ("amara", ("ben", "chen")[number % 2])
        true = dice.choice(["wales", "south"])
        given = []
        for coder in coders:
            answer = FLIPPED[true] if dice.random() < SLIPS else true
            if coder == flips and number >= BASE:
                answer = FLIPPED[answer]
            given.append(extract({"region": answer}))
        result = compare(template(), given[0], as_second(given[1]), ())
        found.append(Watched(f"DHR-{number + 1}", coders, outcomes_of(result)))
    return found


def drift_of(cases: list[Watched]) -> DriftReport:
    return watch(cases, tuple(field for field in template().fields() if field.path in (FIELD, OTHER)))


def chart_of(report: DriftReport, path: str, *who: str) -> DriftChart:
    return next(chart for chart in report.charts if (chart.field.path, chart.who) == (path, who))


def delay(chart: DriftChart) -> int | None:
    """With which case after the study's first ones a chart was raised; None: with none."""
    if chart.raised is None:
        return None
    return chart.followed.index(chart.raised) + 1


def test_a_coder_who_flips_a_question_is_raised_within_five_cases_and_alone() -> None:
    report = drift_of(corpus(1, flips="amara"))
    amara = chart_of(report, FIELD, "amara")
    assert (amara.kind, delay(amara)) == (CODER, 4)
    assert {chart.field.path for chart in report.raised} == {FIELD}
    assert drift_of(corpus(1)).raised == ()


def test_a_pair_is_followed_by_itself_from_the_study_s_first_cases_on() -> None:
    cases = [
        Watched(f"DHR-{number}", ("amara", "ben" if number % 3 else "chen"), {FIELD: (1, int(number > 30))})
        for number in range(1, 61)
    ]
    held = chart_of(drift_of(cases), FIELD, "amara", "ben")
    assert (held.kind, held.rate, len(held.followed)) == (PAIR, 1 / 22, 26)
    assert held.raised is not None
    assert held.raised.reference == "DHR-35", "the fourth of 31, 32, 34, 35"
    assert chart_of(drift_of(cases), FIELD, "chen").raised is not None


def test_whoever_differed_more_at_first_has_a_higher_rate() -> None:
    cases = [
        Watched(
            f"DHR-{number}", ("amara", "ben" if number % 2 else "chen"), {FIELD: (1, int(number in (1, 3)))}
        )
        for number in range(1, 31)
    ]
    usual = 3 / 22
    assert chart_of(drift_of(cases), FIELD, "chen").rate == usual
    assert chart_of(drift_of(cases), FIELD, "ben").rate == pytest.approx((2 + 20 * usual) / 30)


def test_what_was_always_seen_differently_is_not_followed() -> None:
    cases = [Watched(f"DHR-{number}", ("amara", "ben"), {FIELD: (1, 1)}) for number in range(30)]
    report = drift_of(cases)
    assert (report.charts, report.too_unlike) == ((), 3)


def test_nothing_is_followed_before_the_twenty_first_case() -> None:
    assert drift_of(corpus(1, cases=20)).charts == ()
    assert drift_of(corpus(1, cases=20)).too_few == 10
    report = drift_of(corpus(1, cases=21))
    assert {chart.who for chart in report.charts} == {("amara",), ("ben",), ("amara", "ben")}
    assert report.too_few == 4


def test_the_average_is_what_it_says() -> None:
    chart = chart_of(drift_of(corpus(1, flips="amara")), FIELD, "amara")
    average = chart.rate
    for point in chart.followed:
        average = 0.2 * point.share + 0.8 * average
        assert point.average == pytest.approx(average)


@pytest.mark.parametrize("rate", [0.045, 0.1, 0.2])
def test_the_limit_is_passed_as_rarely_as_it_says(rate: float) -> None:
    """Counted apart from the chain: 20,000 runs of 100 cases that go on at the rate."""
    limit, dice, passed = control_limit(rate), random.Random(20261126), 0
    for _ in range(20_000):
        average = rate
        for _ in range(100):
            average = 0.2 * (dice.random() < rate) + 0.8 * average
            if average > limit:
                passed += 1
                break
    assert (
        passed / 20_000 <= 2 * CHANCE
    )  # 20 are expected at most; 40 would be more than four standard errors away
    assert chance_of_passing(rate, limit - 0.05) > CHANCE


@pytest.mark.full
def test_how_often_the_flip_is_raised_in_time_and_anything_without_it() -> None:
    """500 corpora with and without the flip; the figures are in docs/agreement.md."""
    raised = [chart_of(drift_of(corpus(seed, flips="amara")), FIELD, "amara") for seed in range(500)]
    in_time = sum((delay(chart) or 99) <= 5 for chart in raised)
    false = sum(bool(drift_of(corpus(seed)).raised) for seed in range(500))
    print(f"raised within five: {in_time} of 500; alarms without a flip: {false} of 500")  # noqa: T201
    assert in_time >= 400
    assert false <= 5
