"""Somebody who is signed in at a real server, and sends forms and files as a browser does."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import requests

from schema.store.database import Database
from schema.store.people import find_user, start_session
from tests.support.nodes import Node

HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


@dataclass
class Visitor:
    """A browser at a server's address; redirects are given back as they are."""

    address: str
    client: requests.Session = field(default_factory=requests.Session)

    def get(self, path: str) -> requests.Response:
        """Open a page."""
        return self.client.get(self._address(path), allow_redirects=False)

    def token(self, path: str) -> str:
        """The token of a page's form."""
        found = TOKEN.search(self.get(path).text)
        assert found, path
        return found[1]

    def send(self, path: str, data: dict[str, str], token: str = "", **files: bytes) -> requests.Response:
        """Send the form of a page, with files by the names of their controls; without ``token`` the page is fetched for one."""
        sent = {"csrf_token": token or self.token(path), **data}
        named = {name: (f"{name}.bin", content) for name, content in files.items()}
        return self.client.post(self._address(path), data=sent, files=named or None, allow_redirects=False)

    def send_json(self, path: str, body: Any, token: str) -> requests.Response:
        """Send what a page's script sends."""
        return self.client.post(self._address(path), json=body, headers={"X-CSRFToken": token})

    def _address(self, path: str) -> str:
        return f"{self.address}{path}"


def visitor(database: Database, node: Node, name: str) -> Visitor:
    """The person's browser, signed in for an hour."""
    with database.writing() as session:
        user = find_user(session, name)
        assert user is not None, name
        token = start_session(session, user, timedelta(hours=1))
    made = Visitor(f"http://127.0.0.1:{node.port}")
    made.client.cookies.set("tandem-session", token)
    return made
