"""Every error as a calm page, or as JSON where that was asked for, with a reference to find it in the log."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, Response, current_app, g, jsonify, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from schema.problem import Problem, Refused
from schema.store.outages import UNDECIDED, outage, undecided
from webapp.access.sessions import signed_in
from webapp.unit_of_work import abandon, has_written

BARE = """<!doctype html>
<html lang="en-GB">
<head><meta charset="utf-8"><title>Something went wrong – Tandem</title></head>
<body><main><h1>Something went wrong</h1>
<p>Nothing that was saved before is lost. Please try again in a minute. Reference: {reference}.</p>
<p><a href="/">Go to the start page</a></p></main></body>
</html>
"""


@dataclass(frozen=True)
class Words:
    """What an error page says."""

    title: str
    lead: str


WORDS = {
    400: Words(
        "This request could not be read", "Something in the address or in what was sent is not right."
    ),
    401: Words("You are signed out", "Sign in to go on."),
    403: Words(
        "You may not open this",
        "Your part does not include it. A manager of the project, or an administrator, can change that.",
    ),
    404: Words("Page not found", "There is nothing here, or nothing that you take part in."),
    405: Words("This cannot be done this way", "The page exists, but not for this kind of request."),
    409: Words(
        "This cannot be done now", "Something has changed in the meantime, or its turn has not come yet."
    ),
    410: Words("This file is not there any more", "It was kept here once, and cannot be read now."),
    413: Words("This is too large", "What was sent is larger than the server takes at once."),
    422: Words("This could not be accepted", "Something in what was sent needs another look."),
    429: Words("That was too much at once", "Wait a little, then try again."),
    500: Words(
        "Something went wrong", "Nothing that was saved before is lost. Please try again in a minute."
    ),
    503: Words("Not just now", "Nothing that was saved before is lost. Please try again in a few seconds."),
    507: Words(
        "There is no room left", "Nothing that was saved before is lost, and pages can still be read."
    ),
}
PASSING = (429, 503, 507)
RETRY_SECONDS = 5
#: Never sent back to the browser; in the account room every secret has a field of its own.
SECRET_FIELDS = frozenset({"csrf_token", "password"})
ACCOUNT_SECRETS = frozenset({"again", "present", "code"})
#: Forms of whoever is not signed in yet: a token that no longer fits has signed nobody out.
AT_THE_DOOR = frozenset(f"account.{one}_now" for one in ("sign_in", "code", "enrol", "reset", "set_up"))


def wants_json() -> bool:
    """Whether the request came from a script that expects JSON."""
    best = request.accept_mimetypes.best_match(["text/html", "application/json"], default="text/html")
    return request.is_json or best == "application/json"


def error_response(status: int, problems: tuple[Problem, ...] = (), *, lead: str = "") -> Response:
    """An error page, or its JSON form ``{"status", "title", "problems", "reference"}``."""
    words = WORDS.get(status, WORDS[400 if status < 500 else 500])
    if wants_json():
        body = {
            "status": status,
            "title": words.title,
            "problems": [_as_json(problem) for problem in problems],
            "reference": reference(),
        }
        return make_response(jsonify(body), status)
    page = render_template(
        "errors/error.html",
        words=words,
        lead=lead or words.lead,
        problems=problems,
        passing=status in PASSING and request.method == "GET",
        reference=reference(),
    )
    return make_response(page, status)


def reference() -> str:
    """The request's reference, also in the log and in the audit trail."""
    return str(g.get("request_id", ""))


def register(app: Flask) -> None:
    """Answer every error of the application."""
    app.register_error_handler(CSRFError, _token_missing)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(Exception, _unexpected)
    app.after_request(_say_when_again)


def send_again(status: int, problems: tuple[Problem, ...] = ()) -> Response:
    """The page that keeps what was typed: the same fields, hidden, with a fresh token and a button.

    ``problems`` say why it was not taken; without any it was the page's token. Files and secrets are not kept.
    """
    secret = SECRET_FIELDS | (ACCOUNT_SECRETS if request.blueprint == "account" else frozenset())
    kept = [(name, value) for name, value in request.form.items(multi=True) if name not in secret]
    page = render_template(
        "errors/send-again.html",
        kept=kept,
        had_files=bool(request.files),
        signed_in=signed_in(),
        at_the_door=request.endpoint in AT_THE_DOOR,
        problems=problems,
        undecided=any(problem.code == UNDECIDED for problem in problems),
        words=WORDS.get(status, WORDS[400]),
    )
    return make_response(page, status)


def _as_json(problem: Problem) -> dict[str, str]:
    return {
        "code": problem.code,
        "message": problem.message,
        "remedy": problem.remedy,
        "where": problem.where,
        "severity": problem.severity,
    }


def _token_missing(_: CSRFError) -> Response:
    if not wants_json():
        return send_again(400)
    problem = Problem("WEB-CSRF", "The page's security token is no longer valid.", "Load the page again.")
    return error_response(401 if not signed_in() else 400, (problem,))


def _http_error(error: HTTPException) -> Response:
    status = error.code or 500
    if status < 400:
        return make_response(error.get_response())
    response = error_response(status)
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return response


def _refused(refused: Refused) -> Response:
    if refused.status in PASSING and request.method == "POST" and not wants_json():
        return send_again(refused.status, refused.problems)
    return error_response(refused.status, refused.problems)


def _say_when_again(response: Response) -> Response:
    if response.status_code in PASSING:
        response.headers.setdefault("Retry-After", str(RETRY_SECONDS))
    return response


def _unexpected(error: Exception) -> Response:
    passing = outage(error)
    if passing is not None:
        current_app.logger.error(
            "Request %s was not served: %s (%s)", reference(), passing, type(error).__name__
        )
        return _let_go_and_refuse(passing)
    current_app.logger.error("Request %s failed", reference(), exc_info=error)
    try:
        return error_response(500)
    except Exception:  # noqa: BLE001 - whatever is broken, the person gets a page
        return make_response(BARE.format(reference=reference()), 500)


def _let_go_and_refuse(passing: Refused) -> Response:
    """Answer without the database: the page is drawn as for nobody, because who asks may not be known."""
    abandon()
    g.actor = g.user = None
    return _refused(undecided() if has_written() else passing)
