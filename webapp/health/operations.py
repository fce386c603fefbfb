"""Looks at everything, and sets right what can be: stored counters."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy.exc import DBAPIError

from schema.actor import COMMAND_LINE
from schema.problem import Refused
from schema.store import counters, migrate
from schema.store.audit import record
from schema.store.counters import Drift
from schema.store.database import Database
from webapp.health import ward
from webapp.health.ward import FAIL, Finding, Ward
from webapp.settings import Settings


def examine(database: Database, settings: Settings) -> Iterator[Finding]:
    """Give a finding for everything that is looked at, as it is found; nothing is changed."""
    yield from ward.of_files_modes(settings)
    yield from ward.of_room(settings)
    try:
        migrate.current(database)
        with migrate.allowed(), database.reading() as session:
            yield from _inside(Ward(settings, database, session))
    except Refused as refused:
        problem = refused.problems[0]
        yield Finding("database", FAIL, problem.message, problem.remedy)


def _inside(held: Ward) -> Iterator[Finding]:
    schema = list(ward.of_migrations(held))
    yield from schema
    if any(one.state == FAIL for one in schema):
        return
    for name, check in ward.CHECKS:
        try:
            yield from check(held)
        except (DBAPIError, OSError) as error:
            held.session.rollback()
            yield ward.not_looked_at(name, error)


def fix_counters(database: Database) -> list[Drift]:
    """Set stored counters to what counting gives; on record where anything was wrong."""
    with database.writing() as session:
        found = counters.mend(session)
        if found:
            record(session, COMMAND_LINE, "counters.mend", detail={"mended": [str(one) for one in found]})
    return found
