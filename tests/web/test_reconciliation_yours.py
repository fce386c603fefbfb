"""Yours and the final: after sign-off each coder sees what became of their own answers, and no more than is allowed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from schema.store.comparisons import accept_agreed, confirm_pairing, decide, sign_off
from schema.store.models import Audit, Project
from schema.template.value import Missing
from tests.support.policing import PolicingClient
from tests.support.reconciling import address, as_second, comparison, extract, submitted_case
from tests.support.world import World

ClientFor = Callable[[str], PolicingClient]
ADVICE = {
    "id": "advice00001",
    "number": "1",
    "text": "Train every practitioner in asking about children.",
    "themes": ["T1"],
}
EXTRA = {
    "id": "advice00002",
    "number": "2",
    "text": "Share information between agencies at once.",
    "themes": ["T2"],
}
A = extract({"area": "Northshire", "region": "north", "death_year": 2016}, recommendations=[ADVICE, EXTRA])
B = as_second(
    extract({"area": "Southshire", "region": "north", "death_year": 2018}, recommendations=[ADVICE])
)


def act(world: World, case_id: str, verb: Callable[..., object], *args: object, **more: object) -> None:
    at = comparison(world, case_id)
    if verb is not accept_agreed:
        more.setdefault("revision", at.row.revision)
    with world.writing() as session:
        verb(session, world.actor("carol"), at.row.id, *args, **more)


@pytest.fixture
def case_id(world: World) -> str:
    made = submitted_case(world, A, B)
    act(world, made, confirm_pairing)
    lone = next(one.path for one in comparison(world, made).result.positions if one.field is None)
    act(world, made, decide, "report.area", "b", cause="typing_slip", reason="The title page says so.")
    act(
        world,
        made,
        decide,
        "report.death_year",
        "other",
        value=Missing("not_reported"),
        reason="No year given.",
    )
    act(world, made, decide, lone, "keep_row", cause="omission")
    return made


@pytest.fixture
def signed(world: World, case_id: str) -> str:
    act(world, case_id, accept_agreed)
    act(world, case_id, sign_off)
    return case_id


def allow(world: World, allowed: bool) -> None:
    with world.writing() as session:
        session.get_one(Project, world.project.id).coders_see_each_other = allowed


def test_a_coder_sees_own_and_final_with_cause_and_reason(
    world: World, signed: str, client_for: ClientFor
) -> None:
    page = client_for("amara").page(address(signed, "/yours"))
    for words in (
        "Northshire",
        "Southshire",
        "Typing slip",
        "The title page says so.",
        "2016",
        "Not reported",
    ):
        assert words in page.words, words
    assert "Region" not in page.words, "the same in both: not shown until asked for"
    assert "2018" not in page.words, "ben's year did not become final, so it stays his"


def test_a_row_that_was_missed_is_shown_to_the_one_who_missed_it_alone(
    signed: str, client_for: ClientFor
) -> None:
    missed = client_for("ben").page(address(signed, "/yours")).words
    assert "not entered" in missed
    assert "Omission" in missed
    assert "not entered" not in client_for("amara").page(address(signed, "/yours")).words


def test_the_counts_are_those_of_what_is_shown(signed: str, client_for: ClientFor) -> None:
    client = client_for("amara")
    few, every = (client.page(address(signed, f"/yours{more}")) for more in ("", "?show=all"))
    same, compared = (
        int(word) for word in every.words.partition(" are the same")[0].split() if word.isdigit()
    )
    lines = [page.text.count('<th scope="row">') for page in (few, every)]
    assert lines == [compared - same, compared]


def test_the_other_coders_value_is_shown_only_where_the_project_allows_it(
    world: World, signed: str, client_for: ClientFor
) -> None:
    client = client_for("amara")
    assert "2018" not in client.page(address(signed, "/yours?show=all")).words
    allow(world, True)
    assert "2018" in client.page(address(signed, "/yours")).words
    allow(world, False)
    assert "2018" not in client.page(address(signed, "/yours")).words


def test_a_manager_opens_and_closes_it_on_the_settings_page_and_that_is_logged(
    world: World, client_for: ClientFor
) -> None:
    client, sent = client_for("dana"), {"title": "Pilot", "description": ""}
    for allowed in ({"coders_see_each_other": "y"}, {}):
        assert client.submit("/projects/pilot/settings", {**sent, **allowed}).status_code == 303
        with world.reading() as session:
            assert session.get_one(Project, world.project.id).coders_see_each_other is bool(allowed)
    with world.reading() as session:
        assert session.query(Audit).filter_by(action="project.edit").count() == 2


def test_nothing_is_shown_before_sign_off(case_id: str, client_for: ClientFor) -> None:
    for name in ("amara", "ben"):
        assert client_for(name).get(address(case_id, "/yours")).status_code == 403
    assert "Yours and the final" not in client_for("amara").page("/").words


@pytest.mark.parametrize("name", ["carol", "dana"])
def test_it_is_the_coders_own_page(signed: str, client_for: ClientFor, name: str) -> None:
    assert client_for(name).get(address(signed, "/yours")).status_code == 403


def test_the_way_there_is_on_the_case_and_among_your_work(signed: str, client_for: ClientFor) -> None:
    for page in ("/", "/projects/pilot", f"/projects/pilot/cases/{signed}"):
        assert address(signed, "/yours") in client_for("ben").page(page).text, page
    assert address(signed, "/yours") not in client_for("carol").page("/").text
