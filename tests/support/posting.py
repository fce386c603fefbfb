"""Every form of every page, filled in as a person would, and sent again and again from one state of the database."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from flask.testing import FlaskClient
from lxml import html
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from schema.store.models import Case
from tests.support.everyone import Everyone, address, rules, stored
from tests.support.world import FILE, PASSWORD, World

Pairs = tuple[tuple[str, str], ...]
COOKIES = ("tandem-session", "tandem-page")
#: What differs from one run to the next: ids, moments, hashes, digests, and what was counted in between.
VARYING = re.compile(
    r"datetime\.datetime\([^)]*\)[^,)]*\)?"
    r"|\b[0-9a-f]{24,}\b|\b[0-9a-z]{12}\b|\b[0-9a-z]{16}\b"
    r"|\$argon2id\$[^']*|gAAAA[\w=-]+"
    r"|b'[^']*'|b\"[^\"]*\""
)


@dataclass(frozen=True)
class Sendable:
    """A form as one person sees it: where it is sent, to which endpoint, and what it says once it is filled in."""

    kind: str
    endpoint: str
    target: str
    pairs: Pairs

    @property
    def title(self) -> str:
        """Whose form it is, and what takes it."""
        return f"{self.kind}: {self.endpoint}"


def forms_of(sample: Everyone, kind: str, pages: Collection[str] = ()) -> Iterator[Sendable]:
    """Every form that a person sees, on all pages or on these (endpoints), once for each endpoint and set of names."""
    seen: set[tuple[str, Pairs]] = set()
    for rule in rules(sample.world.app):
        if "GET" not in (rule.methods or ()) or rule.endpoint.startswith("health."):
            continue
        if pages and rule.endpoint not in pages:
            continue
        for case in _cases(sample, kind) if "case_id" in rule.arguments else [None]:
            where = address(sample.world.app, rule, sample.values(rule, case))
            answer = sample.clients[kind].get(where)
            if answer.status_code != 200 or answer.mimetype != "text/html":
                continue
            for one in _forms_on(sample, kind, where, answer.text):
                names = (one.endpoint, tuple((name.split(".")[0], "") for name, _ in one.pairs))
                if names not in seen:
                    seen.add(names)
                    yield one


def _cases(sample: Everyone, kind: str) -> list[Case]:
    return [sample.case_for(kind, state) for state in sample.cases]


def _forms_on(sample: Everyone, kind: str, where: str, text: str) -> Iterator[Sendable]:
    for form in html.fromstring(text).iter("form"):
        if (form.get("method") or "get").lower() == "post":
            target = urlsplit(urljoin(where, form.get("action") or where)).path
            endpoint, _ = sample.world.app.url_map.bind("localhost").match(target, method="POST")
            yield Sendable(kind, endpoint, target, tuple(_filled(form)))


def _filled(form: Any) -> Iterator[tuple[str, str]]:
    """What a browser sends once the person has filled in whatever was empty and pressed the first button."""
    pressed: set[str] = set()
    for one in form.iter("input", "textarea", "select", "button"):
        name, kind = one.get("name") or "", one.get("type") or ""
        if not name or kind == "file":
            continue
        if one.tag == "button" or kind == "submit":
            if "button" not in pressed:
                pressed.add("button")
                yield name, one.get("value") or ""
        elif one.tag == "select":
            options = [option.get("value") or "" for option in one.iter("option")]
            yield name, next((option for option in options if option), "")
        elif kind in ("radio", "checkbox"):
            if kind == "checkbox" or name not in pressed:
                pressed.add(name)
                yield name, one.get("value") or "on"
        elif kind == "password":
            yield name, PASSWORD
        else:
            held = one.text if one.tag == "textarea" else one.get("value")
            yield name, (held or "").strip() or "Because."


class Sending:
    """Sends forms, each time from the same state of the world's database and of the browser."""

    def __init__(self, sample: Everyone, folder: Path) -> None:
        """Keep the state as it is now."""
        self._sample, self._kept = sample, folder / "kept.sqlite3"
        self.before = told(sample.world)
        self._cookies = {
            kind: {name: cookie.value for name in COOKIES if (cookie := client.get_cookie(name))}
            for kind, client in sample.clients.items()
        }
        _copy(self._live, self._kept)

    @property
    def _live(self) -> Path:
        return self._sample.world.folder / FILE

    def send(
        self, form: Sendable, more: Sequence[tuple[str, str]] = ()
    ) -> tuple[TestResponse, dict[str, list[str]]]:
        """Send a form with something more; give the answer, and all that is stored afterwards, without what varies."""
        world = self._sample.world
        _copy(self._kept, self._live)
        client = FlaskClient(world.app, world.app.response_class)
        for name, value in self._cookies[form.kind].items():
            client.set_cookie(name, value)
        data: MultiDict[str, str] = MultiDict([*form.pairs, *more])
        answer = client.post(form.target, data=data)
        return answer, told(world)


def told(world: World) -> dict[str, list[str]]:
    """Every row of every table, without what varies from one run to the next."""
    return {table: sorted(VARYING.sub("~", row) for row in rows) for table, rows in stored(world).items()}


def _copy(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as one, closing(sqlite3.connect(target)) as other:
        one.backup(other)
