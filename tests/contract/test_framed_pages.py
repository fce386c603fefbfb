"""The pages of findings, coding frame and exports, of a project that has a framework and signed-off cases: hostile addresses and forms.

The same as ``test_queries`` and ``test_strange_fields`` ask of all other pages, which are those of a project without a framework.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from lxml import html

from tests.contract.test_queries import ODD, PAIRS, _bad, _without
from tests.contract.test_strange_fields import ACCEPTED, _wrongs
from tests.support.asking import names_asked
from tests.support.casework import start_case
from tests.support.everyone import Everyone, stored
from tests.support.posting import Sendable, Sending, _forms_on
from tests.support.world import World, build_world
from webapp.sample import loading
from webapp.sample.study import study

pytestmark = pytest.mark.full

KEY, CASES = loading.STUDY_KEY, 2
ROOMS = ("findings", "frame", "downloads")
BEGIN = (
    f"/projects/{KEY}/findings",
    f"/projects/{KEY}/findings/check",
    f"/projects/{KEY}/coding-frame",
    f"/projects/{KEY}/exports",
)
#: Pages that must be among those that are tried.
AMONG = {
    "findings.findings_page",
    "findings.figure_page",
    "findings.draft_page",
    "frame.frame_page",
    "frame.code_page",
    "frame.act_page",
    "frame.recode_page",
    "downloads.list_page",
    "downloads.share_page",
}
PEOPLE = {"amara", "ben", "carol", "dana", "victor", "root"}


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Everyone]:
    """A few signed-off cases of the sample study, its manager, and a case of another project."""
    world = build_world(tmp_path_factory.mktemp("framed"))
    for name in set(loading.PEOPLE) - PEOPLE:
        world.add_person(name)
    loading.load_project(world.database, KEY, "Sample study", "Invented.")
    loading.load_study(world.database, KEY, study(CASES), lambda _: None)
    other = world.another_project()
    world.add_person("mona", "manager", "coder", project=other)
    foreign = start_case(world, "DHR-FOREIGN", {"coder_1": "mona"}, project=other.id)
    yield Everyone(world, {}, foreign, {"manager": world.client_for("dana")}, {}, "", "")
    world.database.dispose()


@pytest.fixture(scope="module")
def pages(sample: Everyone) -> dict[str, tuple[str, str]]:
    """One page for each endpoint of the rooms, by the links that lead there: its address and its text."""
    world, found, waiting = sample.world, dict[str, tuple[str, str]](), list(BEGIN)
    places = world.app.url_map.bind("localhost")
    while waiting:
        where = waiting.pop(0)
        endpoint, _ = places.match(urlsplit(where).path, method="GET")
        if endpoint in found or endpoint.split(".")[0] not in ROOMS:
            continue
        answer = sample.clients["manager"].get(where)
        if answer.status_code == 200 and answer.mimetype == "text/html":
            found[endpoint] = (where, answer.text)
            for link in html.fromstring(answer.text).iter("a"):
                target = urlsplit(urljoin(where, link.get("href") or "#"))
                if target.path.startswith(f"/projects/{KEY}/") and places.test(target.path, method="GET"):
                    waiting.append(target.path)
    assert found.keys() >= AMONG
    return found


def _asked_wrongly(world: World, endpoint: str, where: str) -> Iterator[str]:
    client, names = world.client_for("dana"), names_asked(world.app, endpoint)
    path = urlsplit(where).path
    for pair in PAIRS:
        answers = [client.get(path, query_string=dict.fromkeys(names, text)) for text in pair]
        yield from (f"{endpoint}, {pair[0]!r}: {bad}" for one in answers if (bad := _bad(one)))
        if len({_without(answer, pair) for answer in answers}) > 1:
            yield f"{endpoint}: {pair[0]!r} and {pair[1]!r} are answered differently"
    for text in ODD:
        if bad := _bad(client.get(path, query_string=dict.fromkeys(names, text))):
            yield f"{endpoint}, {text[:40]!r}: {bad}"


def test_what_an_address_asks_is_text_also_where_there_are_figures(
    sample: Everyone, pages: dict[str, tuple[str, str]]
) -> None:
    before = stored(sample.world)
    asked = [
        (endpoint, where) for endpoint, (where, _) in pages.items() if names_asked(sample.world.app, endpoint)
    ]
    assert len(asked) >= len(AMONG)
    assert [wrong for one in asked for wrong in _asked_wrongly(sample.world, *one)] == []
    assert stored(sample.world) == before


def test_what_a_form_does_not_have_changes_nothing_also_where_there_are_figures(
    sample: Everyone, pages: dict[str, tuple[str, str]], tmp_path: Path
) -> None:
    forms: dict[tuple[str, tuple[str, ...]], Sendable] = {}
    for where, text in pages.values():
        for form in _forms_on(sample, "manager", where, text):
            if form.endpoint.split(".")[0] in ROOMS:
                forms.setdefault((form.endpoint, tuple(name for name, _ in form.pairs)), form)
    sending = Sending(sample, tmp_path)
    accepted = sum(sending.send(form)[0].status_code in ACCEPTED for form in forms.values())
    assert [wrong for form in forms.values() for wrong in _wrongs(sample, sending, form)] == []
    assert accepted >= 4, sorted(form.title for form in forms.values())
