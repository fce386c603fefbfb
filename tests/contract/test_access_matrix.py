"""Every route as every kind of person in three states of a case: what comes back is what the policy says, and looking changes nothing.

The policy itself is held cell by cell in ``tests/unit/webapp/test_policy.py``; here it is seen over HTTP.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from schema.store.models import Audit
from tests.support.databases import PostgresServer
from tests.support.everyone import (
    KINDS,
    NOWHERE,
    OPENED,
    STATES,
    UNSAFE,
    Everyone,
    address,
    everyone,
    normal,
    recorded,
    rules,
    stored,
    token_on,
)
from tests.support.policing import parse
from tests.support.uploads import KNOWN, controls
from tests.support.world import World, build_world, populate
from webapp.access.finding import NothingThere, find_subject
from webapp.access.guard import action_of
from webapp.access.policy import can, is_member

#: Rooms whose pages are open to everybody, so that no door stands before them.
OPEN = ("account.", "health.")
SIGNED_OUT = ("anonymous", "disabled coder")
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'",
        "script-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'self'",
        "object-src 'none'",
        "base-uri 'none'",
    ),
    "X-Content-Type-Options": ("nosniff",),
    "Referrer-Policy": ("same-origin",),
    "Cross-Origin-Opener-Policy": ("same-origin",),
    "Cross-Origin-Resource-Policy": ("same-origin",),
    "Permissions-Policy": ("camera=()", "geolocation=()"),
}


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Everyone]:
    world = build_world(tmp_path_factory.mktemp("matrix"))
    yield everyone(world)
    world.database.dispose()


def _expected(sample: Everyone, kind: str, rule: Rule, values: dict[str, object]) -> set[int]:
    """Which statuses the policy allows; an empty set where the person may and the page itself decides."""
    action = action_of(sample.world.app.view_functions[rule.endpoint])
    if action == "public":
        return set()
    if kind in SIGNED_OUT:
        return {303, 401}
    asked = kind, action, *sorted(values.items())
    if asked not in sample.expected:
        sample.expected[asked] = _asked_of_the_policy(sample, kind, action, values)
    return sample.expected[asked]


def _asked_of_the_policy(sample: Everyone, kind: str, action: str, values: dict[str, object]) -> set[int]:
    actor = sample.world.actor(KINDS[kind])
    with sample.world.reading() as session:
        try:
            subject = find_subject(session, dict(values))
        except NothingThere:
            return {404}
        if can(actor, action, subject):
            return set()
        return {404} if subject is not None and not is_member(actor, subject) else {403}


def _cells(sample: Everyone, kind: str) -> Iterator[tuple[Rule, dict[str, object]]]:
    for rule in rules(sample.world.app):
        of_case = "case_id" in rule.arguments
        for state in STATES if of_case else ("",):
            yield rule, sample.values(rule, sample.case_for(kind, state) if of_case else None)


def _headers_missing(answer: TestResponse) -> list[str]:
    missing = [
        f"{name}: {part}"
        for name, parts in HEADERS.items()
        for part in parts
        if part not in answer.headers.get(name, "")
    ]
    policy = answer.headers.get("Content-Security-Policy", "")
    shared = [name for name, _ in answer.headers if name.startswith("Access-Control-")]
    bad = [one for one in ("unsafe-inline", "unsafe-eval", "http:", "*") if one in policy]
    return [*missing, *bad, *(f"{name} is there" for name in shared)]


@pytest.mark.parametrize("kind", KINDS)
def test_every_page_answers_each_kind_of_person_as_the_policy_says(sample: Everyone, kind: str) -> None:
    _walk(sample, kind)


@pytest.fixture(scope="module")
def on_postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Everyone]:
    server = PostgresServer()
    world = World(server.migrated(), tmp_path_factory.mktemp("postgresql"))
    with world.writing() as session:
        populate(session)
    yield everyone(world)
    server.drop(world.database)
    server.close()


@pytest.mark.postgres
@pytest.mark.parametrize(
    "kind",
    [
        "coder 2",
        *(
            pytest.param(kind, marks=pytest.mark.full)
            for kind in ("manager who codes", "reconciler", "viewer", "ex-member")
        ),
    ],
)
def test_the_same_holds_on_postgresql(on_postgresql: Everyone, kind: str) -> None:
    _walk(on_postgresql, kind)


def _walk(sample: Everyone, kind: str) -> None:
    before = stored(sample.world)
    already = recorded(sample.world)
    wrong, cells = [], 0
    for rule, values in _cells(sample, kind):
        if "GET" not in (rule.methods or ()):
            continue
        cells += 1
        where = address(sample.world.app, rule, values)
        answer = sample.clients[kind].get(where)
        expected = _expected(sample, kind, rule, values)
        fits = answer.status_code in expected if expected else answer.status_code not in (401, 403)
        unready = rule.endpoint == "health.ready" and answer.status_code == 503  # no worker lives here
        if not fits or (answer.status_code >= 500 and not unready):
            wrong.append(f"GET {where}: {answer.status_code}, not {sorted(expected)}")
        wrong += [f"GET {where}: without {one}" for one in _headers_missing(answer)]
        if answer.headers.get("Cache-Control") != "no-store":
            wrong.append(f"GET {where}: may be stored")
        if b'type="file"' in answer.data:
            taken = set(controls(sample.world.app, where, parse(answer.text)[0]))
            wrong += [f"GET {where}: a file is taken by {one}" for one in taken - KNOWN]
    assert wrong == []
    assert cells > 80
    assert stored(sample.world) == before, "a GET changed what is stored"
    assert _acts_since(sample.world, already) <= set(OPENED)


@pytest.mark.parametrize("kind", KINDS)
def test_whoever_may_not_changes_nothing(sample: Everyone, kind: str) -> None:
    before = stored(sample.world)
    wrong, cells = [], 0
    for rule, values in _cells(sample, kind):
        expected = _expected(sample, kind, rule, values)
        for method in (rule.methods or set()) & UNSAFE if expected else ():
            cells += 1
            where = address(sample.world.app, rule, values)
            data = {"csrf_token": sample.tokens[kind], "name": "x", "role": "manager", "reason": "x"}
            answer = sample.clients[kind].open(where, method=method, data=data)
            allowed = expected | ({400} if kind in SIGNED_OUT else set())
            if answer.status_code not in allowed:
                wrong.append(f"{method} {where}: {answer.status_code}, not {sorted(expected)}")
            wrong += [f"{method} {where}: without {one}" for one in _headers_missing(answer)]
    assert wrong == []
    assert cells > 10
    assert stored(sample.world) == before


def test_the_matrix_tells_people_apart(sample: Everyone) -> None:
    """The expectations themselves: were they all alike, the walk would prove nothing."""
    opened = {
        kind: sum(not _expected(sample, kind, rule, values) for rule, values in _cells(sample, kind))
        for kind in KINDS
    }
    assert opened["anonymous"] == opened["disabled coder"] < opened["ex-member"]
    assert opened["ex-member"] == opened["manager of another project"]
    assert opened["ex-member"] < opened["viewer"] <= opened["unassigned coder"] < opened["coder 1"]
    assert opened["other reconciler"] < opened["reconciler"]
    assert opened["manager who codes"] != opened["manager"] > opened["viewer"]


@pytest.mark.parametrize("kind", ["manager", "coder 1", "reconciler", "viewer", "administrator", "ex-member"])
def test_a_foreign_id_answers_like_one_that_nobody_has(sample: Everyone, kind: str) -> None:
    foreign = sample.values_of_foreign()
    wrong, pairs = [], 0
    for rule in rules(sample.world.app):
        named = set(rule.arguments) & set(foreign)
        if not named or "GET" not in (rule.methods or ()):
            continue
        values = sample.values(rule, None)
        there = {**values, **{name: foreign[name] for name in named}}
        nowhere = {**values, **dict.fromkeys(named, NOWHERE)}
        answers = [sample.clients[kind].get(address(sample.world.app, rule, one)) for one in (there, nowhere)]
        pairs += 1
        bodies = [normal(answer, *map(str, foreign.values()), NOWHERE) for answer in answers]
        if bodies[0] != bodies[1] or [one.status_code for one in answers] not in ([404] * 2, [403] * 2):
            wrong.append(f"{rule.rule}: {[one.status_code for one in answers]}")
    assert wrong == []
    assert pairs > 15


def test_a_project_that_one_is_not_in_answers_like_one_that_does_not_exist(sample: Everyone) -> None:
    wrong = []
    for rule in rules(sample.world.app):
        if "project_key" not in rule.arguments or "GET" not in (rule.methods or ()):
            continue
        values = sample.values(rule, sample.foreign)
        pages = [
            sample.clients["manager"].get(address(sample.world.app, rule, {**values, "project_key": key}))
            for key in ("other", "nosuch")
        ]
        if normal(pages[0], "other") != normal(pages[1], "nosuch") or pages[0].status_code != 404:
            wrong.append(f"{rule.rule}: {[page.status_code for page in pages]}")
    assert wrong == []


def _ways_without_a_good_token(
    client: FlaskClient, foreign: str, good: str, where: str, method: str
) -> Iterator[TestResponse]:
    yield client.open(where, method=method, data={"a": "b"})
    yield client.open(where, method=method, data={"csrf_token": foreign})
    yield client.open(f"{where}?csrf_token={good}", method=method, data={"a": "b"})
    yield client.open(where, method=method, json={"csrf_token": good})
    yield client.open(where, method=method, data=f'{{"csrf_token": "{good}"}}', content_type="text/plain")
    yield client.open(
        where, method=method, data={"csrf_token": good}, headers={"Sec-Fetch-Site": "cross-site"}
    )


@pytest.mark.parametrize("kind", ["anonymous", "coder 1", "reconciler", "manager", "administrator"])
def test_nothing_is_done_without_the_token_of_the_same_sign_in(sample: Everyone, kind: str) -> None:
    client, other = sample.clients[kind], sample.clients["coder 2"]
    good, foreign = sample.tokens[kind], token_on(other, "/account")
    before, wrong, tried = stored(sample.world), [], 0
    already = recorded(sample.world)
    for rule in rules(sample.world.app):
        case = sample.case_for(kind, "both submitted") if "case_id" in rule.arguments else None
        for method in (rule.methods or set()) & UNSAFE:
            where = address(sample.world.app, rule, sample.values(rule, case))
            for number, answer in enumerate(_ways_without_a_good_token(client, foreign, good, where, method)):
                tried += 1
                if answer.status_code not in (400, 401, 403):
                    wrong.append(f"{method} {where}, way {number}: {answer.status_code}")
    assert wrong == []
    assert tried > 150
    assert stored(sample.world) == before
    assert recorded(sample.world) == already


def _odd(path: str) -> Iterator[str]:
    encoded = "".join(f"%{ord(letter):02x}" for letter in path[1:])
    yield from (f"/{encoded}", f"/{encoded.replace('%', '%25')}", f"/{path}", f"/.{path}", f"{path};x")
    yield from (
        f"{path}.",
        f"{path}/",
        f"{path}%2f",
        f"{path}%00",
        path.upper(),
        f"/static/..{path}",
        f"{path}%2e%2e/",
    )


def test_no_odd_address_leads_round_the_door(sample: Everyone) -> None:
    client = sample.clients["anonymous"]
    wrong = []
    for rule in rules(sample.world.app):
        if "GET" not in (rule.methods or ()) or rule.endpoint.startswith(OPEN):
            continue
        case = sample.cases["both submitted"]["usual"] if "case_id" in rule.arguments else None
        where = address(sample.world.app, rule, sample.values(rule, case))
        for odd in _odd(where):
            answer = client.get(odd)
            if answer.status_code not in (303, 308, 400, 401, 404, 405):
                wrong.append(f"{odd}: {answer.status_code}")
        for name in ("X-Original-URL", "X-Rewrite-URL", "X-HTTP-Method-Override"):
            answer = client.get("/sign-in", headers={name: where})
            if "<h1>Sign in</h1>" not in answer.get_data(as_text=True):
                wrong.append(f"{name} {where}: {answer.status_code}")
    assert wrong == []


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "TRACE", "PUT", "PATCH", "DELETE", "PROPFIND", "BREW"])
def test_no_other_verb_leads_round_the_door(sample: Everyone, method: str) -> None:
    wrong = []
    for rule in rules(sample.world.app):
        if rule.endpoint.startswith(OPEN):
            continue
        case = sample.cases["both submitted"]["usual"] if "case_id" in rule.arguments else None
        where = address(sample.world.app, rule, sample.values(rule, case))
        answer = sample.clients["anonymous"].open(where, method=method)
        empty = method in ("HEAD", "OPTIONS") and not answer.data
        if answer.status_code not in (303, 400, 401, 404, 405) and not empty:
            wrong.append(f"{method} {where}: {answer.status_code}")
    assert wrong == []


@pytest.mark.parametrize(
    "path",
    [
        "/.git/config",
        "/console",
        "/debug",
        "/static/../webapp/app.py",
        "/static/%2e%2e/app.py",
        "/.env",
        "/static",
        "/static/",
        "/static/js/",
        "/static/css",
        "/bootstrap/static/",
        "/docs",
        "/openapi.json",
    ],
)
def test_nothing_of_the_inside_can_be_fetched(sample: Everyone, path: str) -> None:
    for kind in ("anonymous", "administrator"):
        assert sample.clients[kind].get(path).status_code == 404


def _errors(client: FlaskClient, token: str) -> Iterator[tuple[int, TestResponse]]:
    yield 404, client.get("/no/such/page")
    yield 405, client.get("/sign-out")
    yield 400, client.post("/sign-out", data={"csrf_token": "made up"})
    yield 400, client.get("/projects/%00")
    yield 422, client.post("/account/password", data={"csrf_token": token})
    yield 413, client.post("/account/password", data={"csrf_token": token, "password": "x" * 9_000_000})
    yield 200, client.get("/static/css/tandem.css")
    yield 404, client.get("/static/css/none.css")
    yield 200, client.get("/projects/pilot/audit/file")
    yield 200, client.get("/projects/pilot/cases/import/example.csv")


def test_errors_static_files_and_downloads_carry_the_same_headers(sample: Everyone) -> None:
    seen = []
    for status, answer in _errors(sample.clients["manager"], sample.tokens["manager"]):
        assert answer.status_code == status, answer.request.path
        assert _headers_missing(answer) == [], answer.request.path
        assert "Server" not in answer.headers
        seen.append(status)
        if not answer.request.path.startswith("/static") or status >= 400:
            assert answer.headers["Cache-Control"] == "no-store", answer.request.path
    assert len(seen) == 10


def _acts_since(world: World, already: int) -> set[str]:
    with world.reading() as session:
        return set(session.scalars(select(Audit.action).where(Audit.seq > already)))
