"""What a node can carry, by arithmetic and by simulation: pure functions of unit costs, so that each figure says what it rests on.

Nothing here is measured. Requests come at random (Poisson), wait for a free core in the order in which they came, and on SQLite
their commits then wait for one another; the times of both are drawn from what was measured.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import quantiles

MIB, GIB = 2**20, 2**30
SIMULATED_SECONDS = 120.0
LIMIT = 0.150  # seconds: the 95th percentile that a save must keep to


@dataclass(frozen=True, slots=True)
class Habits:
    """How people work: assumptions, not measured. Rates are for each coder who is at work at the moment."""

    saves_a_minute: float = 6.0
    pages_a_minute: float = 2.0
    at_work: int = 4  # people of a team at the same moment, at the busiest hour
    cases_a_year: int = 100  # of a team
    saves_an_entry: int = 400
    reports_a_case: int = 1
    report_bytes: int = 3 * MIB
    report_pages: int = 100
    filled: float = 0.6  # how much of a core is used at most, so that waiting stays short


@dataclass(frozen=True, slots=True)
class Costs:
    """What one of each costs; seconds of one core, or bytes."""

    page: Sequence[float]
    save: Sequence[float]
    commit: Sequence[float]  # seconds by the clock for which a save keeps SQLite's other writers waiting
    database_save: float  # seconds of a core of PostgreSQL
    log_bytes: float  # of PostgreSQL's write-ahead log, for a save
    case_bytes: float  # database, both entries, comparison, consensus and their trail
    save_bytes: float  # the line that each further save adds
    text_bytes: float  # a page of a report's text


@dataclass(frozen=True, slots=True)
class Need:
    """What so many teams need at their busiest hour, and what they add in a year."""

    teams: int
    coders: int
    saves: float  # a second
    pages: float
    web_cores: float
    database_cores: float
    log_mib: float  # a second
    database_gib: float  # a year
    files_gib: float


def need(teams: int, habits: Habits, costs: Costs) -> Need:
    """Multiply: nothing here waits, so cores are what is used divided by how far a core may be filled."""
    coders = teams * habits.at_work
    saves, pages = coders * habits.saves_a_minute / 60, coders * habits.pages_a_minute / 60
    cases = teams * habits.cases_a_year
    text = habits.reports_a_case * habits.report_pages * costs.text_bytes
    further = 2 * habits.saves_an_entry * costs.save_bytes
    return Need(
        teams,
        coders,
        saves,
        pages,
        (saves * _mean(costs.save) + pages * _mean(costs.page)) / habits.filled,
        saves * costs.database_save / habits.filled,
        saves * costs.log_bytes / MIB,
        cases * (costs.case_bytes + further + text) / GIB,
        cases * habits.reports_a_case * habits.report_bytes / GIB,
    )


def waits(
    coders: int,
    habits: Habits,
    costs: Costs,
    cores: int,
    *,
    one_writer: bool,
    seconds: float = SIMULATED_SECONDS,
    seed: int = 7,
) -> list[float]:
    """Simulate a node: how long each save took from its arrival to its answer, in seconds."""
    chance = random.Random(seed)
    requests = _arrivals(coders, habits, costs, seconds, chance)
    free = [0.0] * cores
    computed = []
    for arrival, work, is_save in requests:
        end = max(arrival, heapq.heappop(free)) + work
        heapq.heappush(free, end)
        if is_save:
            computed.append((end, arrival))
    written, taken = 0.0, []
    for ready, arrival in sorted(computed):
        held = chance.choice(costs.commit)
        written = (max(ready, written) if one_writer else ready) + held
        taken.append(written - arrival)
    return taken


def carried(habits: Habits, costs: Costs, cores: int, *, one_writer: bool) -> int:
    """The most coders at work on one node whose saves keep to the limit, by simulation."""
    low, high = 1, 2
    while _keeps(high, habits, costs, cores, one_writer) and high < 100_000:
        low, high = high, high * 2
    while high - low > max(1, low // 50):
        middle = (low + high) // 2
        if _keeps(middle, habits, costs, cores, one_writer):
            low = middle
        else:
            high = middle
    return low


def ceilings(habits: Habits, costs: Costs) -> list[tuple[float, str]]:
    """How many coders at work fill each resource entirely, the scarcest first: what breaks first, and what after it."""
    a_second = habits.saves_a_minute / 60
    web = a_second * _mean(costs.save) + habits.pages_a_minute / 60 * _mean(costs.page)
    return sorted(
        [
            (1 / web, "one core of a web process"),
            (1 / (a_second * _mean(costs.commit)), "SQLite’s one writer at a time"),
            (1 / (a_second * costs.database_save), "one core of PostgreSQL"),
        ]
    )


def _arrivals(
    coders: int, habits: Habits, costs: Costs, seconds: float, chance: random.Random
) -> list[tuple[float, float, bool]]:
    made = []
    for rate, work, is_save in (
        (habits.saves_a_minute, costs.save, True),
        (habits.pages_a_minute, costs.page, False),
    ):
        at = chance.expovariate(coders * rate / 60)
        while at < seconds:
            made.append((at, chance.choice(work), is_save))
            at += chance.expovariate(coders * rate / 60)
    return sorted(made)


def _keeps(coders: int, habits: Habits, costs: Costs, cores: int, one_writer: bool) -> bool:
    taken = waits(coders, habits, costs, cores, one_writer=one_writer)
    return len(taken) < 2 or quantiles(taken, n=20)[-1] <= LIMIT


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
