"""The application: one factory that puts database, access, errors and rooms together."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from secrets import token_hex

from flask import Blueprint, Flask, abort, g, request
from flask_bootstrap import Bootstrap5
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from schema.store.database import Database
from webapp import errors, overload, security, unit_of_work, wording
from webapp.access import guard, sessions
from webapp.account import provider
from webapp.account.routes import room as account_room
from webapp.addresses import Application
from webapp.agreement.routes import room as agreement_room
from webapp.audit.routes import room as audit_room
from webapp.cases.routes import room as cases_room
from webapp.downloads.routes import room as downloads_room
from webapp.entry.routes import room as entry_room
from webapp.findings.routes import room as findings_room
from webapp.frame.routes import room as frame_room
from webapp.health import watching
from webapp.health.routes import room as health_room
from webapp.help.routes import room as help_room
from webapp.notices.routes import room as notices_room
from webapp.opening import open_database
from webapp.people.routes import room as people_room
from webapp.progress.routes import room as progress_room
from webapp.projects.routes import room as projects_room
from webapp.questionnaires.routes import room as questionnaires_room
from webapp.reconciliation.routes import room as reconciliation_room
from webapp.reports.routes import room as reports_room
from webapp.settings import Settings

#: Every room of the application, in the order of the work. A new room adds its import above and its line here.
ROOMS: Sequence[Blueprint] = (
    account_room,
    projects_room,
    notices_room,
    progress_room,
    cases_room,
    reports_room,
    entry_room,
    reconciliation_room,
    agreement_room,
    findings_room,
    frame_room,
    downloads_room,
    questionnaires_room,
    people_room,
    audit_room,
    help_room,
    health_room,
)


def create_app(settings: Settings, *, database: Database | None = None) -> Flask:
    """Build the application. ``database`` is given by tests; otherwise it is opened from the settings."""
    app = Application("webapp")
    # Whatever FLASK_DEBUG says: in its debug mode Flask answers some faults otherwise, and reads templates anew.
    app.debug = False
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SECRET_KEY_FALLBACKS=list(settings.earlier_secret_keys),
        BOOTSTRAP_SERVE_LOCAL=True,
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    if settings.https:
        # One proxy in front ends TLS; without it these headers would be anybody's word.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign]
    unit_of_work.install(app, database or open_database(settings), settings)
    app.before_request(_name_request)
    watching.install(app)
    security.secure(app, settings)
    wording.install(app)
    Bootstrap5(app)
    app.before_request(_refuse_nul)
    overload.install(app)
    sessions.install(app)
    CSRFProtect(app)
    app.before_request(security.refuse_foreign_pages)
    guard.install(app)
    provider.install(app, settings.sign_on.provider)
    errors.register(app)
    for room in ROOMS:
        app.register_blueprint(room)
    return app


def settle() -> None:
    """Have Python's collector of cycles leave alone what stands now; for a server that is about to answer.

    Modules, routes and templates last as long as the process. Every large page would have the collector look at all of them
    again, some hundred thousand objects, for nothing.
    """
    gc.freeze()


def _name_request() -> None:
    g.request_id = token_hex(8)


def _refuse_nul() -> None:
    """No address of ours holds a NUL, and PostgreSQL would fall over it."""
    if "\x00" in request.path or any(
        "\x00" in text for pair in request.args.items(multi=True) for text in pair
    ):
        abort(400)
