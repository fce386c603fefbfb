"""What a worker does about schedules of coding again: gives each round once, when its day has come."""

from __future__ import annotations

import logging

from schema.actor import SCHEDULE
from schema.store.database import Database
from schema.store.repeat_schedules import due_schedules, give_if_due
from webapp.settings import Settings

LOG = logging.getLogger("tandem.repeats")


def give_due_rounds(database: Database, _: Settings) -> None:
    """Give the rounds whose day has come, each in a transaction of its own; of several workers one gives it."""
    with database.reading() as session:
        due = due_schedules(session)
    for schedule_id in due:
        try:
            with database.writing() as session:
                given = give_if_due(session, SCHEDULE, schedule_id)
        except Exception:  # one that fails must not keep the others of their turn
            LOG.exception("the round of schedule %s could not be given; it is tried again", schedule_id)
        else:
            if given:
                LOG.info("the round of schedule %s is given", schedule_id)
