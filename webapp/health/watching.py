"""Counts requests and writes a line about each: by route, never by address, so that neither holds a case or a name."""

from __future__ import annotations

import logging
import time

from flask import Flask, Response, current_app, g, request
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

LOG = logging.getLogger("tandem.requests")
EXTENSION = "tandem.metrics"
METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"})
SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0)


class Metrics:
    """What one process counts; every number is about requests and machinery, none about people or cases."""

    def __init__(self) -> None:
        """Make the metrics in a registry of their own."""
        self.registry = CollectorRegistry()
        labels = ("method", "route", "status")
        self.requests = Counter("tandem_requests", "Requests answered", labels, registry=self.registry)
        self.seconds = Histogram(
            "tandem_request_seconds", "Time to answer", ("route",), buckets=SECONDS, registry=self.registry
        )
        self.waited = Histogram(
            "tandem_request_waited_seconds",
            "Time until a thread was free for a request",
            buckets=SECONDS,
            registry=self.registry,
        )
        self.database = Gauge("tandem_database_up", "1 where the database answers", registry=self.registry)
        self.jobs = Gauge("tandem_jobs", "Jobs by state", ("state",), registry=self.registry)
        self.worker = Gauge(
            "tandem_worker_seen_seconds",
            "Seconds since a worker was seen, -1 for never",
            registry=self.registry,
        )
        self.backup = Gauge(
            "tandem_backup_age_seconds",
            "Age of the latest scheduled backup that is complete, -1 for none",
            registry=self.registry,
        )


def install(app: Flask) -> None:
    """Watch every request of the application."""
    app.extensions[EXTENSION] = Metrics()
    app.before_request(_begin)
    app.after_request(_note)


def metrics() -> Metrics:
    """The current application's metrics."""
    found: Metrics = current_app.extensions[EXTENSION]
    return found


def route() -> str:
    """The rule that the request's address matched (``/projects/<project_key>``), never the address itself."""
    return request.url_rule.rule if request.url_rule is not None else "(none)"


def _begin() -> None:
    g.began = time.perf_counter()


def _note(response: Response) -> Response:
    seconds = time.perf_counter() - g.get("began", time.perf_counter())
    method = request.method if request.method in METHODS else "(other)"
    metrics().requests.labels(method, route(), str(response.status_code)).inc()
    metrics().seconds.labels(route()).observe(seconds)
    if request.endpoint not in ("static", "bootstrap.static"):
        about = {
            "request": g.get("request_id", ""),
            "method": method,
            "route": route(),
            "status": response.status_code,
            "ms": round(seconds * 1000, 1),
        }
        LOG.info("%s", " ".join(f"{key}={value}" for key, value in about.items()), extra={"about": about})
    return response
