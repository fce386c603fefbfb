"""Coder A's marked answers, and a look at everything that can be opened for any trace of them."""

from __future__ import annotations

import base64
import html
import io
import json
import re
import zipfile
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from schema.answers.document import Change, Note
from schema.answers.interchange import read_entry
from schema.store.database import new_id
from schema.store.entries import save_changes, save_document
from schema.store.models import Case, Comparison, Entry
from schema.store.templates import compiled
from tests.support.casework import entry_of
from tests.support.everyone import address, rules, token_on
from tests.support.world import PASSWORD, World

NOTE, QUOTE, PLACE, ADVICE, NUMBER = "cnrynote7x", "cnryquote7x", "cnryplace7x", "cnryadvice7x", "cnrynr7x"
SECRET: dict[str, Any] = {
    "report": {
        "area": PLACE,
        "region": "wales",
        "death_year": 2033,
        "children_known": "yes",
        "children_note": NOTE,
    },
    "victims": [{"age": 113, "sex": "male"}, {"age": 109, "sex": "female"}],
    "recommendations": [{"number": NUMBER, "text": ADVICE, "themes": ["T2"]}],
}
EVIDENCE = {"report.children_note": {"page": "cnrypage7x", "quote": QUOTE}}
REASON, MEMO = "cnryreason7x", "cnrymemo7x"
SECRETS = [PLACE, NOTE, QUOTE, ADVICE, NUMBER, REASON, MEMO, "cnrypage7x"]
OWN: dict[str, Any] = {
    "report": {"area": "Exampleshire", "death_year": 2016, "children_known": "no"},
    "victims": [{"age": 34, "sex": "female"}],
}


def enter(
    world: World,
    case: Case,
    name: str,
    answers: dict[str, Any],
    evidence: dict[str, Any] | None = None,
    memo: str = "",
) -> None:
    """Enter answers as the person, instead of all that stood there."""
    with world.writing() as session:
        entry = session.get_one(Entry, entry_of(world, case, name).id)
        line = {"case": case.reference, "coder": name, "answers": answers, "evidence": evidence or {}}
        read = read_entry(
            compiled(session, entry.template_version_id), line, choose_id=lambda: new_id(session)
        )
        assert not read.problems, read.problems
        save_document(session, world.actor(name), entry, read.document)
        if memo:
            noted = Change("note", "report.area", note=Note(flagged=True, memo=memo))
            save_changes(session, world.actor(name), entry, entry.revision, [noted])


def browser_of(world: World, name: str) -> FlaskClient:
    """A browser in which the person is signed in, and which examines nothing."""
    client = FlaskClient(world.app, world.app.response_class)
    token = token_on(client, "/sign-in")
    assert (
        client.post("/sign-in", data={"csrf_token": token, "name": name, "password": PASSWORD}).status_code
        == 303
    )
    return client


def forms_of(secret: str) -> set[bytes]:
    """A text as it may be hidden in a response."""
    forms = {
        secret,
        secret.upper(),
        secret[::-1],
        html.escape(secret),
        quote(secret),
        json.dumps(secret)[1:-1],
    }
    encoded = {base64.b64encode(secret.encode()), secret.encode().hex().encode(), secret.encode("utf-16-le")}
    return {form.encode() for form in forms} | encoded


def content(answer: TestResponse) -> bytes:
    """Headers and body, and what is packed into a file."""
    body = answer.get_data()
    if zipfile.is_zipfile(io.BytesIO(body)):
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            body += b"".join(packed.read(name) for name in packed.namelist())
    return str(answer.headers).encode() + body


def crawl(client: FlaskClient, known: list[str]) -> Iterator[TestResponse]:
    """Open every known address, and whatever the pages lead to."""
    seen: set[str] = set()
    waiting = ["/", *known]
    while waiting:
        where = waiting.pop()
        if where in seen:
            continue
        seen.add(where)
        assert len(seen) < 700, "the crawl goes round in circles"
        answer = client.get(where)
        yield answer
        if answer.mimetype == "text/html":
            for link in re.findall(r'(?:href|action|src)="([^"#]+)"', answer.get_data(as_text=True)):
                target = urlsplit(urljoin(where, html.unescape(link)))
                if not target.netloc and not target.path.startswith(("/static", "/bootstrap")):
                    waiting.append(target.path + (f"?{target.query}" if target.query else ""))


def everything(world: World, case: Case, entry: Entry) -> list[str]:
    """Every address that the application knows, with the names of coder A's things."""
    with world.reading() as session:
        comparison = session.scalars(select(Comparison.id).where(Comparison.case_id == case.id)).first()
    values: dict[str, object] = {
        "project_key": "pilot",
        "case_id": case.id,
        "entry_id": entry.id,
        "comparison_id": comparison or "x",
        "group": "victims",
        "key": "small",
        "version": 1,
        "number": 1,
        "revision": 1,
        "path": "report.area",
        "user_id": world.user("amara").id,
        "role": "coder",
    }
    found = []
    for rule in rules(world.app):
        if "GET" not in (rule.methods or ()):
            continue
        for section in ("report", "victims", "recommendations"):
            named = {**values, "section_key": section}
            found.append(address(world.app, rule, {name: named.get(name, "x") for name in rule.arguments}))
    return sorted(set(found))


def posted(
    client: FlaskClient, world: World, case: Case, *, but: tuple[str, ...] = ()
) -> Iterator[TestResponse]:
    """What comes back where coder B sends something wrong, or everything that is asked for; ``but``: endpoints that are let be."""
    token = token_on(client, "/account")
    for rule in rules(world.app):
        if "POST" in (rule.methods or ()) and rule.endpoint.startswith("entry.") and rule.endpoint not in but:
            values = {
                "project_key": "pilot",
                "case_id": case.id,
                "section_key": "report",
                "entry_id": "x",
                "number": 1,
            }
            where = address(world.app, rule, {name: values.get(name, "x") for name in rule.arguments})
            yield client.post(
                where, data={"csrf_token": token, "report.death_year": "rubbish", "base_revision": "99"}
            )
            yield client.post(
                where, json={"base_revision": 99, "changes": []}, headers={"X-CSRFToken": token}
            )


def asked_for(page: TestResponse, identity: list[str]) -> bool:
    """Whether the address itself named it: an error page may repeat what was asked for."""
    return any(one in page.request.full_path for one in identity)


def holds_none(pages: list[TestResponse], secrets: list[str], name: str) -> None:
    """Fail, with the places, where a secret stands on one of the pages in whatever form."""
    found = [
        f"{name}: {page.request.method} {page.request.full_path} ({page.status_code}) holds {secret}"
        for page in pages
        for secret in secrets
        if any(form in content(page) for form in forms_of(secret))
    ]
    assert not found, "\n".join(found)
