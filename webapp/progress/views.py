"""The page model of progress: what waits, how fast it goes, who has how much, and what has not been touched for long."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from schema.days import in_words
from schema.store.absences import Away
from schema.store.case_state import STATES
from schema.store.deadlines import NEAR_DAYS
from schema.store.standing import SIGNED_OFF, CaseStanding, ProjectStanding
from webapp.bar_chart import Chart, Item, draw
from webapp.progress.pace import ALWAYS, MOST_WEEKS, Forecast, Presence, Week, forecast, weeks_of
from webapp.progress.waiting import TASKS, Wait, in_state_since, last_save, waits_of
from webapp.progress.workload import (
    CoderLoad,
    PairLoad,
    ReconcilerLoad,
    coder_loads,
    pair_loads,
    reconciler_loads,
)
from webapp.wording import state_words

NOBODY = "A manager"
#: How many lines of what waits longest, and of what has not been saved for long, are shown.
MOST_LINES = 25
OPEN_STATES = tuple(state for state in STATES if state not in (SIGNED_OFF, "withdrawn"))
#: From how many days on an age counts for which column.
AGES = ((0, "Under 7 days"), (7, "7 to 13"), (14, "14 to 27"), (28, "28 or more"))


@dataclass(frozen=True, slots=True)
class StateLine:
    """Open cases of one state: how many for each of ``AGES``, and the days of the one that is longest in it."""

    state: str
    cases: int
    ages: tuple[int, ...]
    longest: int
    longest_case: CaseStanding


@dataclass(frozen=True, slots=True)
class PersonLine:
    """What waits for one person: how many for each task that anybody has, and the days of the longest."""

    name: str
    tasks: tuple[int, ...]
    longest: int


@dataclass(frozen=True, slots=True)
class WaitLine:
    """One thing that waits, for so many days."""

    case_id: str
    reference: str
    state: str
    task: str
    name: str
    days: int


@dataclass(frozen=True, slots=True)
class StaleLine:
    """An entry that its coder has not saved for so many days."""

    case_id: str
    reference: str
    state: str
    name: str
    since: datetime
    days: int


@dataclass(frozen=True, slots=True)
class DueLine:
    """Something that is due soon or overdue. ``left``: days from today to that day, less than 0 where it is past."""

    case_id: str
    reference: str
    task: str
    name: str
    due: date
    left: int


@dataclass(frozen=True)
class ProgressView:
    """The whole page. ``tasks`` head the columns of ``people``; charts are None where there is nothing to draw."""

    standing: ProjectStanding
    signed_off: int
    states: tuple[StateLine, ...]
    states_chart: Chart | None
    tasks: tuple[str, ...]
    people: tuple[PersonLine, ...]
    longest: tuple[WaitLine, ...]
    waits: int
    weeks: tuple[Week, ...]
    weeks_chart: Chart | None
    forecast: Forecast | None
    coders: Sequence[CoderLoad]
    reconcilers: Sequence[ReconcilerLoad]
    pairs: Sequence[PairLoad]
    agreement: Fraction | None
    stale: tuple[StaleLine, ...]
    stale_in_all: int
    stale_days: int
    due: tuple[DueLine, ...] = ()
    due_in_all: int = 0
    away: tuple[Away, ...] = ()

    @property
    def person_columns(self) -> list[str | tuple[str, str]]:
        """The heads of the table of people: a name, a column for each task, and the longest wait."""
        return ["Person", *((task, "number") for task in self.tasks), ("Longest, in days", "number")]


def progress_view(standing: ProjectStanding, at: datetime, stale_days: int) -> ProgressView:
    """Put the page together as of the moment ``at``; entries count as stale after ``stale_days`` days without a save."""
    states = _states(standing, at)
    waits = sorted((wait for case in standing.cases for wait in waits_of(case)), key=lambda one: one.since)
    tasks = tuple(task for task in TASKS if any(wait.task == task for wait in waits))
    weeks = weeks_of(Counter(standing.signed_off.days).elements(), at.date())
    stale = _stale(standing, at, stale_days)
    pairs = pair_loads(standing)
    due = _due(standing, waits, at.date())
    return ProgressView(
        standing=standing,
        signed_off=standing.signed_off.cases,
        states=states,
        states_chart=_chart([(state_words(line.state), line.cases) for line in states]),
        tasks=tasks,
        people=_people(standing, waits, tasks, at),
        longest=tuple(_wait_line(standing, wait, at) for wait in waits[:MOST_LINES]),
        waits=len(waits),
        weeks=weeks[-MOST_WEEKS:],
        weeks_chart=_chart([(_week_words(week), week.signed_off) for week in weeks[-MOST_WEEKS:]]),
        forecast=forecast(weeks, standing.to_do, at.date(), _presence(standing)),
        coders=coder_loads(standing),
        reconcilers=reconciler_loads(standing),
        pairs=pairs,
        agreement=_agreement(pairs),
        stale=stale[:MOST_LINES],
        stale_in_all=len(stale),
        stale_days=stale_days,
        due=due[:MOST_LINES],
        due_in_all=len(due),
        away=tuple(one for one in standing.away if at.date() <= one.last_day),
    )


def _states(standing: ProjectStanding, at: datetime) -> tuple[StateLine, ...]:
    found = []
    for state in OPEN_STATES:
        cases = [case for case in standing.cases if case.state == state]
        if cases:
            days = {case.id: _days(in_state_since(case), at) for case in cases}
            oldest = max(cases, key=lambda case: days[case.id])
            found.append(StateLine(state, len(cases), _ages(days.values()), days[oldest.id], oldest))
    return tuple(found)


def _ages(days: Iterable[int]) -> tuple[int, ...]:
    counted = Counter(max(least for least, _ in AGES if least <= one) for one in days)
    return tuple(counted[least] for least, _ in AGES)


def _people(
    standing: ProjectStanding, waits: Sequence[Wait], tasks: Sequence[str], at: datetime
) -> tuple[PersonLine, ...]:
    """Those for whom most waits first; cases that wait to be assigned last."""
    held: dict[str, list[Wait]] = {}
    for wait in waits:
        held.setdefault(wait.person, []).append(wait)
    found = []
    for person in sorted(held, key=lambda one: (not one, -len(held[one]), standing.names.get(one, ""))):
        counted = Counter(wait.task for wait in held[person])
        longest = max(_days(wait.since, at) for wait in held[person])
        found.append(
            PersonLine(standing.names.get(person, NOBODY), tuple(counted[task] for task in tasks), longest)
        )
    return tuple(found)


def _wait_line(standing: ProjectStanding, wait: Wait, at: datetime) -> WaitLine:
    case = wait.case
    name = standing.names.get(wait.person, NOBODY)
    return WaitLine(case.id, case.reference, case.state, wait.task, name, _days(wait.since, at))


def _stale(standing: ProjectStanding, at: datetime, least: int) -> tuple[StaleLine, ...]:
    found = [
        StaleLine(case.id, case.reference, entry.state, standing.names[entry.coder], last_save(entry), days)
        for case in standing.cases
        for entry in case.entries.values()
        if entry.state != "submitted" and (days := _days(last_save(entry), at)) >= least
    ]
    return tuple(sorted(found, key=lambda line: line.since))


def _due(standing: ProjectStanding, waits: Sequence[Wait], today: date) -> tuple[DueLine, ...]:
    """What is overdue or due within :data:`NEAR_DAYS`, the earliest first."""
    found = [
        DueLine(
            wait.case.id, wait.case.reference, wait.task, standing.names.get(wait.person, NOBODY), due, left
        )
        for wait in waits
        if (due := wait.due) and (left := (due - today).days) <= NEAR_DAYS
    ]
    return tuple(sorted(found, key=lambda line: line.due))


def _presence(standing: ProjectStanding) -> Presence:
    away: dict[str, list[tuple[date, date]]] = {}
    for one in standing.away:
        away.setdefault(one.user_id, []).append((one.first_day, one.last_day))
    return Presence(standing.team, away) if away else ALWAYS


def _agreement(pairs: Sequence[PairLoad]) -> Fraction | None:
    positions = sum(pair.positions for pair in pairs)
    return Fraction(sum(pair.agreed for pair in pairs), positions) if positions else None


def _chart(lines: Sequence[tuple[str, int]]) -> Chart | None:
    most = max((number for _, number in lines), default=0)
    if not most:
        return None
    return draw([Item(label, ((Fraction(number, most), f"{number:,}"),)) for label, number in lines])


def _week_words(week: Week) -> str:
    return f"Week of {in_words(week.monday)}"


def _days(since: datetime, at: datetime) -> int:
    """Full days; a clock that was set back counts as none."""
    return max((at - since).days, 0)
