"""Every link that a person is shown opens for them, and every page that they reach keeps the promises of the house."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

import pytest

from tests.support.casework import fill, give_back, ready_case, start_case, submit
from tests.support.policing import Page, PolicingClient
from tests.support.world import MEMBERS, World, build_world

#: Enough for every kind of page; a crawl that needs more is going round in circles.
MOST_PAGES = 150


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Cases in several states, so that most links exist."""
    made = build_world(tmp_path_factory.mktemp("links"))
    start_case(made, "DHR-001", {})
    start_case(made, "DHR-002")
    fill(made, start_case(made, "DHR-003"), "amara")
    returned = start_case(made, "DHR-004")
    fill(made, returned, "amara")
    submit(made, returned, "amara")
    give_back(made, returned, "amara")
    ready_case(made, "DHR-005", victims=[{"age": 36, "sex": "female"}], recommendations=[])
    yield made
    made.database.dispose()


def _links(client: PolicingClient, address: str) -> Iterator[str]:
    answer = client.get(address)
    assert answer.status_code in (200, 303), f"{address} answered {answer.status_code}"
    if answer.status_code == 303:
        yield urlsplit(str(answer.location)).path
    elif answer.mimetype == "text/html":
        page = Page(answer)
        acts = {form.get("action") for form in page.root.iter("form")}
        assert "/sign-out" in acts, f"nobody can sign out from {address}"
        for link in page.root.iter("a"):
            target = urlsplit(urljoin(address, link.get("href", "")))
            yield target.path + (f"?{target.query}" if target.query else "")


def _crawl(client: PolicingClient) -> set[str]:
    seen: set[str] = set()
    waiting = ["/"]
    while waiting and len(seen) < MOST_PAGES:
        address = waiting.pop()
        if address in seen:
            continue
        seen.add(address)
        waiting.extend(sorted(set(_links(client, address)) - seen))
    return seen


@pytest.mark.parametrize("name", MEMBERS)
def test_every_link_that_a_person_is_shown_opens_for_them(world: World, name: str) -> None:
    seen = _crawl(world.client_for(name))
    assert {"/", "/account"} <= seen
    assert len(seen) < MOST_PAGES


def test_nobody_is_shown_a_way_to_a_case_that_is_not_theirs(world: World) -> None:
    case = start_case(world, "DHR-OTHERS", {})
    for name in ("amara", "carol", "victor", "root"):
        assert not any(case.id in address for address in _crawl(world.client_for(name))), name
    assert any(case.id in address for address in _crawl(world.client_for("dana")))
