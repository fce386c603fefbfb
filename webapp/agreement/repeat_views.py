"""Page models of coding again: who codes what again, the cases that could be, and each coder's agreement with themselves."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from schema.store.models import Project, RepeatSchedule, User
from schema.store.people import distinct_names
from schema.store.repeat_schedules import schedules_of
from schema.store.repeats import Repeatable, drawn, repeatable, repeaters
from schema.store.repeats_read import RepeatLine, repeat_lines, self_agreement
from webapp.agreement.pilot_views import FigureTable, figure_table
from webapp.wording import count

EVERY_CODER = "Every coder"


@dataclass(frozen=True)
class RepeatDraw:
    """The cases that a coder could code again, and those of them that the lot chose; ``days`` and ``seed`` as asked for."""

    coder: User
    days: int
    seed: int
    cases: tuple[Repeatable, ...]
    chosen: frozenset[str]


@dataclass(frozen=True)
class ScheduleLine:
    """A schedule in words; ``goes_on``: whether a round is still to come."""

    id: str
    whom: str
    number: int
    days: int
    rhythm: str
    next_day: date | None
    rounds: int
    last_at: datetime | None
    revision: int
    goes_on: bool


@dataclass(frozen=True)
class RepeatsPage:
    """The schedules, everything that is or was coded again, and the figures by coder."""

    schedules: tuple[ScheduleLine, ...]
    lines: tuple[RepeatLine, ...]
    figures: tuple[tuple[str, FigureTable], ...]


def repeats_page(session: Session, project: Project) -> RepeatsPage:
    """Collect what the page shows."""
    figures = tuple(
        (one.coder, _asked(figure_table(one.figures))) for one in self_agreement(session, project)
    )
    return RepeatsPage(schedule_lines(session, project), tuple(repeat_lines(session, project)), figures)


def schedule_lines(session: Session, project: Project) -> tuple[ScheduleLine, ...]:
    """The schedules of a project, those that go on first."""
    held = schedules_of(session, project)
    names = distinct_names(session, {one.coder_id for one in held if one.coder_id})
    return tuple(_schedule_line(one, names.get(one.coder_id or "", EVERY_CODER)) for one in held)


def _schedule_line(one: RepeatSchedule, whom: str) -> ScheduleLine:
    goes_on = one.ended_at is None
    next_day = one.next_day if goes_on else None
    rhythm = f"every {count(one.every_weeks, 'week')}" if one.every_weeks else "once"
    return ScheduleLine(
        one.id,
        whom,
        one.number,
        one.days,
        rhythm,
        next_day,
        one.rounds,
        one.last_at,
        one.revision,
        goes_on,
    )


def _asked(held: FigureTable) -> FigureTable:
    """Without what was never asked in so few cases."""
    return replace(
        held,
        fields=tuple(line for line in held.fields if line.n),
        rows=tuple(line for line in held.rows if line.n),
    )


def coder_choices(session: Session, project: Project) -> list[tuple[str, str]]:
    """The coders of a project who could code cases again, as choices of a form."""
    return [(user.id, user.display_name) for user in repeaters(session, project)]


def draw_repeats(
    session: Session, project: Project, coder: User, *, days: int, number: int, seed: int
) -> RepeatDraw:
    """Draw cases for a coder to code again. Raises as :func:`schema.store.repeats.repeatable` and ``drawn`` do."""
    cases = repeatable(session, project, coder, days)
    return RepeatDraw(coder, days, seed, tuple(cases), frozenset(drawn(cases, number, seed)))
