"""Addresses for machines: is the process up, is it ready for work, and what does it count."""

from __future__ import annotations

import hmac
from datetime import timedelta
from functools import cache

from flask import Blueprint, Response, abort, jsonify, make_response, request
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from schema.store import kept_backups, migrate, running
from schema.store.database import now
from schema.store.models import Job
from webapp.access.guard import public
from webapp.health.readiness import files_answer
from webapp.health.ward import WORKER_SILENT
from webapp.health.watching import Metrics, metrics
from webapp.unit_of_work import installed, reading

room = Blueprint("health", __name__)


@room.get("/health")
@public
def up() -> ResponseReturnValue:
    """Whether the process answers. Asks nothing of the database and tells nothing of the version."""
    return jsonify({"up": True})


@room.get("/ready")
@public
def ready() -> ResponseReturnValue:
    """Whether work can be done: database and place of files answer, the schema is this version's, a worker is alive; 503 otherwise."""
    found = {"database": False, "migrations": False, "worker": False, "files": files_answer()}
    try:
        session = reading()
        found["migrations"] = migrate.reached(session.connection()) == _head()
        found["database"] = True
        silent = running.since(session, running.WORKER_SEEN)
        found["worker"] = silent is not None and silent < WORKER_SILENT
    except SQLAlchemyError:
        pass  # which of them it is, the answer says
    return make_response(
        jsonify({"ready": all(found.values()), **found}), 200 if all(found.values()) else 503
    )


@room.get("/metrics")
@public
def numbers() -> ResponseReturnValue:
    """Numbers for Prometheus, for whoever shows the token; without a token in the settings there is no such page."""
    token = installed().settings.metrics_token
    shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not token or not hmac.compare_digest(shown.encode(), token.encode()):
        abort(404)
    counted = metrics()
    _ask_database(counted)
    return Response(generate_latest(counted.registry), content_type=CONTENT_TYPE_LATEST)


def _ask_database(counted: Metrics) -> None:
    try:
        session = reading()
        rows = session.execute(select(Job.state, func.count()).group_by(Job.state))
        states: dict[str, int] = {row.state: row[1] for row in rows}
        worker, backup = running.since(session, running.WORKER_SEEN), _backup_age(session)
    except SQLAlchemyError:
        counted.database.set(0)
        return
    counted.database.set(1)
    for state in ("queued", "running", "done", "failed"):
        counted.jobs.labels(state).set(states.get(state, 0))
    counted.worker.set(-1 if worker is None else worker.total_seconds())
    counted.backup.set(-1 if backup is None else backup.total_seconds())


def _backup_age(session: Session) -> timedelta | None:
    """How old the latest backup is that was made with every stored file."""
    complete = [one for one in kept_backups.kept(session) or () if not one.lacks]
    last = kept_backups.latest(complete, now(session))
    return None if last is None else now(session) - last.at


@cache
def _head() -> str:
    return migrate.head()
