"""Coders as A and B on the pages of reconciling: no name stands on any of them, and each coder's own page stays right."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from schema.store.comparisons import find_live
from schema.store.loaded import coders_of
from schema.store.models import Project
from tests.support.policing import PolicingClient
from tests.support.reconciling import address, as_second, comparison, extract, submitted_case
from tests.support.signed_off import settle
from tests.support.world import World

ClientFor = Callable[[str], PolicingClient]
ROW = {
    "id": "advice00001",
    "number": "1",
    "text": "Share information between agencies at once.",
    "themes": ["T1"],
}
A = extract({"area": "Northshire"}, recommendations=[ROW])
B = as_second(extract({"area": "Southshire"}))
PAGES = (
    "",
    "/rows",
    "/rows/victims",
    "/rows/recommendations",
    "/resolve",
    "/agreed",
    "/together",
    "/sign-off",
)


@pytest.fixture
def case_id(world: World) -> str:
    with world.writing() as session:
        session.get_one(Project, world.project.id).coders_unnamed = True
    return submitted_case(world, A, B)


def confirm(world: World, client: PolicingClient, case_id: str) -> None:
    here, revision = address(case_id, "/rows"), comparison(world, case_id).row.revision
    client.submit(f"{here}/confirm", {"revision": revision}, page=here)


def test_no_page_of_reconciling_names_a_coder(world: World, case_id: str, client_for: ClientFor) -> None:
    carol = client_for("carol")
    confirm(world, carol, case_id)
    lone = next(one.path for one in comparison(world, case_id).result.positions if one.field is None)
    sent = {"path": "report.area", "whom": ["a", "b"], "text": "Which?"}
    carol.submit(address(case_id, "/resolve/ask"), sent, page=address(case_id, "/resolve"))
    for more in (*PAGES, "/resolve?at=report.area", f"/resolve?at={lone}"):
        page = carol.page(address(case_id, more)).text
        for name in ("Amara", "Ben Whitfield", "coder 1", "coder 2"):
            assert name not in page, (more, name)


def test_names_are_shown_where_nobody_asked_to_hide_them(world: World, client_for: ClientFor) -> None:
    page = client_for("carol").page(address(submitted_case(world, A, B)))
    assert "Ben Whitfield (coder 2)" in page.words


def test_each_coders_own_page_has_their_own_answers(
    world: World, case_id: str, client_for: ClientFor
) -> None:
    """In whichever order the coders stand, both halves of this hold."""
    with world.reading() as session:
        live = find_live(session, case_id)
        assert live is not None
        first = coders_of(session, live)["a"]
    settle(world.database, world.actor("carol"), live.id)  # takes A's side throughout
    is_a = "amara" if world.user("amara").id == first else "ben"
    other = "ben" if is_a == "amara" else "amara"
    assert "Area" not in client_for(is_a).page(address(case_id, "/yours")).words
    own = {"amara": "Northshire", "ben": "Southshire"}
    words = client_for(other).page(address(case_id, "/yours")).words
    assert f"Area {own[other]} {own[is_a]}" in words


def test_a_manager_sets_it_on_the_settings_page(world: World, client_for: ClientFor) -> None:
    client, sent = client_for("dana"), {"title": "Pilot", "description": ""}
    for hidden in ({"coders_unnamed": "y"}, {}):
        assert client.submit("/projects/pilot/settings", {**sent, **hidden}).status_code == 303
        with world.reading() as session:
            assert session.get_one(Project, world.project.id).coders_unnamed is bool(hidden)
