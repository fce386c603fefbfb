"""The audit page: a manager finds who did what; looking is on record; a manager who codes learns nothing of the other coder."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

import pytest
from sqlalchemy import select

from schema.store.models import Audit, User
from schema.store.projects import add_member
from tests.support.casework import entry_of, fill, ready_case, start_case, submit
from tests.support.policing import Page, PolicingClient
from tests.support.signed_off import signed_off_case
from tests.support.world import SYSTEM, World

ClientFor = Callable[[str], PolicingClient]
PAGE = "/projects/pilot/audit"


def _actions(world: World, prefix: str = "") -> list[str]:
    with world.reading() as session:
        rows = session.query(Audit).filter(Audit.action.like(prefix + "%")).order_by(Audit.seq).all()
        return [f"{row.actor_name} {row.action}" for row in rows]


def _file(client: PolicingClient, query: str = "") -> list[dict[str, str]]:
    answer = client.get(f"{PAGE}/file{query}")
    assert answer.status_code == 200
    assert answer.mimetype == "text/csv"
    return list(csv.DictReader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))


@pytest.fixture
def coding_manager(world: World, client_for: ClientFor) -> PolicingClient:
    """Dana, who manages the project, codes too."""
    with world.writing() as session:
        add_member(session, SYSTEM, world.project, session.get_one(User, world.user("dana").id), "coder")
    return client_for("dana")


@pytest.mark.parametrize("name", ["amara", "carol", "victor", "root"])
def test_only_managers_see_it(client_for: ClientFor, name: str) -> None:
    assert client_for(name).get(PAGE).status_code in (403, 404)
    assert client_for(name).get(PAGE + "/file").status_code in (403, 404)


def test_it_says_who_did_what_in_words(world: World, client_for: ClientFor) -> None:
    ready_case(world, "DHR-001")
    page = client_for("dana").page(PAGE)
    assert "Amara Okafor" in page.words
    assert "Submitted an entry" in page.words
    assert "Compared two submitted entries" in page.words


def test_looking_and_taking_away_are_on_record(world: World, client_for: ClientFor) -> None:
    client_for("dana").get(PAGE + "?case=DHR-001")
    _file(client_for("dana"))
    assert _actions(world, "audit.") == ["dana audit.view", "dana audit.export"]


def test_it_can_be_narrowed_by_person_case_act_and_day(world: World, client_for: ClientFor) -> None:
    one, two = start_case(world, "DHR-001"), start_case(world, "DHR-002")
    for case in (one, two):
        fill(world, case, "amara")
        submit(world, case, "amara")
    dana = client_for("dana")
    amara = world.user("amara").id
    assert {row["person"] for row in _file(dana, f"?person={amara}")} == {"Amara Okafor"}
    assert {row["case"] for row in _file(dana, "?case=DHR-002")} == {"DHR-002"}
    assert [row["act"] for row in _file(dana, f"?person={amara}&action=submitted")] == ["entry.submit"] * 2
    assert _file(dana, "?since=2999-01-01") == []
    assert _file(dana, "?until=1999-01-01") == []
    assert _file(dana, "?since=1999-01-01&until=2999-01-01&case=DHR-001")


@pytest.mark.parametrize(
    "query",
    [
        "?since=rubbish",
        "?until=9999-12-31",
        "?person='--",
        "?before=nonsense",
        "?action=x",
        "?case=%01%ef%bf%bf",
    ],
)
def test_what_cannot_be_read_is_no_error(world: World, client_for: ClientFor, query: str) -> None:
    assert client_for("dana").get(PAGE + query).status_code == 200


def test_pages_follow_one_another_without_gap_or_repetition(world: World, client_for: ClientFor) -> None:
    for number in range(1, 31):
        start_case(world, f"DHR-{number:03}")
    dana = client_for("dana")
    everything = [row["number"] for row in _file(dana, "?action=case.assign")]
    seen: list[str] = []
    address = PAGE + "?action=case.assign"
    while address:
        page = dana.page(address)
        rows = next(iter(page.root.iter("tbody")))
        seen += ["".join(list(row)[-1].itertext()).strip() for row in rows]
        address = page.links.get("Earlier", "")
    assert seen == everything
    assert len(everything) == 90


def test_what_an_account_opened_and_took_away_is_one_question(world: World, client_for: ClientFor) -> None:
    case = signed_off_case(world, "DHR-001")
    address = f"/projects/pilot/cases/{case.id}"
    entry = entry_of(world, case, "amara")
    opened = client_for("dana").get(f"{address}/entries/{entry.id}")
    client_for("carol").get(f"{address}/comparison")
    client_for("amara").get(f"{address}/comparison/final")
    asked = _file(client_for("dana"), "?action=opened")
    acts = {(row["person"], row["act"]) for row in asked}
    assert ("Carol Iqbal", "comparison.open") in acts
    assert ("Amara Okafor", "comparison.open_final") in acts
    assert opened.status_code == 404 or ("Dana Price", "entry.read") in acts


def test_opening_the_same_again_within_the_hour_is_one_row(world: World, client_for: ClientFor) -> None:
    case = signed_off_case(world, "DHR-001")
    for _ in range(3):
        client_for("carol").get(f"/projects/pilot/cases/{case.id}/comparison")
    assert _actions(world, "comparison.open") == ["carol comparison.open"]


def test_a_coder_at_their_own_desk_opens_nothing_of_others(world: World, client_for: ClientFor) -> None:
    case = start_case(world, "DHR-001")
    client_for("amara").get(f"/projects/pilot/cases/{case.id}/entry")
    assert _actions(world, "entry.read") == []


def test_a_manager_who_codes_sees_of_an_open_case_only_their_own_acts(
    world: World, coding_manager: PolicingClient
) -> None:
    case = start_case(world, "DHR-001", {"coder_1": "dana", "coder_2": "ben", "reconciler": "carol"})
    open_acts = {row["act"] for row in _file(coding_manager, "?case=DHR-001")}
    fill(world, case, "ben")
    submit(world, case, "ben")
    rows = _file(coding_manager, "?case=DHR-001")
    assert {row["act"] for row in rows} == open_acts
    assert {row["person"] for row in rows} == {"Dana Price"}
    assert "Ben Whitfield" not in {row["person"] for row in _file(coding_manager)}


def test_a_manager_who_codes_sees_no_numbers_whose_gaps_could_be_counted(
    world: World, coding_manager: PolicingClient
) -> None:
    start_case(world, "DHR-001", {"coder_1": "dana", "coder_2": "ben", "reconciler": "carol"})
    assert {row["number"] for row in _file(coding_manager)} == {""}
    text = coding_manager.page(PAGE).text
    assert "in the whole trail" not in text
    assert ">Number<" not in text


def test_after_sign_off_a_manager_who_coded_sees_everything(world: World, client_for: ClientFor) -> None:
    signed_off_case(world, "DHR-001")
    with world.writing() as session:
        add_member(session, SYSTEM, world.project, session.get_one(User, world.user("amara").id), "manager")
    rows = _file(client_for("amara"), "?case=DHR-001")
    assert {"Ben Whitfield", "Carol Iqbal"} <= {row["person"] for row in rows}


def test_nothing_of_another_project_is_listed(world: World, client_for: ClientFor) -> None:
    other = world.another_project()
    with world.writing() as session:
        add_member(
            session, SYSTEM, session.merge(other), session.get_one(User, world.user("dana").id), "manager"
        )
    start_case(world, "DHR-SECRET", {}, project=other.id)
    assert "DHR-SECRET" not in {row["case"] for row in _file(client_for("dana"))}
    assert _file(client_for("dana"), "?case=DHR-SECRET") == []


@pytest.mark.parametrize("start", ["=", "+", "-", "@"])
def test_what_looks_like_a_formula_is_text_in_the_file(
    world: World, client_for: ClientFor, start: str
) -> None:
    start_case(world, f"{start}SUM(1)", {})
    assert f"'{start}SUM(1)" in {row["case"] for row in _file(client_for("dana"))}


def test_being_refused_is_on_record_once_an_hour_for_each_case(world: World, client_for: ClientFor) -> None:
    one, other = (start_case(world, reference) for reference in ("DHR-001", "DHR-002"))
    client = client_for("victor")
    for case in (one, one, other):
        assert client.get(f"/projects/pilot/cases/{case.id}/edit").status_code == 403
    assert _actions(world, "access.refuse") == ["victor access.refuse"] * 2
    shown = Page(client_for("dana").get("/projects/pilot/audit?action=access.refuse")).words
    assert shown.count("Was refused a page or an act") >= 2
    assert "asked: case.edit" in shown


def test_what_is_unknown_and_what_belongs_to_others_is_refused_and_recorded_alike(
    world: World, client_for: ClientFor
) -> None:
    case = start_case(world, "DHR-001")
    told = []
    for name, address in (("nia", f"pilot/cases/{case.id}"), ("nils", f"pilot/cases/{'z' * 16}")):
        world.add_person(name)
        assert client_for(name).get(f"/projects/{address}").status_code == 404
        with world.reading() as session:
            row = session.scalars(select(Audit).where(Audit.actor_name == name)).all()[-1]
            told.append((row.action, row.project_id, row.case_id, row.object_id, row.detail))
    assert told[0] == told[1]
    assert told[0][:3] == ("access.refuse", None, None)
