"""Which routes were driven so that they changed something, with its row in the trail where one is asked for.

The policing client asks of every request of every test that what it changes has its row in the same transaction. Which routes were
driven so is counted over a whole run, which names at its end those that nobody drives: ``tests/conftest.py``.
"""

from __future__ import annotations

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from tests.support.watched import Watch
from webapp.access.sessions import WITHOUT_PERSON

#: Routes that are sent something, say what is in it, and change nothing.
LOOK_ONLY = {"cases.import_page", "entry.look_at_workbook", "findings.draft_page"}
UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}
DRIVEN, KNOWN = set[str](), set[str]()


def note_driven(app: Flask, response: TestResponse, watch: Watch) -> None:
    """Remember which routes may change something, and which of them accepted a request and did."""
    if not KNOWN:
        KNOWN.update(changing_routes(app))
    if watch.changed and response.request.method in UNSAFE and response.status_code < 400:
        try:
            endpoint, _ = app.url_map.bind("localhost").match(response.request.path, response.request.method)
        except HTTPException:
            return
        DRIVEN.add(endpoint)


def changing_routes(app: Flask) -> set[str]:
    """Every route that takes a method by which something may be changed."""
    return {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.methods and rule.methods & UNSAFE and rule.endpoint not in {*WITHOUT_PERSON, *LOOK_ONLY}
    }
