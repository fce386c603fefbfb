"""The application builds each address once: a page has some fifty of them, and they stay what they are from request to request.

An address follows from its route, the names in it and the path beneath which the application is served, and from nothing
about who asks; so a kept one opens nothing to anybody.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from flask import Flask, has_request_context, request

KEPT_MOST = 4096
LONGEST = 64
"""What a browser sent may come back in an address (``next=``); only what is as short as a name of ours is kept."""


class Application(Flask):
    """Flask, but that ``url_for`` remembers."""

    def __init__(self, name: str) -> None:
        """Begin without an address; each application has its own routes, and so its own addresses."""
        super().__init__(name)
        self._built = lru_cache(maxsize=KEPT_MOST, typed=True)(self._build)

    def url_for(self, /, endpoint: str, **values: Any) -> str:
        """Give an address as Flask does, from memory where a request asks for a local one with short names."""
        local = has_request_context() and values.get("_scheme") is None and not endpoint.startswith(".")
        if not local or not all(map(_kept, values.values())):
            return super().url_for(endpoint, **values)
        return self._built(request.root_path, request.method, endpoint, **values)

    def _build(self, _root: str, _method: str, endpoint: str, /, **values: Any) -> str:
        """Build an address; Flask reads from the request at hand what it depends on beside its names."""
        return super().url_for(endpoint, **values)


def _kept(value: object) -> bool:
    """Whether a name may stay in memory. ``True`` asks for an address with its host, which is whatever the browser called us by."""
    return value is None or type(value) is int or (type(value) is str and len(value) <= LONGEST)
