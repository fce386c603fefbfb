"""Schedules of coding again: set, changed and ended by a manager; their rounds are given by a worker when the day has come, or by hand.

A round leaves each coder with so many cases to code again, drawn by lot from what is old enough on that day; what they have not
finished of earlier rounds counts. The lot of the first round has the schedule's seed, that of each later one the next number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from schema.actor import Actor
from schema.limits import REPEATED_CASES
from schema.problem import refuse
from schema.store.audit import record
from schema.store.database import new_id, now
from schema.store.models import Project, RepeatSchedule, User
from schema.store.repeats import (
    drawn,
    give_again,
    open_repeats,
    refuse_days,
    refuse_unfit,
    repeatable,
    repeaters,
)

MOST_WEEKS = 52
FARTHEST = timedelta(days=2 * 366)
SEEDS = 10**9


@dataclass(frozen=True, slots=True)
class Terms:
    """What a manager says: for whom (``coder_id`` empty: for every coder), how many cases, how old, by which lot, when and how often."""

    coder_id: str | None
    number: int
    days: int
    seed: int
    next_day: date
    every_weeks: int


@dataclass(frozen=True, slots=True)
class Share:
    """What a round gives to one coder: ``case_ids`` out of ``free`` that could be given, beside ``waiting`` that they have already."""

    coder: User
    waiting: int
    free: int
    case_ids: tuple[str, ...]


def set_schedule(session: Session, actor: Actor, project: Project, terms: Terms) -> RepeatSchedule:
    """Set a schedule. Raises ``Refused``: REPEAT-001 for a coder who cannot code again, REPEAT-002 for the days, REPEAT-010 for the
    number, REPEAT-011 for a day that is past or too far ahead, REPEAT-012 for the weeks.
    """
    _refuse_terms(session, project, terms)
    made = RepeatSchedule(
        id=new_id(session),
        project_id=project.id,
        **asdict(terms),
        rounds=0,
        revision=1,
        set_at=now(session),
        set_by=actor.id,
    )
    session.add(made)
    session.flush()
    _record(session, actor, "repeat.schedule", made, _plain(terms))
    return made


def change_schedule(
    session: Session, actor: Actor, schedule: RepeatSchedule, terms: Terms, *, revision: int
) -> bool:
    """Change what a schedule says, from its next round on; whether anything was. ``revision``: that was looked at.

    Raises ``Refused`` as :func:`set_schedule` does; REPEAT-013 (409) where it was changed or has ended since.
    """
    _hold(session, schedule, revision)
    before = terms_of(schedule)
    if before == terms:
        return False
    _refuse_terms(session, session.get_one(Project, schedule.project_id), terms)
    for name, value in asdict(terms).items():
        setattr(schedule, name, value)
    schedule.set_by = actor.id
    _advance(session, schedule)
    detail = {"before": _plain(before), "after": _plain(terms)}
    _record(session, actor, "repeat.reschedule", schedule, detail)
    return True


def end_schedule(session: Session, actor: Actor, schedule: RepeatSchedule, *, revision: int) -> None:
    """End a schedule: no round follows, and what was given stays. Raises ``Refused`` (REPEAT-013, 409) as :func:`change_schedule` does."""
    _hold(session, schedule, revision)
    schedule.ended_at = now(session)
    _advance(session, schedule)
    _record(session, actor, "repeat.end_schedule", schedule, {})


def next_round(session: Session, schedule: RepeatSchedule) -> list[Share]:
    """What the next round would give, were it given now: each coder by name, also those to whom it gives nothing."""
    project = session.get_one(Project, schedule.project_id)
    coders = [one for one in repeaters(session, project) if schedule.coder_id in (None, one.id)]
    return [_share(session, project, schedule, coder) for coder in coders]


def give_round(
    session: Session, actor: Actor, schedule: RepeatSchedule, *, revision: int | None = None
) -> list[Share]:
    """Give the next round now; gives what each coder got. The one after it follows so many weeks from this one's day, or from today.

    A schedule of one round has ended then. Raises ``Refused`` (REPEAT-013, 409) as :func:`change_schedule` does.
    """
    _hold(session, schedule, schedule.revision if revision is None else revision)
    shares, seed = next_round(session, schedule), seed_of(schedule)
    project = session.get_one(Project, schedule.project_id)
    for one in (share for share in shares if share.case_ids):
        give_again(
            session,
            actor,
            project,
            one.coder,
            one.case_ids,
            days=schedule.days,
            seed=seed,
            schedule=schedule,
        )
    _pass_on(session, schedule)
    given = {one.coder.id: len(one.case_ids) for one in shares}
    detail = {"round": schedule.rounds, "seed": seed, "given": given, "next_day": _next_day(schedule)}
    _record(session, actor, "repeat.give_round", schedule, detail)
    return shares


def give_if_due(session: Session, actor: Actor, schedule_id: str) -> bool:
    """Give a schedule's round where its day has come and nobody has given it yet; whether that was so."""
    schedule = session.get(RepeatSchedule, schedule_id, with_for_update=True)
    if schedule is None or schedule.ended_at is not None or schedule.next_day > now(session).date():
        return False
    give_round(session, actor, schedule)
    return True


