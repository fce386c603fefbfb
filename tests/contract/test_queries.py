"""Whatever stands behind the question mark of an address is taken as text: no database and no attribute is reached by it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from urllib.parse import quote, quote_plus

import pytest
from markupsafe import escape
from sqlalchemy import select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from schema.store.models import ReportFile
from tests.support.asking import names_asked
from tests.support.casework import fill, ready_case, start_case
from tests.support.everyone import address, normal, rules, stored
from tests.support.reports import attach, small_report
from tests.support.world import World, build_world

#: Whoever may open a page first is the one who asks it.
PEOPLE = ("dana", "amara", "carol", "root")
#: The pages that narrow, sort and search, for every run.
ALWAYS = (
    "cases.list_page",
    "cases.board_page",
    "cases.draw_page",
    "audit.trail_page",
    "audit.trail_file",
    "reports.report_page",
    "reconciliation.resolve_page",
    "agreement.report_page",
    "questionnaires.list_page",
    "entry.section_page",
    "entry.changes_page",
    "account.sign_in_page",
)
#: Looking is on record there, so that the second look has a line more.
TELLS_OF_LOOKING = ("audit.trail_page", "audit.trail_file")
#: Two questions that a database would answer differently, were they put to it.
PAIRS = (
    ("x' OR 'a'='a", "x' OR 'a'='b"),
    ('x") OR ("a"="a', 'x") OR ("a"="b'),
    ("x OR 'a'='a' --", "x OR 'a'='b' --"),
    ("x%' AND 'a'='a' AND '%'='", "x%' AND 'a'='b' AND '%'='"),
    ("x); SELECT 'a'; --", "x); SELECT 'b'; --"),
)
ODD = (
    "'; DROP TABLE audit; --", "user.password_hash", "__class__.__mro__", "{{7*7}}${7*7}%(x)s{0.__class__}", "\x00", "²", "٣", "-1",
    "9" * 400, "1e999999", "nan", "../../etc/passwd", "\u202e", "%", "_" * 5_000, "[]", "a" * 20_000,
)  # fmt: skip
WRONG = ("Traceback", "sqlite3", "psycopg", "OperationalError", "syntax error", "$argon2", "49$49")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A case that is coded, with a report, and one that waits for its reconciler."""
    made = build_world(tmp_path_factory.mktemp("queries"))
    case = start_case(made, "DHR-001")
    fill(made, case, "amara")
    attach(made, case, small_report())
    ready_case(made, "DHR-002", recommendations=[])
    yield made
    made.database.dispose()


def _values(world: World, reference: str) -> dict[str, object]:
    with world.reading() as session:
        report = session.scalars(select(ReportFile.id)).one()
    return {
        "project_key": "pilot",
        "case_id": world.case(reference).id,
        "report_id": report,
        "section_key": "report",
        "group": "victims",
        "key": "small",
        "version": 1,
        "number": 1,
        "revision": 1,
        "path": "report.area",
        "user_id": world.user("ben").id,
    }


def _asked(world: World, only: Collection[str]) -> Iterator[tuple[str, Rule, str, tuple[str, ...]]]:
    """Every page that reads an address: who may open it, its rule, its address and the names that it reads."""
    for rule in rules(world.app):
        names = names_asked(world.app, rule.endpoint) if "GET" in (rule.methods or ()) else ()
        if names and (not only or rule.endpoint in only):
            for name in PEOPLE:
                values = _values(world, "DHR-002" if name == "carol" else "DHR-001")
                where = address(world.app, rule, {one: values.get(one, "none") for one in rule.arguments})
                if world.client_for(name).get(where).status_code in (200, 303):
                    yield name, rule, where, names
                    break


def _bad(answer: TestResponse) -> str:
    if answer.status_code not in (200, 303, 400, 404, 413, 422):
        return f"status {answer.status_code}"
    text = answer.get_data().decode(errors="replace")
    return next((f"shows {one}" for one in WRONG if one in text), "")


def _without(answer: TestResponse, texts: tuple[str, str]) -> str:
    """What an answer says, without what it was asked with, in whatever way that is written in a page or an address."""
    if not str(answer.mimetype).startswith("text/"):
        return repr(answer.get_data())
    body = normal(answer)
    for text in texts:
        as_werkzeug = quote_plus(text, safe="!$'()*,/:;?@")
        for written in (escape(as_werkzeug), escape(text), quote_plus(text), quote(text, safe=""), text):
            body = body.replace(str(written), "ASKED")
    return body


def _wrongs(
    world: World, pairs: tuple[tuple[str, str], ...], odd: tuple[str, ...], only: Collection[str] = ()
) -> Iterator[str]:
    for name, rule, where, names in _asked(world, only):
        client = world.client_for(name)
        for pair in pairs:
            answers = [client.get(where, query_string=dict.fromkeys(names, text)) for text in pair]
            yield from (f"{rule.endpoint}, {pair[0]!r}: {bad}" for one in answers if (bad := _bad(one)))
            bodies = {_without(answer, pair) for answer in answers}
            if len(bodies) > 1 and rule.endpoint not in TELLS_OF_LOOKING:
                yield f"{rule.endpoint}: {pair[0]!r} and {pair[1]!r} are answered differently"
        for text in odd:
            if bad := _bad(client.get(where, query_string=dict.fromkeys(names, text))):
                yield f"{rule.endpoint}, {text[:40]!r}: {bad}"


def test_what_an_address_asks_is_never_put_to_the_database(world: World) -> None:
    assert {rule.endpoint for _, rule, _, _ in _asked(world, ALWAYS)} == set(ALWAYS)
    before = stored(world)
    assert list(_wrongs(world, PAIRS[:1], ODD[:2], ALWAYS)) == []
    assert stored(world) == before


@pytest.mark.full
def test_the_same_for_whatever_is_asked_on_every_page(world: World) -> None:
    before = stored(world)
    assert list(_wrongs(world, PAIRS, ODD)) == []
    assert stored(world) == before


def test_the_names_that_a_page_reads_are_found(world: World) -> None:
    trail = set(names_asked(world.app, "audit.trail_page"))
    assert {"person", "action", "case", "since", "until", "before"} <= trail
    assert {"state", "person", "text"} <= set(names_asked(world.app, "cases.list_page"))
