"""What every response says to the browser: what may run, what may be kept, who may frame it."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, request, url_for
from flask_wtf.csrf import CSRFError, same_origin

from schema.limits import FORM_BYTES, FORM_FIELDS, REQUEST_BYTES
from webapp.settings import Settings

CONTENT_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",  # Bootstrap draws its small pictures from data addresses
        "font-src 'self'",
        "connect-src 'self'",
        "frame-src 'self'",  # the report beside the form
        "object-src 'none'",
        "form-action 'self'",
        "frame-ancestors 'self'",
        "base-uri 'none'",
    )
)
#: A response that sets this as its policy gets it in addition to the usual one: what it holds may do nothing at all.
SANDBOX = "sandbox"
HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
}
YEAR = 365 * 24 * 3600
SAFE = ("GET", "HEAD", "OPTIONS")


def secure(app: Flask, settings: Settings) -> None:
    """Set limits, cookies and headers of the application."""
    app.config.update(
        MAX_CONTENT_LENGTH=REQUEST_BYTES,
        MAX_FORM_MEMORY_SIZE=FORM_BYTES,
        MAX_FORM_PARTS=FORM_FIELDS,
        SESSION_COOKIE_NAME=cookie_name("page", https=settings.https),
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SECURE=settings.https,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        PREFERRED_URL_SCHEME="https" if settings.https else "http",
        WTF_CSRF_TIME_LIMIT=None,  # a coder reads a report for longer than any limit that would help
        WTF_CSRF_SSL_STRICT=False,  # see refuse_foreign_pages
    )
    app.before_request(_refuse_other_hosts)
    app.before_request(_limit_text)
    app.before_request(_refuse_cross_site)
    app.after_request(_add_headers)
    app.jinja_env.globals["asset"] = asset


def cookie_name(purpose: str, *, https: bool) -> str:
    """The name of a cookie; over https with the prefix that ties it to this host, root path and TLS."""
    return f"__Host-tandem-{purpose}" if https else f"tandem-{purpose}"


def asset(filename: str, endpoint: str = "static") -> str:
    """The address of a static file, with a mark of its content, so that it can be kept for a year."""
    owner = current_app.blueprints[endpoint.split(".")[0]] if "." in endpoint else current_app
    return _asset(request.script_root, endpoint, filename, str(owner.static_folder))


@lru_cache(maxsize=200)
def _asset(_root: str, endpoint: str, filename: str, folder: str) -> str:
    """The address, worked out once for each root beneath which the application is served."""
    mark = hashlib.sha256((Path(folder) / filename).read_bytes()).hexdigest()[:12]
    return url_for(endpoint, filename=filename, v=mark)


def _refuse_other_hosts() -> None:
    """Answer to our own names only: another site could have its name lead here, and read what it is given."""
    hosts = current_app.extensions["tandem"].settings.hosts
    if hosts and urlsplit(f"//{request.host}").hostname not in hosts:
        abort(400)


def _limit_text() -> None:
    """Only files need large bodies; Werkzeug's own limit on forms counts those that are sent in parts only."""
    if request.mimetype != "multipart/form-data":
        request.max_content_length = min(request.max_content_length or FORM_BYTES, FORM_BYTES)


def _refuse_cross_site() -> None:
    """A browser says where a request came from; what changes something must come from our own pages, not a neighbour's either."""
    if request.method not in SAFE and request.headers.get("Sec-Fetch-Site") in ("cross-site", "same-site"):
        abort(403)


def refuse_foreign_pages() -> None:
    """Over https what changes something must come from a page of ours, where the browser says which (``Origin``, ``Referer``).

    Neither is demanded, as Flask-WTF would demand the latter: some browsers and networks leave it out for privacy's sake, and whoever
    sits there could not even sign in. The token decides then, and nobody else can have set its cookie: it is tied to this host.
    Runs once it is known who asks. Raises CSRFError, whose page keeps what was typed.
    """
    if request.method in SAFE or not request.is_secure:
        return
    named = {request.headers.get("Origin", ""), request.referrer or ""} - {"", "null"}
    if not all(same_origin(one, request.host_url) for one in named):
        raise CSRFError("The request came from a page of another site.")


def _add_headers(response: Response) -> Response:
    sandboxed = response.headers.get("Content-Security-Policy") == SANDBOX
    response.headers.update(HEADERS)
    if sandboxed:
        response.headers["Content-Security-Policy"] = f"{CONTENT_POLICY}; {SANDBOX}"
    if current_app.extensions["tandem"].settings.https:
        response.headers["Strict-Transport-Security"] = f"max-age={YEAR}"
    if request.endpoint in ("static", "bootstrap.static") and response.status_code < 400:
        marked = "v" in request.args
        response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable" if marked else "no-cache"
    else:
        response.headers["Cache-Control"] = "no-store"
    return response
