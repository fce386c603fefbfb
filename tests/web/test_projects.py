"""The start page leads each role to its next piece of work; projects and members are kept by those who may."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from schema.store.models import Audit, Project, User
from schema.store.people import disable_user
from schema.store.projects import end_membership
from tests.support.casework import fill, give_back, ready_case, start_case, submit
from tests.support.policing import Page, PolicingClient
from tests.support.world import SYSTEM, World

ClientFor = Callable[[str], PolicingClient]


def test_a_coder_is_led_to_their_own_cases_returned_ones_first(world: World, client_for: ClientFor) -> None:
    for reference in ("DHR-001", "DHR-002", "DHR-003"):
        start_case(world, reference)
    fill(world, world.case("DHR-002"), "amara")
    fill(world, world.case("DHR-003"), "amara")
    submit(world, world.case("DHR-003"), "amara")
    give_back(world, world.case("DHR-003"), "amara")
    page = client_for("amara").page("/")
    shown = page.words
    assert shown.index("DHR-003") < shown.index("DHR-002") < shown.index("DHR-001")
    assert page.links["DHR-002"].endswith(f"/cases/{world.case('DHR-002').id}/entry")
    assert "Returned" in shown
    assert "In progress" in shown


def test_a_coder_sees_on_the_start_page_nothing_of_cases_that_are_not_theirs(
    world: World, client_for: ClientFor
) -> None:
    world.add_person("esi", "coder")
    start_case(world, "DHR-HIDDEN", {"coder_1": "ben", "coder_2": "esi"})
    assert "DHR-HIDDEN" not in client_for("amara").page("/").text
    assert "DHR-HIDDEN" not in client_for("amara").page("/projects/pilot").text


def test_the_start_page_of_a_coder_is_the_same_whatever_the_other_coder_does(
    world: World, client_for: ClientFor
) -> None:
    case = start_case(world, "DHR-001")
    fill(world, case, "amara")
    submit(world, case, "amara")
    seen = {client_for("amara").page(address).words for address in ("/", "/projects/pilot")}
    fill(world, case, "ben")
    begun = {client_for("amara").page(address).words for address in ("/", "/projects/pilot")}
    submit(world, case, "ben")
    submitted = {client_for("amara").page(address).words for address in ("/", "/projects/pilot")}
    assert seen == begun == submitted


def test_a_reconciler_is_led_to_what_is_ready_and_to_nothing_before(
    world: World, client_for: ClientFor
) -> None:
    start_case(world, "DHR-EARLY")
    fill(world, world.case("DHR-EARLY"), "amara")
    before = client_for("carol").page("/")
    assert "DHR-EARLY" not in before.text
    assert "1 case of yours not ready yet" in before.words
    ready_case(world, "DHR-READY", report={"area": "Elsewhere"})
    page = client_for("carol").page("/")
    assert page.links["DHR-READY"].endswith(f"/cases/{world.case('DHR-READY').id}/comparison")
    assert "Ready to compare" in page.words


def test_a_returned_entry_takes_the_case_off_the_reconcilers_list(
    world: World, client_for: ClientFor
) -> None:
    case = ready_case(world, "DHR-001")
    assert "DHR-001" in client_for("carol").page("/").links
    give_back(world, case, "ben")
    page = client_for("carol").page("/")
    assert "DHR-001" not in page.links
    assert "1 case of yours not ready yet" in page.words


def test_a_manager_sees_counts_and_the_next_step(world: World, client_for: ClientFor) -> None:
    assert "Import a list of cases" in client_for("dana").page("/").links
    start_case(world, "DHR-001", {})
    start_case(world, "DHR-002", {})
    ready_case(world, "DHR-003")
    page = client_for("dana").page("/projects/pilot")
    assert "3 cases" in page.words
    assert "2 Registered" in page.words
    assert "1 Ready to compare" in page.words
    assert page.links["Assign 2 cases to coders"] == "/projects/pilot/cases/draw"


def test_a_manager_who_codes_a_case_learns_no_more_of_it_than_any_coder(
    world: World, client_for: ClientFor
) -> None:
    world.add_person("mo", "manager", "coder")
    case = start_case(world, "DHR-001", {"coder_1": "mo", "coder_2": "ben"})
    fill(world, case, "mo")
    submit(world, case, "mo")
    before = client_for("mo").page("/projects/pilot").words
    fill(world, case, "ben")
    submit(world, case, "ben")
    assert client_for("mo").page("/projects/pilot").words == before
    assert "1 Ready to compare" in client_for("dana").page("/projects/pilot").words


def test_a_viewer_sees_counts_and_no_case(world: World, client_for: ClientFor) -> None:
    start_case(world, "DHR-001")
    page = client_for("victor").page("/projects/pilot")
    assert "1 Assigned" in page.words
    assert "DHR-001" not in page.text
    assert not any("/cases" in address for address in page.links.values())
    assert client_for("victor").get("/projects/pilot/cases").status_code == 403


def test_withdrawn_cases_wait_for_nobody(world: World, client_for: ClientFor) -> None:
    case = start_case(world, "DHR-001")
    answer = client_for("dana").submit(
        f"/projects/pilot/cases/{case.id}/withdraw", {"reason": "Not a review of this kind."}
    )
    assert answer.status_code == 303
    assert "DHR-001" not in client_for("amara").page("/").text


def test_the_start_page_needs_no_more_statements_for_many_cases(world: World, client_for: ClientFor) -> None:
    for number in range(30):
        start_case(world, f"DHR-{number:03}")
    client = client_for("amara")
    client.most_statements = 11
    page = client.page("/")
    assert "18 more in the list of cases" in page.words


def test_an_administrator_starts_a_project_with_its_manager(world: World, client_for: ClientFor) -> None:
    sent = {
        "key": "second", "title": "A second study", "description": "", "template": "small@1", "manager": "dana",
        "rehearsal": "y",
    }  # fmt: skip
    assert 'href="/projects/new"' in client_for("root").get("/").text, "their first page leads to it"
    answer = client_for("root").submit("/projects/new", sent)
    assert answer.location == "/projects/second/members"
    assert "Dana Price" in client_for("root").page("/projects/second/members").words
    assert "A second study" in client_for("dana").page("/").words
    assert client_for("root").get("/projects/second").status_code == 404


def test_a_shipped_questionnaire_can_be_chosen_and_is_published_then(
    world: World, client_for: ClientFor
) -> None:
    sent = {
        "key": "dhr", "title": "DHRs", "template": "dhr-childrens-services@1", "manager": "dana"
    }  # fmt: skip
    answer = client_for("root").submit("/projects/new", sent)
    assert answer.status_code == 303
    assert "version 1" in client_for("dana").page("/projects/dhr").words


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("key", "pilot", "There is a project “pilot” already."),
        ("key", "Not A Key", "cannot be a project's short name"),
        ("key", "new", "taken by a page"),
        ("key", "", "Enter a short name."),
        ("title", "", "Enter a title."),
        ("template", "none@1", "no longer, in the list"),
        ("manager", "nobody", "no longer, in the list"),
    ],
)
def test_a_project_that_cannot_be_is_refused_beside_the_field(
    world: World, client_for: ClientFor, field: str, value: str, said: str
) -> None:
    sent = {"key": "second", "title": "T", "template": "small@1", "manager": "dana", field: value}
    answer = client_for("root").submit("/projects/new", sent)
    page = Page(answer)
    assert answer.status_code in (409, 422)
    assert said in page.words
    assert f"#{field}" in page.links.values()


def test_a_manager_gives_and_ends_roles(world: World, client_for: ClientFor) -> None:
    dana = client_for("dana")
    assert dana.submit("/projects/pilot/members", {"name": "victor", "role": "coder"}).status_code == 303
    assert "Victor Lane is now a coder" in dana.page("/projects/pilot/members").words
    assert "coder" in client_for("victor").page("/").words
    address = f"/projects/pilot/members/{world.user('victor').id}/coder/end"
    assert "End Victor Lane’s part as coder" in dana.page(address).heading
    assert dana.submit(address).status_code == 303
    assert world.actor("victor").roles[world.project.id] == frozenset({"viewer"})


def test_a_role_is_given_once_and_the_last_manager_stays(world: World, client_for: ClientFor) -> None:
    dana = client_for("dana")
    twice = dana.submit("/projects/pilot/members", {"name": "amara", "role": "coder"})
    assert twice.status_code == 409
    assert "is a coder of this project already" in Page(twice).words
    last = dana.submit(f"/projects/pilot/members/{world.user('dana').id}/manager/end")
    assert last.status_code == 409
    assert "the only manager" in Page(last).words


def test_an_ended_membership_counts_at_the_next_click(world: World, client_for: ClientFor) -> None:
    client = client_for("amara")
    client.page("/projects/pilot")
    with world.writing() as session:
        project = session.get_one(Project, world.project.id)
        end_membership(session, SYSTEM, project, session.get_one(User, world.user("amara").id), "coder")
    assert str(client.get("/projects/pilot").location).startswith("/sign-in")
    assert world.new_client("amara").get("/projects/pilot").status_code == 404


def test_a_disabled_person_is_not_offered(world: World, client_for: ClientFor) -> None:
    with world.writing() as session:
        disable_user(session, SYSTEM, session.get_one(User, world.user("ben").id))
    assert "Ben Whitfield (ben)" not in client_for("dana").page("/projects/pilot/members").text


def test_title_and_description_can_be_changed_and_are_logged(world: World, client_for: ClientFor) -> None:
    sent = {"title": "Anew <b>", "description": "What & why"}
    assert client_for("dana").submit("/projects/pilot/settings", sent).status_code == 303
    page = client_for("amara").page("/projects/pilot")
    assert "Anew <b>" in page.words
    assert "What & why" in page.words
    with world.reading() as session:
        logged = session.query(Audit).filter_by(action="project.edit").one()
    assert (logged.actor_name, logged.project_id) == ("dana", world.project.id)
    assert len(logged.request_id) == 16


@pytest.mark.parametrize("name", ["amara", "carol", "victor"])
@pytest.mark.parametrize("address", ["/projects/pilot/settings", "/projects/pilot/members"])
def test_only_managers_and_administrators_change_a_project(
    client_for: ClientFor, name: str, address: str
) -> None:
    client = client_for(name)
    assert client.get(address).status_code == 403
    refused = client.submit(address, {"title": "x", "name": "victor", "role": "manager"}, page="/account")
    assert refused.status_code == 403
