"""One application for all worlds of a process: building one, with its rules and templates, takes as long as many requests."""

from __future__ import annotations

from copy import copy

from flask import Flask

from schema.store.database import Database
from tests.support.policing import police
from webapp.app import create_app
from webapp.health import watching
from webapp.settings import Settings
from webapp.unit_of_work import Installed

#: By the key that signs; nothing else of the settings of tests is built in.
_BUILT: dict[str, Flask] = {}


def own_application(settings: Settings, database: Database) -> Flask:
    """An application built for this world alone, to which a test may add pages. Its clients police their answers."""
    return police(create_app(settings, database=database))


def application_on(settings: Settings, database: Database) -> Flask:
    """The application of the process with this database and these settings.

    Pages, rules and templates are shared; what it holds of an installation is not. A test that would add a page to it is
    refused by Flask, as after a first request: it takes an application of its own.
    """
    assert not settings.https, "a proxy is tied to the application that it stands before"
    assert settings.sign_on.provider is None, "a provider is tied to the application that asks it"
    if settings.secret_key not in _BUILT:
        _BUILT[settings.secret_key] = own_application(settings, database)
    app = copy(_BUILT[settings.secret_key])
    app.config = type(app.config)(app.root_path, app.config)
    app.extensions = {
        **app.extensions,
        "tandem": Installed.for_requests(database, settings),
        watching.EXTENSION: watching.Metrics(),
    }
    app._got_first_request = True
    return app
