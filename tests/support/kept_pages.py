"""Keeps the pages that tests meet, one of each kind, where ``TANDEM_KEEP_PAGES`` names a folder; ``tests.looks`` looks at them."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

SETTING = "TANDEM_KEEP_PAGES"
CLASSES = re.compile(r'<(\w+)[^>]*? class="([^"]*)"')
ERRORS = (403, 404)


def keep(application: Flask, response: TestResponse) -> None:
    """Keep a page whose kind is new: which route answered, how, and what it is built of; not what it says."""
    folder = os.environ.get(SETTING)
    if not folder or response.mimetype != "text/html" or response.is_streamed:
        return
    page = response.get_data(as_text=True)
    if not page:  # an answer without a page
        return
    kind = _kind(application, response, page)
    kept = Path(folder) / f"{hashlib.sha256(repr(kind).encode()).hexdigest()[:16]}.html"
    if not kept.exists():
        said = f"<!-- {response.request.method} {response.status_code} {kind[0]} -->"
        kept.write_text(f"{page}\n{said}\n", encoding="utf-8")


def _kind(application: Flask, response: TestResponse, page: str) -> tuple[object, ...]:
    adapter = application.url_map.bind("localhost")
    try:
        endpoint, _ = adapter.match(response.request.path, method=response.request.method)
    except HTTPException:
        endpoint = ""
    built = frozenset(CLASSES.findall(page))
    if response.status_code in ERRORS:  # the same page wherever it is met
        endpoint = ""
    return endpoint, response.request.method, response.status_code, sorted(built)
