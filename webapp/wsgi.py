"""The application for servers other than our own: ``granian --interface wsgi --factory webapp.wsgi:application``."""

from __future__ import annotations

from flask import Flask

from webapp import logs, scratch
from webapp.app import create_app, settle
from webapp.command_line import prepare, settings
from webapp.opening import open_database, require_fit


def application() -> Flask:
    """Build the application from the environment; an empty database is prepared.

    Long work needs `tandem worker` beside it. Raises Refused with every problem of the settings or the database.
    """
    found = settings()
    logs.configure(found.log)
    scratch.take(found)
    database = open_database(found)
    prepare(database, found)
    require_fit(database, found)
    app = create_app(found, database=database)
    settle()
    return app