def due_schedules(session: Session) -> list[str]:
    """The schedules of all projects whose day has come, those that have waited longest first."""
    query = (
        select(RepeatSchedule.id)
        .where(RepeatSchedule.ended_at.is_(None), RepeatSchedule.next_day <= now(session).date())
        .order_by(RepeatSchedule.next_day, RepeatSchedule.id)
    )
    return list(session.scalars(query))


def schedules_of(session: Session, project: Project) -> list[RepeatSchedule]:
    """The schedules of a project: those that go on by their next day, then those that ended, the latest first."""
    query = select(RepeatSchedule).where(RepeatSchedule.project_id == project.id).order_by(RepeatSchedule.id)
    found = list(session.scalars(query))
    going = sorted((one for one in found if one.ended_at is None), key=lambda one: one.next_day)
    over = [(one.ended_at, one) for one in found if one.ended_at is not None]
    return [*going, *(one for _, one in sorted(over, key=lambda pair: pair[0], reverse=True))]


def find_schedule(session: Session, project: Project, schedule_id: str) -> RepeatSchedule | None:
    """A schedule of the project."""
    found = session.get(RepeatSchedule, schedule_id)
    return found if found is not None and found.project_id == project.id else None


def terms_of(schedule: RepeatSchedule) -> Terms:
    """What a schedule says now."""
    return Terms(
        schedule.coder_id,
        schedule.number,
        schedule.days,
        schedule.seed,
        schedule.next_day,
        schedule.every_weeks,
    )


def seed_of(schedule: RepeatSchedule) -> int:
    """The seed of the next round's lot."""
    return (schedule.seed + schedule.rounds) % SEEDS


def _share(session: Session, project: Project, schedule: RepeatSchedule, coder: User) -> Share:
    waiting = open_repeats(session, project, coder)
    free = repeatable(session, project, coder, schedule.days)
    wanted = min(schedule.number - waiting, len(free))
    chosen = drawn(free, wanted, seed_of(schedule)) if wanted > 0 else ()
    return Share(coder, waiting, len(free), chosen)


def _pass_on(session: Session, schedule: RepeatSchedule) -> None:
    """Note that a round was given, and when the next one is: days that nobody was there to give are passed over."""
    moment = now(session)
    schedule.rounds, schedule.last_at = schedule.rounds + 1, moment
    step = timedelta(weeks=schedule.every_weeks)
    if not step:
        schedule.ended_at = moment
    elif schedule.next_day > moment.date():  # given before its day
        schedule.next_day = moment.date() + step
    else:
        passed = (moment.date() - schedule.next_day) // step
        schedule.next_day += (passed + 1) * step
    _advance(session, schedule)


def _hold(session: Session, schedule: RepeatSchedule, revision: int) -> None:
    """Hold a schedule until the transaction ends, and refuse where it is not what was looked at."""
    session.refresh(schedule, with_for_update=True)
    if schedule.ended_at is not None or schedule.revision != revision:
        raise refuse(
            "REPEAT-013",
            "This schedule was changed meanwhile, or has ended.",
            "Look at it again, on the page Coding again.",
            status=409,
        )


def _advance(session: Session, schedule: RepeatSchedule) -> None:
    schedule.revision += 1
    session.flush()


def _refuse_terms(session: Session, project: Project, terms: Terms) -> None:
    if terms.coder_id is not None:
        refuse_unfit(session, project, session.get_one(User, terms.coder_id))
    refuse_days(terms.days)
    if not 1 <= terms.number <= REPEATED_CASES:
        raise refuse(
            "REPEAT-010",
            "So many cases are not given in one round.",
            f"Enter a number from 1 to {REPEATED_CASES}.",
            where="number",
        )
    today = now(session).date()
    if not today <= terms.next_day <= today + FARTHEST:
        raise refuse(
            "REPEAT-011",
            "The next round cannot be on this day.",
            "Enter a day from today on, within two years.",
            where="next_day",
        )
    if not 0 <= terms.every_weeks <= MOST_WEEKS:
        raise refuse(
            "REPEAT-012",
            "Rounds cannot be so far apart.",
            f"Enter a number of weeks from 1 to {MOST_WEEKS}, or leave it empty for one round only.",
            where="every_weeks",
        )


def _plain(terms: Terms) -> dict[str, object]:
    return asdict(terms) | {"next_day": terms.next_day.isoformat()}


def _next_day(schedule: RepeatSchedule) -> str | None:
    return None if schedule.ended_at else schedule.next_day.isoformat()


def _record(
    session: Session, actor: Actor, act: str, schedule: RepeatSchedule, detail: Mapping[str, object]
) -> None:
    record(session, actor, act, project_id=schedule.project_id, object_id=schedule.id, detail=detail)
