"""An export that somebody asked for, where no page is needed to ask."""

from __future__ import annotations

from schema.store.database import Database
from schema.store.people import actor_for, find_user
from schema.store.projects import find_project
from tests.support.world import PROJECT
from webapp.downloads.formats import Options
from webapp.downloads.operations import ask_for_export


def ask_for_workbook(database: Database) -> str:
    """Ask for the master workbook of the pilot as its manager; gives the id of the job that makes it."""
    with database.writing() as session:
        project, dana = find_project(session, PROJECT), find_user(session, "dana")
        assert project is not None
        assert dana is not None
        return ask_for_export(session, actor_for(session, dana), project, Options("xlsx")).id
