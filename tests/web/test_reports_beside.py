"""The report beside the form: shown there, quotations checked against it, rows made of what it recommends."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from schema.answers.document import Evidence
from schema.store.models import SuggestionTaken
from tests.support.entry_desk import Desk
from tests.support.policing import PolicingClient, words
from tests.support.reconciling import address, as_second, comparison, extract, submitted_case
from tests.support.reports import FIRST, attach, small_report
from tests.support.world import World

ClientFor = Callable[[str], PolicingClient]
NOTE = "report.children_note"


def _evidence(desk: Desk, client: PolicingClient, page: str, quote: str) -> str:
    body = {
        "base_revision": desk.entry().revision,
        "changes": [{"what": "evidence", "path": NOTE, "value": {"page": page, "quote": quote}}],
    }
    answer = client.send_json(f"{desk.section('report')}/autosave", body)
    assert answer.status_code == 200, answer.text
    note = answer.get_json()["quotes"].get(NOTE)
    return note["text"] if note else ""


def test_without_a_report_the_form_is_as_it_was(desk: Desk, amara: PolicingClient) -> None:
    page = amara.page(desk.section("report"))
    assert not list(page.root.iter("iframe"))
    assert _evidence(desk, amara, "1", "anything") == ""


def test_the_report_stands_beside_the_form_as_a_page_of_its_own(desk: Desk, amara: PolicingClient) -> None:
    report = attach(desk.world, desk.world.case("DHR-001"), small_report())
    page = amara.page(desk.section("report"))
    (frame,) = page.root.iter("iframe")
    where = f"/projects/pilot/cases/{desk.case_id}/reports/{report.id}"
    assert (frame.get("src"), frame.get("title")) == (f"{where}?beside=1", "Report of DHR-001")
    assert page.links["Report"] == where
    beside = amara.page(f"{where}?beside=1&page=2")
    assert beside.heading == "Overview report, page 2"
    assert beside.links["‹ Page before"] == f"{where}?page=1&beside=1"


def test_what_becomes_of_a_quotation_is_said_beside_it(desk: Desk, amara: PolicingClient) -> None:
    attach(desk.world, desk.world.case("DHR-001"), small_report())
    assert _evidence(desk, amara, "1", FIRST[1].upper()) == "Found on page 1 of the file."
    assert _evidence(desk, amara, "2", FIRST[1]) == "Found on page 1 of the file, not on “2”."
    changed = FIRST[1].replace("the school", "any school")
    assert _evidence(desk, amara, "1", changed) == "Found on page 1 of the file with small differences:"
    page = amara.page(desk.section("report"))
    assert [one.text for one in page.root.iter("del")] == ["any"]
    assert [one.text for one in page.root.iter("ins")] == ["the"]
    assert _evidence(desk, amara, "1", "The moon is far away from the county.").startswith("Not found")


def test_suggestions_become_rows_only_where_they_are_ticked(
    desk: Desk, client_for: ClientFor, amara: PolicingClient
) -> None:
    report = attach(desk.world, desk.world.case("DHR-001"), small_report())
    here = f"{desk.section('recommendations')}/suggest"
    assert amara.page(desk.section("recommendations")).links["Suggested by the report …"] == here
    assert "Suggested by the report …" not in amara.page(desk.section("victims")).links
    assert amara.get(f"{desk.section('victims')}/suggest").status_code == 404
    page = amara.page(here)
    assert "checked" not in page.text
    assert page.words == client_for("ben").page(here).words
    assert desk.document().rows("recommendations") == ()
    assert amara.submit(here, {}).status_code == 422
    assert amara.submit(here, {"take": [f"{report.id}:2"]}).status_code == 303
    (row,) = desk.document().rows("recommendations")
    assert row.values["number"] == "2"
    assert str(row.values["text"]).startswith("The health board must train")
    with desk.world.reading() as session:
        (taken,) = session.scalars(select(SuggestionTaken))
    assert (taken.entry_id, taken.row_id, taken.position) == (desk.entry().id, row.id, 2)
    assert "You have made a row of it." in amara.page(here).words
    assert "You have made a row of it." not in client_for("ben").page(here).words


def test_a_reconciler_sees_beside_each_quotation_whether_it_stands_in_the_report(
    world: World, client_for: ClientFor
) -> None:
    known = {"children_known": "yes"}
    a = extract({**known, "children_note": "Known."}, {NOTE: Evidence("1", FIRST[1])})
    b = as_second(
        extract({**known, "children_note": "Unknown."}, {NOTE: Evidence("2", "Nobody knew of them.")})
    )
    case_id = submitted_case(world, a, b)
    carol = client_for("carol")
    attach(world, world.case("DHR-001"), small_report())
    revision = comparison(world, case_id).row.revision
    carol.submit(address(case_id, "/rows/confirm"), {"revision": revision}, page=address(case_id, "/rows"))
    page = carol.page(address(case_id, f"/resolve?at={NOTE}"))
    said = [words(one) for one in page.root.iter("div") if one.get("class") == "quote-note"]
    assert said[0] == "Found on page 1 of the file."
    assert said[1].startswith("Not found in the report")
