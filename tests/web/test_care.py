"""Care for whoever reads the reports: a note before a case is first opened, a way to hand it back, and their own time."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from schema.store.assignments import assign
from schema.store.models import Assignment, Audit, Case, Entry, Project
from tests.support.entry_desk import Desk, filled
from tests.support.policing import PolicingClient

Clients = Callable[[str], PolicingClient]
NOTE = "These reports speak of violent deaths.\nYou can talk to Robin, any time."


def _noted(desk: Desk) -> None:
    with desk.world.writing() as session:
        session.get_one(Project, desk.world.project.id).content_note = NOTE


def _case_address(desk: Desk) -> str:
    return desk.address.removesuffix("/entry")


def test_a_manager_writes_the_note_and_a_project_without_one_shows_none(
    desk: Desk, amara: PolicingClient, client_for: Clients
) -> None:
    assert amara.page(desk.address).heading.startswith("Your entry")
    client_for("dana").submit("/projects/pilot/settings", {"title": "Pilot", "content_note": NOTE})
    with desk.world.reading() as session:
        assert session.get_one(Project, desk.world.project.id).content_note == NOTE


def test_the_note_comes_before_the_first_opening_of_each_case_and_leads_on(
    desk: Desk, amara: PolicingClient, client_for: Clients
) -> None:
    _noted(desk)
    answer = amara.get(desk.section("report") + "?row=x")
    assert answer.status_code == 303
    page = amara.page(answer.location)
    assert page.heading == "Before you open DHR-001"
    assert "You can talk to Robin" in page.words
    assert amara.get(_case_address(desk) + "/reports").status_code == 303
    answer = amara.submit(answer.location, {"next": page.values()["next"]})
    assert answer.location == desk.section("report") + "?row=x"
    assert amara.get(desk.section("report")).status_code == 200
    assert amara.get(_case_address(desk) + "/reports").status_code == 200
    assert client_for("ben").get(desk.address).status_code == 303


def test_the_note_leads_nowhere_but_into_the_case(desk: Desk, amara: PolicingClient) -> None:
    _noted(desk)
    note = _case_address(desk) + "/content-note"
    for wanted in (
        "//evil.invalid",
        "https://evil.invalid/",
        desk.address + "/../../x",
        "/audit",
        "\\evil",
        "x\ny",
    ):
        answer = amara.submit(note, {"next": wanted}, page=note)
        assert answer.location == _case_address(desk)


def test_a_case_is_handed_back_without_a_reason_and_waits_for_a_manager(
    desk: Desk, amara: PolicingClient, client_for: Clients
) -> None:
    desk.world.add_person("mo", "manager", "coder")
    with desk.world.writing() as session:
        case = session.get_one(Case, desk.case_id)
        assign(session, desk.world.actor("dana"), case, "coder_2", desk.world.user("mo"))
    desk.save(amara, ("report.area", "Exampleshire"))
    address = desk.address + "/hand-back"
    page = amara.page(address)
    assert next(page.root.iter("textarea"), None) is None
    assert amara.submit(address, {}).location == "/"
    assert "DHR-001" not in amara.page("/").words.replace("DHR-001 is handed back", "")
    assert amara.get(desk.address).status_code in (403, 404)
    dana, ben = client_for("dana"), client_for("ben")
    assert "Assign anew: handed back" in dana.page("/projects/pilot/progress").words
    assert "(handed back" in dana.page(_case_address(desk)).words
    assert "handed back; a part of it is free" in dana.page("/notices").words
    assert "handed back" not in ben.page("/notices").words
    assert "handed back" not in client_for("mo").page("/notices").words, (
        "who codes the case and manages the project"
    )
    assert "handed back" not in client_for("mo").page(_case_address(desk)).words
    with desk.world.reading() as session:
        (act,) = session.scalars(select(Audit).where(Audit.action == "case.hand_back"))
        assert act.actor_id == desk.world.user("amara").id
        assert session.scalars(select(Entry).where(Entry.coder_id == act.actor_id)).one().ended_at is not None


def test_somebody_else_takes_it_over_with_a_blank_entry_and_the_mark_goes(
    desk: Desk, amara: PolicingClient, client_for: Clients
) -> None:
    desk.world.add_person("esi", "coder")
    desk.save(amara, ("report.area", "Exampleshire"))
    amara.submit(desk.address + "/hand-back", {})
    dana = client_for("dana")
    dana.most_statements = 60  # a part changes hands, with its entry and the trail
    for name in ("esi", "amara"):
        sent = {"coder_1": desk.world.user(name).id, "coder_2": desk.world.user("ben").id}
        sent |= {"reconciler": desk.world.user("carol").id}
        assert dana.submit(_case_address(desk) + "/assign", sent, page=_case_address(desk)).status_code == 303
        assert "handed back" not in dana.page(_case_address(desk)).words
        assert "handed back" not in dana.page("/projects/pilot/progress").words
    with desk.world.reading() as session:
        held = session.scalars(
            select(Assignment).where(Assignment.part == "coder_1", Assignment.ended_at.is_(None))
        )
        assert held.one().user_id == desk.world.user("amara").id
        case = session.get_one(Case, desk.case_id)
        blank = select(Entry).where(Entry.case_id == case.id, Entry.slot == 1, Entry.ended_at.is_(None))
        assert session.scalars(blank).one().revision == 0


def test_a_submitted_entry_is_not_handed_back(desk: Desk, amara: PolicingClient) -> None:
    filled(desk, amara)
    page = desk.address + "/hand-back"
    token = amara.page(page).values()["csrf_token"]
    amara.submit(desk.address + "/submit", {"statement": "yes"})
    assert amara.post(page, data={"csrf_token": token}).status_code == 403
    assert desk.entry().ended_at is None


def test_the_overview_shows_the_coder_their_own_time(desk: Desk, amara: PolicingClient) -> None:
    assert "Your time" not in amara.page(desk.address).words
    desk.save(amara, ("report.area", "X"))
    desk.save(amara, ("report.area", "Y"))
    page = amara.page(desk.address)
    assert "Your time" in page.words
    assert "under 1 min in all" in page.words
