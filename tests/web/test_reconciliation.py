"""The reconciliation room: who may enter, and one case from two entries to its final extract."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from schema.store.models import Comparison, Snapshot
from tests.support.policing import Page, PolicingClient, words
from tests.support.reconciling import address, as_second, comparison, extract, submitted_case
from tests.support.world import PASSWORD, World

ClientFor = Callable[[str], PolicingClient]
PAGES = ("", "/rows", "/rows/victims", "/rows/recommendations", "/agreed", "/sign-off")

A = extract(
    {"region": "north", "death_year": 2016, "published": "2018-05"},
    recommendations=[
        {"id": "advice00001", "number": "1", "text": "Train every practitioner in asking about children.", "themes": ["T1"]},
        {"id": "advice00002", "number": "2", "text": "Share information between agencies at once.", "themes": ["T1", "T2"]},
        {"id": "advice00003", "number": "3", "text": "Review the national guidance on thresholds.", "themes": ["T3"]},
    ],
)  # fmt: skip
B = as_second(
    extract(
        {"region": "south", "death_year": 2017, "published": "2018-05"},
        recommendations=[
            {"id": "advice00002", "number": "2", "text": "Share all information between agencies at once.", "themes": ["T2", "T3"]},
            {"id": "advice00001", "number": "1", "text": "Train every practitioner in asking about children.", "themes": ["T1"]},
        ],
    )
)  # fmt: skip


@pytest.fixture
def case_id(world: World) -> str:
    return submitted_case(world, A, B)


def confirm(client: PolicingClient, case_id: str) -> None:
    page = client.page(address(case_id, "/rows"))
    answer = client.submit(
        address(case_id, "/rows/confirm"),
        {"revision": page.values()["revision"]},
        page=address(case_id, "/rows"),
    )
    assert answer.status_code == 303


def decide(
    client: PolicingClient, case_id: str, path: str, choice: str, status: int = 303, **more: object
) -> Page | None:
    here = address(case_id, f"/resolve?at={path}")
    values = client.page(here).values()
    sent = {"path": path, "revision": values["revision"], "choice": choice, **more}
    answer = client.submit(address(case_id, "/resolve"), sent, page=here)
    assert answer.status_code == status, answer.get_data(as_text=True)
    return Page(answer) if status != 303 else None


def settle_all(world: World, client: PolicingClient, case_id: str) -> None:
    while open_ones := comparison(world, case_id).agenda().undecided():
        first = open_ones[0]
        decide(client, case_id, first.path, "a" if first.field else "keep_row")


def accept(client: PolicingClient, case_id: str) -> None:
    page = client.page(address(case_id, "/agreed"))
    answer = client.submit(
        address(case_id, "/agreed/accept"),
        {"revision": page.values()["revision"]},
        page=address(case_id, "/agreed"),
    )
    assert answer.status_code == 303


@pytest.mark.parametrize("name", ["amara", "ben", "victor"])
def test_nobody_but_reconciler_and_manager_sees_a_comparison(
    world: World, client_for: ClientFor, case_id: str, name: str
) -> None:
    for more in (*PAGES, "/resolve", "/final"):
        assert client_for(name).get(address(case_id, more)).status_code == 403


def test_an_administrator_without_membership_finds_nothing(client_for: ClientFor, case_id: str) -> None:
    assert client_for("root").get(address(case_id)).status_code == 404


def test_a_manager_looks_and_changes_nothing(world: World, client_for: ClientFor, case_id: str) -> None:
    manager = client_for("dana")
    for more in PAGES:
        page = manager.page(address(case_id, more))
        assert not [one for one in page.root.iter("form") if "comparison" in (one.get("action") or "")]
    answer = manager.submit(address(case_id, "/rows/confirm"), {"revision": "0"}, page="/account")
    assert answer.status_code == 403
    assert comparison(world, case_id).row.state == "open"


def test_a_reconciler_of_another_case_may_not_enter(
    world: World, client_for: ClientFor, case_id: str
) -> None:
    world.add_person("rosa", "reconciler")
    assert client_for("rosa").get(address(case_id)).status_code == 403


def test_values_wait_until_the_rows_are_matched(client_for: ClientFor, case_id: str) -> None:
    answer = client_for("carol").get(address(case_id, "/resolve"))
    assert answer.status_code == 303
    assert answer.location == address(case_id, "/rows")


def test_a_case_goes_from_two_entries_to_its_final_extract(
    world: World, client_for: ClientFor, case_id: str
) -> None:
    carol = client_for("carol")
    for more in PAGES:
        carol.page(address(case_id, more))
    confirm(carol, case_id)
    settle_all(world, carol, case_id)
    assert "Everything is settled" in carol.page(address(case_id, "/resolve")).words
    accept(carol, case_id)
    page = carol.page(address(case_id, "/sign-off"))
    answer = carol.submit(
        address(case_id, "/sign-off"), {"revision": page.values()["revision"], "password": PASSWORD}
    )
    assert answer.status_code == 303
    assert answer.location == address(case_id, "/final")
    final = carol.page(address(case_id, "/final"))
    assert "Review the national guidance on thresholds." in final.words
    assert comparison(world, case_id).row.state == "signed_off"


def test_after_sign_off_coders_read_the_final_extract_and_nothing_else(
    world: World, client_for: ClientFor, case_id: str
) -> None:
    test_a_case_goes_from_two_entries_to_its_final_extract(world, client_for, case_id)
    page = client_for("ben").page(address(case_id, "/final"))
    assert "2016" in page.words
    assert "2017" not in page.words
    for more in (*PAGES, "/resolve"):
        assert client_for("ben").get(address(case_id, more)).status_code == 403


def test_returning_an_entry_after_sign_off_says_what_it_undoes_and_keeps_the_final_extract_on_record(
    world: World, client_for: ClientFor, case_id: str
) -> None:
    test_a_case_goes_from_two_entries_to_its_final_extract(world, client_for, case_id)
    dana, case_page = client_for("dana"), f"/projects/pilot/cases/{case_id}"
    assert "State Signed off" in dana.page(case_page).words
    (link,) = [one for one in Page(dana.get(case_page)).root.iter("a") if "coder 1" in (one.text or "")]
    asked = dana.page(link.get("href", ""))
    assert "takes the sign-off back" in asked.words
    assert dana.submit(link.get("href", ""), {"reason": "A page was missing."}).status_code == 303
    assert "State Coding" in dana.page(case_page).words
    with world.reading() as session:
        old = session.query(Comparison).filter_by(case_id=case_id).one()
        assert (old.state, old.superseded_reason) == ("signed_off", "A page was missing.")
        assert session.query(Snapshot).filter_by(comparison_id=old.id).count() == 1


def test_a_coder_learns_nothing_from_the_state_on_the_case_page(client_for: ClientFor, case_id: str) -> None:
    assert "State Ready to compare" in client_for("dana").page(f"/projects/pilot/cases/{case_id}").words
    assert "State Coding" in client_for("amara").page(f"/projects/pilot/cases/{case_id}").words


def test_after_sign_off_nothing_can_be_changed(world: World, client_for: ClientFor, case_id: str) -> None:
    test_a_case_goes_from_two_entries_to_its_final_extract(world, client_for, case_id)
    carol = client_for("carol")
    revision = comparison(world, case_id).row.revision
    for more, sent in (
        ("/resolve", {"path": "report.region", "choice": "b"}),
        ("/resolve/undo", {"path": "report.region"}),
        ("/agreed/withdraw", {}),
        ("/rows/confirm", {}),
        ("/rows/recommendations/confirm", {}),
        ("/sign-off", {"password": PASSWORD}),
    ):
        answer = carol.submit(address(case_id, more), {"revision": revision, **sent}, page="/account")
        assert answer.status_code == 409, more
    assert comparison(world, case_id).row.revision == revision
    for more in (*PAGES, "/resolve"):
        carol.page(address(case_id, more))


def test_the_overview_counts_what_the_pages_show(world: World, client_for: ClientFor, case_id: str) -> None:
    carol = client_for("carol")
    confirm(carol, case_id)
    agreed = carol.page(address(case_id, "/agreed"))
    rows = [
        one for one in agreed.root.iter("tr") if one.find("th") is not None and one.find("td") is not None
    ]
    loaded = comparison(world, case_id)
    assert len(rows) == loaded.row.agreed
    queue = carol.page(address(case_id, "/resolve?state=all"))
    items = [
        link for link in queue.root.iter("a") if "at=" in (link.get("href") or "") and not link.get("rel")
    ]
    assert len(items) == loaded.row.discrepancies
    assert f"0 of {loaded.row.discrepancies} settled" in words(queue.root)


def test_what_was_typed_while_somebody_signed_off_is_given_back(
    world: World, client_for: ClientFor, case_id: str
) -> None:
    test_a_case_goes_from_two_entries_to_its_final_extract(world, client_for, case_id)
    sent = {
        "path": "report.area",
        "revision": 2,
        "choice": "other",
        "value": "Elsewhere",
        "reason": "The cover.",
    }
    answer = client_for("carol").submit(address(case_id, "/resolve"), sent, page="/account")
    assert answer.status_code == 409
    assert "What you typed The cover.Elsewhere" in Page(answer).words
