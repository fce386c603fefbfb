"""Commands about schedules of coding again: ``tandem repeat schedule``, ``schedules``, ``round`` and ``end``; what the page does."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import date, datetime

import click
from sqlalchemy.orm import Session

from schema.days import in_words
from schema.problem import refuse
from schema.store.database import Database
from schema.store.models import Project, RepeatSchedule
from schema.store.repeat_schedules import (
    Terms,
    change_schedule,
    end_schedule,
    find_schedule,
    give_round,
    set_schedule,
)
from webapp.agreement.command_people import manager_called, person_called
from webapp.agreement.repeat_views import schedule_lines
from webapp.command_line import project_called, with_database
from webapp.wording import count

_PROJECT = click.argument("project_key", metavar="PROJECT")
_SCHEDULE = click.argument("schedule_id", metavar="SCHEDULE")
_AS = click.option(
    "--as", "manager_name", required=True, metavar="NAME", help="The manager in whose name it is done."
)
#: The seed of a lot; without one it is chosen here, so that it can be printed.
SEED = click.option(
    "--seed",
    type=click.IntRange(0, 999_999_999),
    default=lambda: secrets.randbelow(10**6),
    help="Seed of the lot; else one is chosen and printed.",
)


@click.command("schedule")
@_PROJECT
@click.option("--coder", "coder_name", metavar="NAME", help="Who codes cases again; else every coder.")
@click.option("--cases", "number", required=True, type=int, help="How many cases each has to code again.")
@click.option(
    "--days", default=90, show_default=True, help="Only cases that were signed off so many days ago, or more."
)
@click.option(
    "--on",
    "first_day",
    required=True,
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day of the next round.",
)
@click.option("--every", "weeks", default=0, help="Weeks between two rounds; else there is one round only.")
@SEED
@click.option("--change", "schedule_id", metavar="SCHEDULE", help="Change this one in place of a new one.")
@_AS
@with_database
def schedule(
    database: Database,
    project_key: str,
    coder_name: str | None,
    number: int,
    days: int,
    first_day: datetime,
    weeks: int,
    seed: int,
    schedule_id: str | None,
    manager_name: str,
) -> None:
    """Have old cases given by themselves: drawn by lot for one coder or for each, on a day, and again every so many weeks."""
    with database.writing() as session:
        project = project_called(session, project_key, "AGR-001")
        actor = manager_called(session, project, manager_name)
        coder_id = person_called(session, coder_name).id if coder_name else None
        terms = Terms(coder_id, number, days, seed, first_day.date(), weeks)
        if schedule_id is None:
            held = set_schedule(session, actor, project, terms)
        else:
            held = _named(session, project, schedule_id)
            change_schedule(session, actor, held, terms, revision=held.revision)
        click.echo(f"{held.id}: next round {in_words(held.next_day)}, seed {seed}.")


@click.command("schedules")
@_PROJECT
@with_database
def schedules(database: Database, project_key: str) -> None:
    """Print the schedules of coding again: for whom, how many, how often, and when the next round is."""
    with database.reading() as session:
        project = project_called(session, project_key, "AGR-001")
        click.echo("\n".join(_lines(session, project)) or "Nothing is given by itself.")


@click.command("round")
@_PROJECT
@_SCHEDULE
@_AS
@with_database
def round_now(database: Database, project_key: str, schedule_id: str, manager_name: str) -> None:
    """Give the next round of a schedule now."""
    with database.writing() as session:
        project = project_called(session, project_key, "AGR-001")
        actor = manager_called(session, project, manager_name)
        for one in give_round(session, actor, _named(session, project, schedule_id)):
            click.echo(f"{one.coder.display_name}: {count(len(one.case_ids), 'case')}")


@click.command("end")
@_PROJECT
@_SCHEDULE
@_AS
@with_database
def end(database: Database, project_key: str, schedule_id: str, manager_name: str) -> None:
    """End a schedule: no round follows, and what was given stays."""
    with database.writing() as session:
        project = project_called(session, project_key, "AGR-001")
        actor = manager_called(session, project, manager_name)
        held = _named(session, project, schedule_id)
        end_schedule(session, actor, held, revision=held.revision)
    click.echo("Ended.")


def _named(session: Session, project: Project, schedule_id: str) -> RepeatSchedule:
    held = find_schedule(session, project, schedule_id)
    if held is None:
        raise refuse(
            "AGR-012",
            f"{project.key} has no schedule “{schedule_id}”.",
            "See `tandem repeat schedules`.",
            status=404,
        )
    return held


def _lines(session: Session, project: Project) -> Iterator[str]:
    for one in schedule_lines(session, project):
        said = f"{one.id}: {one.whom}, {count(one.number, 'case')} each, signed off {count(one.days, 'day')} ago or more, {one.rhythm}"
        yield f"{said}; {_next(one.next_day)}, {count(one.rounds, 'round')} so far"


def _next(day: date | None) -> str:
    return f"next round {in_words(day)}" if day else "ended"


commands = (schedule, schedules, round_now, end)
