"""Browsers in which a person has signed in before: strangers who guess at their name do not keep them out there.

The browser keeps a signed mark for half a year. It opens nothing; it only has its attempts counted apart.
"""

from __future__ import annotations

import hashlib
import secrets

from flask import Response, request
from itsdangerous import BadData, URLSafeTimedSerializer

from webapp.security import cookie_name
from webapp.unit_of_work import installed

HALF_A_YEAR = 182 * 24 * 3600
SALT = "tandem device"


def subject_of(kind: str, name: str) -> str:
    """Return under what an attempt on the name is counted: the name, or this browser where the name signed in here before."""
    mark = _mark_for(name)
    return f"{kind}:{mark}:{name}" if mark else f"{kind}:{name}"


def remember_device(response: Response, name: str) -> Response:
    """Mark this browser as one in which the name has signed in."""
    value = _serializer().dumps([_short(name), _mark_for(name) or secrets.token_urlsafe(12)])
    https = installed().settings.https
    response.set_cookie(
        _cookie(), value, max_age=HALF_A_YEAR, path="/", httponly=True, secure=https, samesite="Lax"
    )
    return response


def _mark_for(name: str) -> str:
    try:
        found = _serializer().loads(request.cookies.get(_cookie(), ""), max_age=HALF_A_YEAR)
    except BadData:
        return ""
    return str(found[1]) if isinstance(found, list) and len(found) == 2 and found[0] == _short(name) else ""


def _serializer() -> URLSafeTimedSerializer:
    settings = installed().settings
    return URLSafeTimedSerializer([*reversed(settings.earlier_secret_keys), settings.secret_key], salt=SALT)


def _short(name: str) -> str:
    return hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:16]


def _cookie() -> str:
    return cookie_name("device", https=installed().settings.https)
